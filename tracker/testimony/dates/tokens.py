"""The language-free tokens that words become: what a word means for a date, and where it stood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a word can mean for a date. The value of the token is given after the dash."""

    NUM = auto()  # a number - float; `high` is set for "2-3"
    MAG = auto()  # hundred, thousand - int
    FEW = auto()  # few, several
    HALF = auto()  # half
    UNIT = auto()  # day, week, month, year, decade, hour - "d" "w" "m" "y" "decade" "h"
    FUSED = auto()  # one word for a duration, "fortnight" - (float, unit)
    YEAR = auto()  # a calendar year - int; `high` is set for "2016-2017"
    MONTH = auto()  # a calendar month - 1..12
    DAY = auto()  # a day of a month - 1..31; `high` is set for "26-27"
    DAYWORD = auto()  # what makes the number before it a day of a month, Russian "числа"
    WEEKDAY = auto()  # 0..6 from Monday
    WHICH = auto()  # last, this, before last, next - 1, 0, 2, -1
    REL = auto()  # yesterday, last year - (unit, count back)
    SEASON = auto()  # spring, summer, autumn, winter
    PART = auto()  # early, mid, late, half1, half2, quarter1..4; or (part, unit) "year's end"
    HOLIDAY = auto()  # a name known to holidays.py
    DATE = auto()  # a date in figures - Interval
    BROKEN = auto()  # a date in figures that no calendar has: 31.04.2018
    FIRST = auto()  # the first (week of March)
    FINAL = auto()  # the last (week of March)
    EDGE = auto()  # the first two weeks, the last Friday - (place, unit or "wd0".."wd6", count)
    QUARTER = auto()  # the number of the quarter stands before it
    SAME = auto()  # this time (last year) - None, or "d" for this day
    CALENDAR = auto()  # whose years are counted - "hijri", "minguo"
    AGO = auto()
    BEEN = auto()  # "it has been", "already": the duration before or after it runs until now
    SINCE = auto()
    BEFORE = auto()
    UNTIL = auto()
    EVE = auto()  # on the eve of
    AFTER = auto()
    BETWEEN = auto()
    TO = auto()  # to, a dash between two dates
    OR = auto()
    AND = auto()
    MORE = auto()  # "odd" for twenty-odd
    LESS = auto()
    NEARLY = auto()
    ABOUT = auto()
    PAST = auto()  # in the past (two years)
    EVERY = auto()
    TIMES = auto()  # once, twice, three times
    AGE = auto()
    SENTENCE = auto()  # sentenced, prison term
    LIFE = auto()  # married, worked, taught: how long is no matter of the contact
    GIVEN = auto()  # got (15 years)
    TO_WHOM = auto()  # "ему (45 лет)"
    COUNT = auto()  # what numbers count: people, yuan
    CLOCK = auto()
    FUTURE = auto()
    LABEL = auto()  # room, article, number: the figures behind it are no year
    NEGATION = auto()  # no, never: "no news after March" is "since March"
    BORN = auto()
    THAT = auto()  # that year, the same summer: cannot be worked out
    CUE = auto()  # last heard, last spoke
    CLAUSE = auto()  # he, she, when: a clause begins
    ONEDAY = auto()  # "one day", once upon a time
    GLUE = auto()  # of, the, in: stands between the parts of a date - "during" a feast
    COMMON = auto()  # a word that only tells which language it is
    PUNCT = auto()
    WORD = auto()  # any other word


Value = object


@dataclass(slots=True)
class Token:
    """One piece of meaning; `start` and `end` are indexes in the folded text."""

    kind: Kind
    value: object
    start: int
    end: int
    text: str = ""
    case: str = ""  # abl, dat, gen, loc, lim, like, liq, been, ord, adj of the ending stripped
    high: float | None = None
    either: bool = False  # the range is "3 or 4", not "3 to 4"
    hyphen: bool = False  # tied by a hyphen or full stop to the word after it: "2018-jili"
    ordinal: bool = False  # 22nd
    spelled: bool = False  # a number written as a word
    weak: bool = False  # "may", "march": a month only beside other date words
    misspelt: bool = False
    post: bool = False  # stands after what it belongs to (Turkic, Chinese)

    @property
    def number(self) -> float:
        """The numeric value of NUM, MAG, YEAR, MONTH, DAY, WEEKDAY, WHICH."""
        return self.value if isinstance(self.value, int | float) else 0.0

    @property
    def whole(self) -> int:
        """The numeric value, as a whole number."""
        return int(self.number)

    @property
    def name(self) -> str:
        """The value of a token that names something, such as a season or a unit."""
        return self.value if isinstance(self.value, str) else ""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a word of one language means, before it stands anywhere."""

    kind: Kind
    value: object = None
    case: str = ""
    weak: bool = False
