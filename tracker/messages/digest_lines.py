"""The lines of a weekly digest: one case each, and why it stands there (D9, S4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.i18n.dates import after_text, days_text, short_date_text
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext


def titles() -> dict[str, str]:
    """The sections that list cases, in their fixed order: what needs a decision comes first."""
    return {
        "undelivered": _("Alerts that reached nobody"),
        "unacknowledged": _("Not acknowledged"),
        "crossed": _("Crossed a threshold"),
        "coming": _("Will cross a threshold within seven days"),
        "to_confirm": _("Reports to confirm"),
        "consent_needed": _("Consent missing"),
        "windows": _("UN windows closing soon"),
        "unanswered": _("Asked, not answered"),
        "snoozed": _("Snoozed"),
        "standing_in": _("Cases you stand in for"),
        "good_news": _("Heard from again"),
        "closed": _("Closed"),
    }


def band_names() -> dict[str, str]:
    """The bands in words."""
    return {
        "critical": _("Critical"),
        "overdue": _("Overdue"),
        "watch": _("Watch"),
        "in_contact": _("In contact"),
        "closed": _("Closed"),
    }


def silence_words(section: str, item: Mapping[str, Any]) -> str:
    """Band and days of a line; nothing where the reader's post is not shown dates.

    Where a line tells of a day before, that these are today's is said.
    """
    if not item["band"]:
        return ""
    words = _("%(band)s · silent for %(days)s", band=band_names()[item["band"]], days=_days(item))
    return _now(section, words)


def days_words(section: str, item: Mapping[str, Any]) -> str:
    """The days of a line alone, where its band stands beside them."""
    return _now(section, _days(item)) if item["band"] else ""


def _days(item: Mapping[str, Any]) -> str:
    return days_text(item["at_least"], item["at_most"], item.get("is_more", False))


def _now(section: str, words: str) -> str:
    return _("now: %(words)s", words=words) if section == "crossed" else words


def why(section: str, item: Mapping[str, Any]) -> str:
    """Why a case stands in a section, and since or until when."""
    if section == "standing_in":
        reason = why(item["about"], item)
        return f"{titles()[item['about']]} · {reason}" if reason else titles()[item["about"]]
    number, days, months = item["number"], item.get("after_days"), item.get("after_months")
    on = short_date_text(date.fromisoformat(item["on"])) if item["on"] else ""
    match section:
        case "crossed" | "coming" if on and (days, months) != (None, None):
            return _("%(after)s, on %(date)s", after=after_text(days, months), date=on)
        case "snoozed":
            return _("until %(date)s", date=on)
        case "undelivered" | "unacknowledged":
            return _("since %(date)s", date=on)
        case "windows":
            return ngettext("closes in %(n)s day", "closes in %(n)s days", number)
        case "unanswered":
            return ngettext("asked %(n)s day ago", "asked %(n)s days ago", number)
        case "to_confirm":
            return ngettext("%(n)s report", "%(n)s reports", number)
        case _:
            return on


def line(section: str, item: Mapping[str, Any]) -> str:
    """One case as it may stand in a mail at reference level: no name, no place."""
    return " · ".join(
        part for part in (item["ref"], silence_words(section, item), why(section, item)) if part
    )
