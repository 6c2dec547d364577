"""Alerts in words: why one was raised. Said on the desk, and in mails of the full level."""

from __future__ import annotations

from tracker.i18n.words import gettext as _
from tracker.messages.digest_lines import band_names


def alert_title(kind: str, band: str) -> str:
    """The heading of an alert that was raised."""
    match kind:
        case "step":
            return _("Alert: %(band)s", band=band_names().get(band, band))
        case "repeat":
            return _("Reminder: %(band)s", band=band_names().get(band, band))
        case "hand_over":
            return _("Handed on: nobody acknowledged in time")
        case "consent_granted":
            return _("Told after consent was given")
        case "resolved":
            return _("Heard from again: all clear")
        case "closed":
            return _("Told that the case is closed")
        case _:
            return _("Asked to confirm a report")
