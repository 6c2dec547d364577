"""The product's clock against the naive one: the same lines for any file (R1-R18).

Two people who never saw each other's work wrote the two; where they differ, one of them misread the
rules. `python -m tests.domain.test_against_naive 5000 [FIRST_SEED]` runs seeded files by hand.
"""

import json
import random
import sys
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.domain.naive_clock import naive_replay
from tests.domain.scenarios import documents, random_document
from tracker.domain.foresee import run
from tracker.domain.replay_lines import line
from tracker.domain.replaying import read_document

Json = dict[str, Any]


def product_replay(document: Json) -> list[Json]:
    """The lines that the product prints for a document."""
    return [line(told) for told in run(read_document(document))]


@settings(max_examples=100, suppress_health_check=list(HealthCheck), print_blob=True)
@given(documents())
def test_any_file_gives_the_lines_of_the_naive_clock(document: Json) -> None:
    """R1-R18: whatever is entered, whenever the process was down."""
    assert product_replay(document) == naive_replay(document)


def main(count: int, first: int = 0) -> int:
    """Print the seeds whose files come out differently; return how many there are."""
    differing = 0
    for seed in range(first, first + count):
        document = random_document(random.Random(seed))
        if product_replay(document) != naive_replay(document):
            differing += 1
            sys.stdout.write(f"seed {seed}: {json.dumps(document)}\n")
    sys.stdout.write(f"{count} files, {differing} differing\n")
    return differing


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
