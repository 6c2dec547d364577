"""`tracker replay`: the rules of the clock over a file."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from tracker.cli.acting import acting_as
from tracker.cli.base import WRONG_USE, fail, one_sentence, services
from tracker.domain.errors import MalformedDocument
from tracker.domain.replay_lines import text
from tracker.domain.replaying import read_document
from tracker.engine.clock.case_history import document_of
from tracker.engine.clock.replay import replay as run_replay
from tracker.settings import load
from tracker.store.cases import find_case


@click.command()
@click.argument("file", metavar="FILE", required=False)
@click.option("--case", "ref", metavar="REF", help="Run a case of the record again, up to now.")
@click.option("--as", "acting", metavar="EMAIL", help="Who looks at that case.")
@one_sentence
def replay(file: str | None, ref: str | None, acting: str | None) -> None:
    """Run the engine over the cases in FILE and print what it would have told, a line each.

    Nothing is sent. Use - for standard input. With --case it is a case of the record, under the
    policy it has now; that asks for a password and a code, and is audited.
    Example: tracker replay case.json
    """
    if (file is None) == (ref is None) or (ref is None) != (acting is None):
        fail("Name either a FILE, or a case: tracker replay --case REF --as EMAIL", WRONG_USE)
    raw = _json(file) if file is not None else _of_record(ref or "", acting or "")
    document = read_document(raw)
    for told in run_replay(document, load(os.environ)):
        click.echo(text(told))


def _of_record(ref: str, acting: str) -> Any:
    ready = services()
    actor = acting_as(ready, acting)
    with ready.desk(actor) as desk:
        case = find_case(desk.session, actor.at_desk(), ref.upper())
        if case is None:
            fail("There is no such case, or it is not yours to look at.")
        desk.audit("case.replayed", "case", case.id, case.id)
        return document_of(desk, case)


def _json(file: str) -> Any:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError:
        fail(f"{file} cannot be read; give the path of a replay file.", WRONG_USE)
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        fail(f"{file} is no JSON text in UTF-8; save it as such.", WRONG_USE)
    except RecursionError:
        fail(f"{file} is nested too deeply to be a replay file; correct it.", WRONG_USE)
    except json.JSONDecodeError as error:
        fail(f"{file} is no JSON: line {error.lineno}, column {error.colno}.", WRONG_USE)
    except ValueError:  # Python's limit on the digits of a number
        fail(f"{file} holds a number that is far too long; correct it.", WRONG_USE)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedDocument(twice, "this member stands twice in one object; remove one.")
    return members


def _no_constant(name: str) -> None:
    raise MalformedDocument("", f"{name} is no JSON number; write a whole number.")
