"""What rings: each thing that keeps alerts from being raised or from leaving (delivery.md D10).

One list for the red bar, `/metrics` and `tracker doctor`; what each means stands in the runbook.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from tracker.engine.desk import Desk
from tracker.engine.sending.holds import CLOCK, STORM, reason
from tracker.store import health


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
    watch = health.watch(desk.session, desk.now)
    state = watch.health
    hold = reason(state.hold, desk.now)
    counts: dict[Alarm, int] = {
        Alarm.WORKER: not state.worker_alive,
        Alarm.STUCK: state.stuck,
        Alarm.UNDELIVERED: state.undelivered,
        Alarm.CHANNEL: len(refused),
        Alarm.PROVIDER: watch.unreachable,
        Alarm.RESTORED: state.restored,
        Alarm.PAUSED: state.paused,
        Alarm.CLOCK: hold == CLOCK,
        Alarm.STORM: hold == STORM,
        Alarm.SET_ASIDE: watch.set_aside,
        Alarm.LATE: watch.late,
        Alarm.DIGEST: watch.digest_missing,
        Alarm.DIGEST_LOST: watch.unmailed,
        Alarm.NOBODY: watch.has_cases * _empty_roles(watch),
        Alarm.KEY_COPY: not desk.settings.demo and watch.key_copy != desk.ring.fingerprint(),
        Alarm.BACKUP: is_backup_expected(desk) and not watch.backup_fresh,
    }
    return {alarm: int(count) for alarm, count in counts.items() if count}


def is_backup_expected(desk: Desk) -> bool:
    """Backups are missed where others depend on this instance, or where somebody began them."""
    settings = desk.settings
    return not settings.demo and (settings.exposed or settings.backup_key is not None)


def _empty_roles(watch: health.Watch) -> int:
    """Roles that are told last: nobody in them, and a failure reaches nobody (D6)."""
    return (not watch.supervisors) + (not watch.administrators)
