"""Switches of the running instance that people turn by hand."""

from __future__ import annotations

from tracker.engine.claims import PAUSED
from tracker.engine.desk import Desk
from tracker.store.schema import Flag


def pause_sending(desk: Desk, paused: bool) -> None:
    """Hold every message, or let them go again. Alerts are raised all the same, and wait."""
    row = desk.session.get(Flag, PAUSED)
    if row is None:
        row = Flag(name=PAUSED)
        desk.session.add(row)
    row.value, row.set_by, row.set_at = "1" if paused else "", desk.person_id, desk.now
    desk.session.flush()
    desk.audit("sending.paused" if paused else "sending.resumed", "flag", PAUSED)
