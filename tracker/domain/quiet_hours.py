"""Quiet hours: a recipient's local times of day at which only what is urgent may ring (D3)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.domain.moments import at_local


def quiet_until(
    now: datetime, start: time | None, end: time | None, where: ZoneInfo
) -> datetime | None:
    """The instant the quiet hours that hold at `now` end; None when none hold.

    From `start` (included) to `end` (excluded), over midnight when `end` is earlier. Equal times
    mean no quiet hours: else a message would wait for ever.
    """
    if start is None or end is None or start == end:
        return None
    local = now.astimezone(where)
    clock = local.time()
    if start < end:
        if not start <= clock < end:
            return None
        day = local.date()
    elif clock >= start:
        day = local.date() + timedelta(days=1)
    elif clock < end:
        day = local.date()
    else:
        return None
    return max(at_local(day, end, where), now + timedelta(minutes=1))
