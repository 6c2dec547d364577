"""A colleague chosen from a list, or by name where a list would be too long to help."""

from __future__ import annotations

import pytest

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.staff_cases import case_row, make_case
from tracker.engine.staff.accounts import add_person
from tracker.web.staff import whom

NAMES = ("Aigul Bekova", "Aigul Serik", "Bota Serik", "Nurlan Adil")


@pytest.fixture
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whom, "LISTED", 3)


def options(text: str) -> list[str]:
    """The names that stand in lists of the page."""
    return [name for name in NAMES if f">{name}</option>" in text]


@pytest.mark.usefixtures("_many")
def test_the_queue_of_many_owners_takes_a_name_and_asks_which(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    boss = client_as("supervisor", name="Vera")
    ids = {name: client_as("caseworker", name=name).person_id for name in NAMES}
    for name in NAMES:
        make_case(desk, ids[name], name=f"Case of {name}")
    text = boss.get("/queue").text
    assert options(text) == []
    assert all(name in text for name in NAMES), "each row says whose it is"
    for typed in ("Nurlan Adil", "nurl", "ADIL n"):
        found = post_form(boss, "/queue/search", {"owner": typed, "band": "overdue"}, page="/queue")
        assert found.location == f"/queue?band=overdue&owner={ids['Nurlan Adil']}"  # S12: no name
    text = boss.get(f"/queue?owner={ids['Nurlan Adil']}").text
    assert 'value="Nurlan Adil"' in text
    assert "Case of Nurlan" in text and "Case of Aigul" not in text

    which = post_form(boss, "/queue/search", {"owner": "aigul", "band": "overdue"}, page="/queue")
    assert which.status_code == 422
    assert options(which.text) == ["Aigul Bekova", "Aigul Serik"]
    assert '<input type="hidden" name="band" value="overdue">' in which.text
    none = post_form(boss, "/queue/search", {"owner": "igul"}, page="/queue")
    assert "Nobody here is called that." in none.text
    kept = {"owner": "Nurlan Adil", "owner-was": ids["Nurlan Adil"]}
    assert post_form(boss, "/queue/search", kept, page="/queue").location.endswith(
        kept["owner-was"]
    )


@pytest.mark.usefixtures("_many")
def test_two_of_one_name_are_told_apart_and_who_was_chosen_stays(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    boss = client_as("supervisor", name="Vera")
    with desk() as d:
        twins = [
            add_person(d, email=f"a{n}@example.org", name="Aigul Serik", roles=["caseworker"]).id
            for n in range(2)
        ]
    for name in ("Bota Serik", "Nurlan Adil"):
        client_as("caseworker", name=name)
    ref = make_case(desk, twins[0])
    page = boss.get(f"/cases/{ref}/assign").text
    assert 'value="Aigul Serik"' in page
    assert f'name="caseworker-was" value="{twins[0]}"' in page
    told = {"caseworker": "Aigul Serik"}
    asked = post_form(boss, f"/cases/{ref}/assign", told)
    assert asked.status_code == 422
    assert "Several people are called that." in asked.text
    assert twins[1] in asked.text
    post_form(boss, f"/cases/{ref}/assign", {**told, "caseworker-was": twins[0]})
    assert case_row(desk, ref).caseworker_id == twins[0]
    post_form(boss, f"/cases/{ref}/assign", {"caseworker": twins[1]})
    assert case_row(desk, ref).caseworker_id == twins[1]
    post_form(boss, f"/cases/{ref}/assign", {"caseworker": ""})
    assert case_row(desk, ref).caseworker_id is None


def test_a_few_are_listed(client_as: ClientAs, desk: Desks) -> None:
    boss = client_as("supervisor", name="Vera")
    ids = [client_as("caseworker", name=name).person_id for name in NAMES]
    make_case(desk, ids[1])
    assert options(boss.get("/queue").text) == ["Aigul Serik"], "who has a case"
