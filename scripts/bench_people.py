"""The staff of an instance that is filled for measuring: invented, each with a telephone."""

from __future__ import annotations

from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR
from tracker.engine.staff.accounts import add_person
from tracker.engine.staff.addresses import new_point
from tracker.store.schema import ConsularPost, PostMember, new_id

CASES_A_WORKER = 1000

NAMES = ("Aigul", "Serik", "Gulnar", "Nurlan", "Mahire", "Tursun", "Zeynep", "Adil")


def add_people(services: Services, cases: int) -> None:
    """A caseworker for every thousand cases (at least five), two supervisors, and a consul."""
    with services.desk(OPERATOR) as desk:
        workers = max(5, cases // CASES_A_WORKER)
        for number, role in enumerate(["supervisor"] * 2 + ["caseworker"] * workers + ["consular"]):
            name = f"{NAMES[number % len(NAMES)]} {number}"
            person = add_person(desk, email=f"person{number}@example.net", name=name, roles=[role])
            new_point(desk, person.id, "sms", f"+770055{number:05}", 1)
        post = ConsularPost(id=new_id(), created_at=desk.now)
        desk.safe.seal(post, "name", "A post")
        desk.session.add(post)
        desk.session.flush()
        desk.session.add(
            PostMember(id=new_id(), post_id=post.id, person_id=person.id, since_at=desk.now)
        )
