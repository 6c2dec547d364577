"""The alarms in a sentence each, for the red bar and the runbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.domain.delivery import EMAIL, SMS
from tracker.engine.keeping.alarms import Alarm
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.web import here

HELP = "/help"


def title(alarm: Alarm) -> str:
    """An alarm in a few words."""
    match alarm:
        case Alarm.WORKER:
            return _("The worker does not run")
        case Alarm.STUCK:
            return _("Messages wait")
        case Alarm.UNDELIVERED:
            return _("An alert did not reach everybody")
        case Alarm.CHANNEL:
            return _("A way of sending has no settings")
        case Alarm.PROVIDER:
            return _("A provider cannot be reached")
        case Alarm.RESTORED:
            return _("This is a restored copy")
        case Alarm.PAUSED:
            return _("Sending is paused")
        case Alarm.CLOCK:
            return _("The clock of the machine is wrong")
        case Alarm.STORM:
            return _("Very many alerts at once")
        case Alarm.SET_ASIDE:
            return _("The clock failed on a case")
        case Alarm.LATE:
            return _("Cases are not looked at in time")
        case Alarm.DIGEST:
            return _("The weekly digest is missing")
        case Alarm.DIGEST_LOST:
            return _("A weekly digest could not be mailed")
        case Alarm.NOBODY:
            return _("There is no active supervisor, or no active administrator")
        case Alarm.KEY_COPY:
            return _("There is no offline copy of the keys")
        case Alarm.BACKUP:
            return _("There is no fresh backup")
        case Alarm.DATABASE:
            return _("The database is not whole")


def bars(now: Mapping[Alarm, int]) -> list[dict[str, Any]]:
    """The lines of the red bar, each with its section of the runbook."""
    return [
        {"text": text, "url": f"{HELP}#{alarm}"}
        for alarm, count in now.items()
        for text in _sentences(alarm, count)
    ]


def _sentences(alarm: Alarm, count: int) -> list[str]:
    match alarm:
        case Alarm.WORKER:
            return [
                _(
                    "The worker has not been running for more than 5 minutes: no alert is raised "
                    "or sent. Tell an administrator at once."
                )
            ]
        case Alarm.STUCK:
            return [_("Messages have been waiting for more than 15 minutes.")]
        case Alarm.UNDELIVERED:
            return [
                ngettext(
                    "%(n)s alert did not reach everybody.",
                    "%(n)s alerts did not reach everybody.",
                    count,
                )
            ]
        case Alarm.DIGEST_LOST:
            return [
                ngettext(
                    "%(n)s weekly digest could not be mailed.",
                    "%(n)s weekly digests could not be mailed.",
                    count,
                )
            ]
        case Alarm.CHANNEL:
            return [_refused(kind) for kind in here.refused_channels()]
        case _:
            return [f"{title(alarm)}."]


def _refused(kind: str) -> str:
    match kind:
        case str() if kind == SMS:
            return _("No SMS can be sent: its settings are missing.")
        case str() if kind == EMAIL:
            return _("No mail can be sent: its settings are missing.")
        case _:
            return f"{title(Alarm.CHANNEL)}: {kind}."
