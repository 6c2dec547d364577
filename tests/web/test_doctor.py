"""What `tracker doctor` finds, on a page of the administrator's."""

from __future__ import annotations

import re

from tests.web.conftest import ClientAs, Desks
from tests.web.staff_cases import case_row, make_case
from tracker.engine.keeping.alarms import Alarm
from tracker.engine.keeping.doctor import examine


def test_an_administrator_reads_what_is_to_be_mended_and_where_it_says_how(
    client_as: ClientAs, desk: Desks
) -> None:
    """D10: what is wrong stands first; the matrix says that nobody else sees it."""
    admin = client_as("administrator", name="Adil")
    page = admin.get("/doctor").text
    assert f'href="/help#{Alarm.WORKER}"' in page
    assert "It has never run; start it with: tracker worker" in page
    assert page.rindex("to be mended") < page.index("in order")
    with desk() as d:
        found = examine(d, {}, whole=False)
    rows = page[page.index("<tbody>") : page.index("</tbody>")].split("</tr>")[:-1]
    said = [re.search(r'<th scope="row"><bdi[^>]*>([^<]*)</bdi>', row) for row in rows]
    assert sorted(each[1] for each in said if each) == sorted(one.what for one in found)
    database = next(row for row in rows if ">database" in row)
    assert ">database schema<" in database, "the rows were not looked at: nothing is said of them"
    assert "The rows are not looked at here" in database
    for leading in ("/outbox", "/help"):
        assert 'href="/doctor"' in admin.get(leading).text
    assert 'href="/doctor"' not in client_as("supervisor", name="Vera").get("/outbox").text


def test_no_case_is_named_on_it(client_as: ClientAs, desk: Desks) -> None:
    """The matrix: a case is not the administrator's; at the machine its reference is said."""
    worker, admin = client_as("caseworker", name="Aigul"), client_as("administrator", name="Adil")
    ref = make_case(desk, worker.person_id)
    with desk() as d:
        case = d.session.merge(case_row(desk, ref))
        case.clock_sealed = b"damaged"
        case.set_aside_at, case.set_aside_reason = d.now, "CannotOpen"
    with desk() as d:
        assert any(ref in one.says for one in examine(d, {}))
    page = admin.get("/doctor").text
    assert "The clock failed on some" in page
    assert ref not in page


def test_a_key_ring_that_was_moved_away_is_said(client_as: ClientAs, desk: Desks) -> None:
    admin = client_as("administrator", name="Adil")
    with desk() as d:
        d.settings.keys.rename(d.settings.keys.with_suffix(".away"))
    assert "is not where it was" in admin.get("/doctor").text
