"""Switches of the running instance that people turn by hand."""

from __future__ import annotations

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.store.health import KEY_COPY, PAUSED, flag
from tracker.store.schema import Flag


def pause_sending(desk: Desk, paused: bool) -> None:
    """Hold every message, or let them go again. Alerts are raised all the same, and wait."""
    _set(desk, PAUSED, "1" if paused else "")
    desk.audit("sending.paused" if paused else "sending.resumed", "flag", PAUSED)


def key_copied(desk: Desk, fingerprint: str) -> None:
    """Somebody has put the key ring into an offline place, and reads this fingerprint there.

    Raises Refused for the fingerprint of another ring, an older one for instance.
    """
    now = desk.ring.fingerprint()
    if fingerprint.strip().lower() != now:
        raise Refused(f"That copy is of another key ring; this one is {now}. Copy it again.")
    _set(desk, KEY_COPY, now)
    desk.audit("keys.copied", "key_ring", now)


def is_key_copied(desk: Desk) -> bool:
    """Whether an offline copy of the key ring, as it is now, was acknowledged."""
    return flag(desk.session, KEY_COPY) == desk.ring.fingerprint()


def _set(desk: Desk, name: str, value: str) -> None:
    row = desk.session.get(Flag, name)
    if row is None:
        row = Flag(name=name)
        desk.session.add(row)
    row.value, row.set_by, row.set_at = value, desk.person_id, desk.now
    desk.session.flush()
