"""What was said of one date: a bag of parts that every word order fills alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracker.testimony.dates.reading import Interval


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
    edge: tuple[int, str, int] | None = None  # (1, "w", 2) the first two weeks, (-1, "wd4", 1)
    same: str | None = None  # this time (last year); "d": this day
    during: bool = False  # said as a time: in the days of the feast
    misspelt: bool = False
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
    def names_a_day(self) -> bool:
        """A day is named that has an eve: a feast, a day of a month, or the start of a year."""
        return self.holiday is not None or self.day is not None or self.only_year

    @property
    def is_twenties(self) -> bool:
        """The twenties of a month were named: to the 29th, or to the end of February."""
        return self.day in (20, 21) and self.last_day == 29

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
        part = self.parts and self.part_unit
        return bool(self.says_year or self.finer or self.season or part or self.same)
