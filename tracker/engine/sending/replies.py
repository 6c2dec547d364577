"""Hearing an answer: whose is it, what is it about, was it heard before (delivery.md D8, S6).

Only a verified contact point of the recipient counts, and nobody else gets an answer. What an
answer does is `tracker.engine.sending.replying`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from tracker.domain.alerts import WAITING, AlertState
from tracker.domain.evaluate import Kind
from tracker.domain.replies import Act, Reply, read_reply
from tracker.engine.desk import Desk
from tracker.engine.sending import replying
from tracker.engine.sending.row_tokens import reply_code
from tracker.engine.staff import points as own
from tracker.engine.staff.addresses import hashes, same
from tracker.engine.staff.audience import may_enter
from tracker.engine.staff.visits import real_now
from tracker.messages.answers import Answer, Said
from tracker.store import buckets, inbound
from tracker.store.schema import Alert, ContactPoint, Inbound, OutboxMessage, Person, new_id

_SETTLED: Final = tuple(state for state in AlertState if state not in WAITING)
_OF_ANYBODY: Final = frozenset({Act.STOP, Act.START})
"""Heard from whoever has an address with us: a closed account may be opened again, and that its
access ends is told by message too (S5)."""
REMEMBERED: Final = timedelta(days=30)
"""A code of a message that is settled is still understood for so long."""

ANSWER: Final = "answer"
"""The kind of message that answers an answer by mail; its id is that of the answer's row."""

ANSWERS: Final = (20, 20 / 3600)
"""One address: 20 answers at once, then 20 an hour; what comes beyond is not heard."""
WRONG: Final = (5, 5 / 3600)
"""Wrong codes from one address; beyond, nothing from there is heard until some time has passed."""
STRANGERS: Final = (30, 1 / 60)
"""Audit rows about strangers, in all."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that came in. Address and words are in no `repr`."""

    provider: str
    provider_id: str
    channel: str
    text: str = field(repr=False)
    address: str | None = field(default=None, repr=False)
    """Where it came from; None for a key pressed in a call of ours."""
    row_id: str | None = None
    """The message it answers, where a call or a mail's token says so."""


def hear(desk: Desk, heard: Heard) -> Answer | None:
    """Do what an answer asks for; what to answer, or None for silence.

    The same `provider_id` again changes nothing and is answered as the first time.
    """
    row = desk.session.get(OutboxMessage, heard.row_id) if heard.row_id else None
    reply = read_reply(heard.text)
    points = _points(desk, heard, row, of_anybody=reply is not None and reply.act in _OF_ANYBODY)
    if not points:
        _stranger(desk, heard)
        return None
    came = Inbound(
        id=new_id(),
        provider=heard.provider,
        provider_id=heard.provider_id,
        contact_point_id=points[0].id,
        outbox_id=row.id if row else None,
        codes=[],
        received_at=desk.now,
    )
    language = desk.session.get_one(Person, points[0].person_id).language
    if (before := inbound.keep(desk.session, came)) is not None:
        return _worded(before, language)
    if not _may_be_heard(desk, points[0]):
        desk.audit("reply.passed_over", "contact_point", points[0].id, via=heard.channel)
        return None
    came.act = str(reply.act) if reply else None
    came.said, came.codes = None, []
    if (answered := _follow(desk, points, reply, row)) is not None:
        came.said, came.codes = str(answered.said), list(answered.codes)
        if answered.row_id is not None:
            came.outbox_id = answered.row_id
    desk.session.flush()
    desk.audit(
        "reply.heard",
        "contact_point",
        points[0].id,
        via=heard.channel,
        asked=came.act,
        said=came.said,
    )
    return _worded(came, language)


@dataclass(frozen=True, slots=True)
class _Answered:
    said: Said
    codes: tuple[str, ...] = ()
    row_id: str | None = None


Told = tuple[OutboxMessage, Alert]


def _points(
    desk: Desk, heard: Heard, row: OutboxMessage | None, *, of_anybody: bool
) -> list[ContactPoint]:
    """The contact points this may come from: those at the address, or where its message went.

    `of_anybody`: also those of a closed account, or switched off, which else count no more.
    """
    if row is None:
        if heard.address is None:
            return []
        digests = hashes(desk, heard.address)
        found = inbound.points_at(desk.session, heard.channel, *digests)
        return [point for point in found if of_anybody or _counts(desk, point)]
    point = desk.session.get_one(ContactPoint, row.contact_point_id)
    if not of_anybody and not _counts(desk, point):
        return []
    if heard.address is None:
        return [point]
    kept = same(str(desk.safe.open(point, "address"))).lower()
    its_own = kept == same(heard.address).strip().lower()
    return [point] if its_own and point.channel == heard.channel else []


def _counts(desk: Desk, point: ContactPoint) -> bool:
    """Whether it is in use, and its owner's account open today."""
    person = desk.session.get_one(Person, point.person_id)
    return point.disabled_at is None and may_enter(desk, person)


def _stranger(desk: Desk, heard: Heard) -> None:
    """Nobody we know: no answer (S8). Kept without the address, and not without end."""
    key = "reply:strangers"
    if not buckets.draw(desk.session, key, real_now(desk), *STRANGERS):
        desk.audit("reply.from_stranger", "inbound", via=heard.channel)


def _may_be_heard(desk: Desk, point: ContactPoint) -> bool:
    now = real_now(desk)
    wrong = buckets.wait(desk.session, f"reply:wrong:{point.id}", now, *WRONG)
    if wrong:
        return False
    return not buckets.draw(desk.session, f"reply:from:{point.id}", now, *ANSWERS)


def _follow(
    desk: Desk, points: Sequence[ContactPoint], reply: Reply | None, row: OutboxMessage | None
) -> _Answered | None:
    if reply is not None and reply.act is Act.STOP:
        for point in points:
            own.opt_out(desk, point, "reply")
        return None
    if reply is not None and reply.act is Act.START:
        for point in points:
            own.opt_in(desk, point)
        return None
    points = [point for point in points if point.opted_out_at is None]
    if (proved := _proved(desk, points, reply, row)) is not None:
        return proved
    people = sorted({point.person_id for point in points if point.verified_at is not None})
    if not people:
        return None
    if reply is None:
        return _Answered(Said.UNCLEAR)
    if row is not None and row.alert_id is not None and reply.code is None:
        if reply.act is Act.LIST:
            return _listed(desk, people, points[0], Said.LISTED)
        return _do(desk, reply.act, (row, desk.session.get_one(Alert, row.alert_id)))
    return _by_code(desk, points[0], people, reply)


def _by_code(desk: Desk, point: ContactPoint, people: Sequence[str], reply: Reply) -> _Answered:
    if reply.act is Act.LIST:
        return _listed(desk, people, point, Said.LISTED)
    waiting = _waiting(desk, people, point)
    if reply.code is None:
        if len(waiting) == 1:
            return _do(desk, reply.act, waiting[0])
        return _listed(desk, people, point, Said.WHICH if waiting else Said.NOTHING)
    every = inbound.alert_rows(desk.session, people, WAITING, None)
    named = _one_a_case([told for told in every if _bears(desk, told[0], reply.code)])
    if not named:
        late = inbound.alert_rows(desk.session, people, _SETTLED, desk.now - REMEMBERED)
        named = [told for told in late if _bears(desk, told[0], reply.code)][:1]
    if len(named) == 1:
        return _do(desk, reply.act, named[0])
    if named:  # two messages share four digits: the reference tells them apart
        return _Answered(Said.WHICH, tuple(row.reference for row, _ in named))
    key, now = f"reply:wrong:{point.id}", real_now(desk)
    buckets.draw(desk.session, key, now, *WRONG)
    if buckets.wait(desk.session, key, now, *WRONG):
        own.tell_supervisors(desk, point)  # senders of text messages can be forged
    return _Answered(Said.NO_SUCH_CODE)


def _do(desk: Desk, act: Act, told: Told) -> _Answered:
    row, alert = told
    match act:
        case Act.TAKE:
            said = replying.take(desk, row, alert)
        case Act.NEXT:
            said = replying.pass_on(desk, row, alert)
        case _:
            said = replying.report(desk, row, alert)
    return _Answered(said, (row.reference,), row.id)


def _listed(desk: Desk, people: Sequence[str], point: ContactPoint, said: Said) -> _Answered:
    waiting = _waiting(desk, people, point)
    codes = tuple(f"{reply_code(desk.ring, row.id)} {row.reference}" for row, _ in waiting)
    return _Answered(said if codes else Said.NOTHING, codes)


def _waiting(desk: Desk, people: Sequence[str], point: ContactPoint) -> list[Told]:
    """What waits for these people and can be answered: the newest message about each case.

    One that went to where the answer comes from is preferred: its reference stands there.
    """
    every = inbound.alert_rows(desk.session, people, WAITING, None)
    every = sorted(every, key=lambda told: told[0].contact_point_id != point.id)
    return _one_a_case([told for told in every if told[1].kind != Kind.TO_CONFIRM])


def _one_a_case(many: Sequence[Told]) -> list[Told]:
    found: dict[str | None, Told] = {}
    for told in many:
        found.setdefault(told[0].case_id, told)
    return list(found.values())


def _bears(desk: Desk, row: OutboxMessage, code: str) -> bool:
    return code in (row.reference, reply_code(desk.ring, row.id))


def _proved(
    desk: Desk, points: Sequence[ContactPoint], reply: Reply | None, row: OutboxMessage | None
) -> _Answered | None:
    """An answer to a test message proves that whoever reads there is the contact point's owner."""
    if reply is None:
        return None
    since = desk.now - own.PROVES_FOR
    for test in inbound.test_rows(desk.session, [point.id for point in points], since):
        if (row is not None and test.id == row.id) or (
            reply.code is not None and _bears(desk, test, reply.code)
        ):
            own.prove(desk, desk.session.get_one(ContactPoint, test.contact_point_id))
            return _Answered(Said.CONFIRMED, (), test.id)
    return None


def _worded(came: Inbound, language: str) -> Answer | None:
    if came.said is None:
        return None
    return Answer(Said(came.said), language, tuple(came.codes))


def said_to(desk: Desk, row_id: str, language: str) -> Answer:
    """What a message of kind `ANSWER` says. Raises ValueError where nothing was answered."""
    answer = _worded(desk.session.get_one(Inbound, row_id), language)
    if answer is None:
        raise ValueError("nothing was answered")
    return answer


def language_of_reader(desk: Desk, row_id: str) -> str:
    """The language of whom a message went to; English where there is no such message."""
    row = desk.session.get(OutboxMessage, row_id)
    return desk.session.get_one(Person, row.person_id).language if row else "en"
