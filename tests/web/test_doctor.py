"""What `tracker doctor` finds, on a page of the administrator's."""

from __future__ import annotations

import re
from datetime import date

from tests.web.conftest import ClientAs, Desks
from tests.web.staff_cases import case_row, make_case
from tracker.bootstrap import Services
from tracker.engine.keeping.alarms import Alarm
from tracker.engine.keeping.doctor import Finding, examine
from tracker.engine.worker.tick import tick
from tracker.store.schema import Person


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


def test_times_are_the_readers_and_no_sentence_contradicts_its_state(
    client_as: ClientAs, desk: Desks, services: Services
) -> None:
    """A beat at 09:00 UTC is one at 14:00 in Almaty; to programs it stays UTC."""
    admin = client_as("administrator", name="Adil", zone_name="Asia/Almaty")
    tick(services)
    page = admin.get("/doctor").text.replace("\u00a0", " ")
    assert re.search(r"Last beat: 2 March 2026, 14:00 \(GMT\+05:00\)", page)
    assert not re.search(r"\d\dT\d\d:\d\d", page)
    with desk() as d:
        found = {one.what: one for one in examine(d, {}, whole=False)}
    assert found["worker"].says == "Last beat: 2026-03-02T09:00:00Z."
    for one in found.values():
        assert not (one.well and re.search("is not set|nobody notices|is refused", one.says)), one


def test_who_is_only_invited_fills_no_role(client_as: ClientAs, desk: Desks) -> None:
    """Alerts go to them, but nobody is there yet who could act."""
    dana, rena = (client_as("caseworker", name=name).person_id for name in ("Dana", "Rena"))

    def said(*enrolled: str) -> tuple[bool, str]:
        with desk() as d:
            for person_id in enrolled:
                d.session.get_one(Person, person_id).totp_confirmed_at = d.now
            found = next(one for one in examine(d, {}, whole=False) if one.what == "caseworker")
            return found.well, found.says

    assert said() == (False, "0 active. 2 only invited: see /people.")
    assert said(dana) == (True, "1 active. 1 only invited: see /people.")
    assert said(rena) == (True, "2 active.")


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


def test_d6_who_cannot_act_on_their_cases_is_found(client_as: ClientAs, desk: Desks) -> None:
    """A role taken away, an account closed or over, a deputy who could not open the cases: counted,
    by the page of who has them; closed cases and those of nobody are none."""
    owner, lead = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Vera")
    other, consul = client_as("caseworker", name="Bota"), client_as("consular", name="Jan")
    refs = [make_case(desk, owner.person_id) for _ in range(3)]
    make_case(desk, None)

    def found() -> Finding:
        with desk() as d:
            return next(one for one in examine(d, {}, whole=False) if one.what == "whose cases")

    def change(person_id: str, **columns: object) -> None:
        with desk() as d:
            for name, value in columns.items():
                setattr(d.session.get_one(Person, person_id), name, value)

    rows = [case_row(desk, ref) for ref in refs]
    rows[0].supervisor_id, rows[1].supervisor_id = lead.person_id, other.person_id
    rows[2].state = "closed"
    with desk() as d:
        for row in rows:
            d.session.merge(row)
    assert "0 as owner, 1 as supervisor, 0 as the deputy" in found().says
    assert f"/people/{other.person_id}" in found().says and "Bota" not in found().says
    with desk() as d:
        d.session.merge(case_row(desk, refs[1])).supervisor_id = None
    assert found().well

    for closed in ({"active": False}, {"expires_on": date(2026, 1, 1)}):
        change(owner.person_id, **closed)
        assert "2 as owner, 0 as supervisor, 0 as the deputy" in found().says
        change(owner.person_id, active=True, expires_on=None)
    with desk() as d:
        away = {"leave_from_on": d.now.date(), "leave_until_on": d.now.date()}
    for person, cases in ((owner, 2), (lead, 1)):
        change(person.person_id, **away, deputy_id=consul.person_id)
        assert f"0 as owner, 0 as supervisor, {cases} as the deputy" in found().says
        change(person.person_id, deputy_id=lead.person_id)
        assert found().well
    change(lead.person_id, deputy_id=other.person_id)
    assert not found().well, "a caseworker opens a supervisor's cases nowhere"
    change(lead.person_id, leave_until_on=date(2026, 1, 1), leave_from_on=date(2026, 1, 1))
    assert found().well
