"""`tracker doctor`: the state of each thing the product cannot work without (delivery.md D10)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from tracker.domain.delivery import HEARTBEAT, VOICE, Channel
from tracker.domain.moments import format_instant
from tracker.engine.desk import Desk
from tracker.engine.keeping import alarms
from tracker.engine.keeping.alarms import Alarm
from tracker.engine.keeping.integrity import faults
from tracker.engine.sending.holds import CLOCK, held
from tracker.engine.sending.mailbox import MAILBOX
from tracker.engine.sending.switches import is_key_copied
from tracker.engine.staff import mail_keys
from tracker.engine.staff.audience import ADMINISTRATOR, people_with_role, ways_of_people
from tracker.settings import check_safe
from tracker.store import health
from tracker.store.holders import unfit
from tracker.store.schema import Case, ContactPoint, Pulse

CLOCK_MAY_DIFFER = timedelta(hours=1)
"""A worker's beat further in the future than this means that a clock is wrong."""

PAGES_NAMED = 5
"""So many people are named by their page; when they are seen to, the next ones are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, and a sentence."""

    what: str
    well: bool
    says: str
    alarm: Alarm | None = None
    """Where the runbook says what to do."""

    def as_json(self) -> dict[str, Any]:
        """For `tracker doctor --json`; `see` names the section of the runbook at `/help`."""
        see = None if self.well or self.alarm is None else str(self.alarm)
        return {"what": self.what, "well": self.well, "says": self.says, "see": see}


When = Callable[[datetime], str]
"""How an instant is said: to programs in UTC, to people on their clocks."""


def examine(
    desk: Desk,
    channels: Mapping[str, Channel],
    *,
    whole: bool = True,
    when: When = format_instant,
) -> list[Finding]:
    """Look at everything; but for the database's rows and the audit trail where it is not to be
    `whole`: going through those takes minutes, and names cases. Reads only."""
    return [
        *_configuration(desk),
        *_keys(desk),
        *_backup(desk, when),
        *_database(desk, whole),
        *_channels(desk, channels),
        *_mailbox(desk, when),
        *_worker(desk, when),
        *_alerts(desk),
        *_people(desk),
        *_holders(desk),
        *_digest(desk, when),
    ]


def _configuration(desk: Desk) -> Iterator[Finding]:
    breaches = check_safe(desk.settings)
    yield Finding("configuration", not breaches, " ".join(breaches) or "Safe to run.")


def _keys(desk: Desk) -> Iterator[Finding]:
    try:
        mode = stat.S_IMODE(os.stat(desk.settings.keys).st_mode)
    except OSError:
        says = f"{desk.settings.keys.name} is not where it was; bring it back from a copy."
        yield Finding("keys", False, says)
        return
    if mode & 0o077:
        says = f"{desk.settings.keys.name} can be read by others; run chmod 600 on it."
        yield Finding("keys", False, says)
    else:
        yield Finding("keys", True, f"Key ring {desk.ring.fingerprint()}.")


def _backup(desk: Desk, when: When) -> Iterator[Finding]:
    ring = desk.ring.fingerprint()
    well = is_key_copied(desk)
    says = (
        f"An offline copy of key ring {ring} was acknowledged."
        if well
        else f"Copy {desk.settings.keys.name} offline, then run: tracker keys copied {ring}"
    )
    yield Finding("key copy", well, says, Alarm.KEY_COPY)
    watch = health.watch(desk.session, desk.now)
    last = "never" if watch.backup_at is None else when(watch.backup_at)
    if desk.settings.backup_key is None:
        says = "Nothing could be brought back: make a key with tracker keys backup FILE."
        yield Finding("backup", False, says, Alarm.BACKUP)
    elif watch.backup_fresh:
        yield Finding("backup", True, f"Last taken: {last}.", Alarm.BACKUP)
    else:
        says = f"Last taken: {last}. Run daily: tracker backup FOLDER"
        yield Finding("backup", False, says, Alarm.BACKUP)


def _database(desk: Desk, whole: bool) -> Iterator[Finding]:
    if not health.is_newest(desk.session):
        yield Finding(
            "database", False, "Not at the newest schema; run: tracker db upgrade", Alarm.DATABASE
        )
        return
    if not whole:
        says = "The newest. The rows are not looked at here: tracker doctor, at the machine."
        yield Finding("database schema", True, says, Alarm.DATABASE)
        return
    wrong = faults(desk)
    says = " ".join(wrong) or "Whole, at the newest schema."
    yield Finding("database", not wrong, says, Alarm.DATABASE)


def _channels(desk: Desk, channels: Mapping[str, Channel]) -> Iterator[Finding]:
    watched = HEARTBEAT in channels
    says = "None is set; one is needed once others reach this machine."
    if watched:
        says = "It is told every minute that the worker lives."
    elif desk.settings.exposed:
        says = "TRACKER_HEARTBEAT_URL is not set: nobody notices when this machine is gone."
    yield Finding("watch from outside", watched or not desk.settings.exposed, says, Alarm.WORKER)
    if desk.settings.file_delivery:
        yield Finding("delivery", True, "Messages are written to files; nothing is sent.")
        return
    configured = {
        "email": desk.settings.smtp is not None and desk.settings.mail_from is not None,
        "sms": desk.settings.twilio is not None or desk.settings.kannel is not None,
    }
    for kind in (kind for kind in channels if kind in configured):
        well = configured[kind]
        says = "Configured." if well else f"Set TRACKER_{_VARIABLE[kind]}; every {kind} is refused."
        yield Finding(kind, well, says, Alarm.CHANNEL)
    yield _voice(desk)


def _voice(desk: Desk) -> Finding:
    """Whether somebody is called when a text message brings no receipt (D6)."""
    if desk.settings.twilio is not None and desk.settings.twilio.caller is not None:
        return Finding(VOICE, True, "Configured.", Alarm.CHANNEL)
    calls = select(ContactPoint.id).where(
        ContactPoint.channel == VOICE, ContactPoint.disabled_at.is_(None)
    )
    asked = desk.session.scalars(calls.limit(1)).first() is not None
    says = "Nobody asks to be called."
    if asked:
        says = "Set TRACKER_TWILIO_VOICE_FROM: somebody asks for calls, and every call is refused."
    return Finding(VOICE, not asked, says, Alarm.CHANNEL)


def _mailbox(desk: Desk, when: When) -> Iterator[Finding]:
    """Whether bounces and answers by mail are read; nothing where no mailbox is set."""
    if desk.settings.imap is None or desk.settings.file_delivery:
        return
    pulse = desk.session.get(Pulse, MAILBOX)
    if pulse is None:
        yield Finding("mailbox", False, "It was never read; check TRACKER_IMAP_URL and the worker.")
        return
    well = desk.now - pulse.at <= health.WAITING_MAY_BE
    yield Finding("mailbox", well, f"Last read: {when(pulse.at)}.")


_VARIABLE = {
    "email": "SMTP_URL and TRACKER_MAIL_FROM",
    "sms": "TWILIO_ACCOUNT_SID or TRACKER_KANNEL_URL, with their others",
}


def _worker(desk: Desk, when: When) -> Iterator[Finding]:
    state = health.look(desk.session, desk.now)
    if state.worker_at is None:
        says = "It has never run; start it with: tracker worker"
    elif state.worker_at - desk.now > CLOCK_MAY_DIFFER:
        says = "Its last beat lies in the future; set the machine's clock."
    else:
        says = f"Last beat: {when(state.worker_at)}."
        says += "" if state.worker_alive else " Start it with: tracker worker"
    ahead = state.worker_at is not None and state.worker_at - desk.now > CLOCK_MAY_DIFFER
    beat = desk.session.get(Pulse, health.WORKER)
    if failed := beat.detail if beat is not None else None:
        says += f" Parts of its last turn failed ({failed}); its log says when it began."
    chores = desk.session.get(Pulse, health.DAILY_FAILED)
    if chores is not None:
        says += f" Chores of the day failed ({chores.detail}); they are tried again every hour."
    well = state.worker_alive and not ahead and not failed and chores is None
    yield Finding("worker", well, says, Alarm.WORKER)
    yield _sending(desk, state)
    waits = state.oldest_due_at
    says = "Nothing waits." if waits is None else f"The oldest has waited since {when(waits)}."
    yield Finding("pending deliveries", not state.stuck, says, Alarm.STUCK)


def _sending(desk: Desk, state: health.Health) -> Finding:
    if state.restored:
        says = "A backup was brought back: look at the outbox page, then let messages go."
        return Finding("sending", False, says, Alarm.RESTORED)
    if state.paused:
        says = "Sending is paused; resume it on the outbox page."
        return Finding("sending", False, says, Alarm.PAUSED)
    reason = held(desk)
    if reason is not None:
        alarm = Alarm.CLOCK if reason == CLOCK else Alarm.STORM
        why = "the clock is wrong" if reason == CLOCK else "very many alerts fell due at once"
        says = f"Sending is held because {why}; look, then let it go on the outbox page."
        return Finding("sending", False, says, alarm)
    return Finding("sending", True, "Not paused, not held.")


def _alerts(desk: Desk) -> Iterator[Finding]:
    now = alarms.ringing(desk, ())
    unreachable = now.get(Alarm.PROVIDER, 0)
    says = f"{unreachable} cannot be reached." if unreachable else "None is out of reach."
    yield Finding("providers", not unreachable, says, Alarm.PROVIDER)
    undelivered = now.get(Alarm.UNDELIVERED, 0)
    says = f"{undelivered} did not reach everybody." if undelivered else "Each reached everybody."
    yield Finding("alerts", not undelivered, says, Alarm.UNDELIVERED)
    reasons = desk.session.execute(
        select(Case.set_aside_reason, func.count())
        .where(Case.set_aside_at.is_not(None))
        .group_by(Case.set_aside_reason)
    ).all()
    why = ", ".join(f"{reason} ({count})" for reason, count in reasons)
    says = f"The clock failed on some: {why}." if reasons else "The clock failed on none."
    yield Finding("cases", not reasons, says, Alarm.SET_ASIDE)
    late = Alarm.LATE in now
    says = "Some are due and were not looked at." if late else "All were looked at in time."
    yield Finding("clock", not late, says, Alarm.LATE)


def _people(desk: Desk) -> Iterator[Finding]:
    for role in (ADMINISTRATOR, "supervisor", "caseworker"):
        holders = people_with_role(desk, role)
        ready = [person for person in holders if person.totp_confirmed_at is not None]
        yield Finding(role, bool(ready), _who(len(ready), len(holders) - len(ready)), Alarm.NOBODY)
    caseworkers = [person.id for person in people_with_role(desk, "caseworker")]
    silent = set(caseworkers) - ways_of_people(desk.session, caseworkers).keys()
    says = (
        f"Caseworkers without a working contact point: {len(silent)}."
        if silent
        else "Every caseworker has one that works."
    )
    yield Finding("contact points", not silent, says, Alarm.UNDELIVERED)
    broken = mail_keys.in_trouble(desk)
    says = (
        f"{len(broken)} cannot be used any more; mails to these readers say next to nothing."
        if broken
        else "None is out of use."
    )
    yield Finding("OpenPGP keys", not broken, says)


def _who(ready: int, invited: int) -> str:
    """An invitation that nobody has taken up is told of alerts, but cannot act on them."""
    if not ready and not invited:
        return "Nobody is: invite one at /people."
    waiting = f"{invited} only invited: see /people." if invited else ""
    return f"{ready} active. {waiting}".strip()


def _holders(desk: Desk) -> Iterator[Finding]:
    """Whether those who stand behind open cases can act (D6). People are named by their page."""
    found = unfit(desk.session, desk.today)
    if not found:
        yield Finding("whose cases", True, "All who have open cases can act on them.")
        return
    pages = ", ".join(f"/people/{each}" for each in found.people[:PAGES_NAMED])
    more = len(found.people) - PAGES_NAMED
    pages += f" and {more} more" if more > 0 else ""
    says = (
        "Behind open cases stands somebody whose account is closed or who has not the role: "
        f"{found.owners} as owner, {found.supervisors} as supervisor, {found.deputies} as the "
        "deputy of somebody away. Hand them over, or name another deputy, beginning at: "
        f"{pages}"
    )
    yield Finding("whose cases", False, says)


def _digest(desk: Desk, when: When) -> Iterator[Finding]:
    watch = health.watch(desk.session, desk.now)
    last = watch.digest_at
    says = "None was made yet." if last is None else f"The last one: {when(last)}."
    yield Finding("digest", not watch.digest_missing, says, Alarm.DIGEST)
    lost = watch.unmailed
    says = (
        f"{lost} of the last week's reached nobody by mail."
        if lost
        else "None of the last week's was lost."
    )
    yield Finding("digest mails", not lost, says, Alarm.DIGEST_LOST)
