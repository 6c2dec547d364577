"""Reads one workbook in a process that can do nothing else (S15).

Started by `sheets` as a program apart: an XLSX comes in by the standard input, the cells of its
first sheet go out by the standard output as JSON, rows of text. A file of a few thousand bytes can
ask for more memory than there is, and the library then ends its process: here that process is this
one. Nothing of the tracker is imported.

Exit codes: 0 read, 3 no workbook, 4 too large; every other is a library that gave up.
"""

from __future__ import annotations

import codecs
import json
import sys
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, ZipError

NO_WORKBOOK: Final = 3
TOO_LARGE: Final = 4

_NEEDED_LATER: Final = codecs.lookup("cp437")
"""Names within archives are written so. What is imported on the way must be here before."""

MOST_UNPACKED: Final = 200 * 2**20
MOST_ROWS: Final = 20_002
"""The row of names, the rows taken, and one more that says there are too many."""


def rows_of(content: bytes) -> list[list[str]]:
    """The cells of the first sheet. Raises OverflowError for more than is taken."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise OverflowError
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST_ROWS)
    return [[_cell(value).strip() for value in row] for row in rows]


def _cell(value: object) -> str:
    """A cell as text: days in ISO form, whole numbers without a point."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def main() -> int:
    """Read, write."""
    content = sys.stdin.buffer.read()
    try:
        rows = rows_of(content)
    except OverflowError:
        return TOO_LARGE
    except (zipfile.BadZipFile, CalamineError, ZipError, ValueError, IndexError):
        return NO_WORKBOOK
    sys.stdout.buffer.write(json.dumps(rows).encode("ascii"))
    sys.stdout.buffer.flush()
    return 0
