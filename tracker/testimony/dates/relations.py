"""What stands around a date: before, until, after, about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.testimony.dates import policy
from tracker.testimony.dates.events import relation_to_event
from tracker.testimony.dates.months import month_end
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_WINDOW = 4
_DAY = timedelta(days=1)
_RELATIONS = {K.BEFORE, K.UNTIL, K.AFTER, K.SINCE, K.EVE}
_COMMAS = (",", "，", "،")
_HAN_BEFORE = tuple("直截一自从打不晚迟")
_TRANSPARENT = {K.GLUE, K.MORE}


@dataclass(slots=True)
class Around:
    """The relation words that belong to one date."""

    relation: Kind | None = None
    since: bool = False
    between: bool = False
    about: bool = False
    later: bool = False  # some time after: surely not on the day itself
    event: int | None = None  # where the relation to an event of that date stands
    either: bool = False  # "before or after Ramadan": tells nothing
    opens: bool = False  # "or earlier", "at the latest" stands behind it
    first: int = 0
    end: int = 0


def look_around(tokens: list[Token], parts: Parts) -> Around:
    """Read the relation words before and behind a date."""
    result = Around(first=parts.first, end=parts.end)
    for index in range(parts.first - 1, max(-1, parts.first - 1 - _WINDOW), -1):
        token = tokens[index]
        if token.kind is K.ABOUT:
            result.about = True
        elif token.kind is K.BETWEEN and not token.post:
            result.between = True
        elif token.value == "or" and token.kind is K.UNTIL:
            result.either = index > 0 and tokens[index - 1].kind is K.AFTER
            _relate(result, K.BEFORE)  # "in April or before May"
        elif token.kind in _RELATIONS and _precedes(token):
            _relate(result, token.kind)
            result.later = result.later or token.value == "later"
            if token.value == "from":
                result.event = index  # "not before March": in March at the earliest
        elif token.kind not in _TRANSPARENT:
            result.either = _is_either(tokens, index, -1, result)
            break
        result.first = index
    if parts.case == "lim":
        result.relation = K.UNTIL
    for index in range(parts.end, min(len(tokens), parts.end + _WINDOW)):
        token = tokens[index]
        if token.kind is K.ABOUT and (token.post or token.text == "or so"):
            result.about = True
        elif token.kind is K.BETWEEN and token.post:
            result.between = True
        elif opens(tokens, index):
            result.either = result.either or result.relation is K.AFTER
            result.opens = True
            _relate(result, K.UNTIL)  # "in May or earlier", "in May at the latest"
        elif token.kind in _RELATIONS and token.post:
            _relate(result, token.kind)
            if token.value == "from":
                result.event = index
        elif token.kind is not K.GLUE and not (token.text in _COMMAS and opens(tokens, index + 1)):
            result.either = result.either or _is_either(tokens, index, 1, result)
            break
        result.end = index + 1
    if result.relation is None and not (result.since or result.between):
        _relate_to_event(tokens, parts, result)
    return result


def _relate_to_event(tokens: list[Token], parts: Parts, result: Around) -> None:
    found = relation_to_event(tokens, parts.first, parts.end, parts.case)
    if found is None:
        return
    result.relation, result.event = found
    result.first = min(result.first, result.event)
    result.end = max(result.end, result.event + 1)


def _is_either(tokens: list[Token], index: int, step: int, around: Around) -> bool:
    """Find "before or after", "before Ramadan or after it": with the "or" at `index`."""
    if tokens[index].kind is not K.OR or not 0 <= index + step < len(tokens):
        return False
    sides = {tokens[index - 1].kind, tokens[index + step].kind, around.relation}
    return K.AFTER in sides and bool(sides & {K.BEFORE, K.UNTIL})


def opens(tokens: list[Token], index: int) -> bool:
    """Tell whether "or earlier" or "at the latest" stands at `index`."""
    if not 0 <= index < len(tokens):
        return False
    return tokens[index].kind is K.UNTIL and tokens[index].value in ("or", "latest")


def _precedes(token: Token) -> bool:
    """Chinese words of one meaning may stand on either side: 直到 before, 为止 behind."""
    if token.value in ("from", "latest"):
        return True
    return not token.post or token.text[:1] in _HAN_BEFORE


def _relate(result: Around, kind: Kind) -> None:
    if kind is K.SINCE:
        result.since = True
    elif result.relation is None:
        result.relation = kind


def apply(
    relation: Kind | None, parts: Parts, found: Interval, said_on: date, *, event: bool = False
) -> Interval | None:
    """Turn a date into the days before, until or after it, or the day on whose eve it was.

    `event`: what it was before or after lay anywhere in the date. Where more than one stretch of
    days may be meant ("Eid", "the winter of 2017"), none is left out.
    """
    if relation is K.EVE:
        if found.earliest is not None and parts.names_a_day:
            eve = found.earliest - _DAY
            return Interval(eve, eve, "day", found.flags)
        relation = K.BEFORE
    if relation in (K.BEFORE, K.UNTIL):
        if found.earliest is None or found.earliest > said_on:
            return None  # "until 2030" tells nothing about the past
        whole = relation is K.UNTIL or (parts.parts[-1:] == ["late"] and parts.day is None)
        latest = found.latest if whole or event else _last_start(parts, found, said_on) - _DAY
        return Interval(None, min(latest, said_on), "open", found.flags)
    if relation is K.AFTER:
        start = found.earliest if event else _first_end(parts, found) + _DAY
        if start is None or start > said_on:
            return None
        return Interval(start, said_on, "range", found.flags)
    return found


def _last_start(parts: Parts, found: Interval, said_on: date) -> date:
    """The day on which it began at the latest: of two winters of a year the second one's."""
    if found.earliest is None:
        return found.latest
    if "ambiguous" in found.flags or parts.about:
        return found.latest
    if _is_two_winters(parts, found):
        second = found.latest.replace(year=found.latest.year - 1, month=12, day=1)
        return second if second <= said_on else found.earliest
    return found.earliest


def _first_end(parts: Parts, found: Interval) -> date:
    """The day on which it was over at the earliest: of two winters of a year the first one's."""
    if found.earliest is None:
        return found.latest
    if "ambiguous" in found.flags or parts.about:
        return found.earliest
    if parts.holiday in policy.SHORTEST:
        return found.earliest + (policy.SHORTEST[parts.holiday] - 1) * _DAY
    if _is_two_winters(parts, found):
        return month_end(found.earliest.year, 2)
    return found.latest


def _is_two_winters(parts: Parts, found: Interval) -> bool:
    """Tell whether the date is the winter of a year, of which there are two."""
    whole = parts.season == "winter" and not parts.parts
    return whole and found.earliest is not None and found.earliest.month == 1
