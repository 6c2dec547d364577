"""The three steps of a new instance: people, a way to send, the first cases."""

from __future__ import annotations

from sqlalchemy import select

from tracker.engine.desk import Desk
from tracker.store.schema import Case, ContactPoint, Person, PersonRole

STEPS = ("people", "sending", "cases")


def steps_done(desk: Desk) -> dict[str, bool]:
    """Which of the steps are done.

    `people`: a caseworker and a supervisor who can sign in. `sending`: messages are sent, not
    filed, and somebody answered one, so that it is known to arrive. `cases`: there is one.
    """
    ready = select(PersonRole.role).join(Person, Person.id == PersonRole.person_id)
    ready = ready.where(Person.active, Person.totp_confirmed_at.is_not(None))
    roles = set(desk.session.scalars(ready.distinct()))
    answered = select(ContactPoint.id).where(ContactPoint.verified_at.is_not(None)).limit(1)
    a_case = desk.session.scalars(select(Case.id).limit(1)).first()
    return {
        "people": {"caseworker", "supervisor"} <= roles,
        "sending": not desk.settings.file_delivery
        and desk.session.scalars(answered).first() is not None,
        "cases": a_case is not None,
    }
