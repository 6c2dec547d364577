"""Join tokens that mean one thing: spelled numbers, ranges, "last year", "2018-jili"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.testimony.dates.edges import join_edges
from tracker.testimony.dates.lengths import (
    count_from_date,
    is_between,
    is_from_to,
    join_lengths,
)
from tracker.testimony.dates.tokens import Kind, Token
from tracker.testimony.dates.years import (
    FIRST_YEAR,
    LAST_YEAR,
    is_ordinal_year,
    is_short_year,
    is_year,
    join_calendars,
    name_year,
    numbered_unit,
)

K = Kind
_JOINTS = {K.TO, K.OR, K.AND}
_FIGURES = (K.NUM, K.DATE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_COPULAS = (":", ".", "#", "is", "was", "-", "—", "是", "为")


def label(tokens: list[Token], said_on: date, numbered: bool) -> list[Token]:
    """Return the tokens joined. `numbered`: the language names months and years by number."""
    tokens = join_calendars(join_lengths(_ranges(_numbers(tokens))), said_on)
    return join_edges(_absorb(count_from_date(tokens), said_on, numbered))


# --- spelled numbers: twenty-two, he yüz, iki bin on yedi ---------------------------------------


def _numbers(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind in (K.NUM, K.MAG) and token.spelled:
            joined, at = _spelled(tokens, at)
            out.append(joined)
        else:
            out.append(token)
            at += 1
    return out


def _spelled(tokens: list[Token], at: int) -> tuple[Token, int]:
    first = tokens[at]
    total, current, last = 0.0, first.number, first.number
    end, case, kind = first.end, first.case, K.NUM
    scale = 0.0
    if first.kind is K.MAG:
        scale = current
    index = at + 1
    while index < len(tokens) and first.high is None:
        token, step = tokens[index], 1
        if token.kind is K.TO and token.value == "-" and token.start == end:
            if index + 1 == len(tokens) or tokens[index + 1].start != token.end or last < 20:
                break
            token, step = tokens[index + 1], 2
        if token.text == "and" and scale and index + 1 < len(tokens) and tokens[index + 1].spelled:
            token, step = tokens[index + 1], 2  # "two hundred and ten"
        value = token.number
        if token.kind is K.FIRST and token.post and token.spelled and last in (10, 20, 30):
            total, end, case, index = total + 1, token.end, "ord", index + step
            break  # "жиырма бірінші": by itself this word is "first"
        if token.kind is K.MAG and token.spelled:
            current = (current or 1) * value
            scale = value
            if value == 1000:
                total, current = total + current, 0
        elif token.kind in (K.NUM, K.DAY) and token.spelled and _fits(last, value, scale):
            current = (
                last * 100 + value if scale == 0 and last < 21 and value > 9 else (current + value)
            )
            if token.kind is K.DAY:
                kind = K.NUM if scale else K.DAY
                end, index = token.end, index + step
                break
        else:
            break
        last, end, case, index = value, token.end, token.case, index + step
    joined = replace(first, kind=kind, value=total + current, end=end, case=case)
    joined.ordinal = case == "ord"
    if kind is K.DAY:
        joined.value = int(total + current)
    if index > at + 1:
        joined.weak = False
    return joined, index


def _fits(last: float, value: float, scale: float) -> bool:
    """Tell whether `value` goes on the number that ended with `last`."""
    if scale and last == scale:
        return 0 < value < scale
    if 20 <= last < 100 and last % 10 == 0 and 0 < value < 10:
        return True
    if last == 10 and 0 < value < 10:
        return True
    return scale == 0 and last in (19, 20) and 10 <= value < 100


# --- ranges: 2-3, iki üç, 26-27, 2016-2017 ------------------------------------------------------


def _ranges(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind in (K.NUM, K.DAY, K.YEAR, K.MONTH) and token.high is None:
            joined = _range(tokens, at)
            if joined:
                token, at = joined
                out.append(token)
                continue
        out.append(token)
        at += 1
    return out


def _range(tokens: list[Token], at: int) -> tuple[Token, int] | None:
    first = tokens[at]
    index = at + 1
    joint = None
    if index < len(tokens) and (
        tokens[index].kind in _JOINTS
        or tokens[index].text in ("、", "..", "на")
        or is_from_to(tokens, at, index)
    ):
        joint = tokens[index]
        index += 1
        while index < len(tokens) and tokens[index].kind is K.GLUE:
            index += 1
    if index >= len(tokens):
        return None
    second = tokens[index]
    if second.kind not in (K.NUM, K.DAY, K.YEAR, K.MONTH):
        return None
    low, high = first.number, second.number
    kind = second.kind if first.kind is K.NUM else first.kind
    if first.kind is not K.NUM and second.kind not in (K.NUM, first.kind):
        return None
    if low >= FIRST_YEAR and second.kind is K.NUM and low % 100 < high < 100:
        high += low // 100 * 100  # 2016-17
    if low >= FIRST_YEAR and high >= FIRST_YEAR and kind is K.NUM:
        kind = K.YEAR
    if not 0 < low < high or (joint is None and not _spelled_pair(first, second)):
        return None
    if (
        kind is K.NUM
        and joint is not None
        and joint.kind is K.AND
        and not (_near_month(tokens, at, index) or (first.hyphen and second.hyphen))
        and not is_between(tokens, at, index)
    ):
        return None
    if high > {K.DAY: 31, K.MONTH: 12, K.YEAR: LAST_YEAR}.get(kind, 400):
        return None
    if first.kind is K.MONTH and (second.kind is not K.MONTH or joint is None):
        return None  # "March 3"
    if kind is K.MONTH and not (first.kind is K.NUM and first.text and joint):
        return None
    joined = replace(second, kind=kind, value=low if kind is K.NUM else int(low), high=high)
    joined.start = first.start
    joined.either = joint is not None and joint.kind is K.OR
    joined.ordinal = first.ordinal or second.ordinal or first.hyphen
    return joined, index + 1


def _spelled_pair(first: Token, second: Token) -> bool:
    """Tell whether two numbers side by side are a range: "iki üç", but not "22 3"."""
    low, high = first.number, second.number
    return (
        first.spelled and second.spelled and not first.weak and low < 10 and low < high <= low + 2
    )


def _near_month(tokens: list[Token], first: int, last: int) -> bool:
    around = tokens[max(0, first - 2) : first] + tokens[last + 1 : last + 3]
    return any(token.kind in (K.MONTH, K.DAYWORD) for token in around)


# --- words that belong to the one before: last + year, 2018 + jili ------------------------------


def _absorb(tokens: list[Token], said_on: date, numbered: bool) -> list[Token]:
    out: list[Token] = []
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        last = out[-1] if out else None
        dated = following is not None and (following.kind is K.MONTH or following.value == "y")
        if token.kind in _FIGURES and not dated and _is_label(out, token.kind is K.NUM):
            token.kind = K.WORD  # "case number: 2018"
        if token.kind is K.HOLIDAY and token.name == "nauryz" and _is_day(last):
            token.kind, token.value = K.MONTH, 3  # "8 наурыз мерекесі": the month of that name
        if token.kind is K.NUM and following is not None and following.kind is K.LABEL:
            token.kind = K.WORD if following.post else token.kind  # "2018 numaralı oda"
        if token.kind is K.NUM and is_year(token, following):
            token.kind, token.value = K.YEAR, token.whole
        elif token.kind in (K.NUM, K.DAY) and is_short_year(token, out, following, said_on):
            name_year(token, said_on)
        if token.kind is K.QUARTER and last is not None:
            number = _ROMAN.get(last.text, last.whole if last.kind is K.NUM else 0)
            if 1 <= number <= 4:
                last.kind, last.value, last.end = K.PART, f"quarter{number}", token.end
                continue
        if token.kind is K.UNIT and last is not None:
            if last.kind is K.WHICH and following is not None and following.text == "of":
                last.kind = K.FINAL  # "the last week of March"
            elif _is_of_feast(last, token, following):
                pass  # "the second day of Eid"
            elif _join_unit(last, token, said_on, numbered, out):
                continue
        if token.kind is K.DAYWORD and last is not None and last.kind in (K.NUM, K.DAY):
            if 1 <= last.number <= 31:
                if token.text == "числах" and last.number in (10, 20):
                    last.high = last.number + 9  # "в 20-х числах"
                last.kind, last.value, last.end = K.DAY, last.whole, token.end
            continue
        if token.kind is K.HALF and last is not None and last.ordinal and last.number in (1, 2):
            last.kind, last.value, last.end = K.PART, f"half{last.whole}", token.end
            continue
        out.append(token)
    return out


def _is_day(token: Token | None) -> bool:
    return token is not None and token.kind is K.NUM and 1 <= token.number <= 31


def _is_of_feast(day: Token, unit: Token, following: Token | None) -> bool:
    counted = day.kind is K.DAY and unit.name == "d" and not day.post
    return (
        counted
        and following is not None
        and (following.text == "of" or following.kind is K.HOLIDAY)
    )


def _is_label(before: list[Token], bare: bool) -> bool:
    """Tell whether "number", "room" stands before, with nothing but ":" or "is" between.

    `bare`: a number alone, which any of them counts; a whole date is only undone by "number".
    """
    for token in reversed(before):
        if token.kind is K.LABEL:
            return bare or token.value == "number"
        if token.text not in _COPULAS:
            return False
    return False


def _join_unit(last: Token, unit: Token, said_on: date, numbered: bool, out: list[Token]) -> bool:
    """Join a unit to the token before it, when the two are one; tell whether they were."""
    name = unit.name
    if last.kind is K.WHICH:
        last.kind, last.value = K.REL, (name, last.whole)
    elif last.kind is K.DAY and name == "y" and is_ordinal_year(last, unit):
        name_year(last, said_on)
    elif last.kind is K.EVERY:
        pass
    elif last.kind is K.THAT:
        last.value = name if name == "y" else "unit"
    elif (
        (last.kind is K.YEAR and name == "y")
        or (last.kind is K.MONTH and name == "m")
        or (last.kind is K.SEASON and name in ("m", "d"))
    ):
        pass
    elif last.kind in (K.MONTH, K.DAY, K.WEEKDAY, K.HOLIDAY, K.DATE) and name == "d":
        if last.kind is K.HOLIDAY and not numbered:
            return False
    elif (last.kind is K.REL and isinstance(last.value, tuple) and last.value[0] == name) or (
        last.kind is K.NUM and numbered_unit(last, unit, said_on, numbered, out)
    ):
        pass
    elif last.kind is K.NUM and last.hyphen and not numbered:
        last.kind = K.WORD  # a five-year plan, a 3-month-old
        return False
    else:
        return False
    last.end = unit.end
    last.case = unit.case or last.case
    return True
