"""`tracker digest`: what each reader would get for a week."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.channels.file_delivery import SENDER
from tracker.channels.mail_form import message
from tracker.cli.acting import acting_as
from tracker.cli.base import WRONG_USE, fail, one_sentence, services
from tracker.domain.actor import Actor
from tracker.domain.delivery import EMAIL, Envelope
from tracker.domain.digest import monday_of
from tracker.engine.desk import Desk
from tracker.engine.digests.digest import preview, readers
from tracker.messages.digest import digest_mail
from tracker.messages.kinds import Worded
from tracker.store.schema import Person, new_id


@click.command()
@click.option("--week", required=True, metavar="WEEK", help="The ISO week reported, as 2018-W17.")
@click.option("--preview", "folder", metavar="DIR", help="Write .eml and .html files here.")
@click.option("--as", "acting", metavar="EMAIL", required=True, help="Who looks: a supervisor.")
@one_sentence
def digest(week: str, folder: str | None, acting: str) -> None:
    """Show what each reader's digest of a week holds; nothing is sent.

    Without --preview it lists the readers. A supervisor sees everybody's, others their own.
    Example: tracker digest --week 2018-W17 --preview out --as you@example.org
    """
    monday_of(week)
    ready = services()
    actor = acting_as(ready, acting)
    if not actor.has("caseworker", "supervisor", "consular"):
        fail("Digests are for caseworkers, supervisors and consular contacts.")
    target = Path(folder) if folder else None
    if target is not None and target.exists() and not target.is_dir():
        fail(f"{target} is no folder; name another.", WRONG_USE)
    with ready.desk(actor) as desk:
        desk.audit("digest.previewed", "digest", week=week)
        for number, person in enumerate(_readers(desk, actor), start=1):
            if target is None:
                click.echo(f"{desk.safe.open(person, 'name')} ({person.language})")
                continue
            worded = digest_mail(preview(desk, person, week))
            _write(target, f"{week}-{number:03d}", _envelope(desk, person, worded), worded)
    if target is not None:
        click.echo(f"Written to {target}. These files are not sealed; delete them after reading.")


def _readers(desk: Desk, actor: Actor) -> list[Person]:
    everyone = readers(desk)
    if actor.has("supervisor"):
        return everyone
    return [person for person in everyone if person.id == actor.id]


def _envelope(desk: Desk, person: Person, worded: Worded) -> Envelope:
    return Envelope(
        row_id=new_id(),
        channel=EMAIL,
        to=desk.safe.open(person, "email"),
        text=worded.text,
        subject=worded.subject,
        html=worded.html,
        reference="PREVIEW",
        token="",
        at=desk.now,
        language=person.language,
    )


def _write(folder: Path, name: str, envelope: Envelope, worded: Worded) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / f"{name}.eml").write_bytes(message(envelope, SENDER))
    (folder / f"{name}.html").write_text(worded.html or "", encoding="utf-8")
