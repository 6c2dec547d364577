"""Reading and writing the people who work with the cases, their roles, posts and links."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from tracker.store.schema import ContactPoint, Person, PersonRole, PostMember, SignInLink

ADMINISTRATOR = "administrator"


def find_by_email(session: Session, *email_hmacs: bytes) -> Person | None:
    """The person whose address has one of these keyed hashes; of several, who has the earlier."""
    query = select(Person).where(Person.email_hmac.in_(email_hmacs))
    found = {person.email_hmac: person for person in session.scalars(query)}
    return next((found[one] for one in email_hmacs if one in found), None)


def everyone(session: Session) -> list[Person]:
    """All people, the disabled ones too, oldest first; not those who were erased."""
    kept = select(Person).where(Person.erased_at.is_(None))
    return list(session.scalars(kept.order_by(Person.created_at, Person.id)))


def of_ids(session: Session, ids: Collection[str]) -> list[Person]:
    """These people, in no order."""
    return list(session.scalars(select(Person).where(Person.id.in_(list(ids)))))


def roles_of(session: Session, person_id: str) -> frozenset[str]:
    """The roles a person holds."""
    return frozenset(session.scalars(select(PersonRole.role).filter_by(person_id=person_id)))


def roles_by_person(session: Session) -> dict[str, frozenset[str]]:
    """Everybody's roles, in one query."""
    found: dict[str, set[str]] = {}
    for row in session.scalars(select(PersonRole)):
        found.setdefault(row.person_id, set()).add(row.role)
    return {person_id: frozenset(roles) for person_id, roles in found.items()}


def replace_roles(
    session: Session, person_id: str, roles: Collection[str], by: str | None, at: datetime
) -> None:
    """Give a person exactly these roles; those already held keep their date."""
    held = roles_of(session, person_id)
    session.execute(
        delete(PersonRole).where(
            PersonRole.person_id == person_id, PersonRole.role.not_in(list(roles))
        )
    )
    for role in sorted(set(roles) - held):
        session.add(PersonRole(person_id=person_id, role=role, given_at=at, given_by=by))
    session.flush()


def posts_of(session: Session, person_id: str, today: date) -> frozenset[str]:
    """The consular posts a person serves at on a day."""
    serving = select(PostMember.post_id).where(_serving(person_id, today))
    return frozenset(session.scalars(serving))


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides somebody's rights: roles, the posts they serve at on a day, and who, on leave
    about then, named a deputy."""

    roles: frozenset[str]
    posts: frozenset[str]
    away: frozenset[str]


def standing(session: Session, person_id: str, today: date, around: tuple[date, date]) -> Standing:
    """Asked of the database at once: every page asks it. `around`: leave between these days."""
    first, last = around
    roles = select(literal("role"), PersonRole.role).where(PersonRole.person_id == person_id)
    posts = select(literal("post"), PostMember.post_id).where(_serving(person_id, today))
    away = select(literal("away"), Person.id).where(_on_leave(first, last))
    found: dict[str, set[str]] = {"role": set(), "post": set(), "away": set()}
    for what, value in session.execute(union_all(roles, posts, away)):
        found[what].add(value)
    return Standing(*map(frozenset, found.values()))


def away(session: Session, first: date, last: date) -> list[str]:
    """The ids of those who named a deputy and are on leave between these days, both included."""
    return list(session.scalars(select(Person.id).where(_on_leave(first, last))))


def _on_leave(first: date, last: date) -> ColumnElement[bool]:
    return and_(
        Person.deputy_id.is_not(None),
        Person.leave_from_on <= last,
        or_(Person.leave_until_on.is_(None), Person.leave_until_on >= first),
    )


def _serving(person_id: str, today: date) -> ColumnElement[bool]:
    return and_(
        PostMember.person_id == person_id,
        or_(PostMember.until_on.is_(None), PostMember.until_on >= today),
    )


def other_administrators(session: Session, person_id: str, on: date) -> int:
    """How many administrators who can sign in on a day there are besides this person."""
    count = session.scalar(
        select(func.count())
        .select_from(Person)
        .where(
            Person.active,
            or_(Person.expires_on.is_(None), Person.expires_on >= on),
            Person.id != person_id,
            exists().where(PersonRole.person_id == Person.id, PersonRole.role == ADMINISTRATOR),
        )
    )
    return count or 0


def find_link(session: Session, token_hash: bytes) -> SignInLink | None:
    """The invitation, reset or demo link with this token, used or not."""
    return session.scalars(select(SignInLink).filter_by(token_hash=token_hash)).one_or_none()


def use_link(session: Session, link_id: str, at: datetime) -> bool:
    """Mark a link used; False when somebody was quicker (S10: single use)."""
    used = session.scalars(
        update(SignInLink)
        .where(SignInLink.id == link_id, SignInLink.used_at.is_(None), SignInLink.expires_at > at)
        .values(used_at=at)
        .returning(SignInLink.id)
    )
    return used.one_or_none() is not None


def void_links(session: Session, person_id: str, at: datetime) -> None:
    """No open link of this person opens anything any more."""
    session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person_id, SignInLink.used_at.is_(None))
        .values(used_at=at)
    )


def use_code(session: Session, person_id: str, step: int) -> bool:
    """Set down the TOTP step just used; False when it, or a later one, was used meanwhile."""
    used = session.scalars(
        update(Person)
        .where(
            Person.id == person_id,
            or_(Person.totp_last_step.is_(None), Person.totp_last_step < step),
        )
        .values(totp_last_step=step)
        .returning(Person.id)
    )
    return used.one_or_none() is not None


def who_stopped(session: Session) -> frozenset[str]:
    """The people who stopped our messages to one of their contact points."""
    stopped = select(ContactPoint.person_id).where(ContactPoint.opted_out_at.is_not(None))
    return frozenset(session.scalars(stopped))


def points_of(session: Session, person_id: str) -> list[ContactPoint]:
    """A person's contact points, disabled ones too, in the order they are tried."""
    return list(
        session.scalars(
            select(ContactPoint)
            .filter_by(person_id=person_id)
            .order_by(ContactPoint.position, ContactPoint.id)
        )
    )
