"""The labelled phrases, and the forms of each language, are read as they were meant."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from edtf import parse_edtf

from tracker.testimony.dates import FLAGS, Reading, as_json, read_date

HERE = Path(__file__).parent
SATURDAY = date(2018, 4, 21)  # the day said, unless a line gives another
LANGUAGES = ["en", "ru", "zh", "kk", "ug", "tr"]


def _labelled() -> list[dict[str, str]]:
    with (HERE / "dev.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _forms(lang: str) -> list[tuple[str, date, str]]:
    """Read `forms/<lang>*.txt`: words | days meant, or day said | words | days meant."""
    found = []
    files = sorted((HERE / "forms").glob(f"{lang}*.txt"))
    for line in "".join(file.read_text(encoding="utf-8") for file in files).splitlines():
        if not line or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split(" | ")]
        said_on = date.fromisoformat(fields.pop(0)) if len(fields) == 3 else SATURDAY
        found.append((fields[0], said_on, fields[1]))
    return found


def _span(reading: Reading) -> str:
    if reading.latest is None:
        return "-"
    if reading.earliest == reading.latest:
        return str(reading.latest)
    return f"{reading.earliest or '..'}/{reading.latest}"


@pytest.mark.parametrize("lang", sorted({row["lang"] for row in _labelled()}))
def test_labelled_phrases(lang: str) -> None:
    """Earliest, latest and EDTF are those of the label; no date where there is none."""
    wrong = []
    for row in _labelled():
        if row["lang"] != lang:
            continue
        found = as_json(read_date(row["text"], date.fromisoformat(row["said_on"]), lang))
        got = tuple(found[key] or "" for key in ("earliest", "latest", "edtf"))
        if got != (row["earliest"], row["latest"], row["edtf"]):
            wrong.append((row["text"], got))
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_forms_of_a_language(lang: str) -> None:
    """Each form that a language has for dates is read; what is no date is none."""
    wrong = [
        (text, _span(read_date(text, said_on, lang)), meant)
        for text, said_on, meant in _forms(lang)
        if _span(read_date(text, said_on, lang)) != meant
    ]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_language_need_not_be_told(lang: str) -> None:
    """Without the language the reading is the same, wider or none: it never starts later."""
    late = []
    for text, said_on, _meant in _forms(lang):
        told, untold = read_date(text, said_on, lang), read_date(text, said_on)
        invented = told.latest is None and untold.latest is not None
        starts = (told.earliest or date.min, untold.earliest or date.min)
        if untold.latest is not None and (invented or starts[1] > starts[0]):
            late.append((text, told.edtf, untold.edtf))
    assert late == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_written_is_edtf(lang: str) -> None:
    """The EDTF is valid, the span lies in the text, flags are known, nothing is after said_on."""
    written: dict[str, str] = {}  # one of each shape: the package takes 10 ms for each
    for text, said_on, _meant in _forms(lang):
        reading = read_date(text, said_on, lang)
        if reading.latest is None or reading.edtf is None:
            assert (reading.edtf, reading.earliest, reading.span) == (None, None, None)
            continue
        written[re.sub(r"\d", "0", reading.edtf)] = reading.edtf
        assert reading.flags <= FLAGS
        assert reading.latest <= said_on
        assert reading.span is not None
        start, end = reading.span
        assert 0 <= start < end <= len(text), text
    assert [edtf for edtf in written.values() if parse_edtf(edtf) is None] == []
