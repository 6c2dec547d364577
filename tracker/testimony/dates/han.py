"""Chinese inside a text: numerals, measures, and the longest word of the table that fits."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.testimony.dates.language import Language
from tracker.testimony.dates.tokens import Kind, Sense, Token

HAN = "\u3007\u3400-\u9fff\uf900-\ufaff"
_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "俩": 2}
_TENS = {"十": 10, "百": 100, "千": 1000, "廿": 20, "卅": 30}
_NUMERAL = re.compile("[〇零一二两俩三四五六七八九十百千廿卅]{1,10}")
_UNITS = {
    "年": "y", "载": "y", "天": "d", "周": "w", "星期": "w", "礼拜": "w", "小时": "h", "钟头": "h",
    "分钟": "h", "月": "m", "年头": "y", "晚": "d", "昼夜": "d",
}  # fmt: skip
# number, [odd] [measure word] [odd] [half] unit
_WEEKS = tuple(("w", n) for n in (-1, 0, 1, 2))
_MEASURE = re.compile(
    r" ?(?P<odd>多|余|几|来)? ?(?P<ge>个)? ?(?P<more>多|余)? ?(?P<half>半)? ?(?:的)?"
    r"(?P<unit>年代|周年|季度|年头|年|月份|月|日|号|天|周|星期|礼拜|小时|钟头|分钟|昼夜)"
)

_EDGE = re.compile("个?(天|周|星期|礼拜|月)")
_LUNAR_DAY = re.compile(
    r" ?初?(?P<day>[一二三四五六七八九十廿卅]{1,3}|[0-3]?\d)(?![多几余个天年月\d])"
)
_SAID_AS_YEAR = re.compile(" ?(?:的?时候|时|那年|那会|被|起|开始|以来就|就被)")
_LEADS_TO_YEAR = ("从", "自", "自从", "在", "于", "到", "打从", "早在")
_ONE_BY_ONE = re.compile("[一二][〇零一二三四五六七八九]")


def numeral(text: str) -> tuple[float, float | None] | None:
    """Read Chinese numerals; "三四" is the range 3 to 4, "二〇一七" is 2017."""
    if all(c in _DIGITS for c in text):
        digits = [_DIGITS[c] for c in text]
        if len(digits) == 2 and 0 < digits[0] == digits[1] - 1:
            return digits[0], digits[1]
        return float("".join(map(str, digits))), None
    total = current = 0
    for c in text:
        if c in _DIGITS:
            current = _DIGITS[c]
        else:
            total += _TENS[c] if c in "廿卅" else (current or 1) * _TENS[c]
            current = 0
    return float(total + current), None


@lru_cache(maxsize=4)
def _dictionary(language: Language) -> tuple[dict[str, Sense], int]:
    words: dict[str, Sense] = {}
    for kind, values in language.words.items():
        for value, forms in values.items():
            for form in forms.split():
                words.setdefault(form.strip("?*_"), Sense(kind, value))
    return words, max(map(len, words))


def _longest(language: Language, text: str, at: int) -> tuple[Sense, int] | None:
    words, longest = _dictionary(language)
    for size in range(min(longest, len(text) - at), 0, -1):
        if found := words.get(text[at : at + size]):
            return found, size
    return None


def measure(language: Language, text: str, at: int, tokens: list[Token]) -> int:
    """Read what stands behind a number or "several": month, day, years, and a half; else 0.

    The last of `tokens` is the number. Returns the index after what was read.
    """
    last = tokens[-1]
    found = _MEASURE.match(text, at)
    if found is None:
        return 0
    unit, end = found["unit"], found.end()
    counted_from = len(tokens) > 1 and tokens[-2].kind is Kind.CALENDAR  # 民国90年
    plain = not (last.ordinal or found["odd"] or found["ge"] or found["more"] or found["half"])
    value, is_number = last.whole, last.kind is Kind.NUM
    longest = _longest(language, text, found.start("unit"))
    if longest and longest[0].kind in (Kind.COUNT, Kind.AGE) and longest[1] > len(unit):
        return 0
    if longest and longest[0].kind is Kind.WEEKDAY and found["ge"]:
        return found.start("unit")  # "the second Sunday"
    if unit == "季度":
        return 0
    if unit in ("年代", "周年"):
        last.kind = Kind.WORD
        return end
    if plain and is_number and unit in ("月", "月份", "日", "号"):
        limit, kind = (12, Kind.MONTH) if unit[0] == "月" else (31, Kind.DAY)
        if not 1 <= value <= limit:
            dated = len(tokens) > 1 and tokens[-2].kind in (Kind.YEAR, Kind.MONTH)
            last.kind = Kind.BROKEN if dated else Kind.WORD
            return end
        tokens[-1] = Token(
            kind, value, last.start, end, text[last.start : end], high=last.high, post=True
        )
        return end
    if found["odd"] == "几" and is_number and unit in ("日", "号") and value in (10, 20):
        tens = Token(Kind.DAY, value + 1, last.start, end, high=value + 9.0, post=True)
        tokens[-1] = tens  # "二十几号"
        return end
    led = len(tokens) > 1 and tokens[-2].text in _LEADS_TO_YEAR
    if (
        plain
        and is_number
        and unit == "年"
        and not counted_from
        and (_names_a_year(text, end, value, last, led) or _at_a_feast(language, text, end, last))
    ):
        year = value if value > 99 else 2000 + value
        tokens[-1] = Token(Kind.YEAR, year, last.start, end, high=last.high, post=True)
        return end
    if unit in ("日", "号", "月份"):
        return 0
    if found["odd"] == "几" and is_number:
        last.high, last.value = value + 9.0, value + 1.0
    elif found["odd"] == "来":
        tokens.append(Token(Kind.ABOUT, None, last.end, last.end, post=True))
    elif found["odd"] in ("多", "余") or found["more"]:
        odd = "odd" if found["odd"] else None
        tokens.append(Token(Kind.MORE, odd, last.end, last.end, post=True))
    if found["half"]:
        tokens.append(Token(Kind.HALF, None, last.end, last.end, post=True))
    tokens.append(Token(Kind.UNIT, _UNITS[unit], found.start("unit"), end, unit, post=True))
    return end


def _names_a_year(text: str, end: int, value: int, number: Token, led: bool) -> bool:
    """Tell whether 2017, or the two figures of 17, name a year rather than count years."""
    if 1900 <= value <= 2199:
        return True
    if _ONE_BY_ONE.fullmatch(number.text) and number.high is None:
        return True
    two_digits = number.end - number.start == 2 and number.high is None
    two_digits = two_digits and (10 <= value <= 99 or number.text.startswith("0"))
    rest = text[end : end + 3]
    return two_digits and bool(
        led
        or _SAID_AS_YEAR.match(text, end)
        or re.match(
            r" ?(?:\d{1,2}|[一二三四五六七八九十元]{1,2})月|年?[底初末中]|年[头尾]|[春夏秋冬]", rest
        )
    )


def _at_a_feast(language: Language, text: str, end: int, number: Token) -> bool:
    """Tell whether two figures and 年 stand before a feast: "17年开斋节"."""
    found = _longest(language, text, end)
    two = number.end - number.start == 2 and number.high is None and number.whole >= 10
    return two and found is not None and found[0].kind is Kind.HOLIDAY


def scan_han(language: Language, text: str, at: int, tokens: list[Token]) -> int:
    """Read one piece of Chinese at `at` into `tokens`; return the index after it."""
    found = _longest(language, text, at)
    figures = _NUMERAL.match(text, at)
    if figures and figures[0] == "十一" and _is_first_of_october(text, figures.end(), tokens):
        holiday = Token(Kind.HOLIDAY, "china_national_day", at, figures.end(), post=True)
        tokens.append(holiday)
        return figures.end()
    if figures and (found is None or found[1] < 2 or found[1] < len(figures[0])):
        value, high = numeral(figures[0]) or (0.0, None)
        tokens.append(Token(Kind.NUM, value, at, figures.end(), figures[0], high=high, post=True))
        return measure(language, text, figures.end(), tokens) or figures.end()
    if found is None:
        tokens.append(Token(Kind.WORD, None, at, at + 1, text[at]))
        return at + 1
    sense, size = found
    tokens.append(Token(sense.kind, sense.value, at, at + size, text[at : at + size], post=True))
    if sense.kind is Kind.REL and sense.value in _WEEKS:
        day = "一二三四五六日".find(text[at + size : at + size + 1].replace("天", "日"))
        if text[at + size : at + size + 1] and day >= 0:
            tokens.append(Token(Kind.WEEKDAY, day, at + size, at + size + 1, post=True))
            return at + size + 1
    if tokens[-1].text == "第" and (figures := _NUMERAL.match(text, at + size)):
        value, _ = numeral(figures[0]) or (0.0, None)
        tokens[-1] = Token(Kind.NUM, value, at, figures.end(), ordinal=True, post=True)
        return measure(language, text, figures.end(), tokens) or figures.end()
    if sense.kind is Kind.HOLIDAY and str(sense.value).startswith("lunar_month_"):
        return _lunar_day(text, at + size, tokens[-1])
    following = _longest(language, text, at + size)
    weekday = following is not None and following[0].kind is Kind.WEEKDAY
    edge = None if weekday else _EDGE.match(text, at + size)
    if sense.kind in (Kind.FIRST, Kind.FINAL) and (unit := edge):
        tokens.append(Token(Kind.UNIT, _UNITS[unit[1]], unit.start(), unit.end(), post=True))
        return unit.end()
    if sense.kind in (Kind.FEW, Kind.HALF):
        return measure(language, text, at + size, tokens) or at + size
    return at + size


def _is_first_of_october(text: str, end: int, tokens: list[Token]) -> bool:
    """Tell whether 十一 is the National Day, as behind a year: 去年十一."""
    yearly = bool(tokens) and tokens[-1].kind in (Kind.YEAR, Kind.REL)
    return yearly and re.match(" ?[月年天号日个点岁人次周星多几]", text[end:]) is None


def _lunar_day(text: str, at: int, month: Token) -> int:
    """Read the day behind a month of the lunar calendar: 正月初五, 腊月二十三."""
    found = _LUNAR_DAY.match(text, at)
    if found is None:
        return at
    figures = found["day"]
    day = float(figures) if figures.isdecimal() else (numeral(figures) or (0.0, None))[0]
    if not 1 <= day <= 30:
        return at
    month.value = f"lunar_{month.name.removeprefix('lunar_month_')}_{int(day)}"
    end = found.end()
    return end + 1 if text[end : end + 1] in ("日", "号") else end
