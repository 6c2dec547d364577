"""The runbook's words: for each alarm what it means and what to do, shortest way first."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.engine.keeping.alarms import Alarm
from tracker.i18n.words import gettext as _
from tracker.web.alarm_names import title


@dataclass(frozen=True, slots=True)
class Entry:
    """One alarm. `commands` are typed at the machine as they stand."""

    alarm: Alarm
    means: str
    do: str
    commands: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The alarm in a few words."""
        return title(self.alarm)


def entries() -> list[Entry]:
    """Every alarm, the gravest first, in the reader's language."""
    return [_entry(alarm) for alarm in Alarm]


def _entry(alarm: Alarm) -> Entry:
    match alarm:
        case Alarm.WORKER:
            return Entry(
                alarm,
                _("No alert is raised and nothing is sent. Every hour counts."),
                _(
                    "Start the worker again: where services run it, restart tracker-worker; else "
                    "run the command below in the tracker's folder and leave it running. If it "
                    "ends by itself, read its log. When it is back it catches up by itself; look "
                    "at the queue then."
                ),
                ("tracker worker", "tracker doctor"),
            )
        case Alarm.STUCK:
            return Entry(
                alarm,
                _("A message has been due for more than 15 minutes and did not leave."),
                _(
                    "Look in the outbox what became of the last try. Check the provider's status "
                    "page and your account there. Tell urgent news by telephone meanwhile."
                ),
            )
        case Alarm.UNDELIVERED:
            return Entry(
                alarm,
                _(
                    "Every way to somebody it was for failed. The supervisor or the administrators "
                    "were told instead, if anybody could be: the alert's history on the case's "
                    "page says who."
                ),
                _(
                    "Find the alert on the work list, tell its caseworker or the supervisor by "
                    "telephone, and acknowledge it. Then correct the address or the number."
                ),
            )
        case Alarm.CHANNEL:
            return Entry(
                alarm,
                _("Messages that should go this way are refused; the next way is taken."),
                _(
                    "Set what the doctor names in settings.toml, start the web site and the worker "
                    "again, and send yourself a test alert."
                ),
                ("tracker doctor",),
            )
        case Alarm.PROVIDER:
            return Entry(
                alarm,
                _(
                    "Nobody answers, or our password is refused. One message tries again every "
                    "five minutes. Others wait; people are told in another way if there is one."
                ),
                _(
                    "Check the network, the provider's status page and our account there. Nothing "
                    "is lost; if it lasts, tell urgent news by telephone."
                ),
            )
        case Alarm.RESTORED:
            return Entry(
                alarm,
                _("The database was brought back from a backup. What waits may be out already."),
                _(
                    "Look through the outbox. Enter again what happened since the backup, and "
                    "erase again what was erased since. Then let messages go on the outbox page."
                ),
            )
        case Alarm.PAUSED:
            return Entry(
                alarm,
                _("A person paused it. Alerts are raised, and their messages wait."),
                _("The record says who it was. Ask why, then let messages go on the outbox page."),
            )
        case Alarm.CLOCK:
            return Entry(
                alarm,
                _("Sending is held, so that nothing goes out at a wrong time."),
                _(
                    "Check the time of the machine and its time service. When it is right, let "
                    "messages go on the outbox page."
                ),
                ("timedatectl",),
            )
        case Alarm.STORM:
            return Entry(
                alarm,
                _("More than ten, and nearly a third of the cases. They are held for 15 minutes."),
                _(
                    "Look whether it is true, or a wrong policy, import or clock. If it is true, "
                    "let messages go on the outbox page."
                ),
            )
        case Alarm.SET_ASIDE:
            return Entry(
                alarm,
                _("A fault of the program: the clock failed on these cases, and may again."),
                _("Watch these cases by hand. Report the fault to those who mend the program."),
                ("tracker doctor", "tracker db check"),
            )
        case Alarm.LATE:
            return Entry(
                alarm,
                _("The worker runs and does not keep up. Alerts come late."),
                _(
                    "Check the load of the machine and of the database. On PostgreSQL start one "
                    "more worker."
                ),
                ("tracker worker",),
            )
        case Alarm.DIGEST:
            return Entry(
                alarm,
                _("None was made for more than eight days."),
                _("See that the worker runs. Until it comes, look through the queue by hand."),
                ("tracker doctor",),
            )
        case Alarm.DIGEST_LOST:
            return Entry(
                alarm,
                _(
                    "Its mail was refused, or its reader has no mail address. The digests page "
                    "says whose it is."
                ),
                _("Mend that reader's contact points on the people page, and tell them yourself."),
            )
        case Alarm.NOBODY:
            return Entry(
                alarm,
                _("When others cannot be reached, nobody is told."),
                _("Invite a supervisor and an administrator on the people page."),
            )
        case Alarm.KEY_COPY:
            return Entry(
                alarm,
                _("If this machine is lost, nothing in the database can ever be read again."),
                _("Copy the key ring file to two offline places, then say so."),
                ("tracker keys verify", "tracker keys copied …"),
            )
        case Alarm.BACKUP:
            return Entry(
                alarm,
                _("There is none, or the last is older than two days."),
                _(
                    "Take one every day, to another machine. Twice a year bring one back on a "
                    "spare machine, to see that it works."
                ),
                ("tracker backup …", "tracker restore …"),
            )
        case Alarm.DATABASE:
            return Entry(
                alarm,
                _("The checks of the database found a fault, or somebody changed the record."),
                _(
                    "Stop the web site and the worker, and keep the files as they are. Bring the "
                    "last backup back into a new place."
                ),
                ("tracker db check", "tracker audit verify"),
            )
