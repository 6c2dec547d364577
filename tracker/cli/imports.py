"""`tracker import`: cases and contacts from a sheet."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from tracker.cli.base import FAILURE, WRONG_USE, fail, one_sentence, progress, services
from tracker.domain.actor import OPERATOR
from tracker.engine.sheets.code_pages import CODE_PAGES
from tracker.engine.sheets.import_columns import COLUMNS
from tracker.engine.sheets.importing import Outcome, bring_in, understand
from tracker.engine.sheets.sheets import read_sheet


class _DryRun(Exception):
    """Everything was tried; nothing is kept."""


@click.command("import", epilog=f"Columns: {', '.join(COLUMNS)}.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Try everything, keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Say the outcome as one JSON object.")
@click.option("--map", "said", multiple=True, metavar="THEIRS=OURS", help="What a column means.")
@click.option(
    "--encoding",
    type=click.Choice(list(CODE_PAGES)),
    help="Of a CSV file that does not say it itself.",
)
@click.option("--told-already", is_flag=True, help="Those concerned know what is overdue now.")
@one_sentence
def import_(
    file: Path,
    dry_run: bool,
    as_json: bool,
    said: tuple[str, ...],
    encoding: str | None,
    told_already: bool,
) -> None:
    """Bring in a CSV or XLSX file: a row a case, or one more contact of a case.

    All of it or nothing; a row brought in before is passed over, so a longer file can be brought
    in again. Rows with one `id` belong to one case. OURS is `-` for a column to leave out.
    Example: tracker import cases.xlsx --dry-run --map "Full name=name" --map "Remarks=-"
    """
    columns = dict(_pair(one) for one in said)
    try:
        content = file.read_bytes()
    except OSError:
        fail(f"{file} cannot be read; name a CSV or XLSX file.", WRONG_USE)
    sheet = read_sheet(content, encoding or "")
    if sheet.codec and not encoding:
        name = CODE_PAGES[sheet.codec].name
        click.echo(f"Read as {name}; if names look wrong, say --encoding.", err=True)
    ready, outcome = services(), Outcome()
    with progress("Read") as show, ready.reading(OPERATOR) as desk:
        understood = understand(
            desk, sheet, columns=columns, told_already=told_already, progress=show
        )
    try:
        with progress("Import") as show, ready.desk(OPERATOR) as desk:
            outcome = bring_in(desk, understood, show)
            if dry_run or outcome.faults:
                raise _DryRun
    except _DryRun:
        pass
    if as_json:
        said_of = asdict(outcome)
        for hint in said_of["hints"]:
            del hint["name"]  # whoever is at the machine reads no case
        for fault in said_of["faults"]:
            del fault["cell"]
        for look in said_of["looks"]:
            del look["cell"]
        click.echo(json.dumps({"dry_run": dry_run, **said_of}, ensure_ascii=False))
    else:
        _say(outcome, dry_run)
    if outcome.faults:
        raise SystemExit(FAILURE)


def _pair(text: str) -> tuple[str, str]:
    theirs, _, ours = text.rpartition("=")
    if not theirs or not ours:
        fail('Write it as --map "Full name=name"', WRONG_USE)
    return theirs, ours


def _say(outcome: Outcome, dry_run: bool) -> None:
    for fault in outcome.faults:
        click.echo(f"row {fault.row}, {fault.column}: {fault.says}", err=True)
    for look in outcome.looks:
        click.echo(f"row {look.row}, {look.column}: {look.says}", err=True)
    for hint in outcome.hints:
        click.echo(f"row {hint.row}: perhaps the person of {hint.like}", err=True)
    if outcome.faults:
        click.echo(f"Nothing was brought in: {len(outcome.faults)} faults.", err=True)
        return
    would = "would be " if dry_run else ""
    click.echo(
        f"{outcome.rows} rows: {len(outcome.opened)} cases {would}opened, {outcome.told} accounts "
        f"{would}added, {outcome.known} known already; {outcome.messages} messages "
        f"{'would go' if dry_run else 'go'} out."
    )
