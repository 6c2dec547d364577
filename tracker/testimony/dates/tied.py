"""A date and a length of time that tell one thing: "a week after Nowruz", "two years in March"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracker.testimony.dates import combine, neighbours
from tracker.testimony.dates.choose import Candidate
from tracker.testimony.dates.duration import Duration
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.relations import Around
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_LOOSE = {K.GLUE, K.PUNCT}
_COUNTS = {K.NUM, K.HALF, K.FEW, K.FUSED}


def beside(tokens: list[Token], duration: Duration, parts: Parts | Duration) -> bool:
    """Tell whether nothing but glue stands between the two."""
    if duration.end <= parts.first:
        between = tokens[duration.end : parts.first]
    else:
        between = tokens[parts.end : duration.first]
    return all(token.kind in _LOOSE for token in between)


@dataclass(frozen=True, slots=True)
class Ties:
    """What binds the lengths of time of one text to its dates; `around` is by the date's id()."""

    tokens: list[Token]
    durations: Sequence[Duration]
    around: Mapping[int, Around]
    said_on: date

    def read(self, duration: Duration, parts: Parts) -> Candidate | None:
        """Read "two weeks before Nowruz", "two years ago in May", "two years in March"."""
        if (
            parts.dead
            or duration.unit == "h"
            or (duration.dead and not self._direction(duration, parts))
        ):
            return None
        start, end = min(duration.first, parts.first), max(duration.end, parts.end)
        found: Interval | None = None
        direction = self._direction(duration, parts)
        if direction:
            years = self._years_ago(duration, parts)
            base = combine.years_ago_in(years, parts, self.said_on) if years else None
            counted = self.tokens[duration.first : duration.end]
            whole = all(token.kind not in _COUNTS for token in counted)
            found = combine.anchored(
                duration, direction, parts, self.said_on, base=base, whole=whole
            )
            start = min(start, self.around[id(parts)].first)
            end = max(end, self.around[id(parts)].end)
            if years is not None and found is not None:
                years.dead = True
                start, end = min(start, years.first), max(end, years.end)
        elif beside(self.tokens, duration, parts) and duration.high is None and not duration.few:
            yearly = duration.unit == "y"
            if duration.future:
                found = combine.anniversary(duration, parts, self.said_on) if yearly else None
            elif (duration.ago or parts.only_today) and not duration.mode and not duration.dead:
                found = combine.counted_from_now(duration, parts, self.said_on)
                if found is None and parts.only_weekday and duration.unit == "w":
                    found = combine.weekday_of_week(duration, parts, self.said_on)
                elif found is None and parts.only_weekday and not yearly:
                    found = duration.interval(self.said_on)  # "a month ago on a Sunday"
                elif found is None and yearly and parts.needs_year and duration.ago:
                    about = parts.about or self.around[id(parts)].about
                    said = replace(parts, about=about)
                    found = combine.years_ago_in(duration, said, self.said_on)
                if found is None and parts.needs_year and duration.ago:
                    found = combine.nearest_to(duration, parts, self.said_on)
            elif yearly and not (duration.dead or duration.relative) and self._is_marked(parts):
                found = combine.anniversary(duration, parts, self.said_on)
        return None if found is None else Candidate(found, start, end)

    def _is_marked(self, parts: Parts) -> bool:
        """Tell whether "two years" may be marked then: "it was two years in March"."""
        around = self.around[id(parts)]
        plain = around.relation is None and not around.since and parts.case != "abl"
        named = parts.month is not None and parts.day is None and not parts.says_year
        return plain and (named or parts.months_ago in (0, 1))

    def _direction(self, duration: Duration, parts: Parts) -> int:
        """Return -1 for a length of time before the date, 1 for one after it, 0 for neither."""
        tokens = self.tokens
        if duration.end <= parts.first:
            between = [t for t in tokens[duration.end : parts.first] if t.kind is not K.GLUE]
            behind = tokens[duration.end - 1]
            if not between and behind.kind is K.AFTER and not behind.post:
                return 1
            if len(between) == 1 and not between[0].post:
                return {K.BEFORE: -1, K.AFTER: 1}.get(between[0].kind, 0)
            return 0
        between = [t for t in tokens[parts.end : duration.first] if t.kind is not K.GLUE]
        last = tokens[duration.end - 1]
        if parts.holiday and [t.case for t in between] == ["event"] and last.post:
            return -1 if last.kind is K.BEFORE else 0  # "Ramazan başlamadan bir gün önce"
        if not between and last.post and (parts.case == "abl" or last.value == "left"):
            return {K.BEFORE: -1, K.AFTER: 1}.get(last.kind, 0)
        behind_event = len(between) == 1 and between[0].post and not duration.ago
        if behind_event and neighbours.is_han(between[0]):
            return {K.BEFORE: -1, K.AFTER: 1}.get(between[0].kind, 0)
        return 0

    def _years_ago(self, duration: Duration, parts: Parts) -> Duration | None:
        """Find the "two years ago" of "the week after Nowruz two years ago": it names the year."""
        if not parts.needs_year:
            return None
        for other in self.durations:
            counted = other.unit == "y" and other.ago and other.high is None and not other.few
            if other is duration or other.dead or not counted:
                continue
            if beside(self.tokens, other, parts) or beside(self.tokens, other, duration):
                return other
        return None
