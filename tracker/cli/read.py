"""`tracker dates` and `tracker names`: what the readers of testimony understand."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from tracker.cli.base import WRONG_USE, fail, one_sentence
from tracker.domain.clock import system_clock
from tracker.testimony import dates as date_reader
from tracker.testimony import names as name_comparison


@click.group()
def dates() -> None:
    """Read dates as families write them.

    Example: tracker dates parse --said-on 2018-04-21 "since Jan. 22"
    """


@dates.command()
@click.argument("text", required=False)
@click.option("--said-on", metavar="DATE", help="The day it was said, as 2018-04-21 (today).")
@click.option("--lang", metavar="CODE", help="Language of the text: en, kk, ug, ru, zh, tr.")
@click.option("--tsv", metavar="FILE", help="Read columns text, lang, said_on; a line for each.")
@one_sentence
def parse(text: str | None, said_on: str | None, lang: str | None, tsv: str | None) -> None:
    """Print what a text says about when, as one line of JSON.

    Example: tracker dates parse --said-on 2018-04-21 --lang en "five months ago"
    """
    today = system_clock().date()
    if tsv is not None:
        for row, where in _rows(tsv, ("text", "lang", "said_on")):
            day = _day(row["said_on"], today, where)
            _print(
                date_reader.as_json(date_reader.read_date(row["text"], day, row["lang"] or None))
            )
        return
    if text is None:
        fail('Give a text, as: tracker dates parse "since Jan. 22"', WRONG_USE)
    day = _day(said_on, today, "--said-on")
    _print(date_reader.as_json(date_reader.read_date(text, day, lang)))


@click.group()
def names() -> None:
    """Compare names across scripts and spellings.

    Example: tracker names compare "Aygul Tursun" "Айгүл Тұрсын"
    """


@names.command()
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--tsv", metavar="FILE", help="Read columns a, b; a line for each row.")
@one_sentence
def compare(a: str | None, b: str | None, tsv: str | None) -> None:
    """Print how alike two names are, as one line of JSON.

    Example: tracker names compare "Aygul Tursun" "阿依古丽·吐尔逊"
    """
    if tsv is not None:
        for row, _where in _rows(tsv, ("a", "b")):
            _print(name_comparison.as_json(name_comparison.compare(row["a"], row["b"])))
        return
    if a is None or b is None:
        fail('Give two names, as: tracker names compare "Aygul" "Айгүл"', WRONG_USE)
    _print(name_comparison.as_json(name_comparison.compare(a, b)))


def _day(text: str | None, today: date, where: str) -> date:
    if not text:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{where}: write the day as 2018-04-21.", WRONG_USE)


def _rows(path: str, columns: tuple[str, ...]) -> Iterator[tuple[Mapping[str, str], str]]:
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                fail(f"{path} has no column {missing[0]}; its first line names them.", WRONG_USE)
            for number, row in enumerate(reader, start=2):
                yield {name: row[name] or "" for name in columns}, f"{path}, line {number}"
    except (OSError, UnicodeDecodeError):
        fail(f"{path} cannot be read; give a file of UTF-8 text.", WRONG_USE)


def _print(value: Mapping[str, Any], echo: Callable[[str], None] = click.echo) -> None:
    echo(json.dumps(value, ensure_ascii=False))
