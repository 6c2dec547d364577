"""Stretches at the edge of a period: the first two weeks of March, its last Friday."""

from __future__ import annotations

from dataclasses import replace

from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_PERIODS = {K.MONTH, K.YEAR, K.HOLIDAY, K.SEASON}
_STRETCHES = ("d", "w", "m")
_REACH = 5


def join_edges(tokens: list[Token]) -> list[Token]:
    """Join "first", a number if any, and a unit or weekday, where the period they cut stands by.

    "The early months", "the last few weeks" become a PART; what is counted becomes an EDGE.
    """
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        joined = _edge(tokens, at)
        if joined is None:
            out.append(tokens[at])
            at += 1
        else:
            token, at = joined
            out.append(token)
    return out


def _edge(tokens: list[Token], at: int) -> tuple[Token, int] | None:
    first = tokens[at]
    part = _part_of(first)
    ordinal = _place(first)
    counted = first.whole if first.kind in (K.NUM, K.DAY) and first.high is None else 0
    if 1 <= counted <= 30 and _in_long_feast(tokens, at):
        return replace(first, kind=K.EDGE, value=(counted, "d", 1), weak=False), at + 1
    if not part and not ordinal:
        return None
    index, few, count = at + 1, False, 0
    while index < len(tokens) and tokens[index].kind is K.GLUE and part:
        index += 1
    if index < len(tokens) and tokens[index].kind in (K.FEW, K.NUM) and part:
        few = tokens[index].kind is K.FEW or tokens[index].high is not None
        count = tokens[index].whole
        index += 1
    if index >= len(tokens):
        return None
    if first.kind is K.BEFORE and not (few or count):
        return None
    unit = tokens[index]
    name = unit.name if unit.kind is K.UNIT else f"wd{unit.whole}"
    if not (name in _STRETCHES or unit.kind is K.WEEKDAY):
        return None
    if unit.kind is K.WEEKDAY and (few or count or ordinal == 0):
        return None
    end = index + 1
    period = _period(tokens, at, end)
    if period is None or not _cuts(period, name, count):
        return None
    if first.kind is K.BEFORE and period.kind not in (K.YEAR, K.REL):
        return None  # "春节前两周": two weeks before it
    plural = few or (unit.weak and not count)
    whole = replace(unit, start=first.start, text="")
    if plural or not ordinal:
        if not part or (count and not ordinal):
            return None
        whole.kind, whole.value = K.PART, part
    else:
        whole.kind, whole.value = K.EDGE, (ordinal, name, count or 1)
    whole.weak = False
    return whole, end


def _in_long_feast(tokens: list[Token], at: int) -> bool:
    """Tell whether the number is a day of Ramadan or another Hijri month: "27 Ramadan"."""
    day, before = tokens[at], tokens[at - 1] if at else None
    behind = [token for token in tokens[at + 1 : at + 4] if token.kind is not K.GLUE][:2]
    numbered = day.post and (day.ordinal or day.kind is K.DAY)
    led = numbered and before is not None and _is_long_feast(before)
    if led and not (behind and behind[0].kind is K.UNIT):
        return True  # "рамазанның 27-сі"
    if day.kind is K.NUM and day.spelled and not day.ordinal:
        return False  # "two Ramadans ago"
    counted = len(behind) > 1 and behind[1].kind in (K.AGO, K.BEFORE)
    return bool(behind) and _is_long_feast(behind[0]) and not counted


def _is_long_feast(token: Token) -> bool:
    long = token.name == "ramadan" or token.name.startswith("hijri_month_")
    return token.kind is K.HOLIDAY and long


def _part_of(token: Token) -> str:
    """Name the part that the word begins: "the first (months)", "the closing (days)"."""
    if token.kind is K.PART and token.name in ("early", "mid", "late"):
        return token.name
    if token.kind is K.BEFORE and token.text == "前":
        return "early"  # "2018年前三个月"
    if token.kind in (K.FINAL, K.PAST) or (token.kind is K.WHICH and token.number == 1):
        return "late"
    first = token.kind is K.FIRST or (token.kind is K.DAY and token.weak and token.number == 1)
    return "early" if first or (token.ordinal and token.number == 1) else ""


def _place(token: Token) -> int:
    """Return which one is meant: 1 the first, -1 the last, 0 for no such word."""
    if token.kind is K.FIRST or (token.kind is K.BEFORE and token.text == "前"):
        return 1
    if token.kind in (K.FINAL, K.PAST) or (token.kind is K.WHICH and token.number == 1):
        return -1
    counted = (token.kind is K.NUM and (token.ordinal or token.hyphen)) or (
        token.kind is K.DAY and (token.ordinal or token.spelled or token.weak)
    )
    return token.whole if counted and token.high is None else 0


def _period(tokens: list[Token], first: int, end: int) -> Token | None:
    """Return the month, year or feast that the stretch belongs to, behind it or before it."""
    for token in tokens[end : end + _REACH]:
        if _is_period(token):
            return token
        if token.kind is not K.GLUE:
            break
    for token in reversed(tokens[max(0, first - _REACH) : first]):
        if _is_period(token):
            return token
        if token.kind is not K.GLUE and token.text != ",":
            break
    return None


def _is_period(token: Token) -> bool:
    if token.kind in _PERIODS:
        return True
    return token.kind is K.REL and isinstance(token.value, tuple) and token.value[0] in ("y", "m")


def _cuts(period: Token, unit: str, count: int) -> bool:
    """Tell whether such a stretch lies within the period: no three months in March."""
    inside_month = period.kind in (K.MONTH, K.HOLIDAY) or period.value in (("m", 0), ("m", 1))
    if unit == "m":
        return not inside_month and count <= 12
    return count <= (31 if unit == "d" else 53)
