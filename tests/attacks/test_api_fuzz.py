"""`/api/v1` asked whatever its own document allows, and what it does not (schemathesis)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, openapi
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from tests.attacks.test_matrix import counts
from tests.web.conftest import ClientAs, Desks, MovableClock
from tests.web.staff_cases import alerts, make_case
from tracker.bootstrap import Services
from tracker.engine.staff import api_tokens

EXAMPLES = 40
GROWS = {"alerts", "alert_events", "api_answers", "contact_reports", "outbox"}
"""Tables in which an accepted act may leave something."""


class Passing(MovableClock):
    """A clock on which a second passes whenever it is read: no token is ever too quick."""

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return Passing()


def test_what_the_document_says_is_what_happens(
    app: Flask, services: Services, client_as: ClientAs, desk: Desks
) -> None:
    """Answers have the status, type and schema that are declared; what is wrong is refused, in
    RFC 9457's form, and changes nothing."""
    aigul = client_as("caseworker", name="Aigul")
    ref = make_case(desk, aigul.person_id, last="2025-12-01")
    known = {"ref": ref, "alert_id": alerts(desk, ref)[0].id}
    with services.desk(aigul.actor) as d:
        token = api_tokens.make(d, "an invented program", "act", 90)
    headers = {"Authorization": f"Bearer {token}"}
    schema = openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    seen: set[tuple[str, int]] = set()

    def attack(case: Case, really: bool) -> None:
        if really:
            case.path_parameters = {
                name: known.get(name, value) for name, value in case.path_parameters.items()
            }
        before = counts(desk)
        answer = case.call(headers=headers)
        # our token is the right one; a date may be refused that has the right shape
        unfair = [ignored_auth, positive_data_acceptance]
        mended = {ParameterLocation.HEADER} | ({ParameterLocation.PATH} if really else set())
        parts = case.meta.components.items() if case.meta else ()
        if {where for where, how in parts if how.mode.is_negative} <= mended:
            unfair.append(negative_data_rejection)  # what was wrong with it, we put right
        case.validate_response(answer, excluded_checks=unfair)
        seen.add((case.operation.label, answer.status_code))
        after = counts(desk)
        changed = {table for table in after if after[table] != before[table]}
        assert changed <= (GROWS if answer.status_code < 300 else set()), case.as_curl_command()

    for operation in operations:
        asked = st.one_of(operation.as_strategy(mode) for mode in GenerationMode)
        settings(
            max_examples=EXAMPLES // len(operations) + 1,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(case=asked, really=st.booleans())(attack))()
    statuses = {status for _label, status in seen}
    assert {200, 404, 422} <= statuses, statuses
    assert len({label for label, _status in seen}) == len(operations)
