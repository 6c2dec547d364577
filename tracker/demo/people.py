"""The invented people who work in the demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from tracker.domain.actor import Actor
from tracker.engine.desk import Desk
from tracker.engine.staff.accounts import add_person, demo_link
from tracker.engine.staff.addresses import new_point
from tracker.engine.staff.visits import actor_of
from tracker.store.people import find_by_email
from tracker.store.schema import ConsularPost, Person, PostMember, new_id


@dataclass(frozen=True, slots=True)
class Member:
    """One member of staff: key, name, roles, language, telephone."""

    key: str
    name: str
    roles: tuple[str, ...]
    language: str
    phone: str | None = None
    post: str | None = None


STAFF = (
    Member("dana", "Dana Sarybulaq", ("caseworker",), "en", "+77005550101"),
    Member("ilyas", "Ilyas Kökjiek", ("caseworker",), "kk", "+77005550102"),
    Member("rena", "Rena Altunqara", ("caseworker",), "ug", "+905005550103"),
    Member("vera", "Vera Ozernaya", ("supervisor",), "en", "+77005550104"),
    Member("consul", "Consul A. Tengrin", ("consular",), "en", None, "Consulate, Demo City North"),
    Member("consul2", "Consul B. Aytas", ("consular",), "tr", None, "Consulate, Demo City South"),
    Member("admin", "Omar Volunteer", ("administrator",), "en"),
    Member("auditor", "Mira Auditor", ("auditor",), "en"),
)
ZONE = "Asia/Almaty"


def hire(desk: Desk) -> dict[str, str]:
    """Make the accounts and posts; ids by key."""
    ids: dict[str, str] = {}
    for member in STAFF:
        person = add_person(
            desk,
            email=f"{member.key}@demo.example",
            name=member.name,
            roles=member.roles,
            language=member.language,
            zone_name=ZONE,
        )
        person.totp_confirmed_at = desk.now  # active, though no password and no code ever fits
        person.disclosure = "reference" if member.key in ("dana", "vera") else "notice"
        if member.phone:
            new_point(desk, person.id, "sms", member.phone, 1).verified_at = desk.now
        if member.post:
            _post(desk, person, member.post, ids)
        ids[member.key] = person.id
    desk.session.flush()
    return ids


def _post(desk: Desk, person: Person, name: str, ids: dict[str, str]) -> None:
    post = ConsularPost(id=new_id(), zone_name=ZONE, created_at=desk.now)
    desk.safe.seal(post, "name", name)
    desk.session.add(post)
    desk.session.flush()
    desk.session.add(
        PostMember(id=new_id(), post_id=post.id, person_id=person.id, since_at=desk.now)
    )
    person.expires_on = (desk.now + timedelta(days=365)).date()
    ids[f"post of {person.id}"] = post.id
    ids.setdefault("post", post.id)
    ids["other post"] = post.id


def actor(desk: Desk, ids: dict[str, str], key: str) -> Actor:
    """One of them, as who acts."""
    return actor_of(desk, desk.session.get_one(Person, ids[key]))


def person_id(desk: Desk, key: str) -> str | None:
    """The account of one of them; None for a key nobody has."""
    person = find_by_email(desk.session, desk.hmac(f"{key}@demo.example"))
    return person.id if person is not None and key in {member.key for member in STAFF} else None


def links(desk: Desk) -> list[tuple[Member, str]]:
    """A sign-in link for each of them, for one who just started the demonstration."""
    by_mail = {person.email_hmac: person.id for person in desk.session.scalars(select(Person))}
    return [
        (member, demo_link(desk, by_mail[desk.hmac(f"{member.key}@demo.example")]))
        for member in STAFF
    ]
