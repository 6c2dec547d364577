"""The newest answer about consent counts, also at one instant (R13, S6; the demonstration)."""

from __future__ import annotations

import pytest

from tests.web.conftest import Desks
from tracker.engine.cases import cases, record, sharing


@pytest.mark.parametrize("attempt", range(4))
@pytest.mark.parametrize("last", [True, False])
def test_of_answers_at_one_instant_the_last_counts(desk: Desks, last: bool, attempt: int) -> None:
    with desk() as d:
        case = cases.open_case(d, zone_name="UTC")
        enquirer = record.add_enquirer(d, case, {"name": f"Sister {attempt}"})
        for given in (not last, last, not last, last):
            sharing.record_consent(
                d, case, enquirer, "consular", given=given, language="en", text_checked=True
            )
        assert sharing.consents(d, case, "consular") is last
