"""A case with more to tell than a page can carry."""

from __future__ import annotations

from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks
from tests.web.staff_cases import make_case
from tracker.domain.contact import ContactClass
from tracker.domain.edtf import parse_edtf
from tracker.engine.cases import record
from tracker.store.schema import Case
from tracker.web.staff.case import LINES


def test_a_long_story_shows_its_newest_lines_and_leads_to_the_rest(
    client_as: ClientAs, desk: Desks
) -> None:
    """Nothing is lost: what is left out is counted, and one link away."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        for number in range(LINES):
            year, month = 2000 + number // 12, number % 12 + 1
            record.report_contact(
                d,
                case,
                occurred=parse_edtf(f"{year}-{month:02}"),
                cls=ContactClass.DIRECT,
                details={"means": "letter", "words": f"letter {number}.", "source": None},
                edtf=f"{year}-{month:02}",
                confirmed=True,
            )
    page = worker.get(f"/cases/{ref}").text
    assert "letter 199." in page and "letter 0." not in page
    whole = worker.get(f"/cases/{ref}?all=1").text
    left_out = _lines(whole) - _lines(page)
    assert left_out > 0 and f"Show {left_out} earlier lines too" in page
    assert "letter 0." in whole and "earlier line" not in whole


def _lines(page: str) -> int:
    return page.partition('<ol class="timeline">')[2].count("<li class=")
