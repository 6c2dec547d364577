"""Acting as a person from the command line: their rights, both their factors, an audit row."""

from __future__ import annotations

import os

import click

from tracker.bootstrap import Services
from tracker.cli.base import fail
from tracker.domain.actor import OPERATOR, Actor
from tracker.engine.staff import brakes, signing_in
from tracker.engine.staff.visits import actor_of
from tracker.store.schema import Person

_REFUSED = "Address, password or code is wrong, or the account is closed."


def acting_as(ready: Services, email: str) -> Actor:
    """Ask for the password and the code of `email`; the actor, or the end of the program."""
    with ready.desk(OPERATOR) as desk:
        attempt = brakes.enter(desk, "signin", email.strip().lower(), None)
        candidate = signing_in.by_email(desk, email)
    if attempt.wait:
        fail(f"Too many tries; wait {int(attempt.wait.total_seconds())} seconds.")
    password = click.prompt("Password", hide_input=True, err=True)
    code = click.prompt("Code", err=True)
    known = candidate.knows(password)
    with ready.desk(OPERATOR) as desk:
        if not known or candidate.person_id is None:
            signing_in.refuse(desk, candidate.person_id, "password")
            person = None
        elif not signing_in.is_code(desk, candidate.person_id, code):
            signing_in.refuse(desk, candidate.person_id, "code")
            person = None
        else:
            person = desk.session.get_one(Person, candidate.person_id)
            brakes.passed(desk, attempt)
            actor = actor_of(desk, person)
            desk.audit("signin", "person", person.id, by="command line", user=os.getuid())
    if person is None:
        fail(_REFUSED)
    return actor
