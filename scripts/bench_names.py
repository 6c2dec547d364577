"""Measure the name comparison: `bench_names.py FILE.tsv [--without-table]`.

FILE has a header and the columns `a`, `b`, `same` (1 or 0), and may have `split_key`. Prints the
confusion by pair of scripts, F1, precision and recall of "likely", what other thresholds would
give, a cross-validated F1, comparisons per second, and the errors that stay. Exit status 1 when a
target is missed.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from tracker.testimony.names import LIKELY, SAME, compare
from tracker.testimony.names.tokens import name_tokens

TARGET_F1, TARGET_PRECISION, TARGET_RECALL, TARGET_SPEED = 0.96, 0.97, 0.85, 10_000
THRESHOLDS = (0.6, 0.65, 0.7, SAME, 0.78, LIKELY, 0.86, 0.9)
FOLDS = 5
Row = dict[str, str]
Scored = tuple[float, bool]


def precision_recall(rows: Sequence[Scored], threshold: float) -> tuple[float, float, float]:
    """Precision, recall and F1 when scores from `threshold` on count as the same."""
    hits = sum(1 for score, same in rows if same and score >= threshold)
    offered = sum(1 for score, _ in rows if score >= threshold)
    true = sum(1 for _, same in rows if same)
    precision = hits / offered if offered else 1.0
    recall = hits / true if true else 1.0
    return precision, recall, 2 * hits / (offered + true) if offered + true else 1.0


def cross_validated(rows: Sequence[Row], scored: Sequence[Scored]) -> float:
    """F1 when each fold of split keys uses the threshold best on the other folds."""
    keys = sorted({row.get("split_key", row["a"]) for row in rows})
    fold_of = {key: at % FOLDS for at, key in enumerate(keys)}
    folds: dict[int, list[Scored]] = defaultdict(list)
    for row, each in zip(rows, scored, strict=True):
        folds[fold_of[row.get("split_key", row["a"])]].append(each)
    judged: list[Scored] = []
    for fold, inside in folds.items():
        rest = [each for other, group in folds.items() if other != fold for each in group]
        best = max((at / 100 for at in range(50, 96)), key=lambda t: precision_recall(rest, t)[2])
        judged += [(float(score >= best), same) for score, same in inside]
    return precision_recall(judged, 0.5)[2]


def speed(rows: Sequence[Row]) -> float:
    """Comparisons per processor second, names already read, no pair of words met before."""
    inside = importlib.import_module("tracker.testimony.names.compare")
    pairs = [(row["a"], row["b"]) for row in rows]
    best = 0.0
    for _ in range(5):
        inside.forget_pairs()
        started = time.process_time()
        for a, b in pairs:
            compare(a, b)
        best = max(best, len(pairs) / max(time.process_time() - started, 1e-9))
    return best


def scripts_of(row: Row) -> str:
    """`Arab-Latn` and the like, in alphabetical order."""
    found = [tokens[0].script if tokens else "Zyyy" for tokens in map(name_tokens, _sides(row))]
    return "-".join(sorted(found))


def _sides(row: Row) -> tuple[str, str]:
    return row["a"], row["b"]


def main() -> int:
    """Print the report; 0 when every target is met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path, help="labelled pairs, tab-separated, with a header")
    parser.add_argument("--without-table", action="store_true", help="sounds only, no given names")
    options = parser.parse_args()
    if options.without_table:
        inside = importlib.import_module("tracker.testimony.names.compare")
        setattr(inside, "verdict", lambda a, b: None)  # noqa: B010 - not exported to others
    with options.file.open(encoding="utf-8", newline="") as lines:
        rows: list[Row] = list(csv.DictReader(lines, delimiter="\t"))
    if not rows or not {"a", "b", "same"} <= set(rows[0]):
        parser.error(f"{options.file} needs a header with the columns a, b and same")

    scored = [(compare(*_sides(row)).score, row["same"] == "1") for row in rows]
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for row, (score, same) in zip(rows, scored, strict=True):
        cell = ("true" if (score >= SAME) == same else "false") + (
            " match" if score >= SAME else " other"
        )
        table[scripts_of(row)][cell] += 1
    cells = ("true match", "false match", "true other", "false other")
    print(f"{'scripts':<12}" + "".join(f"{cell:>13}" for cell in cells))
    for pair in sorted(table):
        print(f"{pair:<12}" + "".join(f"{table[pair][cell]:>13}" for cell in cells))

    print(f"\n{'threshold':<12}{'precision':>13}{'recall':>13}{'F1':>13}")
    for threshold in THRESHOLDS:
        mark = {SAME: " same", LIKELY: " likely"}.get(threshold, "")
        values = "".join(f"{value:>13.3f}" for value in precision_recall(scored, threshold))
        print(f"{threshold:<12}{values}{mark}")

    rate = speed(rows)
    f1 = precision_recall(scored, SAME)[2]
    likely_precision, likely_recall, _ = precision_recall(scored, LIKELY)
    print(f"\nF1 at {SAME}: {f1:.3f}; threshold chosen by {FOLDS}-fold cross-validation over "
          f"split_key: {cross_validated(rows, scored):.3f}")  # fmt: skip
    print(f"comparisons a second: {rate:,.0f}")
    print("\nerrors that stay:")
    for row, (score, same) in sorted(zip(rows, scored, strict=True), key=lambda each: each[1][0]):
        if (score >= SAME) != same:
            read = ", ".join(
                f"{each.a_reading or '–'} ~ {each.b_reading or '–'} {each.likeness:.2f}"
                for each in compare(*_sides(row)).explanation
            )
            kind = "missed" if same else "false"
            print(f"  {score:.2f} {kind:<7}{row['a']} | {row['b']}  ({read})")
    reached = {
        "F1": (f1, TARGET_F1),
        "likely precision": (likely_precision, TARGET_PRECISION),
        "likely recall": (likely_recall, TARGET_RECALL),
        "comparisons a second": (rate, TARGET_SPEED),
    }
    missed = [name for name, (value, target) in reached.items() if value < target]
    print(f"\ntarget missed: {', '.join(missed)}" if missed else "\nevery target met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
