"""`tracker replay` on files that are malformed in odd ways: one sentence, exit 2, nothing said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracker.cli import main

CASE: dict[str, Any] = {"case": "A", "opened": "2018-01-05T10:00:00Z", "events": []}
POLICY = {"steps": [{"step": 1, "after_days": 7, "notify": ["caseworker"]}]}


def _document(**case: Any) -> dict[str, Any]:
    return {
        "timezone": "Asia/Almaty",
        "to": "2018-03-02T00:00:00Z",
        "policy": POLICY,
        "cases": [{**CASE, **case}],
    }


def _replayed(tmp_path: Path, text: str) -> Result:
    file = tmp_path / "case.json"
    file.write_text(text, encoding="ascii")
    return CliRunner().invoke(main, ["replay", str(file)])


@pytest.mark.parametrize(
    ("case", "path"),
    [
        ({"case": "\ud800"}, "cases[0].case"),
        ({"consents": ["\udfff"]}, "cases[0].consents[0]"),
        ({"opened": "0001-01-01T00:00:00Z"}, "cases[0].opened"),
        (
            {"events": [{"at": "9999-12-31T23:59:59Z", "type": "acknowledge"}]},
            "cases[0].events[0].at",
        ),
    ],
)
def test_what_no_database_or_calendar_can_hold_is_refused_by_its_path(
    tmp_path: Path, case: dict[str, Any], path: str
) -> None:
    result = _replayed(tmp_path, json.dumps(_document(**case)))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith(f"{path}: ")


@pytest.mark.parametrize("text", ["1" * 6000, "[" * 200_000, '{"to": ' + "9" * 5000 + "}"])
def test_endless_numbers_and_nesting_end_in_one_sentence(tmp_path: Path, text: str) -> None:
    result = _replayed(tmp_path, text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "correct it" in result.stderr


def test_the_file_itself_is_a_good_one(tmp_path: Path) -> None:
    result = _replayed(tmp_path, json.dumps(_document()))
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
