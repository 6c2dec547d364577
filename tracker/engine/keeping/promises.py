"""`tracker doctor` on the promises S1–S18 of safety.md: what this instance shows of each.

Some can be looked at here, some only the tests show, and one needs a measurement on this machine.
A promise that is said to be kept was looked at now, as far as the sentence says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from tracker.domain.delivery import is_denied
from tracker.domain.moments import format_instant
from tracker.engine.cases.family import ERASED_AFTER
from tracker.engine.desk import Desk
from tracker.engine.keeping.retention import PULSE as RETENTION
from tracker.engine.staff.visits import real_now
from tracker.security import argon, vault
from tracker.settings import check_safe
from tracker.store import health
from tracker.store import promises as store
from tracker.store.retention import withdrawn_before
from tracker.store.schema import Pulse
from tracker.store.sealing import Erased

SAMPLE: Final = 50
"""Values looked at in each sealed column: enough to see what never was sealed."""

ERASES_WITHIN: Final = timedelta(days=2)
"""What is due is erased once a day."""


class State(StrEnum):
    """What is known of a promise."""

    KEPT = "kept"
    BROKEN = "BROKEN"
    TESTED = "tested"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its number, what is known of it, and how."""

    number: int
    state: State
    says: str

    @property
    def what(self) -> str:
        """`S1`."""
        return f"S{self.number}"

    def as_json(self) -> dict[str, Any]:
        """For `tracker doctor --json`; `well` is null for what cannot be looked at here."""
        well = {State.KEPT: True, State.BROKEN: False}.get(self.state)
        return {"what": self.what, "well": well, "says": self.says, "known": str(self.state)}


def examine(desk: Desk) -> list[Promise]:
    """All eighteen, in order; none in a database of another version. Reads only."""
    if not health.is_newest(desk.session):
        return []
    found = [*_looked_at(desk), *_told_elsewhere()]
    return sorted(found, key=lambda promise: promise.number)


def _looked_at(desk: Desk) -> Iterator[Promise]:
    session, settings = desk.session, desk.settings
    samples = store.sealed_samples(session, SAMPLE)
    bare = sorted({name for name, first, n in samples if not vault.is_envelope(first, n)})
    says = f"{len(samples)} sealed values looked at; the key ring lies outside the database."
    yield _judged(1, not bare, f"Not sealed: {', '.join(bare)}." if bare else says)
    more = store.told_more(session)
    says = "Messages say next to nothing."
    says += f" {more} readers were allowed references; names are in none." if more else ""
    yield _judged(4, True, says)
    denied = _denied_numbers(desk)
    says = f"{', '.join(settings.sms_deny)}: no number there is in use."
    yield _judged(5, not denied, f"{denied} numbers in denied countries." if denied else says)
    number, plain = store.receipts(session)
    says = f"{number} receipts, kept as Argon2id." if not plain else f"{plain} are not hashed."
    yield _judged(7, not plain, says)
    half = 0 if settings.demo else store.let_in_by_half(session, real_now(desk))
    says = f"{half} are signed in without a second factor." if half else "Nobody is in by half."
    yield _judged(10, not half, says)
    cost = argon.COST
    strong = cost.passes >= argon.LEAST.passes and cost.memory_kib >= argon.LEAST.memory_kib
    says = f"Argon2id with {cost.passes} passes over {cost.memory_kib // 1024} MiB, "
    yield _judged(11, strong, f"{says}{argon.AT_ONCE} at once; brakes are in the database.")
    guards = store.guards_of_the_trail(session)
    says = "Triggers refuse changes; “database” above says whether the chain holds."
    yield _judged(
        13, guards > 0, says if guards else "Its triggers are gone; run: tracker db check"
    )
    yield _hooks(desk)
    breaches = check_safe(settings)
    yield _judged(17, not breaches, " ".join(breaches) or "Nothing unsafe is set.")
    yield _retention(desk)


def _hooks(desk: Desk) -> Promise:
    twilio, kannel = desk.settings.twilio, desk.settings.kannel
    if twilio is None and kannel is None:
        return _judged(14, True, "No provider is set, so none is believed.")
    signed = twilio is None or bool(twilio.callback_tokens)
    closed = kannel is None or bool(kannel.secret and kannel.peers)
    says = "Callbacks are signed, or come from a known peer by a secret path."
    wrong = "A provider is set whose callbacks cannot be proved; see README, Settings."
    return _judged(14, signed and closed, says if signed and closed else wrong)


def _retention(desk: Desk) -> Promise:
    """The worker's round was made, and left nobody who withdrew: a round may fail on one."""
    last, undated = desk.session.get(Pulse, RETENTION), store.undated(desk.session)
    left = len(withdrawn_before(desk.session, desk.now - ERASED_AFTER - ERASES_WITHIN))
    late = last is None or desk.now - last.at > ERASES_WITHIN
    if last is None and not undated and not left:
        return _judged(18, True, "Nothing is due; erasing begins when the worker runs.")
    when = "never" if last is None else format_instant(last.at)
    says = f"What is due was last erased: {when}. {undated} cases have no review date yet."
    says += f" Who withdrew and is not erased: {left}; see the worker's log." if left else ""
    return _judged(18, not late and not left, says + (" Start the worker." if late else ""))


def _denied_numbers(desk: Desk) -> int:
    points = store.numbers_in_use(desk.session)
    desk.safe.preload([point.person_id for point in points], "contact")
    found = 0
    for point in points:
        try:
            number = str(desk.safe.open(point, "address"))
        except Erased:
            continue
        found += is_denied(number, desk.settings.sms_deny)
    return found


def _told_elsewhere() -> Iterator[Promise]:
    for number, says in {
        2: "The worker is started without the keys of names and words (tests/engine).",
        3: "Every page and hook by GET, rows counted before and after (tests/attacks/test_matrix).",
        6: "Reports, acknowledgements and withdrawals against the clock (tests/domain, tests/web).",
        9: "Every route, method, role and foreign id (tests/attacks/test_matrix).",
        12: "The headers of every answer, and pages in a browser (tests/web/test_headers).",
        15: "Pictures that lie, swell or carry words (tests/).",
        16: "Text of every inlet and every export (tests/security/test_text, tests/attacks).",
    }.items():
        yield Promise(number, State.TESTED, says)
    says = "Only a measurement on this machine shows it: scripts/bench --timing"
    yield Promise(8, State.MEASURE, says)


def _judged(number: int, kept: bool, says: str) -> Promise:
    return Promise(number, State.KEPT if kept else State.BROKEN, says)
