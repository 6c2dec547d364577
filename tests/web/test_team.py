"""`/team`: what each has, what lies, how soon alerts are answered; each figure opens its cases."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient
from tests.web.staff_cases import case_row, make_case
from tracker.bootstrap import Services
from tracker.engine.cases import cases
from tracker.engine.staff.colleagues import set_leave
from tracker.engine.worker.tick import tick
from tracker.store.schema import Person

FIGURE = re.compile(r'data-label="([^"]+)">(?:<a class="govuk-link" href="([^"]+)">)?(.*?)</td>')

HALF = "How soon half of the alerts were acknowledged, last {} weeks"


def figures(page: str, name: str) -> dict[str, tuple[str, str]]:
    """A person's line: what stands under each title, and where it leads."""
    line = next(part for part in page.split("<tr>") if f"<bdi>{name}</bdi>" in part)
    return {
        unescape(title): (" ".join(re.sub("<[^>]+>", " ", cell).split()), unescape(url))
        for title, url, cell in FIGURE.findall(line)
    }


def shown(lead: StaffClient, url: str) -> set[str]:
    """The cases that an address of the queue lists."""
    return set(re.findall(r'<tr id="(\w+)" data-row>', lead.get(url).text))


def test_each_figure_opens_exactly_the_cases_it_counts(
    client_as: ClientAs, desk: Desks, services: Services, clock: MovableClock
) -> None:
    dana, ilyas = client_as("caseworker", name="Dana"), client_as("caseworker", name="Ilyas")
    today = clock.now.date()
    late = make_case(desk, dana.person_id, last=str(today - timedelta(days=10)))
    early = make_case(desk, dana.person_id, last=str(today - timedelta(days=6)))
    told = make_case(desk, dana.person_id, last=str(today), confirmed=False)
    make_case(desk, ilyas.person_id, last=str(today - timedelta(days=10)))
    tick(services)
    clock.move(timedelta(days=1, hours=3))
    tick(services)
    lead = client_as("supervisor", name="Vera")
    hers = figures(lead.get("/team").text, "Dana")
    assert {title: figure[0] for title, figure in hers.items()} == {
        "Critical": "0",
        "Overdue": "0",
        "Watch": "2",
        "In contact": "1",
        "Acknowledgement overdue": "1",
        "Report to confirm": "1",
        "Alert not delivered": "0",
        HALF.format(4): "not known yet slowest: over 1 day 2 alerts 2 not answered",
        HALF.format(13): "not known yet slowest: over 1 day 2 alerts 2 not answered",
    }
    assert shown(lead, hers["Watch"][1]) == {late, early}
    assert shown(lead, hers["In contact"][1]) == {told}
    assert shown(lead, hers["Acknowledgement overdue"][1]) == {late}
    assert shown(lead, hers["Report to confirm"][1]) == {told}
    assert shown(lead, hers[HALF.format(4)][1]) == {late, early}
    assert not hers["Critical"][1], "nothing to open where nothing is counted"

    with desk(dana.actor) as d:
        cases.acknowledge(d, d.session.merge(case_row(desk, late)))
    hers = figures(lead.get("/team").text, "Dana")
    assert hers["Acknowledgement overdue"][0] == "0"
    told = hers[HALF.format(4)][0]
    assert "slowest: over 1 day" in told and "1 not answered" in told, "the other one still waits"


def test_an_acknowledgement_is_overdue_by_the_hours_of_the_policys_step(
    client_as: ClientAs, desk: Desks, services: Services, clock: MovableClock
) -> None:
    """R11: step 2 of the default policy gives two days."""
    dana = client_as("caseworker", name="Dana")
    ref = make_case(desk, dana.person_id, last=str(clock.now.date() - timedelta(days=20)))
    tick(services)
    url = f"/queue?owner={dana.person_id}&waits=answer"
    clock.move(timedelta(hours=47))
    assert shown(client_as("supervisor", name="Vera"), url) == set()
    overdue = 'href="/queue?waits=answer"'
    assert overdue not in client_as("supervisor", name="Vera").get("/work").text
    clock.move(timedelta(hours=2))
    assert shown(client_as("supervisor", name="Vera"), url) == {ref}
    for role, name in (("supervisor", "Vera"), ("caseworker", "Dana")):
        work = client_as(role, name=name).get("/work").text
        assert overdue in work
        assert "Nothing waits for you" not in work


def test_leave_and_who_stands_in_are_told(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    dana, ilyas = client_as("caseworker", name="Dana"), client_as("caseworker", name="Ilyas")
    with desk() as d:
        person = d.session.get_one(Person, dana.person_id)
        set_leave(d, person, date(2026, 3, 1), date(2026, 3, 9), ilyas.person_id)
    told = client_as("supervisor", name="Vera").get("/team").text
    assert "on leave until 9 Mar 2026 · Ilyas stands in" in told
    clock.move(timedelta(days=9))
    assert "on leave" not in client_as("supervisor", name="Vera").get("/team").text


def test_both_are_told_at_their_queue_who_stands_in_for_whom(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """A deputy's own cases are not all they answer for; who is back early gets no alerts."""
    dana, ilyas = client_as("caseworker", name="Dana"), client_as("caseworker", name="Ilyas")
    ref = make_case(desk, dana.person_id)
    with desk() as d:
        person = d.session.get_one(Person, dana.person_id)
        set_leave(d, person, date(2026, 3, 1), date(2026, 3, 9), ilyas.person_id)

    def at_the_queue(name: str) -> str:
        page: str = client_as("caseworker", name=name).get("/queue").text
        return page.replace("<bdi>", "").replace("</bdi>", "")

    away, deputy, other = at_the_queue("Dana"), at_the_queue("Ilyas"), at_the_queue("Rena")
    assert "You are on leave: Ilyas is told instead of you." in away
    assert "You stand in for" not in away
    assert "You stand in for Dana" in deputy
    theirs = f"/queue?owner={dana.person_id}"
    assert f'href="{theirs}"' in deputy
    assert shown(client_as("caseworker", name="Ilyas"), theirs) == {ref}
    assert "You stand in for" not in other
    assert "You are on leave" not in other
    clock.move(timedelta(days=9))
    for name in ("Dana", "Ilyas"):
        assert "leave" not in at_the_queue(name)
        assert "You stand in for" not in at_the_queue(name)


def test_the_sheet_holds_exactly_what_the_page_shows(
    client_as: ClientAs, desk: Desks, post_form: PostForm
) -> None:
    """Signed in again first, as for everything that leaves (S10)."""
    lead = client_as("supervisor", name="Vera")
    dana = client_as("caseworker", name="=Dana")
    make_case(desk, dana.person_id)
    make_case(desk, None)
    page = lead.get("/team").text
    sheet = post_form(lead, "/team.csv", page="/team").data.decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(sheet))
    assert [line[0] for line in lines] == ["'=Dana", "Nobody yet"]  # S16: no formula
    hers = figures(page, "=Dana")
    assert head[2:] == list(hers)
    assert [cell.replace(" · ", " ") for cell in lines[0][2:]] == [
        figure for figure, _url in hers.values()
    ]
    assert shown(lead, "/queue?owner=nobody&band=overdue")
    hasty = client_as("supervisor", name="Hasty", confirmed=False)
    assert post_form(hasty, "/team.csv", page="/team").location.startswith("/account/confirm")


def test_a_view_narrowed_to_what_waits_can_be_kept(
    client_as: ClientAs, post_form: PostForm
) -> None:
    lead = client_as("supervisor", name="Vera")
    sent = {"name": "Late", "waits": "answer"}
    assert post_form(lead, "/queue/views", sent, page="/queue?waits=answer").status_code == 303
    assert 'href="/queue?waits=answer" aria-current="page"' in lead.get("/queue?waits=answer").text
