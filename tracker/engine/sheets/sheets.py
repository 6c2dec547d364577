"""Reading a sheet somebody filled in: CSV or XLSX, as rows of text under column names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from tracker.domain.errors import Refused
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


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as the office sees it, and its cells by column name, without blanks."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The column names as they stand, and the rows that hold anything."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(content: bytes) -> Sheet:
    """The first sheet of an XLSX file, or a CSV file in UTF-8 with commas, semicolons or tabs.

    Raises Refused for what is neither, for a column without or with another's name, and for more
    than 20,000 rows.
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    table = _xlsx(content) if content.startswith(_ZIP) else _csv(content)
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
    return Sheet(tuple(head), tuple(rows))


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            _("This is no XLSX file, nor CSV text in UTF-8. Save it as either.")
        ) from None
    first = text.partition("\n")[0]
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
        raise Refused(_("This is no XLSX file, nor CSV text in UTF-8. Save it as either."))
    if status:
        raise _too_large()
    yield from json.loads(read)


def _too_large() -> Refused:
    return Refused(_("This file is too large. Split it and bring in the parts."))
