"""What rings: each thing that keeps alerts from being raised or from leaving (delivery.md D10).

One list for the red bar, `/metrics` and `tracker doctor`; what each means stands in the runbook.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select

from tracker.engine.desk import Desk
from tracker.engine.keeping.backup import PULSE as BACKUP_PULSE
from tracker.engine.sending.holds import CLOCK, STORM, held
from tracker.engine.sending.switches import is_key_copied
from tracker.engine.staff.audience import ADMINISTRATOR, roles_held
from tracker.store import digest as digests
from tracker.store import figures, health
from tracker.store.schema import Case, Pulse

DIGEST_MAY_BE: Final = timedelta(days=8)
"""A weekly digest older than this is missing."""


class Alarm(StrEnum):
    """What may ring. The value names its section of the runbook."""

    WORKER = "worker"
    STUCK = "waiting"
    UNDELIVERED = "undelivered"
    CHANNEL = "channel"
    PROVIDER = "provider"
    RESTORED = "restored"
    PAUSED = "paused"
    CLOCK = "clock"
    STORM = "storm"
    SET_ASIDE = "set-aside"
    LATE = "late"
    DIGEST = "digest"
    DIGEST_LOST = "digest-lost"
    NOBODY = "nobody"
    KEY_COPY = "key-copy"
    BACKUP = "backup"
    DATABASE = "database"  # only `tracker doctor` looks that deep


FOR_ADMINISTRATORS: Final = frozenset({Alarm.KEY_COPY, Alarm.BACKUP})
"""Nothing is late yet: those who can mend it are told, and nobody else is alarmed."""

SHOWN_APART: Final = frozenset({Alarm.PAUSED})
"""Has a bar of its own, with the way to end it."""


def ringing(desk: Desk, refused: Collection[str]) -> Mapping[Alarm, int]:
    """The alarms that ring now, in their order, each with a count where there is something to
    count. `refused`: the kinds of channel that have no settings."""
    state, hold = health.look(desk.session, desk.now), held(desk)
    counts: dict[Alarm, int] = {
        Alarm.WORKER: not state.worker_alive,
        Alarm.STUCK: state.stuck,
        Alarm.UNDELIVERED: state.undelivered,
        Alarm.CHANNEL: len(refused),
        Alarm.PROVIDER: _unreachable(desk),
        Alarm.RESTORED: state.restored,
        Alarm.PAUSED: state.paused,
        Alarm.CLOCK: hold == CLOCK,
        Alarm.STORM: hold == STORM,
        Alarm.SET_ASIDE: _count(desk, Case.set_aside_at.is_not(None)),
        Alarm.LATE: is_late(desk),
        Alarm.DIGEST: is_digest_missing(desk),
        Alarm.DIGEST_LOST: digests.unmailed(desk.session, desk.now - DIGEST_MAY_BE),
        Alarm.NOBODY: _empty_roles(desk),
        Alarm.KEY_COPY: not desk.settings.demo and not is_key_copied(desk),
        Alarm.BACKUP: is_backup_expected(desk) and not is_backup_fresh(desk),
    }
    return {alarm: int(count) for alarm, count in counts.items() if count}


def is_late(desk: Desk) -> bool:
    """Whether a case that can be looked at has been due for too long."""
    oldest: datetime | None = desk.session.scalar(
        select(func.min(Case.next_look_at)).where(Case.set_aside_at.is_(None))
    )
    return oldest is not None and desk.now - oldest > health.WAITING_MAY_BE


def is_digest_missing(desk: Desk) -> bool:
    """Whether no weekly digest was made for more than eight days, though there are cases."""
    last, too_old = figures.last_digest(desk.session), desk.now - DIGEST_MAY_BE
    if last is not None:
        return last < too_old
    opened = select(Case.id).where(Case.opened_at < too_old).limit(1)
    return desk.session.scalar(opened) is not None


def is_backup_expected(desk: Desk) -> bool:
    """Backups are missed where others depend on this instance, or where somebody began them."""
    settings = desk.settings
    return not settings.demo and (settings.exposed or settings.backup_key is not None)


def is_backup_fresh(desk: Desk) -> bool:
    """Whether a backup was taken in the last two days."""
    last = desk.session.get(Pulse, BACKUP_PULSE)
    return last is not None and desk.now - last.at <= health.BACKUP_MAY_BE


def _unreachable(desk: Desk) -> int:
    open_breakers = select(func.count()).where(
        Pulse.name.startswith("breaker:", autoescape=True), Pulse.lease_until.is_not(None)
    )
    return desk.session.scalar(open_breakers) or 0


def _empty_roles(desk: Desk) -> int:
    """Roles that are told last: nobody in them, and a failure reaches nobody (D6)."""
    started = desk.session.scalars(select(Case.id).limit(1)).first() is not None
    if not started:
        return 0
    roles = {"supervisor", ADMINISTRATOR}
    return len(roles - roles_held(desk.session))


def _count(desk: Desk, where: object) -> int:
    return desk.session.scalar(select(func.count()).select_from(Case).where(where)) or 0  # type: ignore[arg-type]
