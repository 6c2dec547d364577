"""When the next step fires, as it stands beside a case, is what the clock says (R4, R12)."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.domain.scenarios import documents
from tracker.domain.casefile import CaseFile
from tracker.domain.due import next_step_at
from tracker.domain.evaluate import Kind, evaluate
from tracker.domain.foresee import apply, foresee, new_file, spend
from tracker.domain.policy import Policy
from tracker.domain.replaying import ReplayedCase, read_document

FAR = timedelta(days=200)


def lived(case: ReplayedCase, policy: Policy) -> list[CaseFile]:
    """The memory of a case after its opening and after each of its events, looked at in between."""
    file, found = new_file(case), list[CaseFile]()
    evaluate(file, policy, case.opened_at)
    for event in case.events:
        found.append(file.copy())
        list(spend(file, policy, event.at))
        apply(file, event, policy)
        evaluate(file, policy, event.at)
    return [*found, file]


@settings(max_examples=60, suppress_health_check=list(HealthCheck), print_blob=True)
@given(documents())
def test_r4_r12_the_next_step_fires_when_it_is_said_to(document: dict[str, Any]) -> None:
    """Whatever was entered before; the first of the steps that are foreseen."""
    replayed = read_document(document)
    for case in replayed.cases:
        for file in lived(case, replayed.policy):
            said = next_step_at(file, replayed.policy)
            until = (said or replayed.to) + (timedelta(seconds=1) if said else FAR)
            steps = (
                at
                for at, notice in foresee(file, replayed.policy, until)
                if notice.kind is Kind.STEP
            )
            assert next(steps, None) == said
