"""`tracker export`: cases as a file, by a person with both factors; over fifty, by two."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.acting import acting_as
from tracker.cli.base import WRONG_USE, fail, one_sentence, progress, services, write_private
from tracker.engine.sheets import export_forms, taking_out
from tracker.security import sealed_file


@click.command()
@click.option("--csv", "form", flag_value="csv", help="A table, a row a case.")
@click.option("--json", "form", flag_value="json", help="Everything, for another program.")
@click.option("--pfif", "form", flag_value="pfif", help="PFIF 1.4: what the family made public.")
@click.option("--case", "ref", metavar="REF", help="One case; without it, all that you see.")
@click.option("-o", "target", metavar="FILE", required=True, type=click.Path(path_type=Path))
@click.option("--as", "acting", metavar="EMAIL", required=True, help="Who takes it out.")
@click.option("--second", metavar="EMAIL", help="The supervisor who agrees, from 51 cases on.")
@click.option("--seal-to", "recipient", metavar="KEY", help="An age key that alone opens FILE.")
@one_sentence
def export(
    form: str | None,
    ref: str | None,
    target: Path,
    acting: str,
    second: str | None,
    recipient: str | None,
) -> None:
    """Write cases into a new file for you alone. Who reported is never in it.

    Reports that were withdrawn give dates only. Photos of letters stay here; JSON says how many
    there are. Each case's export is audited. From 51 cases a day on another supervisor agrees on
    the page /exports within 24 hours, or here with --second.
    Example: tracker export --csv -o cases.csv --as you@example.org
    """
    if form is None or form not in taking_out.FORMS:
        fail("Say which form: --csv, --json or --pfif", WRONG_USE)
    if recipient is not None and not sealed_file.is_recipient(recipient):
        fail("Write the key as age1 and 58 signs: --seal-to age1…", WRONG_USE)
    if target.exists():
        fail(f"{target} is there already; name a new file.")
    ready = services()
    actor = acting_as(ready, acting)
    with ready.desk(actor) as desk:
        request = taking_out.ask(desk, form, ref)
        request_id, waits = request.id, taking_out.waits(request)
    if waits and second is None:
        fail(
            f"These are {request.case_count} cases, or too many left with you today: another "
            f"supervisor has to agree within 24 hours, at {ready.settings.base_url}/exports. "
            "Then run this again."
        )
    if waits and second is not None:
        click.echo(f"Now {second}:", err=True)
        other = acting_as(ready, second)
        with ready.desk(other) as desk:
            taking_out.agree(desk, request_id)
    with progress("Export") as show, ready.reading(actor) as desk:
        _request, made = taking_out.prepare(desk, request_id, show)
        content = export_forms.as_file(form, made.cases, ready.settings, desk.now)
    if recipient is not None:
        content = sealed_file.seal_bytes(content, recipient)
    with ready.desk(actor) as desk:
        taking_out.take(desk, request_id, made)
        write_private(target, content)
    click.echo(f"{len(made.cases)} cases written to {target}.")
    if made.withheld:
        kept = "left out" if form == "pfif" else "given with dates only"
        click.echo(f"{made.withheld} {kept}: the family withdrew or did not consent.", err=True)
    if recipient is None:
        click.echo("This file is not sealed; delete it after use.", err=True)
