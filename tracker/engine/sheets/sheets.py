"""Reading a sheet somebody filled in: CSV or XLSX, as rows of text under column names.

XLSX says itself how it is written; in which encoding CSV is, `code_pages` finds.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from tracker.domain.errors import Refused
from tracker.engine.sheets import code_pages
from tracker.engine.sheets.import_columns import known_among
from tracker.i18n.words import gettext as _
from tracker.security.apart import Limits, run_apart

MOST_BYTES: Final = 20 * 2**20
MOST_ROWS: Final = 20_000
_ZIP: Final = b"PK"
_READER: Final = Path(__file__).with_name("workbook_reader.py")
_NO_WORKBOOK: Final = 3
"""The reader's exit code; every other but 0 is a file that asked for too much."""
_LIMITS: Final = Limits(memory=2**30, processor_seconds=30, patience_seconds=60.0)
_DELIMITERS: Final = ",;\t"
_SAID: Final = re.compile(r"sep=([^\"\s]|\t)\r?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as the office sees it, and its cells by column name, without blanks."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The column names as they stand, and the rows that hold anything.

    `codec`: the code page its letters were read in, where the file did not say it; else "".
    """

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    codec: str = ""


def read_sheet(content: bytes, codec: str = "") -> Sheet:
    """The first sheet of an XLSX file, or a CSV file with commas, semicolons or tabs.

    `codec`, one of `code_pages.CODE_PAGES`, says in which a CSV file is, where the file itself does
    not. Raises Refused for what is neither, for a column without or with another's name, and for
    more than 20,000 rows.
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    if content.startswith(_ZIP):
        table, codec = _xlsx(content), ""
    else:
        text, codec = _text(content, codec)
        table = _csv(text)
    head = next(table, None)
    if head is None or not any(head):
        raise Refused(_("This file is empty. Its first row names the columns."))
    while head and not head[-1]:
        head.pop()
    if not all(head) or len(set(head)) != len(head):
        raise Refused(_("Each column needs a name of its own in the first row."))
    rows = []
    for number, cells in enumerate(islice(table, MOST_ROWS + 1), start=2):
        if any(cells[len(head) :]):
            raise Refused(_("Row %(n)s has more cells than there are columns.", n=number))
        held = {name: cell for name, cell in zip(head, cells, strict=False) if cell}
        if held:
            rows.append(SheetRow(number, held))
    if len(rows) > MOST_ROWS:
        raise _too_large()
    return Sheet(tuple(head), tuple(rows), codec)


def _text(content: bytes, codec: str) -> tuple[str, str]:
    """The text of a CSV file, and the code page where one had to be guessed or was said."""
    try:
        text = code_pages.certain(content)
        if text is not None:
            return text, ""
        if not codec:
            codec = code_pages.likeliest(content, _columns_known)
            return code_pages.read_as(content, codec), codec
    except code_pages.NoText:
        raise _no_sheet() from None
    try:
        return code_pages.read_as(content, codec), codec
    except code_pages.NoText:
        raise Refused(_("This file is not in that encoding.")) from None


def _columns_known(text: str) -> int:
    """How many columns of ours the first line names."""
    try:
        return known_among(next(_csv(text), []))
    except Refused:
        return 0


def _csv(text: str) -> Iterator[list[str]]:
    first, _end, rest = text.partition("\n")
    if said := _SAID.fullmatch(first):  # a line for Excel, which does not count it as a row
        delimiter, text = said[1], rest
    else:
        delimiter = max(_DELIMITERS, key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [cell.strip() for cell in row]
    except csv.Error:
        raise Refused(_("This CSV file is damaged: a quote is never closed.")) from None


def _xlsx(content: bytes) -> Iterator[list[str]]:
    """Read by `workbook_reader`, in a process of its own with nothing to lose."""
    try:
        status, read = run_apart(_READER, content, _LIMITS)
    except TimeoutError:
        raise _too_large() from None
    if status == _NO_WORKBOOK:
        raise _no_sheet()
    if status:
        raise _too_large()
    yield from json.loads(read)


def _no_sheet() -> Refused:
    return Refused(_("This is no XLSX file, nor CSV text. Save it as either."))


def _too_large() -> Refused:
    return Refused(_("This file is too large. Split it and bring in the parts."))
