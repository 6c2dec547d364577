"""Gather the parts of one date, in whatever order a language says them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_PREPOSITIONS = {K.GLUE, K.SINCE, K.BEFORE, K.UNTIL, K.AFTER, K.ABOUT, K.PART, K.BETWEEN, K.WHICH}
_COUNTED = {K.UNIT, K.COUNT, K.CLOCK, K.TIMES, K.AGE, K.MAG}
_SENTENCE_ENDS = ".;!?。"
_CLOCK_UNITS = {"h"}


@dataclass(slots=True)
class Parts:
    """What was said of one date; it stands in the tokens from `first` to before `end`."""

    first: int
    end: int
    year: int | None = None
    last_year: int | None = None  # of "2016-2017"
    years_ago: int | None = None
    month: int | None = None
    last_month: int | None = None
    months_ago: int | None = None
    weeks_ago: int | None = None
    weekends_ago: int | None = None
    days_ago: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    season: str | None = None
    holiday: str | None = None
    parts: list[str] = field(default_factory=list)
    part_unit: str | None = None  # "年底" names the unit its end belongs to
    edge: tuple[int, str] | None = None  # (1, "w") the first week, (-1, "d") the last day
    which: int | None = None  # last August, this summer
    fixed: Interval | None = None
    about: bool = False
    either: bool = False  # "on the 3rd or 4th"
    case: str = ""
    dead: bool = False

    @property
    def says_year(self) -> bool:
        """A year was named, or said relative to now."""
        return self.year is not None or self.years_ago is not None

    @property
    def only_year(self) -> bool:
        """Nothing but a year was named."""
        return self.says_year and not (self.finer or self.parts or self.season or self.edge)

    @property
    def finer(self) -> bool:
        """Something finer than a year was named that needs one."""
        return any(
            value is not None
            for value in (self.month, self.day, self.holiday, self.months_ago, self.weeks_ago,
                          self.days_ago, self.weekday, self.fixed, self.weekends_ago)
        )  # fmt: skip

    @property
    def finer_than_day(self) -> bool:
        """A day of a month was named besides "today"."""
        return self.day is not None or self.month is not None

    @property
    def only_weekday(self) -> bool:
        """Nothing but a weekday was named, or "last Sunday"."""
        return self.weekday is not None and not (
            self.says_year or self.finer_than_day or self.weeks_ago or self.fixed
        )

    @property
    def only_today(self) -> bool:
        """Nothing but "today" was named."""
        return self.days_ago == 0 and not (self.says_year or self.finer_than_day)

    @property
    def needs_year(self) -> bool:
        """It names a day, month, season or feast of some year, without saying which."""
        return (
            not self.says_year
            and self.months_ago is None
            and self.which is None
            and (self.month is not None or self.season is not None or self.holiday is not None
                 or (bool(self.parts) and self.part_unit == "y"))
        )  # fmt: skip

    @property
    def bare_season(self) -> bool:
        """Only a season, weekday or month without a year: a clause may say which one is meant."""
        return (
            not self.says_year
            and self.day is None
            and self.fixed is None
            and (self.season is not None or self.month is not None or self.weekday is not None)
        )

    @property
    def says_something(self) -> bool:
        """There is enough in it to make a date."""
        return bool(self.says_year or self.finer or self.season or (self.parts and self.part_unit))


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
    index = at
    while index < len(tokens) and not taken[index]:
        token = tokens[index]
        if token.kind is K.GLUE or (token.kind is K.PUNCT and token.text in ",、،"):
            if index == at:
                return None
        elif token.kind is K.PUNCT and token.text in ".?":
            if index == at or not (index and tokens[index - 1].end == token.start):
                break
            behind = tokens[index + 1].kind if index + 1 < len(tokens) else None
            if behind not in (K.NUM, K.YEAR, K.MONTH) or tokens[index - 1].kind is not K.MONTH:
                break
        elif token.kind in (K.TO, K.OR, K.AND) and _joins_parts(tokens, index):
            pass  # "mid-2017", "early to mid March"
        elif token.kind is K.ABOUT and index > at:
            following = tokens[index + 1] if index + 1 < len(tokens) else None
            if following is None or following.kind not in (K.MONTH, K.NUM, K.DAY, K.PART, K.SEASON):
                break
            parts.about = True
        elif _is_edge(tokens, index, parts):
            index += 1
            parts.end = index + 1
        elif _put(tokens, index, parts):
            parts.end = index + 1
            parts.case = token.case
            parts.either = parts.either or token.either
        else:
            break
        index += 1
    if not parts.says_something or parts.end == at:
        return None
    return parts


def _joins_parts(tokens: list[Token], index: int) -> bool:
    if index == 0 or index + 1 >= len(tokens) or tokens[index - 1].kind is not K.PART:
        return False
    following = tokens[index + 1]
    if following.kind is K.PART:
        return True
    touching = tokens[index - 1].end == tokens[index].start
    return touching and following.kind in (K.YEAR, K.MONTH, K.SEASON)


def _is_edge(tokens: list[Token], index: int, parts: Parts) -> bool:
    """Take "the first week", "last day", "second week" when a month or year stands beside it."""
    token = tokens[index]
    if index + 1 >= len(tokens) or tokens[index + 1].kind is not K.UNIT:
        return False
    unit = tokens[index + 1].name
    if unit not in "dwm" or parts.edge is not None:
        return False
    if token.kind is K.FIRST or (token.kind is K.DAY and token.weak):
        place = token.whole or 1
    elif token.kind is K.FINAL:
        place = -1
    elif (token.kind in (K.NUM, K.DAY) and token.ordinal) or (
        token.kind is K.DAY and token.spelled
    ):
        place = token.whole
    else:
        return False
    beside = parts.month or parts.says_year or _month_follows(tokens, index + 2)
    if not beside:
        return False
    parts.edge = (place, unit)
    return True


def _month_follows(tokens: list[Token], index: int) -> bool:
    for token in tokens[index : index + 3]:
        if token.kind in (K.MONTH, K.YEAR) or (token.kind is K.REL and token.value != ("d", 0)):
            return True
        if token.kind is not K.GLUE:
            return False
    return False


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
        if token.weak and not _beside_date(tokens, index):
            return False
        parts.month, parts.last_month = whole, None if token.high is None else int(token.high)
    elif kind is K.DAY or kind is K.NUM:
        return _put_day(tokens, index, parts)
    elif kind is K.WEEKDAY:
        if parts.weekday is not None or (token.weak and not _beside_date(tokens, index)):
            return False
        parts.weekday = whole
    elif kind is K.SEASON:
        if parts.season is not None or (token.weak and not _beside_date(tokens, index)):
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
    if following is not None and following.kind in _COUNTED and following.name != "d":
        return False
    if token.kind is K.NUM or token.spelled:
        monthly = (
            parts.month is not None
            or parts.months_ago is not None
            or (_month_follows_day(tokens, index + 1))
        )
        if token.weak and token.kind is K.NUM:
            return False
        if not monthly and not _stands_alone(tokens, index) and not _of_the_month(tokens, index):
            return False
    parts.day = token.whole
    parts.last_day = None if token.high is None else int(token.high)
    return True


def _month_follows_day(tokens: list[Token], index: int) -> bool:
    for token in tokens[index : index + 3]:
        if token.kind is K.MONTH or (
            token.kind is K.REL and isinstance(token.value, tuple) and token.value[0] == "m"
        ):
            return True
        if token.kind not in (K.GLUE, K.WEEKDAY):
            return False
    return False


def _stands_alone(tokens: list[Token], index: int) -> bool:
    """Read "on the 14th": an ordinal behind "the", with nothing behind it that it could count."""
    token = tokens[index]
    if not token.ordinal or token.case not in ("ord", "") or token.post or index == 0:
        return False
    before = tokens[index - 1]
    if before.kind not in (K.GLUE, K.SINCE, K.UNTIL, K.BEFORE, K.AFTER):
        return False
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return following is None or following.kind in (K.PUNCT, K.CLAUSE)


def _of_the_month(tokens: list[Token], index: int) -> bool:
    """Read Turkish "ayın 14'ünde"."""
    before = tokens[index - 1] if index else None
    return bool(
        before is not None
        and before.kind is K.UNIT
        and before.value == "m"
        and before.case == "gen"
        and tokens[index].ordinal
    )


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
        if following is not None and following.kind is K.UNIT and following.name in ("y", "m"):
            parts.part_unit = following.name
    if len(parts.parts) > 1:
        return False
    parts.parts.append(part)
    return True


def _put_which(tokens: list[Token], index: int, parts: Parts) -> bool:
    """Take "last" before a month, weekday or season; "өткен 2017 жылы" needs none."""
    following = tokens[index + 1].kind if index + 1 < len(tokens) else None
    if following in (K.MONTH, K.WEEKDAY, K.SEASON, K.HOLIDAY, K.PART) and parts.which is None:
        parts.which = tokens[index].whole
        return True
    return following is K.YEAR


def _beside_date(tokens: list[Token], index: int) -> bool:
    """Tell whether "may", "march", "fall" stands where only a month or season can."""
    before = tokens[index - 1] if index else None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if before is not None and before.text == "the" and index > 1:
        before = tokens[index - 2]
    if before is not None and before.kind in _PREPOSITIONS:
        return True
    if len(tokens) == 1:
        return True
    if before is not None and before.kind in (K.NUM, K.DAY, K.YEAR, K.REL, K.OR, K.TO, K.MONTH):
        return True
    if (
        before is not None
        and before.text == ","
        and index > 1
        and tokens[index - 2].kind is K.WEEKDAY
    ):
        return True
    if following is not None and following.text == "," and index + 2 < len(tokens):
        following = tokens[index + 2]
    if following is None:
        return False
    return following.kind in (K.YEAR, K.REL) or (
        following.kind in (K.NUM, K.DAY) and following.number <= 31
    )
