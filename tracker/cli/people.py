"""`tracker user`: accounts from the command line, by an administrator with both factors."""

from __future__ import annotations

import os

import click

from tracker.bootstrap import Services
from tracker.cli.acting import acting_as
from tracker.cli.base import fail, one_sentence, services
from tracker.domain.actor import OPERATOR, ROLES, Actor
from tracker.engine.cases import leavers
from tracker.engine.desk import Desk
from tracker.engine.staff import accounts, grave_acts, mailed_links, second_person
from tracker.engine.staff.addresses import hashes
from tracker.engine.staff.people import names_of
from tracker.store.people import find_by_email, roles_by_person
from tracker.store.schema import AccountRequest, Person

_ACTS = (second_person.SECOND_FACTOR, second_person.TO_ROLES)
_AS = click.option("--as", "acting", metavar="EMAIL", required=True, help="The administrator.")
_WAITS = (
    "A second person has to agree first: another administrator or a supervisor, within 72 hours, "
    "at /people/asked or with: tracker user agree"
)


@click.group()
def user() -> None:
    """Add, disable, erase or reset an account. Asks for the administrator's password and code.

    Example: tracker user add bo@example.org --role caseworker --as you@example.org
    """


@user.command()
@click.argument("email")
@click.option("--name", help="The name others see (default: what stands before the @).")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--language", default="en", show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="Time zone, as Asia/Almaty.")
@_AS
@one_sentence
def add(
    email: str, name: str | None, roles: tuple[str, ...], language: str, zone: str, acting: str
) -> None:
    """Invite somebody; prints a link that works once, for 30 minutes.

    Example: tracker user add bo@example.org --role caseworker --as you@example.org
    """
    ready = services()
    with ready.desk(_administrator(ready, acting)) as desk:
        invited = accounts.invite(
            desk,
            email=email,
            name=name or email.partition("@")[0],
            roles=roles,
            language=language,
            zone_name=zone,
        )
    click.echo(f"{ready.settings.base_url}/welcome/{invited.token}")
    if invited.waits is not None:
        click.echo(_WAITS, err=True)


@user.command()
@click.argument("email")
@_AS
@one_sentence
def disable(email: str, acting: str) -> None:
    """Close an account; its sessions and links end at once.

    Example: tracker user disable bo@example.org --as you@example.org
    """
    ready = services()
    with ready.desk(_administrator(ready, acting)) as desk:
        accounts.disable(desk, _person(desk, email).id)
    click.echo("The account is closed.")


@user.command()
@click.argument("email")
@_AS
@one_sentence
def erase(email: str, acting: str) -> None:
    """Delete a closed account for good; what its owner did stays in the audit trail.

    Example: tracker user erase bo@example.org --as you@example.org
    """
    ready = services()
    with ready.desk(_administrator(ready, acting)) as desk:
        leavers.erase(desk, _person(desk, email).id)
    click.echo("The account is deleted.")


@user.command()
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="The second factor was lost too.")
@click.option("--print-link", is_flag=True, help="Mail does not arrive: print the link instead.")
@_AS
@one_sentence
def reset(email: str, second_factor: bool, print_link: bool, acting: str) -> None:
    """Send the link by which somebody sets a new password; print it where no mail goes.

    That it was printed is told to its owner and the others. For a second factor somebody else
    has to agree; run the same once more after that, if the link is to be printed.

    Example: tracker user reset bo@example.org --as you@example.org
    """
    ready = services()
    with ready.desk(_administrator(ready, acting)) as desk:
        token, waits = grave_acts.reset(
            desk, _person(desk, email).id, second_factor=second_factor, show_link=print_link
        )
        desk.session.flush()
        digits = mailed_links.on_its_way(desk, _person(desk, email).id)
    if waits is not None:
        click.echo(_WAITS)
    elif token is None:
        click.echo("The link is on its way to their own mail address.")
        click.echo(f"It opens with these digits alone; tell them by voice: {digits}")
    else:
        click.echo(f"{ready.settings.base_url}/welcome/{token}")


@user.command()
@click.argument("email", required=False)
@click.option("--what", type=click.Choice(_ACTS), help="Needed where both wait.")
@click.option("--refuse", is_flag=True, help="Refuse it instead.")
@click.option("--as", "acting", metavar="EMAIL", required=True, help="You, the second person.")
@one_sentence
def agree(email: str | None, what: str | None, refuse: bool, acting: str) -> None:
    """Agree to what an administrator asked for an account; without EMAIL, list what waits.

    Speak to the person whose account it is first.

    Example: tracker user agree bo@example.org --as you@example.org
    """
    ready = services()
    with ready.desk(acting_as(ready, acting)) as desk:
        waiting = second_person.to_agree(desk)
        if email is None:
            for line in _listed(desk, waiting):
                click.echo(line)
            return
        about = _person(desk, email).id
        found = [row for row in waiting if row.person_id == about and what in (None, row.act)]
        if not found:
            fail("Nothing waits for your word there.")
        if len(found) > 1:
            fail("Two changes wait; say which: --what second_factor or --what roles", status=2)
        if refuse:
            second_person.decline(desk, found[0].id)
        else:
            grave_acts.agree(desk, found[0].id)
    click.echo("Refused." if refuse else "Agreed. Everybody concerned is told.")


@user.command()
@click.argument("email")
@one_sentence
def rescue(email: str) -> None:
    """The last administrator cannot get in: print a link for a new password and second factor.

    Whoever can run this holds the key ring anyway. It is told to all, and works only where no
    other administrator is left.

    Example: tracker user rescue you@example.org
    """
    ready = services()
    with ready.desk(OPERATOR) as desk:
        token = grave_acts.rescue(desk, _person(desk, email).id, os.getuid())
    click.echo(f"{ready.settings.base_url}/welcome/{token}")


def _listed(desk: Desk, waiting: list[AccountRequest]) -> list[str]:
    names = names_of(desk, [each for row in waiting for each in (row.person_id, row.asked_by)])
    held = roles_by_person(desk.session)
    return [
        f"{names[row.person_id]} <{email}>, account made on {person.created_at:%Y-%m-%d}: "
        f"{row.act}{': ' if row.roles else ''}{', '.join(row.roles or [])}"
        f" (now: {', '.join(sorted(held.get(row.person_id, ()))) or 'none'};"
        f"{' the link is shown to who asked;' if grave_acts.shows_link(desk, row) else ''}"
        f" asked by {names[row.asked_by]})"
        for row in waiting
        if (person := desk.session.get_one(Person, row.person_id))
        and (email := desk.safe.open(person, "email"))
    ] or ["Nothing waits."]


def _administrator(ready: Services, email: str) -> Actor:
    actor = acting_as(ready, email)
    if not actor.has("administrator"):
        fail("Only an administrator can change accounts.")
    return actor


def _person(desk: Desk, email: str) -> Person:
    person = find_by_email(desk.session, *hashes(desk, email))
    if person is None:
        fail("There is no account with this address.")
    return person
