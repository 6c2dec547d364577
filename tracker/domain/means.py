"""By which means somebody was heard from, and what class of contact that makes (clock.md, S6)."""

from __future__ import annotations

from enum import StrEnum

from tracker.domain.contact import ContactClass


class Means(StrEnum):
    """How the person was heard from, or heard of (domain.md, Words)."""

    VISIT = "visit"
    TELEPHONE = "telephone"
    VIDEO = "video"  # a video call
    LETTER = "letter"
    MESSAGE = "message"
    RED_CROSS_MESSAGE = "red_cross_message"
    SHOWN = "shown"  # in a video or photograph that others published
    LAWYER_VISIT = "lawyer_visit"
    CONSULAR_VISIT = "consular_visit"
    CO_DETAINEE = "co_detainee"  # seen by somebody who was held there and came out
    THROUGH_OTHERS = "through_others"
    AUTHORITY = "authority"
    NEWS = "news"
    TALK = "talk"  # nobody knows who said it first
    ATTEMPT = "attempt"  # tried, nobody answered
    UNKNOWN = "unknown"


FIRST_HAND = frozenset(
    {
        Means.VISIT,
        Means.TELEPHONE,
        Means.VIDEO,
        Means.LETTER,
        Means.MESSAGE,
        Means.RED_CROSS_MESSAGE,
    }
)
"""Here the person spoke, wrote or was seen by the one who tells it."""

_CLASSES = {
    Means.SHOWN: ContactClass.CONSTRAINED,
    Means.AUTHORITY: ContactClass.OFFICIAL,
    Means.TALK: ContactClass.RUMOUR,
    Means.UNKNOWN: ContactClass.RUMOUR,
    Means.ATTEMPT: ContactClass.FAILED_ATTEMPT,
}


def class_of(means: Means, *, staged: bool) -> ContactClass:
    """The class a report enters with; a caseworker may judge otherwise.

    `staged`: told what to say, or it seemed so, or the teller is not sure (S6). A guarded visit
    at which nobody could speak freely is `direct` all the same.
    """
    if means in FIRST_HAND:
        return ContactClass.CONSTRAINED if staged else ContactClass.DIRECT
    return _CLASSES.get(means, ContactClass.THIRD_PARTY)
