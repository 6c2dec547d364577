"""One turn of the worker: everything that is due now, each part by itself (D10).

A tick decides and sends in turns, so that the first message of a storm leaves while the rest is
still being decided. It never stands still on one bad part: each part fails alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.exc import OperationalError

from tracker.domain.actor import WORKER
from tracker.domain.clock import monotonic
from tracker.engine.clock import policies
from tracker.engine.clock.watch import watch_batch
from tracker.engine.digests.digest import make_due
from tracker.engine.keeping import retention
from tracker.engine.power import Power
from tracker.engine.pulse import beat
from tracker.engine.sending.dispatch import Sender, dispatch_batch
from tracker.engine.sending.follow import follow_batch
from tracker.engine.sending.holds import held, hold_storm, is_storm
from tracker.engine.sending.reconcile import reconcile_batch
from tracker.engine.sending.waiting import tell_otherwise
from tracker.engine.staff.visits import real_now
from tracker.engine.worker import daily
from tracker.engine.worker.pace import Memory, Needed, slot
from tracker.store import drafts

_ROUNDS_BETWEEN_BEATS = 20

_MOVING_SECONDS: Final = 5.0

Part = Callable[[Power, Sender, Callable[[], bool], Memory], int]


def tick(
    services: Power,
    sender: Sender | None = None,
    stop: Callable[[], bool] = lambda: False,
    memory: Memory | None = None,
    parts: Sequence[Part] | None = None,
) -> int:
    """Do everything that is due now, in this thread; how much there was.

    Each part runs though another failed; then an ExceptionGroup of what failed is raised. While
    the clock is in doubt nothing is decided by it: what fired a year ahead was lost for a year.
    `memory` is the worker's, from its earlier ticks; `parts`: `PARTS` unless said otherwise.
    """
    sender, memory = sender or Sender(), memory or Memory()
    done, errors = 0, []
    with services.asking(WORKER) as desk:
        needed = memory.needed(desk)
        todo = IN_DOUBT if needed.in_doubt else parts or PARTS
    for part in todo:
        if part in _REASONS and not _REASONS[part](needed, done):
            continue
        try:
            done += part(services, sender, stop, memory)
        except Exception as error:  # the other parts must run
            errors.append(error)
    kinds = {type(each).__name__ for error in errors for each in faults(error)}
    detail = ",".join(sorted(kinds)) or None
    if memory.must_beat(services.clock(), detail):
        with services.desk(WORKER) as desk:
            beat(desk, detail=detail)
            drafts.forget(desk.session, real_now(desk))  # S18: a day, to the half minute
    if errors:
        raise ExceptionGroup("parts of a tick failed", errors)
    return done


def faults(error: Exception) -> Iterator[Exception]:
    """What went wrong itself, out of the groups in which it was raised."""
    if isinstance(error, ExceptionGroup):
        for each in error.exceptions:
            yield from faults(each)
    else:
        yield error


def _daily(services: Power, _sender: Sender, _stop: Callable[[], bool], _memory: Memory) -> int:
    return daily.run(services)


def _decide_and_send(
    services: Power, sender: Sender, stop: Callable[[], bool], memory: Memory
) -> int:
    """Deciding and sending take turns until nothing is due."""
    done = rounds = 0
    has_raised = False
    since = services.clock()
    braked = sender.brakes and not services.settings.demo
    while not stop():
        looked, raised = _decide(services, memory, since if braked else None, has_raised)
        has_raised = has_raised or raised
        sent = dispatch_batch(services, sender)
        done += looked + sent
        if not looked and not sent:
            break
        rounds += 1
        if rounds % _ROUNDS_BETWEEN_BEATS == 0:
            with services.desk(WORKER) as desk:
                beat(desk)
    return done


def _decide(
    services: Power,
    memory: Memory,
    since: datetime | None,
    has_raised: bool,
    *,
    careful: bool = False,
) -> tuple[int, bool]:
    """One batch in one transaction: how many cases, and whether they raised anything.

    A storm since `since`, which this or an earlier batch raised, is held in the same transaction
    (None: never). What fails as a whole is undone, and decided again case from case.
    """
    raised = list[str]()
    try:
        with services.desk(WORKER) as desk:
            begun = monotonic()
            looked = watch_batch(desk, memory.batch, raised, careful=careful)
            memory.took(looked, monotonic() - begun)
            may_storm = looked and (raised or has_raised) and held(desk) is None
            if since is not None and may_storm and is_storm(desk, since):
                hold_storm(desk)
    except OperationalError:  # the database's fault, not a case's
        raise
    except Exception:
        if careful:
            raise
        return _decide(services, memory, since, has_raised, careful=True)
    return looked, bool(raised)


def _move(services: Power, _sender: Sender, stop: Callable[[], bool], _memory: Memory) -> int:
    """Cases follow their policy's new version (R17), for a while: alerts do not wait for all."""
    begun, moved = monotonic(), 0
    while not stop() and monotonic() - begun < _MOVING_SECONDS:
        with services.desk(WORKER) as desk:
            batch = policies.move_batch(desk)
        moved += batch
        if not batch:
            break
    return moved


def _send(services: Power, sender: Sender, stop: Callable[[], bool], _memory: Memory) -> int:
    """What a person asked for goes out, whatever holds the alerts."""
    sent = 0
    while not stop() and (batch := dispatch_batch(services, sender)):
        sent += batch
    return sent


def _find_lost(services: Power, _sender: Sender, _stop: Callable[[], bool], _memory: Memory) -> int:
    """Messages of unknown fate are looked for (D4)."""
    return reconcile_batch(services)


def _follow(services: Power, _sender: Sender, _stop: Callable[[], bool], _memory: Memory) -> int:
    """Messages without a receipt are asked about, and the next way is taken (D5, D6)."""
    return follow_batch(services)


def _tell_otherwise(
    services: Power, _sender: Sender, _stop: Callable[[], bool], _memory: Memory
) -> int:
    """What waits for a provider out of reach is told in another way (D6)."""
    return tell_otherwise(services)


def digests(services: Power, memory: Memory) -> int:
    """Decide the weekly digests that are due, after the alerts they report; how many."""
    now, at = services.clock(), services.settings.digest_at
    if not memory.may_be_digests(now, at):
        return 0
    with services.asking(WORKER) as desk:
        needed = memory.needed(desk)
    if needed.cases or needed.in_doubt:
        return 0
    made = make_due(services)
    memory.digests_looked = slot(now, at)  # where one failed it is tried again at the next tick
    return made


def _digests(services: Power, sender: Sender, stop: Callable[[], bool], memory: Memory) -> int:
    """Decide and send the weekly digests."""
    made = digests(services, memory)
    while made and not stop() and dispatch_batch(services, sender):
        pass
    return made


def _erase(services: Power, _sender: Sender, _stop: Callable[[], bool], _memory: Memory) -> int:
    return retention.run(services)


PARTS: Final[tuple[Part, ...]] = (
    *(_daily, _find_lost, _follow, _tell_otherwise),
    *(_decide_and_send, _move, _digests, _erase),
)
"""What a tick does, in order."""

WITHOUT_DIGESTS: Final = tuple(part for part in PARTS if part is not _digests)
"""What a worker's tick does; its digests are made beside it, so that no alert waits for them."""

IN_DOUBT: Final[tuple[Part, ...]] = (_send,)
"""What a tick does while the clock is in doubt (D7)."""

_REASONS: Final[Mapping[Part, Callable[[Needed, int], bool]]] = {
    _daily: lambda needed, _done: needed.daily,
    _find_lost: lambda needed, _done: needed.lost,
    _follow: lambda needed, _done: needed.lost,
    _tell_otherwise: lambda needed, _done: needed.lost,
    _decide_and_send: lambda needed, done: (
        needed.cases or needed.messages or needed.daily or done > 0
    ),
    _move: lambda needed, _done: needed.moving,
    _digests: lambda needed, _done: needed.digests,
    _erase: lambda needed, _done: needed.erasing,
}
"""When there is reason for a part, from what is needed and what was done before it; else always."""
