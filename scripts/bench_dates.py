"""Measure the date reader on labelled phrases: `python scripts/bench_dates.py FILE.tsv [-v]`.

The file has a header with at least text, lang, said_on, earliest, latest. Printed by language, with
-v by script too and with each error: exact, rightly abstaining, missed (abstained though there is a
date), invented (no date there), too late (ends later than meant), wide (holds the date, but more),
early; and the time a phrase.
"""

from __future__ import annotations

import csv
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

from tracker.testimony.dates import Reading, read_date

COLUMNS = ("exact", "abstained", "missed", "invented", "too late", "wide", "early", "other")
ROUNDS = 20


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def judge(reading: Reading, earliest: date | None, latest: date | None) -> str:
    """Name how a reading stands to the label."""
    if latest is None:
        return "abstained" if reading.latest is None else "invented"
    if reading.latest is None:
        return "missed"
    if (reading.earliest, reading.latest) == (earliest, latest):
        return "exact"
    late_start = reading.earliest is not None and (earliest or date.min) < reading.earliest
    if reading.latest > latest and (late_start or reading.earliest is None):
        return "too late"
    if not late_start and reading.latest >= latest:
        return "wide"
    return "early" if reading.latest < latest and not late_start else "other"


def script_of(text: str) -> str:
    """The script most of its letters are in, as ISO 15924 has it; Zyyy without letters."""
    names = {"LATIN": "Latn", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "CJK": "Hani"}
    found = Counter(unicodedata.name(letter, "").split()[0] for letter in text if letter.isalpha())
    return names.get(found.most_common(1)[0][0], "Zyyy") if found else "Zyyy"


def main(path: str, verbose: bool) -> int:
    """Print the table; return 1 when a phrase was read too late."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    table: dict[str, Counter[str]] = defaultdict(Counter)
    asked = [(row["text"], date.fromisoformat(row["said_on"]), row["lang"]) for row in rows]
    for row, (text, said_on, lang) in zip(rows, asked, strict=True):
        reading = read_date(text, said_on, lang)
        verdict = judge(reading, _date(row["earliest"]), _date(row["latest"]))
        table[f"{lang} {script_of(text)}" if verbose else lang][verdict] += 1
        table["all"][verdict] += 1
        if verbose and verdict not in ("exact", "abstained"):
            wanted = f"{row['earliest'] or '..'}/{row['latest'] or '-'}"
            print(f"{verdict:9} {lang:8} {said_on} {text} : {reading.edtf}, wanted {wanted}")
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for text, said_on, lang in asked:
            read_date(text, said_on, lang)
        rounds.append(time.process_time() - started)
    each = min(rounds) / max(len(rows), 1) * 1000
    print("lang".ljust(9) + "n".rjust(5) + "".join(c.rjust(11) for c in COLUMNS))
    for lang in sorted(table, key=lambda name: (name == "all", name)):
        counts = table[lang]
        cells = "".join(str(counts[c] or "").rjust(11) for c in COLUMNS)
        print(lang.ljust(9) + str(counts.total()).rjust(5) + cells)
    right = table["all"]["exact"] + table["all"]["abstained"]
    print(
        f"right {right}/{len(rows)} = {right / max(len(rows), 1):.1%}; "
        f"{each:.3f} ms of processor a phrase"
    )
    return 1 if table["all"]["too late"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "-v" in sys.argv[2:]))
