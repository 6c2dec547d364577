"""Sheets made to harm whoever brings them in: read in a process with little to lose (S15)."""

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from tracker.domain.errors import Refused
from tracker.engine.sheets.sheets import read_sheet

_HEAD = (
    b'<?xml version="1.0"?><worksheet xmlns='
    b'"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
_TAIL = b"</sheetData></worksheet>"


def _book(change: Callable[[bytes], bytes]) -> bytes:
    """A workbook as an office writes it, its one sheet changed by hand."""
    book = openpyxl.Workbook()
    book.active.append(["name"])
    book.active.append(["Aman"])
    plain, packed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            raw = old.read(part)
            new.writestr(part, change(raw) if part.endswith("sheet1.xml") else raw)
    return packed.getvalue()


def _cells(*places: str) -> bytes:
    rows = (
        f'<row r="{"".join(filter(str.isdigit, place))}"><c r="{place}" t="inlineStr"><is><t>x</t>'
        "</is></c></row>"
        for place in places
    )
    return _book(lambda _old: _HEAD + "".join(rows).encode() + _TAIL)


def _lying() -> bytes:
    """60 MB of cells that say of themselves to be 100 bytes."""
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>' + "x" * 30_000 + "</t></is></c></row>"
    inside = "".join(row.format(number) for number in range(1, 2_000)).encode()
    raw = bytearray(_book(lambda _old: _HEAD + inside + _TAIL))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := raw.find(mark, at + 1)) >= 0:
            raw[at + offset : at + offset + 4] = struct.pack("<I", 100)
    return bytes(raw)


def _entities() -> bytes:
    inner = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 100}">' for a, b in zip("abcd", "bcde", strict=True)
    )
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{"x" * 100}">{inner}]>'.encode()
    body = b'<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'
    return _book(lambda _old: head + _HEAD.partition(b"?>")[2] + body + _TAIL)


BOMBS: dict[str, Callable[[], bytes]] = {
    "one cell far away": lambda: _cells("A1", "XFD20000"),
    "one cell at the end of the world": lambda: _cells("A1", "XFD1048576"),
    "a cell beyond it": lambda: _cells("A1", "ZZZZZZ99999999999"),
    "sizes that lie": _lying,
    "entities": _entities,
    "nothing but a mark": lambda: b"PK" + bytes(1000),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_with_a_sentence(what: str) -> None:
    """Neither memory nor the process is lost; it takes seconds at most."""
    content = BOMBS[what]()
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(Refused):
        read_sheet(content)
    assert time.monotonic() - begun < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_an_office_s_sheet_is_read_as_before() -> None:
    (row,) = read_sheet(_book(lambda old: old)).rows
    assert row.cells == {"name": "Aman"}
