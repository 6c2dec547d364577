"""Kinds of statement that may be told about a sought person (domain.md, "What families bring")."""

from __future__ import annotations

from enum import StrEnum


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
