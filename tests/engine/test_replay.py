"""`tracker replay` is the product's own engine: its alert rows are the rules' lines (R1–R18)."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as examples

from tests.domain.scenarios import documents, random_document
from tracker.domain import memory
from tracker.domain.evaluate import evaluate
from tracker.domain.foresee import apply, new_file, run
from tracker.domain.replay_lines import line, text
from tracker.domain.replaying import read_document
from tracker.engine.replay import replay
from tracker.settings import Settings, load

EXAMPLE = {
    "timezone": "Asia/Almaty",
    "to": "2018-03-02T00:00:00Z",
    "policy": {
        "at": "09:00",
        "counts_from": "earliest",
        "resets": ["direct"],
        "needs_consent": ["consular"],
        "steps": [
            {"step": 1, "after_days": 7, "notify": ["caseworker"]},
            {
                "step": 2,
                "after_days": 30,
                "notify": ["caseworker", "supervisor"],
                "repeat_every_days": 7,
                "max_repeats": 4,
            },
            {
                "step": 3,
                "after_months": 3,
                "notify": ["consular"],
                "ack_within_hours": 48,
                "then": ["supervisor"],
            },
        ],
    },
    "downtime": [],
    "cases": [
        {
            "case": "A",
            "opened": "2018-01-05T10:00:00Z",
            "missing_since": "2017-12",
            "consents": [],
            "events": [
                {
                    "at": "2018-01-23T09:00:00Z",
                    "type": "contact",
                    "id": "c1",
                    "occurred": "2018-01-22",
                    "class": "direct",
                    "confirmed": True,
                },
                {"at": "2018-02-02T09:00:00Z", "type": "retract", "id": "c1"},
                {"at": "2018-02-03T09:00:00Z", "type": "acknowledge"},
            ],
        }
    ],
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({}, tmp_path)


def test_the_example_of_the_rules_to_the_letter(settings: Settings) -> None:
    lines = [text(told) for told in replay(read_document(EXAMPLE), settings)]
    assert len(lines) == 7
    assert lines[0] == (
        '{"at": "2018-01-05T10:00:00Z", "case": "A", "kind": "step", "step": 2, "repetition": 0, '
        '"notify": ["caseworker", "supervisor"], "consent_needed": [], "passed_over": [1], '
        '"silent_days": [5, 35]}'
    )
    assert [json.loads(told)["at"][:10] for told in lines] == [
        "2018-01-05",
        "2018-01-12",
        "2018-01-19",
        "2018-01-23",
        "2018-01-29",
        "2018-02-02",
        "2018-03-01",
    ]
    assert json.loads(lines[3])["silent_days"] == [23, 53]
    assert json.loads(lines[6])["consent_needed"] == ["consular"]


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
