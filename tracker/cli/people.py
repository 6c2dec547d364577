"""`tracker user`: accounts from the command line, by an administrator with both factors."""

from __future__ import annotations

import click

from tracker.bootstrap import Services
from tracker.cli.acting import acting_as
from tracker.cli.base import fail, one_sentence, services
from tracker.domain.actor import ROLES, Actor
from tracker.engine import accounts, leavers
from tracker.engine.addresses import hashes
from tracker.engine.desk import Desk
from tracker.store.people import find_by_email
from tracker.store.schema import Person

_AS = click.option("--as", "acting", metavar="EMAIL", required=True, help="The administrator.")


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
@_AS
@one_sentence
def reset(email: str, second_factor: bool, acting: str) -> None:
    """Send the link by which somebody sets a new password; print it where no mail goes.

    Example: tracker user reset bo@example.org --as you@example.org
    """
    ready = services()
    with ready.desk(_administrator(ready, acting)) as desk:
        token = accounts.reset(desk, _person(desk, email).id, second_factor=second_factor)
    if token is None:
        click.echo("The link is on its way to their own mail address.")
    else:
        click.echo(f"{ready.settings.base_url}/welcome/{token}")


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
