"""`tracker replay` is the product's own engine: its alert rows are the rules' lines (R1–R18)."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as examples

from tests.domain import clock_example
from tests.domain.scenarios import documents, random_document
from tracker.domain import memory
from tracker.domain.evaluate import evaluate
from tracker.domain.foresee import apply, new_file, run
from tracker.domain.replay_lines import line, text
from tracker.domain.replaying import read_document
from tracker.engine.clock.replay import replay
from tracker.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({}, tmp_path)


def test_the_example_of_the_rules_to_the_letter(settings: Settings) -> None:
    document = read_document(json.loads(clock_example.FILE))
    assert [text(told) for told in replay(document, settings)] == clock_example.PRINTED.splitlines()


@pytest.mark.parametrize("seed", range(8))
def test_the_engine_over_a_database_tells_what_the_rules_tell(
    settings: Settings, seed: int
) -> None:
    document = read_document(random_document(Random(seed)))
    assert [line(told) for told in replay(document, settings)] == [
        line(told) for told in run(document)
    ]


@examples(max_examples=40)
@given(documents())
def test_the_memory_of_a_case_survives_being_written_down(document: dict) -> None:  # type: ignore[type-arg]
    parsed = read_document(document)
    for replayed in parsed.cases:
        case = new_file(replayed)
        for event in replayed.events:
            apply(case, event, parsed.policy)
            evaluate(case, parsed.policy, event.at)
            kept = json.loads(json.dumps(memory.dump(case)))
            assert memory.load(kept) == case
