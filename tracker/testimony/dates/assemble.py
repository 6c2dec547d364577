"""Put dates and lengths of time together into the one interval that a text speaks of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.testimony.dates import combine, neighbours
from tracker.testimony.dates.choose import Candidate
from tracker.testimony.dates.clauses import denied, is_sentence, tells_more
from tracker.testimony.dates.clusters import find_dates
from tracker.testimony.dates.duration import Duration
from tracker.testimony.dates.durations import find_durations
from tracker.testimony.dates.events import is_hour, relation_to_event
from tracker.testimony.dates.long_before import is_only_relative, so_long_before, widened
from tracker.testimony.dates.narrowing import goes_on, is_narrowed, narrowed
from tracker.testimony.dates.no_date import is_no_date
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.relations import apply, look_around, opens
from tracker.testimony.dates.resolve import resolve
from tracker.testimony.dates.that_day import eves
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_LOOSE = {K.GLUE, K.PUNCT}


class Assembler:
    """Reads one labelled text."""

    def __init__(self, tokens: list[Token], said_on: date) -> None:
        self.tokens, self.said_on = tokens, said_on
        self.durations = find_durations(tokens)
        taken = [False] * len(tokens)
        for duration in self.durations:
            taken[duration.first : duration.end] = [True] * (duration.end - duration.first)
        self.dates = [
            parts
            for parts in find_dates(tokens, taken)
            if not (self._dead(parts) or is_only_relative(tokens, parts, self.durations))
        ]
        self.around = {id(parts): look_around(tokens, parts) for parts in self.dates}
        self.dates = [parts for parts in self.dates if not self.around[id(parts)].either]

    def candidates(self) -> list[Candidate]:
        """Return what the text may mean, in its order."""
        self._share_year()
        around = [(parts, self.around[id(parts)]) for parts in self.dates]
        found = eves(self.tokens, around, self.durations, self.said_on)
        for parts in self.dates:
            for duration in self.durations:
                if (candidate := self._tied(duration, parts)) is not None:
                    found.append(candidate)
                    duration.dead = parts.dead = True
        index = 0
        while index < len(self.dates):
            parts = self.dates[index]
            index += 1
            if parts.dead:
                continue
            following = self.dates[index] if index < len(self.dates) else None
            if following is not None and not following.dead:
                both = self._weekday_by(parts, following) or self._narrowed(parts, following)
                both = both or self._range(parts, following)
                if both is not None:
                    found.append(both)
                    index += 1
                    continue
            if (one := self._single(parts)) is not None:
                found.append(one)
        found += [c for d in self.durations if (c := self._duration(d)) is not None]
        found = widened(found, self.tokens, self.durations)
        return sorted(found, key=lambda candidate: candidate.first)

    def _dead(self, parts: Parts) -> bool:
        if not is_no_date(self.tokens, parts):
            return False
        return not any(d.future and self._beside(d, parts) for d in self.durations)

    def _beside(self, duration: Duration, parts: Parts) -> bool:
        """Nothing but glue stands between the two."""
        if duration.end <= parts.first:
            between = self.tokens[duration.end : parts.first]
        else:
            between = self.tokens[parts.end : duration.first]
        return all(token.kind in _LOOSE for token in between)

    def _share_year(self) -> None:
        """Give "last year ... in August" its year, when only one year is spoken of."""
        years = [p for p in self.dates if p.only_year and self.around[id(p)].relation is None]
        if len(years) != 1 or years[0].last_year is not None or years[0].about:
            return
        year = years[0]
        given = False
        for parts in self.dates:
            if not parts.needs_year or self.around[id(parts)].relation is not None:
                continue
            if neighbours.may_be_a_name(self.tokens, parts.first, parts.end):
                continue
            parts.year, parts.years_ago = year.year, year.years_ago
            found = resolve(parts, self.said_on)
            if found is None or found.earliest is None or found.earliest > self.said_on:
                parts.year = parts.years_ago = None
            elif not tells_more(self.tokens, year.first, year.end, parts.first, parts.end):
                given = True
        year.dead = given

    # --- one date ---------------------------------------------------------------------------------

    def _single(self, parts: Parts) -> Candidate | None:
        around = self.around[id(parts)]
        parts.about = parts.about or around.about
        found = None if parts.dead else resolve(parts, self.said_on)
        if found is None:
            return None
        relation = around.relation
        if (
            relation is K.AFTER
            and not around.later
            and denied(self.tokens, around.first, around.end)
        ):
            relation = None  # "no news after March": in March he was last heard from
        one_day = found.earliest == found.latest
        if relation is K.AFTER and one_day and is_hour(self.tokens, around.event, parts.first):
            relation = None
        event = around.event is not None
        applied = apply(relation, parts, found, self.said_on, event=event)
        if applied is not None and event and relation is K.BEFORE:
            applied = so_long_before(self.durations, around.event, found, applied)
        return None if applied is None else Candidate(applied, around.first, around.end)

    # --- two dates --------------------------------------------------------------------------------

    def _weekday_by(self, first: Parts, second: Parts) -> Candidate | None:
        """Read "the Friday before Eid", "айттан кейінгі жұма"."""
        between = [t for t in self.tokens[first.end : second.first] if t.kind is not K.GLUE]
        if not between and second.which == 2 and first.case == "abl":
            post, direction = True, -1  # "Bayram'dan önceki cuma"
        elif len(between) == 1 and between[0].kind in (K.BEFORE, K.AFTER):
            post, direction = between[0].post, -1 if between[0].kind is K.BEFORE else 1
        else:
            return None
        weekday, base = (second, first) if post else (first, second)
        if not weekday.only_weekday or weekday.weekday is None or base.only_weekday:
            return None
        found = combine.weekday_by(weekday.weekday, direction, base, self.said_on)
        return None if found is None else Candidate(found, first.first, second.end)

    def _narrowed(self, first: Parts, second: Parts) -> Candidate | None:
        """Read "last winter, before Nowruz"."""
        by, at = self.around[id(second)], self.around[id(first)]
        if by.relation is None or not is_narrowed(self.tokens, first, at, second, by):
            return None
        relation = K.AFTER if goes_on(self.tokens, by.end) else by.relation
        if by.event is not None and relation is K.BEFORE:
            relation = K.UNTIL  # "before he was taken in October": any day of it
        found = narrowed(first, second, relation, self.said_on)
        first.dead = found is None and first.bare_season  # "the summer before 2017"
        return None if found is None else Candidate(found, at.first, by.end)

    def _range(self, first: Parts, second: Parts) -> Candidate | None:
        joint = self._joint(first, second)
        if joint is None:
            return None
        around, after = self.around[id(first)], self.around[id(second)]
        if joint is K.OR and {around.relation, after.relation} == {K.BEFORE, K.AFTER}:
            first.dead = second.dead = True  # "春节前或春节后"
            return None
        if second.days_ago == 0 and not second.finer_than_day:
            second.dead = True  # "from March to today": since March
            return self._single(first)
        found = combine.span(first, second, self.said_on)
        if found is None:
            return None
        if joint is not K.TO:
            found = found.flagged("ambiguous")
        relation = K.UNTIL if after.opens else None
        relation = around.relation if around.relation in (K.BEFORE, K.AFTER) else relation
        if relation is not None and (after.opens or joint is not K.TO):
            event = around.event is not None
            applied = apply(relation, first, found, self.said_on, event=event)
            return None if applied is None else Candidate(applied, around.first, after.end)
        return Candidate(found, around.first, after.end)

    def _joint(self, first: Parts, second: Parts) -> Kind | None:
        """Return TO for a range, OR for two readings, None when the two have nothing in common."""
        between = self.tokens[first.end : second.first]
        if len(between) > 6:
            return None
        kinds = {token.kind for token in between}
        around, after = self.around[id(first)], self.around[id(second)]
        if kinds - {K.TO, K.OR, K.AND, K.GLUE, K.PUNCT, K.UNTIL, K.BEFORE, K.SINCE, K.ABOUT}:
            return None
        marks = {token.text for token in between if token.kind is K.PUNCT}
        if marks & set(".;!?。"):
            return None
        if K.TO in kinds or (K.AND in kinds and (around.between or after.between)):
            return K.TO
        if K.OR in kinds:
            return K.OR
        if K.AND in kinds or "、" in marks:
            return K.OR
        closes = after.relation in (K.UNTIL, K.BEFORE)
        opens = around.since or first.case == "abl"
        return K.TO if opens and closes else None

    # --- a date and a length of time --------------------------------------------------------------

    def _tied(self, duration: Duration, parts: Parts) -> Candidate | None:
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
            found = combine.anchored(duration, direction, parts, self.said_on)
            start = min(start, self.around[id(parts)].first)
            end = max(end, self.around[id(parts)].end)
        elif self._beside(duration, parts) and duration.high is None and not duration.few:
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

    # --- a length of time alone -------------------------------------------------------------------

    def _duration(self, duration: Duration) -> Candidate | None:
        if duration.dead or duration.future:
            return None
        if neighbours.is_relative(self.tokens, duration.first, duration.end, ago=duration.ago):
            return None
        if is_sentence(self.tokens, duration):
            return None
        if not duration.ago and neighbours.is_planned(self.tokens, duration.first):
            return None
        single_day = duration.unit == "d" and duration.low == 1 and duration.high is None
        if single_day and not duration.few and not duration.strong:
            return None
        found = duration.interval(self.said_on)
        if found is None:
            return None
        event = relation_to_event(self.tokens, duration.first, duration.end)
        if duration.ago and event is not None and event[0] is K.BEFORE:
            duration.dead = True  # "before he was arrested two years ago"
            open_start = Interval(None, found.latest, "open", found.flags)
            found = so_long_before(self.durations, event[1], found, open_start)
        if duration.until or opens(self.tokens, duration.end):
            found = Interval(None, found.latest, "open", found.flags)
        return Candidate(found, duration.first, duration.end, weak=not duration.strong)
