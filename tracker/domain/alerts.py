"""What becomes of an alert, from when it is raised to its end (clock.md R5–R15, delivery.md D6)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class AlertState(StrEnum):
    """Where an alert stands."""

    TRIGGERED = "triggered"  # raised, and nobody acknowledged it
    UNDELIVERED = "undelivered"  # the same, and somebody it was for could not be reached
    ACKNOWLEDGED = "acknowledged"  # somebody takes care of it
    INFORMED = "informed"  # news that asks for nothing: it was over as it was raised
    RESOLVED = "resolved"  # the person was heard from, or the report was decided
    SUPERSEDED = "superseded"  # a higher step fired
    CLOSED = "closed"  # the case was
    WITHDRAWN = "withdrawn"  # the consent that it was raised for


WAITING: Final = (AlertState.TRIGGERED, AlertState.UNDELIVERED)
"""It asks for somebody; who only gets news is not called by telephone."""

STANDING: Final = (*WAITING, AlertState.ACKNOWLEDGED)
"""It is not over: the silence, or the report, that it is about goes on."""

ENDED: Final = (
    AlertState.RESOLVED,
    AlertState.SUPERSEDED,
    AlertState.CLOSED,
    AlertState.WITHDRAWN,
)
"""Nobody needs to be told of it any more."""

NEEDS_SOMEBODY: Final = (*WAITING, AlertState.INFORMED)
"""Whoever it was for has to be told, and others where that one cannot be reached (D6)."""
