"""Heartbeats and leases: that the worker lives, and on SQLite that there is one (D10)."""

from __future__ import annotations

from datetime import timedelta

from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.store.health import WORKER as WORKER_PULSE
from tracker.store.pulses import locked_pulse
from tracker.store.schema import Pulse

LEASE_NAME = "worker_lease"
LEASE_LASTS = timedelta(minutes=2)
"""A second worker on SQLite takes over this long after the first renewed its lease: 90 to 120
seconds after it was last alive, as a living one renews when less than `RENEW_BEFORE` is left."""

RENEW_BEFORE = timedelta(seconds=90)
"""A lease with less left than this is renewed."""


def beat(desk: Desk, name: str = WORKER_PULSE, detail: str | None = None) -> None:
    """Set down that `name` lives at `desk.now`."""
    row = locked_pulse(desk.session, name, desk.now)
    row.at, row.detail = desk.now, detail


def has_lease(desk: Desk, holder: str, name: str = LEASE_NAME) -> bool:
    """Whether the lease is this holder's for a while yet, so that nothing need be written."""
    row = desk.session.get(Pulse, name)
    if row is None or row.holder != holder or row.lease_until is None:
        return False
    return RENEW_BEFORE < row.lease_until - real_now(desk) <= LEASE_LASTS


def take_lease(desk: Desk, holder: str, name: str = LEASE_NAME) -> bool:
    """Take or renew the lease; False while another holder's runs.

    A lease that ends far in the future was given by a clock that went back since: it does not hold.
    A demo's lease runs by the wall: its story's clock may stand still.
    """
    now = real_now(desk)
    row = locked_pulse(desk.session, name, desk.now)
    held = row.holder not in (None, holder) and row.lease_until is not None
    if held and row.lease_until is not None:
        left = row.lease_until - now
        if timedelta(0) < left <= LEASE_LASTS:
            return False
    row.holder, row.lease_until, row.at = holder, now + LEASE_LASTS, desk.now
    return True


def leave_lease(desk: Desk, holder: str, name: str = LEASE_NAME) -> None:
    """Give the lease back, so that the next worker need not wait."""
    row = locked_pulse(desk.session, name, desk.now)
    if row.holder == holder:
        row.holder = row.lease_until = None
