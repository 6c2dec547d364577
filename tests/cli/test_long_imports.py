"""`tracker import` of a workbook with history: its dates, its progress, its end by kill -9."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from tests.cli.test_imports import bring, cases
from tests.cli.test_imports import ready as ready  # the fixture
from tracker.bootstrap import build
from tracker.domain.actor import OPERATOR
from tracker.settings import load
from tracker.store.schema import ContactReport, OutboxMessage

ROWS = 60
PATIENCE = 120.0
EVENING = clock_time(17, 30)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Days as Excel keeps them, with an hour, as text of a sheet, as ISO text, and in words."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["№ дела", "ФИО", "Последний контакт", "Сообщено", "Подтверждено", "Источник"])
    for n in range(ROWS):
        day = date(2024, 1, 31) + timedelta(days=n)
        kinds = (day, datetime.combine(day, EVENING), f"{day:%d.%m.%Y}", str(day))
        heard = "в январе 2024" if n % 5 == 4 else kinds[n % 5]
        page.append(
            [
                n + 1,
                f"Турсун Хапиз {n}",
                heard,
                datetime.combine(date(2024, 6, 1), EVENING),
                True,
                "список",
            ]
        )
    book.save(path := tmp_path / "history.xlsx")
    return path


def killed_at(instance: Path, file: Path, percent: int) -> None:
    """Run the command at a terminal of its own, and kill it when its bar has come so far."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", "import", str(file), "--told-already"],
        env={**os.environ, "TRACKER_INSTANCE": str(instance)},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown, until = "", time.monotonic() + PATIENCE
    with suppress(OSError):  # so a terminal says that nobody is there any more
        while time.monotonic() < until:
            shown += os.read(ours, 4096).decode("utf-8", "replace")
            done = re.findall(r"(\d+)%", shown.rpartition("Import")[2] if "Import" in shown else "")
            if done and int(done[-1]) >= percent:
                break
    process.send_signal(signal.SIGKILL)
    os.close(ours)
    assert process.wait() == -signal.SIGKILL, f"it had ended before: {shown}"


def rows(instance: Path, kind: type[ContactReport] | type[OutboxMessage]) -> list[object]:
    made = build(load({}, instance))
    with made.reading(OPERATOR) as desk:
        found: list[object] = []
        for row in desk.session.scalars(select(kind)):
            found.append(
                desk.safe.open(row, "occurred") if isinstance(row, ContactReport) else row.state
            )
    made.database.engine.dispose()
    return found


@pytest.mark.usefixtures("ready")
def test_killed_in_the_middle_it_leaves_nothing_and_run_again_all_of_it_once(
    instance: Path, workbook: Path
) -> None:
    """As soon as it writes, and in the middle; nothing has to be put right first."""
    for percent in (1, 70):
        killed_at(instance, workbook, percent)
        assert cases(instance) == 0, percent
    done = bring(instance, str(workbook), "--told-already")
    assert f"{ROWS} rows: {ROWS} cases opened" in done.stdout
    assert cases(instance) == ROWS
    again = bring(instance, str(workbook), "--told-already")
    assert f"0 cases opened, 0 accounts added, {ROWS} known already; 0 messages" in again.stdout
    assert cases(instance) == ROWS


@pytest.mark.usefixtures("ready")
def test_a_day_is_one_day_however_the_workbook_keeps_it(instance: Path, workbook: Path) -> None:
    assert bring(instance, str(workbook), "--told-already").exit_code == 0
    told = sorted(
        (found["earliest"], found["latest"])  # type: ignore[index]
        for found in rows(instance, ContactReport)
    )
    days = [str(date(2024, 1, 31) + timedelta(days=n)) for n in range(ROWS) if n % 5 != 4]
    words = [("2024-01-01", "2024-01-31")] * (ROWS // 5)
    assert told == sorted([*((day, day) for day in days), *words])
    assert not rows(instance, OutboxMessage), "all of it was told already"
