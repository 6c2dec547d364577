"""Kinds of statement that may be told about a sought person (domain.md, "What families bring")."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final


class StatementKind(StrEnum):
    """What a statement is about. Clocks of their own for some of these come later."""

    BIRTH = "birth"
    DESCRIPTION = "description"
    NATIONALITY = "nationality"
    HELD_SINCE = "held_since"
    PLACE = "place"
    HELD_BY = "held_by"
    LAST_SEEN = "last_seen"  # seen differs from heard
    ARRESTED = "arrested"
    CHARGED = "charged"
    SENTENCED = "sentenced"  # value has `term`
    MOVED = "moved"
    HEALTH = "health"
    RELEASED = "released"
    RHYTHM = "rhythm"  # how often before, by which means
    MEANS_STATE = "means_state"  # working, blocked, revoked, monitored, unknown
    RIGHTS_WITHDRAWN = "rights_withdrawn"  # visits revoked, letters stopped, passport taken
    RELATIVE = "relative"  # children and others: with whom, where
    NEED = "need"
    APPEAL = "appeal"
    CAMPAIGN = "campaign"
    DANGER = "danger"  # to the family
    OTHER = "other"
    CLOSING = "closing"


DATED: Final = frozenset({StatementKind.HELD_SINCE, StatementKind.LAST_SEEN})
"""Kinds that tell a day and nothing else: their words are the teller's own."""


def for_others(kind: str, value: Mapping[str, Any], *, by_office: bool) -> dict[str, Any]:
    """What may leave the desk of a statement's value: its date, and words only of the office (S1).

    A family writes "in 2017, told me, his brother": what it typed tells who reported. So its words
    go to no post, paper or file, a date only as the days it was taken to mean (`edtf`), and an
    answer ticked in the form (`code`) by the label of ours. `by_office`: a member of staff typed
    it. Empty where nothing may leave.
    """
    text = value.get("text")
    ours = kind not in DATED and (by_office or value.get("code"))
    told = {
        "edtf": value.get("edtf"),
        "text": text if ours and text != value.get("words") else None,
    }
    return {name: each for name, each in told.items() if each}
