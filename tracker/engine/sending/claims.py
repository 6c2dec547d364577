"""Claiming rows: asked again, worded, leased and written down before anything leaves (D2, D3).

One transaction claims a batch; it commits before the first network call, so a process that dies
leaves its rows in `submitting`, and their lease tells the others that their fate is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from sqlalchemy.exc import DBAPIError

from tracker.domain.delivery import (
    LEASE,
    Envelope,
    Fault,
    Outcome,
    RetryPolicy,
    SendResult,
    State,
)
from tracker.domain.errors import TrackerError
from tracker.engine.desk import Desk
from tracker.engine.sending import rates
from tracker.engine.sending.breaker import limits, probing
from tracker.engine.sending.holds import held
from tracker.engine.sending.needed import (
    NO_CONSENT,
    Cancel,
    Go,
    Stop,
    Wait,
    Whose,
    verdict,
)
from tracker.engine.sending.one_message import Ready, messages, room
from tracker.engine.sending.wording import envelope
from tracker.engine.staff.account_news import COLLEAGUE, OWN
from tracker.engine.staff.undelivered import MOVED
from tracker.store import attempts, unsent
from tracker.store.health import PAUSED, flag
from tracker.store.schema import ContactPoint, OutboxAttempt, new_id
from tracker.store.sealing import Erased
from tracker.store.unsent import PointAsked, Unsent

BATCH: Final = 100
"""Rows claimed in one transaction: five rounds of a channel's hands. More would leave more in doubt
when the process is killed."""

MOST_IN_ONE = 1000
"""Rows in one message at most."""

NEVER_HELD = ("hold", "test", "invite", *OWN, COLLEAGUE)
"""Kinds that go out though a brake of our own holds the alerts (D7)."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send, as try number `number`."""

    envelope: Envelope
    number: int
    carried: tuple[tuple[str, int], ...] = ()
    """The rows that go in the same message, each with the number of its try."""

    @property
    def tries(self) -> tuple[tuple[str, int], ...]:
        """All rows of the message, each with the number of its try."""
        return ((self.envelope.row_id, self.number), *self.carried)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A row that may not go; it is set aside in a transaction of its own."""

    row_id: str
    code: str
    fault: Fault | None
    """None: nobody's; its reader may no longer be told, or somebody else is to be."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one claim brought."""

    seen: int
    claimed: tuple[Claimed, ...]
    stopped: tuple[Stopped, ...]


def claim(
    desk: Desk,
    owner: str,
    limit: int,
    policy: RetryPolicy,
    rng: Random,
    full: Collection[str] = (),
) -> Batch:
    """Claim up to `limit` due rows for `owner`, none of the channels that are `full`.

    More, where many go to one person: they become one message. Commit before sending.
    """
    if flag(desk.session, PAUSED):
        return Batch(0, (), ())
    rows, probed = _due(desk, limit, full)
    if not rows:
        return Batch(0, (), ())
    asking = _Asking(desk, rows, policy, rng)
    ready = [one for row in rows if (one := asking.about(row)) is not None]
    claimed, leased = list[Claimed](), list[attempts.Leased]()
    for together in messages(desk, ready):
        if (words := asking.worded(together)) is not None:
            carrier, *others = (
                attempts.Leased(one.row.id, one.row.attempts + 1, together[0].row.id)
                for one in together
            )
            carrier = replace(carrier, carrier_id=None)
            carried = tuple((one.row_id, one.number) for one in others)
            claimed.append(Claimed(words, carrier.number, carried))
            leased += [carrier, *others]
    desk.session.flush()
    unsent.keep(desk.session, rows)
    attempts.lease(desk.session, leased, owner, desk.now, desk.now + LEASE)
    channels = [one.envelope.channel for one in claimed]
    rates.spend(desk, channels)
    for channel in probed.intersection(channels):
        probing(desk, channel)
    return Batch(len(rows), tuple(claimed), tuple(asking.stopped))


def _due(desk: Desk, limit: int, full: Collection[str]) -> tuple[list[Unsent], frozenset[str]]:
    """The rows that our brakes let go (D7), and what belongs into a message with them; and the
    channels of which the first that goes is to see whether its provider is back."""
    kinds = NEVER_HELD if held(desk) else None
    working, left = limits(desk, BATCH), rates.left(desk)
    allowed = {c: min(most, limit, left.get(c, limit)) for c, most in working.items()}
    whole = [c for c, most in allowed.items() if most == limit and working[c] == BATCH]
    free = [c for c in whole if c not in full]
    rows = unsent.due(desk.session, desk.now, limit, free, kinds) if free else []
    for channel, most in allowed.items():
        if most and channel not in free and channel not in full:
            rows += unsent.due(desk.session, desk.now, most, [channel], kinds)
    rows = _apart(rows)
    probed = frozenset(channel for channel, most in working.items() if most < BATCH)
    if kinds is None and rows:
        if not rows[0].possible_repeat:
            alone = {row.contact_point_id for row in rows if row.channel in probed}
            rows = _all_of_one_message(desk, rows, alone)
        rows += unsent.companions(desk.session, rows)
    return rows, probed


def _all_of_one_message(desk: Desk, rows: list[Unsent], probed: Collection[str]) -> list[Unsent]:
    """With whom more waits than may go singly is told in one message, however much it is (D7).

    So all that waits there is claimed together, up to `MOST_IN_ONE` rows in all; people for whom
    that leaves no room have their turn at the next claim. What goes singly is not claimed ahead.
    """
    mine = list(dict.fromkeys(row.contact_point_id for row in rows if row.kind == "alert"))
    mine = [point for point in mine if point not in probed]
    count, single = unsent.waiting_at(desk.session, desk.now, mine), room(desk, mine)
    together, later, left = list[str](), list[str](), MOST_IN_ONE
    for point in mine:
        if (waiting := count.get(point, 0)) <= single[point]:
            continue
        if together and waiting > left:
            later.append(point)
        else:
            together.append(point)
            left -= waiting
    rows = [row for row in rows if row.kind != "alert" or row.contact_point_id not in later]
    if together:
        known = [row.id for row in rows]
        rows += unsent.due_at(desk.session, desk.now, together, known, MOST_IN_ONE)
    return rows


def _apart(rows: list[Unsent]) -> list[Unsent]:
    """What was under way when its process died goes alone: should it be what kills processes, it
    uses up no other row's tries."""
    for number, row in enumerate(rows):
        if row.possible_repeat:
            return rows[:number] or rows[:1]
    return rows


class _Asking:
    """Rows with whom and what they are about, fetched in a few queries for all of them.

    A row that fails is set aside, and holds up no other (D1).
    """

    def __init__(
        self, desk: Desk, rows: Sequence[Unsent], policy: RetryPolicy, rng: Random
    ) -> None:
        self._desk, self._policy, self._rng = desk, policy, rng
        self.stopped = list[Stopped]()
        desk.safe.preload({row.person_id for row in rows}, "contact")
        self._points = unsent.points_of(desk.session, rows)
        self._people = unsent.people_of(desk.session, rows)
        unsent.tell_alerts(desk.session, rows)
        self._whose = Whose(desk, rows)

    def about(self, row: Unsent) -> Ready | None:
        """To whom a row may go; None for one that waits, or is no longer needed, or failed."""
        desk, point = self._desk, self._points[row.contact_point_id]
        person = self._people[row.person_id]
        try:
            address = self._address(point)
            match verdict(desk, row, person, point, address, self._whose):
                case Go():
                    return Ready(row, person, address)
                case Wait(until):
                    row.put_off(until)
                case Cancel(code) if code in (MOVED, NO_CONSENT):  # its case is locked first
                    self.stopped.append(Stopped(row.id, code, None))
                case Cancel(code):
                    row.move(State.CANCELLED, code, desk.now)
                case Stop(code, fault):
                    self.stopped.append(Stopped(row.id, code, fault))
        except Erased:
            self.stopped.append(Stopped(row.id, "erased", Fault.ADDRESS))
        except DBAPIError:  # the database's fault, not the row's
            raise
        except Exception as error:
            self._failed(row, error)
        return None

    def _address(self, point: PointAsked) -> str:
        """Empty where it was erased. Raises Erased, CannotOpen."""
        whose, sealed = point.person_id, point.address_sealed
        safe = self._desk.safe
        return (
            str(safe.open_for(ContactPoint, "address", point.id, whose, sealed)) if sealed else ""
        )

    def worded(self, together: Sequence[Ready]) -> Envelope | None:
        """The message of rows that go together; None where it could not be worded."""
        first = together[0]
        try:
            return envelope(
                self._desk, first.row, first.person, first.address, carried=len(together) - 1
            )
        except DBAPIError:
            raise
        except Exception as error:
            for one in together:
                self._failed(one.row, error)
        return None

    def _failed(self, row: Unsent, error: Exception) -> None:
        if not _wait_with_error(self._desk, row, error, self._policy, self._rng):
            self.stopped.append(Stopped(row.id, _named(error), Fault.CONTENT))


def _wait_with_error(
    desk: Desk, row: Unsent, error: Exception, policy: RetryPolicy, rng: Random
) -> bool:
    """Keep a row that could not be worded, with its error; False when it was tried enough."""
    result = SendResult(Outcome.NOT_SENT, code=_named(error))
    wait = policy.wait(row.channel, row.attempts + 1, result, rng)
    if wait is None:
        return False
    row.attempts += 1
    row.move(State.RETRY_WAIT, result.code)
    row.put_off(desk.now + wait)
    desk.session.add(
        OutboxAttempt(
            id=new_id(),
            outbox_id=row.id,
            number=row.attempts,
            started_at=desk.now,
            ended_at=desk.now,
            outcome=Outcome.NOT_SENT,
            code=result.code,
        )
    )
    return True


def _named(error: Exception) -> str:
    """The kind of error; never its words, which may hold what must not be kept."""
    kind = "refused" if isinstance(error, TrackerError) else "failed"
    return f"wording_{kind}_{type(error).__name__}"
