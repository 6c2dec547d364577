"""Living through the story: each thing done by the person who does it, when it is done.

The clock stops wherever something falls due, and the worker's own tick looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from sqlalchemy import event, select
from sqlalchemy.engine.interfaces import DBAPIConnection

from tracker.bootstrap import Services
from tracker.demo.families import Family, families
from tracker.demo.people import STAFF, ZONE, actor, hire
from tracker.demo.telling import close, hear, interview, tell_more
from tracker.demo.time import advance, reach
from tracker.demo.tour import remember
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.errors import BrokenPromise
from tracker.engine.cases import cases, record, sharing
from tracker.engine.clock.clockwork import together
from tracker.engine.desk import Desk
from tracker.engine.worker.tick import tick
from tracker.store.schema import Alert, Case, ConsularAction, ContactReport, Enquirer, Share

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """Something somebody does at an instant."""

    at: datetime
    by: str
    do: Callable[[Desk], None]


class Story:
    """The whole of it: the people, the families' cases, and what happens when."""

    def __init__(self, services: Services, today: datetime, say: Callable[[str], None]) -> None:
        self.services = services
        self.today = today
        self.say = say
        clock = services.settings.clock_file
        if clock is None:
            raise BrokenPromise("a story needs a clock that can be moved")
        self.clock = clock
        self.people: dict[str, str] = {}
        self.actors: dict[str, Actor] = {}
        self.cases: dict[int, str] = {}
        self.families = list(families())

    def live(self) -> None:
        """From the first day to today."""
        with self.services.desk(OPERATOR) as desk:
            self.people = hire(desk)
            self.actors = {member.key: actor(desk, self.people, member.key) for member in STAFF}
        turns = sorted(self.turns(), key=lambda turn: turn.at)
        first, week = turns[0].at, 0
        weeks = (self.today - first).days // 7 + 1
        for at, group in groupby(turns, key=lambda turn: turn.at):
            if (at - first).days // 7 >= week:
                week = (at - first).days // 7 + 1
                self.say(f"  week {week} of {weeks}")
            reach(self.services, self.clock, at)
            for turn in group:
                with self.services.desk(self.actors[turn.by]) as desk:
                    turn.do(desk)
            tick(self.services)
        advance(self.services, self.clock, self.today)

    def turns(self) -> Iterator[Turn]:
        for family in self.families:
            yield from self._of(family)
        yield from self._mornings()

    def _of(self, family: Family) -> Iterator[Turn]:
        opened = self.today - family.opened * DAY
        worker = family.caseworker or "vera"
        at = partial(self._at, family)
        yield Turn(opened, worker, partial(self._open, family))
        if family.silent < family.opened:
            yield from self._calls(family, opened, worker)
        if family.has("shared"):
            yield Turn(opened, worker, at(partial(self._share, family)))
        if family.has("answered"):
            yield Turn(opened + 9 * DAY, "consul", at(self._answer))
        if family.has("conflicting"):
            yield Turn(opened + 5 * DAY, worker, at(partial(tell_more, family)))
        if family.has("withdrawn_consent"):
            yield Turn(self.today - 6 * DAY, worker, at(self._withdraw))
        if family.has("snoozed"):
            yield Turn(self.today - 3 * DAY, worker, at(self._snooze))
        if family.has("retracted"):
            yield Turn(self.today - 12 * DAY, worker, at(partial(hear, family, days_ago=1)))
            yield Turn(self.today - 4 * DAY, worker, at(self._retract))
        if family.has("pending"):
            yield Turn(
                self.today - 2 * DAY, worker, at(partial(hear, family, days_ago=3, staged=True))
            )
        yield from self._endings(family, worker)

    def _endings(self, family: Family, worker: str) -> Iterator[Turn]:
        at = partial(self._at, family)
        for reason in ("released", "died", "found", "withdrawn"):
            if family.has(f"closed_{reason}"):
                yield Turn(self.today - 5 * DAY, worker, at(partial(close, reason=reason)))
        if family.has("reopened"):
            yield Turn(self.today - 14 * DAY, worker, at(partial(close, reason="found")))
            yield Turn(self.today - 7 * DAY, worker, at(self._reopen))

    def _calls(self, family: Family, opened: datetime, worker: str) -> Iterator[Turn]:
        """Contacts since the case was opened, weekly or so, until the silence begins."""
        last = self.today - family.silent * DAY
        when = opened + 6 * DAY
        while when < last - 4 * DAY:
            yield Turn(when, worker, self._at(family, partial(hear, family, days_ago=1)))
            when += (6 + family.number % 9) * DAY
        yield Turn(last, worker, self._at(family, partial(hear, family, days_ago=0)))

    def _mornings(self) -> Iterator[Turn]:
        """Caseworkers look at their desks on three mornings a week; not at the last one's."""
        for days in range(45, 1, -1):
            morning = self.today - days * DAY
            if morning.weekday() in (0, 2, 4):
                for key in ("dana", "ilyas", "rena"):
                    yield Turn(morning, key, partial(self._acknowledge, key))

    # -- what is done ---------------------------------------------------------------------------

    def _at(self, family: Family, do: Callable[[Desk, Case], None]) -> Callable[[Desk], None]:
        return lambda desk: do(desk, desk.session.get_one(Case, self.cases[family.number]))

    def _open(self, family: Family, desk: Desk) -> None:
        caseworker = self.people[family.caseworker] if family.caseworker else None
        case = cases.open_case(
            desk, zone_name=ZONE, caseworker_id=caseworker, supervisor_id=self.people["vera"]
        )
        self.cases[family.number] = case.id
        with together(desk, case):
            interview(family, desk, case)
        if family.has("tour") and family.has("shared"):
            remember(desk, case)

    def _withdraw(self, desk: Desk, case: Case) -> None:
        enquirer = _enquirer(desk, case)
        sharing.record_consent(
            desk,
            case,
            enquirer,
            "consular",
            given=False,
            language=enquirer.language,
            text_checked=False,
            spoken=True,
        )

    def _share(self, family: Family, desk: Desk, case: Case) -> None:
        first = family.number % 2 == 0 or family.has("tour") or family.has("answered")
        post = self.people["post" if first else "other post"]
        ask = "Please ask where this person is held, and whether a visit is possible."
        sharing.share(desk, case, post, _shown(family), ask=ask)

    def _answer(self, desk: Desk, case: Case) -> None:
        shown = desk.session.scalars(select(Share).filter_by(case_id=case.id)).one()
        question = desk.session.scalars(
            select(ConsularAction).filter_by(case_id=case.id, post_id=shown.post_id)
        ).one()
        words = "We asked the authorities in writing; there is no reply yet."
        sharing.answer(desk, case, question, "asked_authorities", words)

    def _snooze(self, desk: Desk, case: Case) -> None:
        until = desk.now + 21 * DAY
        cases.snooze(desk, case, until, "A relative travels there and brings news back.")

    def _retract(self, desk: Desk, case: Case) -> None:
        newest = desk.session.scalars(
            select(ContactReport)
            .filter_by(case_id=case.id, state="confirmed")
            .order_by(ContactReport.entered_at.desc())
        ).first()
        if newest is not None:
            record.retract(desk, case, newest, "The caller turned out to be somebody else.")

    def _reopen(self, desk: Desk, case: Case) -> None:
        cases.reopen(desk, case, "It was another person of the same name.")

    def _acknowledge(self, key: str, desk: Desk) -> None:
        listening = {
            self.cases[family.number]
            for family in self.families
            if family.caseworker == key and family.has("acks") and family.number in self.cases
        }
        waiting = select(Alert.case_id).where(
            Alert.state == "triggered", Alert.kind.in_(("step", "repeat", "hand_over"))
        )
        for case_id in sorted(set(desk.session.scalars(waiting)) & listening):
            cases.acknowledge(desk, desk.session.get_one(Case, case_id))


def live_through(services: Services, today: datetime, say: Callable[[str], None]) -> None:
    """Make the demonstration: everybody's story, from the clock's first day to `today`.

    `say` is told a line a week of the story.
    """
    _be_quick(services)
    Story(services, today, say).live()


def _be_quick(services: Services) -> None:
    """A demonstration cut short is made anew, so its making need not wait for the disk."""
    if services.database.is_sqlite:
        event.listen(services.database.engine, "connect", _do_not_wait)
        services.database.engine.pool.dispose()


def _do_not_wait(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def _enquirer(desk: Desk, case: Case) -> Enquirer:
    return desk.session.scalars(select(Enquirer).filter_by(case_id=case.id)).first() or _none()


def _none() -> Enquirer:
    raise BrokenPromise("every family has an enquirer")


def _shown(family: Family) -> tuple[str, ...]:
    """Families differ in what a post may see of them."""
    if family.number % 5 == 1:
        return ("dates", "place")
    return ("name", "dates", "place", "history")[: 3 + family.number % 2]
