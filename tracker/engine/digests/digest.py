"""Making the weekly digest: decided once a reader and ISO week, sent by the outbox (D9)."""

from __future__ import annotations

from sqlalchemy import func, select

from tracker.domain.actor import WORKER, Actor
from tracker.domain.delivery import EMAIL
from tracker.domain.digest import DueDigest, due_digest, window
from tracker.domain.moments import zone_of_hours
from tracker.engine.desk import Desk
from tracker.engine.digests.digest_facts import Messages, gather
from tracker.engine.digests.digest_form import Facts
from tracker.engine.digests.digest_shown import still_shown
from tracker.engine.power import Power
from tracker.engine.staff.audience import contact_points, may_enter, stands_in_for
from tracker.engine.staff.notices import queue_at
from tracker.messages.compose import language_of
from tracker.messages.digest import DigestMessage, digest_mail
from tracker.messages.kinds import NOTICE, Worded
from tracker.store import people
from tracker.store.schema import Digest, Person, new_id

READERS = ("caseworker", "supervisor", "consular")


def make_due(services: Power) -> int:
    """Decide every digest that is due; how many. Each in a transaction of its own."""
    with services.reading(WORKER) as desk:
        newest = newest_weeks(desk)
        waiting = [
            person.id
            for person in readers(desk)
            if _due(desk, person, newest.get(person.id)) is not None
        ]
    made, failed, messages = 0, list[Exception](), Messages()
    for person_id in waiting:
        try:
            made += _make(services, person_id, messages)
        except Exception as error:  # one reader's digest must not cost the others theirs
            failed.append(error)
    if failed:
        raise ExceptionGroup("digests failed", failed)
    return made


def _make(services: Power, person_id: str, messages: Messages) -> int:
    """Decide one reader's digest, unless another worker was quicker.

    Its facts are gathered before the transaction that decides: nobody waits for the reading.
    """
    with services.reading(WORKER) as desk:
        person = desk.session.get_one(Person, person_id)
        due = _due(desk, person, newest_week(desk, person.id))
        if due is None or not may_enter(desk, person):
            return 0
        facts = prepare(desk, reader_of(desk, person), due.covers_from, due.week, messages)
    with services.desk(WORKER) as desk:
        person = desk.session.get_one(Person, person_id, with_for_update=True)
        if due != _due(desk, person, newest_week(desk, person.id)) or not may_enter(desk, person):
            return 0
        decide(desk, person, due, facts)
        return 1


def readers(desk: Desk) -> list[Person]:
    """Every caseworker, supervisor and consular contact whose account is open today."""
    roles = people.roles_by_person(desk.session)
    return [
        person
        for person in people.everyone(desk.session)
        if may_enter(desk, person) and roles.get(person.id, frozenset()) & set(READERS)
    ]


def reader_of(desk: Desk, person: Person) -> Actor:
    """A person as who reads: with their roles and posts, and whom they stand in for today."""
    return Actor(
        "person",
        person.id,
        people.roles_of(desk.session, person.id) & set(READERS),
        language=person.language,
        zone_name=person.zone_name,
        posts=people.posts_of(desk.session, person.id, desk.today),
        stands_in_for=stands_in_for(desk, person.id),
    )


def newest_weeks(desk: Desk) -> dict[str, str]:
    """The week of everybody's newest digest, by person."""
    rows = desk.session.execute(
        select(Digest.person_id, func.max(Digest.week)).group_by(Digest.person_id)
    )
    return dict(rows.all())


def newest_week(desk: Desk, person_id: str) -> str | None:
    """The week of one person's newest digest."""
    return desk.session.scalar(select(func.max(Digest.week)).where(Digest.person_id == person_id))


def _due(desk: Desk, person: Person, last: str | None) -> DueDigest | None:
    return due_digest(
        desk.now,
        zone_of_hours(person.zone_name),
        desk.settings.digest_weekday,
        desk.settings.digest_at,
        last_week=last,
        reader_since=person.created_at,
    )


def decide(desk: Desk, person: Person, due: DueDigest, facts: Facts) -> Digest:
    """Write one digest and queue its mail, in this transaction. Unique (reader, week)."""
    reader = reader_of(desk, person)
    digest = Digest(
        id=new_id(),
        person_id=person.id,
        week=due.week,
        covers_from=due.covers_from,
        roles=sorted(reader.roles),
        audit_head=desk.trail.head(),
        decided_at=desk.now,
    )
    desk.safe.seal(digest, "facts", facts.as_json())
    desk.session.add(digest)
    desk.session.flush()
    for point in contact_points(desk.session, person.id):
        if point.channel == EMAIL:
            queue_at(desk, "digest", point, urgent=False, digest_id=digest.id)
    desk.audit("digest.decided", "digest", digest.id, week=due.week)
    return digest


def prepare(
    desk: Desk, reader: Actor, covers_from: str, week: str, messages: Messages | None = None
) -> Facts:
    """The facts a reader's digest of these weeks has now; the week before it for comparison.

    `messages` is handed from reader to reader where many digests are made (`gather`).
    """
    before = desk.session.scalars(
        select(Digest)
        .where(Digest.person_id == reader.id, Digest.week < covers_from)
        .order_by(Digest.week.desc())
        .limit(1)
    ).first()
    counted = Facts.from_json(desk.safe.open(before, "facts")).bands if before else None
    weeks = window(covers_from, week, zone_of_hours(reader.zone_name))
    return gather(desk, reader, weeks, counted, messages)


def facts_of(desk: Desk, digest: Digest) -> Facts:
    """What a decided digest said."""
    return Facts.from_json(desk.safe.open(digest, "facts"))


def words_of(desk: Desk, digest_id: str | None, person: Person, level: str) -> Worded:
    """The mail of a decided digest, worded now in the reader's language, at this level (D3, S4).

    Of its cases, those that are shown to the reader still: consent may be gone meanwhile (R13).
    """
    digest = desk.session.get_one(Digest, digest_id)
    facts = still_shown(desk, reader_of(desk, person), facts_of(desk, digest))
    return digest_mail(message_of(desk, digest, person, facts, level))


def preview(desk: Desk, person: Person, week: str) -> DigestMessage:
    """What this reader was sent for a week, or would be as things stand. Changes nothing."""
    digest = decided(desk, person, week)
    if digest is not None:
        facts = facts_of(desk, digest)
    else:
        facts = prepare(desk, reader_of(desk, person), week, week)
        digest = Digest(
            week=week,
            covers_from=week,
            roles=sorted(reader_of(desk, person).roles),
            audit_head=desk.trail.head(),
            decided_at=desk.now,
        )
    return message_of(desk, digest, person, facts, person.disclosure)


def decided(desk: Desk, person: Person, week: str) -> Digest | None:
    """The digest of a reader that reports a week, where it was made."""
    return desk.session.scalars(
        select(Digest).filter_by(person_id=person.id, week=week)
    ).one_or_none()


def message_of(
    desk: Desk, digest: Digest, person: Person, facts: Facts, level: str
) -> DigestMessage:
    """What may leave by mail at a disclosure level (S4)."""
    url = f"{desk.settings.base_url}/digests"
    if level != NOTICE:
        url = f"{url}/{digest.week}"
    return DigestMessage(
        week=digest.week,
        covers_from=digest.covers_from,
        language=language_of(person.language),
        zone_name=person.zone_name,
        level=level,
        audit_head=digest.audit_head,
        decided_at=digest.decided_at,
        url=url,
        facts=facts.as_json(),
        roles=frozenset(digest.roles),
    )
