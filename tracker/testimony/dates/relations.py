"""What stands around a date: before, until, after, about; and what makes it no date at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.testimony.dates.events import relation_to_event
from tracker.testimony.dates.months import month_end
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_WINDOW = 4
_DAY = timedelta(days=1)
_RELATIONS = {K.BEFORE, K.UNTIL, K.AFTER, K.SINCE, K.EVE}
_BASES = {K.HOLIDAY, K.DATE, K.MONTH, K.NUM, K.DAY, K.YEAR, K.REL}
_FEASTS = {K.HOLIDAY, K.MONTH, K.YEAR, K.DATE}
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
        elif token.kind in _RELATIONS and token.post:
            _relate(result, token.kind)
            if token.value == "from":
                result.event = index
        elif token.kind is not K.GLUE:
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


def _precedes(token: Token) -> bool:
    """Chinese words of one meaning may stand on either side: 直到 before, 为止 behind."""
    if token.value == "from":
        return True
    return not token.post or token.text[:1] in ("直", "截", "一", "自", "从", "打")


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
    if _is_two_winters(parts, found):
        return month_end(found.earliest.year, 2)
    return found.latest


def _is_two_winters(parts: Parts, found: Interval) -> bool:
    """Tell whether the date is the winter of a year, of which there are two."""
    whole = parts.season == "winter" and not parts.parts
    return whole and found.earliest is not None and found.earliest.month == 1


def is_no_date(tokens: list[Token], parts: Parts) -> bool:
    """Tell whether the words around it make it no date of the past: a birth, a habit, a plan."""
    before = _nearest(tokens, parts.first - 1, -1)
    habit = parts.only_weekday and _is_habit(tokens, parts.first)
    if habit or (parts.only_weekday and _is_each(tokens, parts.end)):
        return True
    comma = parts.end < len(tokens) and tokens[parts.end].text == ","
    behind = _nearest(tokens, parts.end + comma, 1)
    if before is not None and before.kind is K.EVERY:
        return True
    if behind is not None and behind.kind is K.EVERY and behind.post and parts.weekday is not None:
        return True
    counted = before is not None and before.kind in (K.NUM, K.FEW) and not before.ordinal
    gone = behind is not None and (
        behind.kind is K.AGO or (behind.kind is K.BEFORE and behind.post)
    )
    if counted and gone and (parts.holiday or parts.season) and parts.edge is None:
        return True  # "two Ramadans ago", "iki yaz önce"
    if not parts.says_year and _is_other_time(tokens, parts, before, behind):
        return True
    if parts.bare_season and _has_clause(tokens, parts, before, behind):
        return True
    if parts.only_year and _counts_age(tokens, parts.end):
        return True  # "今年45岁"
    return _is_birth(tokens, parts) or _is_plan(tokens, parts)


def _is_habit(tokens: list[Token], first: int) -> bool:
    """Find "every other Friday", "every Monday and Friday", "usually on a Friday"."""
    for token in reversed(tokens[max(0, first - 2 * _WINDOW) : first]):
        if token.kind is K.EVERY:
            return True
        if token.kind is K.PUNCT and token.text not in ",،、":
            return False
        if token.kind in (K.YEAR, K.MONTH, K.REL, K.DATE, K.SINCE, K.CUE):
            return False
    return False


def _is_each(tokens: list[Token], end: int) -> bool:
    """Find "сейсенбі мен жұма сайын": each Tuesday and Friday."""
    for token in tokens[end : end + _WINDOW]:
        if token.kind is K.EVERY and token.post:
            return True
        if token.kind not in (K.AND, K.WEEKDAY, K.GLUE, K.OR):
            return False
    return False


def _nearest(tokens: list[Token], index: int, step: int) -> Token | None:
    while 0 <= index < len(tokens):
        if tokens[index].kind is not K.GLUE:
            return tokens[index]
        index += step
    return None


def _is_other_time(
    tokens: list[Token], parts: Parts, before: Token | None, behind: Token | None
) -> bool:
    """Find "that summer", "in March of the same year": whose year is not known."""
    if parts.fixed is not None or parts.days_ago is not None:
        return False
    touching = tokens[parts.first - 1] if parts.first else None
    if touching is not None and touching.kind is K.THAT:
        return True
    return any(
        token is not None and token.kind is K.THAT and token.value == "y"
        for token in (before, behind)
    )


def _has_clause(
    tokens: list[Token], parts: Parts, before: Token | None, behind: Token | None
) -> bool:
    """Find "the spring before he turned": a season that only a clause would tell."""
    if behind is not None and not behind.post and behind.kind in (K.BEFORE, K.AFTER):
        base = _nearest(tokens, tokens.index(behind, parts.end) + 1, 1)
        if parts.only_weekday and base is not None and base.kind in _BASES:
            return False  # "the Friday before Eid"
        if base is not None and base.kind in _FEASTS:
            return False  # "last winter, before Nowruz"
        return parts.season is not None or behind.kind is K.BEFORE
    if before is not None and before.kind is K.CLAUSE and before.post:
        return True
    if _is_told_by_clause(tokens, parts):
        return True
    if before is None or not before.post or before.kind not in (K.BEFORE, K.AFTER):
        return False
    index = tokens.index(before) - 1
    return index < 0 or tokens[index].kind in (K.WORD, K.CLAUSE, K.AGE, K.BORN)


def _is_told_by_clause(tokens: list[Token], parts: Parts) -> bool:
    """Find "the summer my father died", not "in the summer my father called"."""
    article = tokens[parts.first - 1] if parts.first else None
    behind = tokens[parts.end] if parts.end < len(tokens) else None
    led = parts.first > 1 and tokens[parts.first - 2].kind is not K.PUNCT
    if article is None or article.text != "the" or led or parts.weekday is not None:
        return False
    return parts.which is None and behind is not None and behind.kind is K.CLAUSE


def _counts_age(tokens: list[Token], index: int) -> bool:
    behind = [token for token in tokens[index : index + 5] if token.kind is not K.GLUE][:2]
    return [token.kind for token in behind] == [K.NUM, K.AGE]


def _is_birth(tokens: list[Token], parts: Parts) -> bool:
    return _in_clause(tokens, parts, K.BORN, parts.first, -1) or (
        _in_clause(tokens, parts, K.BORN, parts.end - 1, 1)
    )


def _is_plan(tokens: list[Token], parts: Parts) -> bool:
    if parts.says_year and parts.finer:
        return False
    return _in_clause(tokens, parts, K.FUTURE, parts.first, -1) or (
        _in_clause(tokens, parts, K.FUTURE, parts.end - 1, 1)
    )


def _in_clause(tokens: list[Token], parts: Parts, kind: Kind, index: int, step: int) -> bool:
    for _ in range(_WINDOW):
        index += step
        if not 0 <= index < len(tokens):
            return False
        token = tokens[index]
        if token.kind is kind:
            return token.text != "就"
        if token.kind is K.PUNCT or token.kind in (K.YEAR, K.MONTH, K.REL, K.DATE, K.AND, K.SINCE):
            return False
        if kind is K.BORN and step > 0 and not token.post and token.kind is not K.GLUE:
            return False
    return False
