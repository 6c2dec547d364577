"""`tracker init`: the instance folder, its keys, its database, and the first administrator."""

from __future__ import annotations

import os
import sys

import click

from tracker.bootstrap import Services, set_up
from tracker.cli.base import fail, one_sentence
from tracker.domain.actor import OPERATOR
from tracker.engine.sending.switches import key_copied
from tracker.engine.staff.accounts import invite
from tracker.settings import load
from tracker.store import people

_KEEP_A_COPY = """\
Keep a copy of {keys} offline, in two places, now.
Without it nothing in the database can be read again: no name, no contact, no address.
Nobody can help then.
Its fingerprint is {fingerprint}.
"""


@click.command()
@click.option("--admin", metavar="EMAIL", required=True, help="Address of the first administrator.")
@click.option("--yes", is_flag=True, help="The offline copy of the key ring has been made.")
@one_sentence
def init(admin: str, yes: bool) -> None:
    """Set up a new instance and print a one-time sign-in link.

    Example: tracker init --admin you@example.org
    """
    if "@" not in admin:
        fail("Give the administrator's address, as --admin you@example.org", status=2)
    ready = set_up(load(os.environ))
    click.echo(_KEEP_A_COPY.format(keys=ready.settings.keys, fingerprint=ready.ring.fingerprint()))
    if sys.stdin.isatty() and not yes:
        click.confirm("Have you made the copy?", abort=True)
        yes = True
    if yes:
        with ready.desk(OPERATOR) as desk:
            key_copied(desk, ready.ring.fingerprint())
    link = first_administrator(ready, admin)
    if link is None:
        fail("There is an administrator already; use: tracker user add")
    click.echo(f"Sign in for the first time here, within 30 minutes:\n  {link}")


def first_administrator(ready: Services, email: str) -> str | None:
    """Invite the first administrator; the link to sign in with, or None if there is one already."""
    with ready.desk(OPERATOR) as desk:
        theirs = people.roles_by_person(desk.session).values()
        if any(people.ADMINISTRATOR in roles for roles in theirs):
            return None
        invited = invite(
            desk,
            email=email,
            name=email.partition("@")[0],
            roles=("administrator",),
            language=ready.settings.language,
            zone_name=str(ready.settings.timezone),
        )
    return f"{ready.settings.base_url}/welcome/{invited.token}"
