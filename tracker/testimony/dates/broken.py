"""Dates that no calendar has: 31.04.2018, "32 May", "12 Foo 2018". They are asked again.

Passed over, such a day or month would leave the year alone, and the whole of it would count: a
slip of the pen would put the last contact months too late.
"""

from __future__ import annotations

from datetime import date

from tracker.testimony.dates.months import make_day
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.resolve import year_of
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_LAST_DAY, _LAST_MONTH, _SHORT_YEAR = 31, 12, 99
_LEAP_YEAR = 2000
_MAY_LEAD = {K.GLUE, K.PUNCT, K.SINCE, K.BEFORE, K.UNTIL, K.AFTER, K.ABOUT, K.CUE, K.WEEKDAY}
_MAY_CLOSE = {K.PUNCT, K.UNIT}


def is_broken(tokens: list[Token]) -> bool:
    """Tell whether there is a date among the tokens whose day or month does not exist."""
    return any(
        token.kind is K.BROKEN
        or (token.kind is K.EDGE and _is_thirteenth(token))
        or (token.kind is K.NUM and (_is_no_day(tokens, at) or _is_no_month(tokens, at)))
        for at, token in enumerate(tokens)
    )


def is_no_day_of_its_month(parts: Parts, said_on: date) -> bool:
    """Tell whether the day is none of its month: "31 April", "29 February 2017"."""
    if parts.month is None or parts.day is None or parts.is_twenties:
        return False
    year = year_of(parts, said_on) or _LEAP_YEAR
    days = (parts.day, parts.last_day or parts.day)
    return any(make_day(year, parts.month, day) is None for day in days)


def _at(tokens: list[Token], index: int) -> Token | None:
    return tokens[index] if 0 <= index < len(tokens) else None


def _is_thirteenth(edge: Token) -> bool:
    """Read "2018-yili 13-ay" as it was joined: the thirteenth month of a year."""
    place = edge.value
    return isinstance(place, tuple) and place[1] == "m" and place[0] > _LAST_MONTH


def _is_no_day(tokens: list[Token], at: int) -> bool:
    """Read "32 May", "May 32, 2018", "5-ayning 35-küni"; but not "in May 40 people"."""
    number, before, following = tokens[at], _at(tokens, at - 1), _at(tokens, at + 1)
    if number.spelled or 1 <= number.number <= _LAST_DAY or number.number > _SHORT_YEAR:
        return False
    if following is not None and following.kind is K.MONTH:
        year = _at(tokens, at + 2)
        return not following.weak or (year is not None and year.kind is K.YEAR)
    if before is None or before.kind is not K.MONTH or following is None:
        return False
    if following.kind is K.UNIT:
        return following.name == "d" and (number.hyphen or number.ordinal)
    behind = _at(tokens, at + 2) if following.text == "," else following
    return behind is not None and behind.kind is K.YEAR


def _is_no_month(tokens: list[Token], at: int) -> bool:
    """Read "12 Foo 2018" where nothing else is told, and "2018-yili 13-ay"."""
    number, before, following = tokens[at], _at(tokens, at - 1), _at(tokens, at + 1)
    if number.spelled or following is None or number.number > _SHORT_YEAR:
        return False
    if following.kind is K.UNIT and before is not None and before.kind is K.YEAR:
        named = number.hyphen or number.ordinal
        return named and following.name == "m" and number.number > _LAST_MONTH
    year, behind = _at(tokens, at + 2), _at(tokens, at + 3)
    return (
        following.kind is K.WORD
        and following.text.isalpha()
        and not following.text[:1] > "\u3000"
        and year is not None
        and year.kind is K.YEAR
        and (before is None or before.kind in _MAY_LEAD)
        and (behind is None or behind.kind in _MAY_CLOSE)
    )
