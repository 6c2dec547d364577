"""The blueprint of this door, and who asks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort

from tracker.engine.staff.visits import Visit
from tracker.i18n.dates import whole_datetime_text
from tracker.web import here

bp = Blueprint("accounts", __name__)


def mine() -> tuple[Visit, str]:
    """My session and my id; `signed_in` has seen to it that there are both."""
    visit = here.visit()
    if visit is None or visit.person_id is None:
        abort(403)
    return visit, visit.person_id


def when(instant: datetime) -> str:
    """An instant on my clocks, in my language."""
    return whole_datetime_text(instant, ZoneInfo(here.actor().zone_name))


def when_real(instant: datetime) -> str:
    """The same for an instant by which sessions go. In a demonstration it is told in the story's
    time, as all else is: as long ago as it really was."""
    return when(here.now() - (here.real_now() - instant))
