"""Gather the parts of one date, in whatever order a language says them."""

from __future__ import annotations

from tracker.testimony.dates import neighbours
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_COUNTED = {K.UNIT, K.COUNT, K.CLOCK, K.TIMES, K.AGE, K.MAG}


def find_dates(tokens: list[Token], taken: list[bool]) -> list[Parts]:
    """Find the dates in the tokens that no duration has taken."""
    found: list[Parts] = []
    at = 0
    while at < len(tokens):
        parts = None if taken[at] else _gather(tokens, taken, at)
        if parts is None:
            at += 1
            continue
        found.append(parts)
        at = max(parts.end, at + 1)
    return found


def _gather(tokens: list[Token], taken: list[bool], at: int) -> Parts | None:
    parts = Parts(at, at)
    index, comma = at, False
    while index < len(tokens) and not taken[index]:
        token = tokens[index]
        if token.kind is K.GLUE or (token.kind is K.PUNCT and token.text in ",、،"):
            if index == at:
                return None
            parts.during = parts.during or token.value == "during"
            comma = comma or token.kind is K.PUNCT
        elif token.kind is K.PUNCT and token.text == ".":
            if index == at or not neighbours.abbreviates(tokens, index):
                break
        elif token.kind in (K.TO, K.OR, K.AND) and neighbours.joins_parts(tokens, index):
            pass  # "mid-2017", "early to mid March"
        elif (
            token.kind is K.SINCE
            and parts.season == "winter"
            and neighbours.is_span(tokens, index + 1)
        ):
            pass  # "зимой с 2016 на 2017"
        elif token.kind is K.ABOUT and index > at:
            if not neighbours.widens(tokens, index + 1):
                break
            parts.about = True
        elif (parts.bare_season or parts.holiday) and neighbours.is_before_last(tokens, index):
            parts.which = 2
            index += 1
            parts.end = index + 1
        elif (parts.season or comma) and neighbours.bounds(tokens, index):
            break  # "geçen kış, Nevruz'dan önce": what narrows the winter is a date of its own
        elif _put(tokens, index, parts):
            parts.end = index + 1
            parts.case = token.case
            parts.either = parts.either or token.either
            parts.misspelt = parts.misspelt or token.misspelt
        else:
            break
        index += 1
    if not parts.says_something or parts.end == at:
        return None
    led_by = tokens[max(0, at - 2) : at]
    bayramda = parts.case == "loc" and (parts.holiday or "").startswith("eid")
    parts.during = parts.during or bayramda or any(t.value == "during" for t in led_by)
    return parts


def _put(tokens: list[Token], index: int, parts: Parts) -> bool:
    """Put one token where it belongs; False when it is no part of this date."""
    token = tokens[index]
    kind, whole = token.kind, token.whole
    if kind is K.YEAR:
        if parts.year is not None or parts.fixed is not None:
            return False
        parts.year, parts.last_year = whole, None if token.high is None else int(token.high)
    elif kind is K.REL:
        return _put_relative(token, parts)
    elif kind is K.MONTH:
        if parts.month is not None or parts.fixed is not None:
            return False
        if parts.season is not None and parts.parts:
            return False  # "kış ortasında, ocakta": the middle of winter, not of January
        if token.weak and not neighbours.beside_date(tokens, index):
            return False
        parts.month, parts.last_month = whole, None if token.high is None else int(token.high)
    elif kind is K.DAY or kind is K.NUM:
        return _put_day(tokens, index, parts)
    elif kind is K.WEEKDAY:
        if parts.weekday is not None or (token.weak and not neighbours.beside_date(tokens, index)):
            return False
        parts.weekday = whole
    elif kind is K.SEASON:
        if parts.season is not None or (token.weak and not neighbours.beside_date(tokens, index)):
            return False
        parts.season = token.name
    elif kind is K.PART:
        return _put_part(tokens, index, parts)
    elif kind is K.HOLIDAY:
        if parts.holiday is not None:
            return False
        parts.holiday = token.name
    elif kind is K.DATE:
        if parts.says_something or not isinstance(token.value, Interval):
            return False
        parts.fixed = token.value
    elif kind is K.WHICH:
        return _put_which(tokens, index, parts)
    elif kind is K.EDGE:
        if parts.edge is not None or not isinstance(token.value, tuple):
            return False
        parts.edge = token.value
    elif kind is K.SAME:
        parts.same = "d" if token.value == "d" else "m"
    else:
        return False
    return True


def _put_relative(token: Token, parts: Parts) -> bool:
    if not isinstance(token.value, tuple):
        return False
    unit, count = token.value
    name = {"y": "years_ago", "m": "months_ago", "w": "weeks_ago", "d": "days_ago",
            "weekend": "weekends_ago"}.get(unit)  # fmt: skip
    if name is None or getattr(parts, name) is not None:
        return False
    if name == "years_ago" and parts.year is not None:
        return False
    setattr(parts, name, count)
    return True


def _put_day(tokens: list[Token], index: int, parts: Parts) -> bool:
    token = tokens[index]
    if parts.day is not None or parts.fixed is not None:
        return False
    if token.number != token.whole or not 1 <= token.number <= (token.high or 31) <= 31:
        return False
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    counted = following is not None and following.kind in _COUNTED and following.name != "d"
    if _is_some(token, following):
        return True  # "nisanda bir pazar günü": a Sunday, not the first of April
    # "сәуірдің он екісінде қоңырау шалды" (on the twelfth of April): no calls are counted
    of_month = token.post and parts.month is not None
    if counted and not (of_month and (token.kind is K.DAY or token.case == "loc")):
        return False
    if token.kind is K.NUM or token.spelled:
        monthly = (
            parts.month is not None
            or parts.months_ago is not None
            or (neighbours.month_follows_day(tokens, index + 1))
        )
        if token.weak and token.kind is K.NUM:
            return False
        if (
            not monthly
            and not neighbours.stands_alone(tokens, index)
            and not neighbours.of_the_month(tokens, index)
        ):
            return False
    parts.day = token.whole
    parts.last_day = None if token.high is None else int(token.high)
    return True


def _is_some(token: Token, following: Token | None) -> bool:
    """Tell whether "one" is said of the weekday behind it."""
    spelled = token.spelled or neighbours.is_han(token)
    one = token.kind is K.NUM and spelled and token.number == 1 and not token.case
    return one and following is not None and following.kind is K.WEEKDAY


def _put_part(tokens: list[Token], index: int, parts: Parts) -> bool:
    token = tokens[index]
    value = token.value
    if isinstance(value, tuple):
        part, unit = value
        parts.part_unit = unit
    else:
        part = token.name
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if following is not None and following.kind is K.GLUE and index + 2 < len(tokens):
            following = tokens[index + 2]
        before = tokens[index - 1] if index and token.post else None
        if index > 1 and tokens[index - 2].kind in (K.NUM, K.FEW, K.HALF):
            before = None  # "in several years"
        for beside in (following, before):  # "at the end of the year", "yıl sonunda"
            if beside is not None and beside.kind is K.UNIT and beside.name in ("y", "m"):
                parts.part_unit = beside.name
    if len(parts.parts) > 1:
        return False
    if parts.month is not None and _is_of_season(tokens, index):
        return False  # "şubatta, kış sonunda": the end of winter, not of February
    parts.parts.append(part)
    return True


def _is_of_season(tokens: list[Token], index: int) -> bool:
    """Tell whether a part is one of a season that stands beside it."""
    if tokens[index].post:
        return index > 0 and tokens[index - 1].kind is K.SEASON
    behind = (token for token in tokens[index + 1 :] if token.kind is not K.GLUE)
    return any(token.kind is K.SEASON for token in [next(behind, tokens[index])])


def _put_which(tokens: list[Token], index: int, parts: Parts) -> bool:
    """Take "last" before a month, weekday or season; "өткен 2017 жылы" needs none."""
    following = tokens[index + 1].kind if index + 1 < len(tokens) else None
    if parts.holiday is not None:
        return False  # "Bayram'dan önceki cuma"
    if following in (K.MONTH, K.WEEKDAY, K.SEASON, K.HOLIDAY, K.PART) and parts.which is None:
        parts.which = tokens[index].whole
        return True
    return following is K.YEAR
