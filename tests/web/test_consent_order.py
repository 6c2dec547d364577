"""What counts of consent, and who sees it (R13, S6)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks
from tests.web.staff_cases import make_case
from tracker.domain.consent import Scope
from tracker.engine.cases import cases, record, sharing
from tracker.store.schema import Case, Enquirer
from tracker.web.staff.words import scopes


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


@pytest.mark.parametrize("scope", list(Scope))
def test_each_consent_that_a_family_is_asked_for_stands_on_the_case_page(
    desk: Desks, client_as: ClientAs, scope: Scope
) -> None:
    """screens.md: nobody is asked for what nobody then sees."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        enquirer = d.session.scalars(select(Enquirer)).one()
        sharing.record_consent(
            d, case, enquirer, scope, given=True, language="en", text_checked=True
        )
    card = worker.get(f"/cases/{ref}").text.partition('id="sharing"')[2].partition("</dl>")[0]
    said = re.findall(r'key">([^<]+)</dt><dd[^>]*>(\w+)', card)
    assert dict(said) == {
        words: "yes" if each == scope else "no" for each, words in scopes().items()
    }
