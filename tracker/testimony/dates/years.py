"""Years said by their last two figures, by number, by another calendar or by the animal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.testimony.dates.tokens import Kind, Token

K = Kind
FIRST_YEAR, LAST_YEAR = 1900, 2199
_HIJRI = (1420, 1500)  # earlier ones could be years of the solar Hijri calendar
_ISLAMIC = ("ramadan", "eid", "hijri_month_")
_MINGUO = 1911  # years of the Republic of China count from 1912
_RAT = 4  # 4 CE was a year of the rat, the first of the twelve animals
_OBLIQUE = {"gen", "loc", "abl", "adj", "lim", "dat"}
_POSSESSED = ("жылы", "жылғы", "yılı", "yili", "jyly", "jılı", "jili", "йили", "жили", "senesi",
              "يىلى", "جىلى", "جىلعى", "году", "г")  # fmt: skip
_COUNTING = {K.UNIT, K.COUNT, K.MAG, K.TIMES, K.AGE, K.MONTH, K.HALF, K.MORE, K.DAYWORD, K.CLOCK}
_YEARLY = {K.SEASON, K.PART}


def is_year(token: Token, following: Token | None) -> bool:
    """Tell whether a number is a year, by its size and by what stands behind it."""
    if token.number != token.whole or not FIRST_YEAR <= token.number <= LAST_YEAR:
        return False
    if following is None or token.ordinal or token.hyphen:
        return True
    if following.kind is K.UNIT:
        return following.value == "y"
    return following.kind not in (K.COUNT, K.MAG, K.TIMES, K.AGE)


def is_short_year(token: Token, out: list[Token], following: Token | None, said_on: date) -> bool:
    """Tell whether "17", "seventeenth" is 2017: by a season, or as Russian "в семнадцатом"."""
    if not 9 < token.number <= said_on.year % 100 or token.number != token.whole:
        return False
    if following is not None and following.kind in _COUNTING:
        return False
    before = next((t for t in reversed(out[-3:]) if t.kind is not K.GLUE or t.text == "в"), None)
    seasonal = (
        before is not None and before.kind in _YEARLY and not before.post and before.text != ""
    ) or (
        following is not None
        and following.kind is K.SEASON
        and not token.spelled
        and not (token.ordinal and not token.case)
    )
    if seasonal:
        return True
    if token.kind is K.NUM and not token.spelled and not token.ordinal and not token.hyphen:
        beside = {t.kind for t in out[-2:]}
        if len(out) > 1 and K.MONTH in beside and beside & {K.DAY, K.NUM} and token.high is None:
            return True  # "7 May 18"
    closed = following is None or following.kind is K.PUNCT
    if before is not None and before.text == "в" and closed and token.ordinal and token.text:
        return True  # "в 17-м, до ареста": a day would be "17-го"
    behind_month = before is not None and before.kind is K.MONTH and before.text > "\u0400"
    if behind_month and token.kind is K.NUM and token.ordinal and not token.post:
        return True  # "с мая 17-го"
    if token.kind is not K.DAY or not token.spelled or before is None:
        return False
    dated = len(out) > 1 and out[-2].kind in (K.DAY, K.NUM)  # "пятого мая семнадцатого"
    in_month = before.kind is K.MONTH and (dated or before.text.endswith("е"))
    return in_month or (before.text == "в" and token.text.endswith("ом"))


def is_ordinal_year(day: Token, unit: Token) -> bool:
    """Tell whether "семнадцатого года" is a year rather than a day."""
    return day.spelled and day.number > 9 and unit.text in ("года", "году", "г")


def name_year(token: Token, said_on: date) -> None:
    """Make a token of two figures the newest year that ends so."""
    century = 2000 if token.number <= said_on.year % 100 else 1900
    token.kind, token.value = K.YEAR, century + token.whole
    if token.high is not None:
        token.high += century


def numbered_unit(
    number: Token, unit: Token, said_on: date, numbered: bool, out: list[Token]
) -> bool:
    """Read "17-jili", "8-ayda", "22-küni", Russian "17-м году" as a year, a month, a day.

    `out` holds the tokens up to the number; it is changed in place. Returns whether it was read.
    """
    value, name = number.number, unit.name
    if value != int(value) or value < 1 or unit.case == "liq":
        return False
    tied = number.hyphen or number.ordinal
    before = out[-2] if len(out) > 1 else None
    if name == "y":
        if _HIJRI[0] <= value <= _HIJRI[1]:
            number.kind, number.value = K.YEAR, int(value)
            return True
        if value > 99 or not (value > 9 or unit.text == "году"):
            return False
        if _is_named(number, unit, before, said_on, tied and numbered):
            name_year(number, said_on)
            return True
        return False
    if not numbered or (before is not None and before.kind is K.HOLIDAY):
        return False  # "the second day of Eid"
    tied = number.hyphen or (number.ordinal and not number.spelled)
    dated = before is not None and before.kind in (K.YEAR, K.MONTH, K.REL)
    named = unit.case in _OBLIQUE and (number.ordinal or (dated and not number.spelled))
    if name == "m" and value <= 12 and (tied or named):
        number.kind, number.value = K.MONTH, int(value)
        return True
    of_month = before is not None and before.kind is K.MONTH
    if name == "d" and value <= 31 and (tied or number.ordinal or of_month):
        number.kind, number.value = K.DAY, int(value)
        return True
    return False


def _is_named(number: Token, unit: Token, before: Token | None, said_on: date, tied: bool) -> bool:
    """Tell whether two figures and "year" name one, rather than count years."""
    if tied or unit.text == "году" or (unit.text == "года" and number.ordinal):
        return True
    if number.number > said_on.year % 100:
        return False
    if unit.text in ("года", "г"):
        counts = number.whole % 10 in (2, 3, 4) and number.whole // 10 != 1
        dated = before is not None and before.kind in (K.MONTH, K.SEASON, K.PART)
        return dated or (not counts and unit.text == "года")
    return unit.text.startswith(_POSSESSED) and unit.text not in ("году", "г")


def join_calendars(tokens: list[Token], said_on: date) -> list[Token]:
    """Join "1439" and "Hijri", "民国" and "107"; turn "the year of the dog" into the newest one."""
    out: list[Token] = []
    for at, token in enumerate(tokens):
        if token.kind is K.REL and isinstance(token.value, tuple) and token.value[0] == "animal":
            back = (said_on.year - _RAT - int(token.value[1])) % 12
            token.kind, token.value = K.YEAR, said_on.year - back
        if token.kind is K.HOLIDAY and token.name.startswith(_ISLAMIC):
            number = _number_beside(tokens, at)
            if number is not None:
                _count_years(number, replace(token, value="hijri"))
        if token.kind is K.CALENDAR:
            number = _number_beside(tokens, at)
            if number is not None:
                _count_years(number, token)
                continue
        out.append(token)
    return out


def _number_beside(tokens: list[Token], at: int) -> Token | None:
    """Find the number that the calendar's name belongs to: "1439 AH", "by the Hijri of 1439"."""
    for step in (1, -1):
        for index in range(at + step, at + 4 * step, step):
            if not 0 <= index < len(tokens):
                break
            if tokens[index].kind is K.YEAR or (
                tokens[index].kind is K.NUM and tokens[index].number > 31
            ):
                return tokens[index]
            if tokens[index].kind not in (K.GLUE, K.UNIT, K.BEFORE, K.PUNCT):
                break
    return None


def _count_years(number: Token, calendar: Token) -> None:
    if calendar.name == "minguo" and 1 <= number.number < 200:
        number.kind, number.value = K.YEAR, number.whole + _MINGUO
    elif calendar.name == "hijri" and _HIJRI[0] <= number.number <= _HIJRI[1]:
        number.kind, number.value = K.YEAR, number.whole
