"""Put dates and lengths of time together into the one interval that a text speaks of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.testimony.dates import combine, neighbours
from tracker.testimony.dates.broken import is_no_day_of_its_month
from tracker.testimony.dates.choose import Candidate
from tracker.testimony.dates.clauses import denied, is_sentence, tells_more
from tracker.testimony.dates.clusters import find_dates
from tracker.testimony.dates.corrections import is_not, is_ruled_out
from tracker.testimony.dates.duration import Duration
from tracker.testimony.dates.durations import find_durations
from tracker.testimony.dates.events import is_hour, relation_to_event
from tracker.testimony.dates.long_before import is_only_relative, so_long_before, widened
from tracker.testimony.dates.narrowing import goes_on, is_narrowed, narrowed
from tracker.testimony.dates.no_date import is_his_or_that, is_no_date, is_of_unknown_year
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.relations import apply, look_around, opens
from tracker.testimony.dates.resolve import resolve
from tracker.testimony.dates.that_day import eves
from tracker.testimony.dates.tied import Ties, beside
from tracker.testimony.dates.tokens import Kind, Token

K = Kind


class Assembler:
    """Reads one labelled text."""

    def __init__(self, tokens: list[Token], said_on: date) -> None:
        self.tokens, self.said_on = tokens, said_on
        self.durations = find_durations(tokens)
        taken = [False] * len(tokens)
        for duration in self.durations:
            taken[duration.first : duration.end] = [True] * (duration.end - duration.first)
        named = find_dates(tokens, taken)
        self.dates = [
            parts
            for parts in named
            if not (self._dead(parts) or is_only_relative(tokens, parts, self.durations))
        ]
        self.around = {id(parts): look_around(tokens, parts) for parts in self.dates}
        self.unsure = any(self._hides_a_time(parts) for parts in named)
        """It says a time that cannot be worked out, and the rest alone might be later."""
        self.dates = [parts for parts in self.dates if not self.around[id(parts)].either]

    def candidates(self) -> list[Candidate]:
        """Return what the text may mean, in its order."""
        self._share_year()
        around = [(parts, self.around[id(parts)]) for parts in self.dates]
        found = eves(self.tokens, around, self.durations, self.said_on)
        ties = Ties(self.tokens, self.durations, self.around, self.said_on)
        for parts in self.dates:
            for duration in self.durations:
                if (candidate := ties.read(duration, parts)) is not None:
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
        lasting = [(d, c) for d in self.durations if (c := self._duration(d)) is not None]
        found = [self._years_back(each, [d for d, _ in lasting]) for each in found]
        found += [candidate for _, candidate in lasting]
        found = widened(found, self.tokens, self.durations)
        if self.unsure or (found and all(self._is_taken_back(each) for each in found)):
            return []
        return sorted(found, key=lambda candidate: candidate.first)

    def _hides_a_time(self, parts: Parts) -> bool:
        """Find "that summer he called, in October he vanished"; not where the other date is said to
        be that of the last call, or of the silence."""
        if is_his_or_that(self.tokens, parts):
            return True
        if not is_of_unknown_year(self.tokens, parts):
            return False
        if any(token.kind is K.CUE for token in self.tokens):
            return False
        return any(
            tells_more(self.tokens, parts.first, parts.end, other.first, other.end)
            for other in self.dates
            if not (self.around[id(other)].since or other.case == "abl")
        )

    def _is_taken_back(self, candidate: Candidate) -> bool:
        """Tell whether it is only what it was not: "not last week", and nothing else is told."""
        first, end = candidate.first, candidate.end
        is_date = any(first <= parts.first and parts.end <= end for parts in self.dates)
        return is_date and is_not(self.tokens, first, end)  # "not in two years" is a silence

    def _dead(self, parts: Parts) -> bool:
        if not is_no_date(self.tokens, parts):
            return False
        return not any(d.future and beside(self.tokens, d, parts) for d in self.durations)

    def _share_year(self) -> None:
        """Give "last year ... in August" its year, when only one year is spoken of."""
        years = [p for p in self.dates if p.only_year and self.around[id(p)].relation is None]
        if len(years) != 1 or years[0].last_year is not None or years[0].about:
            return
        year = years[0]
        given = False
        for parts in self.dates:
            around = self.around[id(parts)]
            silent = around.relation is K.AFTER and around.end <= year.first
            silent = silent and denied(self.tokens, around.first, around.end)
            if not parts.needs_year or (around.relation is not None and not silent):
                continue  # but "nothing after October, that was 2017"
            if neighbours.may_be_a_name(self.tokens, parts.first, parts.end):
                continue
            parts.year, parts.years_ago = year.year, year.years_ago
            found = resolve(parts, self.said_on)
            apart = tells_more(self.tokens, year.first, year.end, parts.first, parts.end)
            if is_no_day_of_its_month(parts, self.said_on) and not apart:
                self.unsure = True  # "last year, on 29 February"
            if found is None or found.earliest is None or found.earliest > self.said_on:
                parts.year = parts.years_ago = None
            elif not apart:
                given = True
        year.dead = given

    def _years_back(self, candidate: Candidate, lasting: list[Duration]) -> Candidate:
        """Begin "it has been three years, he called in the autumn" with the autumn of that year."""
        if "year_inferred" not in candidate.interval.flags:
            return candidate
        first, end = candidate.first, candidate.end
        told = [p for p in self.dates if p.needs_year and first <= p.first and p.end <= end]
        near = [combine.nearest_to(d, p, self.said_on) for p in told for d in lasting]
        for found in near:
            earliest = candidate.interval.earliest
            if found is not None and earliest and found.earliest and found.earliest < earliest:
                interval = replace(candidate.interval, earliest=found.earliest, precision="range")
                candidate = replace(candidate, interval=interval.flagged("ambiguous"))
        return candidate

    # --- one date ---------------------------------------------------------------------------------

    def _single(self, parts: Parts) -> Candidate | None:
        around = self.around[id(parts)]
        parts.about = parts.about or around.about
        found = None if parts.dead else resolve(parts, self.said_on)
        if found is None:
            return None
        relation = around.relation
        if relation is K.AFTER and is_ruled_out(self.tokens, around.first, around.end):
            relation = K.UNTIL  # "it can't have been later than June"
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
