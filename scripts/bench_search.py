"""Measure the search for a person: `bench_search.py [N]` (100,000 cases unless told otherwise).

A throw-away SQLite database gets N cases with one sealed name each, written by bare rows (no clock,
no audit but the one that says so), invented from common given names and 17,000 made-up ones. Then
the product's own directory of a web process reads it, and is asked in other spellings and scripts.
Printed: seconds of the first reading, memory it took, milliseconds a search, and what one more name
costs. Exit status 1 when 95 % of warm searches take longer than 100 ms. Run it on a quiet machine.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import permutations
from pathlib import Path

from sqlalchemy import select

from tracker.bootstrap import Services, set_up
from tracker.domain.actor import OPERATOR, Actor
from tracker.engine.cases import record
from tracker.engine.cases.cases import active_version
from tracker.engine.desk import Desk
from tracker.settings import load
from tracker.store.schema import Case, PersonName, new_id
from tracker.testimony.names.given_names import GIVEN_NAMES

TARGET_MS = 100
_AT_ONCE = 5000
_SYLLABLES = ("ba", "dil", "gul", "ko", "kur", "mir", "ne", "pol", "qar", "ra", "sa", "she", "tah")
_LEAD = Actor("person", "lead", frozenset({"supervisor"}))
ASKED = (
    "阿里木江·吐尔逊", "Alimujiang Tuerxun", "Gülnur Niyaz", "古丽努尔", "Memtimin Sultan", "Серік",
    "ئابدۇكېرىم ياسىن", "Abdulkarim Yassin", "tursu", "Muhammad", "Dosymbek Serik", "nobody at all",
    "Kurmirne Polqarra", "Nurmemet Ayup", "Aygul", "Hüseyin Ömer", "买买提", "Рахима", "Ablet Q",
)  # fmt: skip


def fill(services: Services, size: int) -> None:
    """Write the cases."""
    chance = random.Random(size)
    made_up = ["".join(four) for four in permutations(_SYLLABLES, 4)]
    words = [*GIVEN_NAMES.split(), *chance.sample(made_up, min(17_000, len(made_up)))]
    for start in range(0, size, _AT_ONCE):
        with services.desk(OPERATOR) as desk:
            _write(desk, chance, words, range(start, min(size, start + _AT_ONCE)))


def _write(desk: Desk, chance: random.Random, words: list[str], numbers: range) -> None:
    version = active_version(desk).id
    rows = []
    for number in numbers:
        case = Case(
            id=new_id(),
            ref=f"N{number:07}",
            zone_name="UTC",
            opened_at=desk.now,
            policy_version_id=version,
            clock_sealed=b"",
        )
        desk.safe.create_keys(case.id, ("content",), desk.now)
        name = PersonName(id=new_id(), case_id=case.id, entered_at=desk.now)
        desk.safe.seal(name, "name", " ".join(chance.sample(words, 2)))
        rows += [case, name]
    desk.session.add_all(rows)
    desk.audit("name.added", "name", cases=len(numbers))


def megabytes() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def milliseconds(act: Callable[[], object]) -> float:
    """How long somebody waits for it."""
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def main(size: int) -> int:
    """Print the report."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"TRACKER_DELIVERY": "file", "TRACKER_INSTANCE": folder}
        now = datetime(2026, 3, 2, tzinfo=UTC)
        services = set_up(load(environ, Path(folder)), clock=lambda: now)
        fill(services, size)
        before = megabytes()

        def look(words: str) -> None:
            with services.reading(_LEAD) as desk:
                services.directory.find(desk, _LEAD, words)

        first = milliseconds(lambda: look(ASKED[0]))
        print(f"{size:,} cases: read for the first time in {first / 1000:.1f} s", end="")
        print(f", {megabytes() - before:.0f} MB")
        for round_name in ("first", "warm"):
            times = 1 if round_name == "first" else 5
            took = sorted(
                milliseconds(partial(look, words)) for _ in range(times) for words in ASKED
            )
            at_95 = took[int(0.95 * len(took))]
            print(f"{round_name} searches, ms: median {took[len(took) // 2]:.0f}, "
                  f"95 % within {at_95:.0f}, longest {took[-1]:.0f}")  # fmt: skip
        with services.desk(OPERATOR) as desk:
            case = desk.session.scalars(select(Case).limit(1)).one()
            record.add_name(desk, case, "Zorigt Baatar")
        print(f"one more name, then a search: {milliseconds(lambda: look('Zorigt')):.0f} ms")
    return int(at_95 > TARGET_MS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
