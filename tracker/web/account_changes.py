"""What was changed lately about accounts, as pages show it (templates/macros/changes.html)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from tracker.engine.desk import Desk
from tracker.engine.staff.account_news import GRAVE_CHANGES, lately, whose
from tracker.engine.staff.people import names_of
from tracker.web.act_words import act_text

AT_MOST = 50
"""So many small changes are listed, and each grave one; the audit trail has all."""


def changes_shown(
    desk: Desk,
    moment: Callable[[datetime], str],
    person_id: str | None = None,
    roles_text: Callable[[Iterable[str]], str] = lambda _roles: "",
) -> list[dict[str, str]]:
    """What, whose, by whom and when, the newest first: of one account, or of all."""
    rows = lately(desk, person_id)
    small = [row.seq for row in rows if row.act not in GRAVE_CHANGES]
    left_out = set(small[AT_MOST:])  # whoever makes many buries nothing under them
    rows = [row for row in rows if row.seq not in left_out]
    names = names_of(desk, [*map(whose, rows), *(row.actor_id for row in rows)])
    return [
        {
            "what": act_text(row.act),
            "roles": roles_text((row.detail or {}).get("roles", ())),
            "whose": names.get(whose(row) or "", ""),
            "by": names.get(row.actor_id or "", ""),
            "moment": moment(row.at),
        }
        for row in rows
    ]
