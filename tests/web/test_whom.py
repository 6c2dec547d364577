"""A colleague chosen from a list, or by name where a list would be too long to help."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.staff_cases import case_row, make_case, make_post
from tracker.domain.errors import Refused
from tracker.engine.cases import bulk, cases
from tracker.engine.staff import posts
from tracker.engine.staff.accounts import add_person
from tracker.store.schema import Person
from tracker.web import whom
from tracker.web.fields import Form
from tracker.web.staff import people

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
    assert "Nobody to choose from is called that." in none.text
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


@pytest.mark.usefixtures("_many")
def test_a_supervisor_is_looked_for_among_supervisors(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Alerts that are a supervisor's would go to a caseworker alone (D6)."""
    boss = client_as("supervisor", name="Vera")
    ids = {name: client_as("caseworker", name=name).person_id for name in NAMES}
    leads = [client_as("supervisor", name=f"Lead {n}").person_id for n in ("Ada", "Bek", "Cem")]
    ref, nurlan = make_case(desk, ids["Bota Serik"]), ids["Nurlan Adil"]
    for typed in ("Nurlan", nurlan):
        told = {"caseworker": ids["Bota Serik"], "supervisor": typed}
        wrong = post_form(boss, f"/cases/{ref}/assign", told)
        assert wrong.status_code == 422
        assert "Nobody to choose from is called that." in wrong.text
        assert case_row(desk, ref).supervisor_id is None
    post_form(boss, f"/cases/{ref}/assign", {"caseworker": "Bota", "supervisor": "bek lead"})
    assert case_row(desk, ref).supervisor_id == leads[1]
    with desk() as d, pytest.raises(Refused, match="not a supervisor"):
        cases.assign(
            d, d.session.merge(case_row(desk, ref)), caseworker_id=None, supervisor_id=nurlan
        )


def test_who_lost_the_role_stays_when_another_thing_is_assigned(
    client_as: ClientAs, desk: Desks
) -> None:
    """Many cases go to somebody at once: one old supervisor among them does not hold them all."""
    aigul, bota = (client_as("caseworker", name=name).person_id for name in NAMES[1:3])
    ref = make_case(desk, aigul)
    with desk() as d:
        d.session.merge(case_row(desk, ref)).supervisor_id = aigul
    with desk() as d:
        bulk.assign(d, [d.session.merge(case_row(desk, ref))], bota)
    row = case_row(desk, ref)
    assert (row.caseworker_id, row.supervisor_id) == (bota, aigul)


@pytest.mark.usefixtures("_many")
def test_who_is_no_colleague_any_more_is_no_row_of_digits(client_as: ClientAs, desk: Desks) -> None:
    """The field of an owner whose account is closed is empty, as the list would be."""
    boss, gone = client_as("supervisor", name="Vera"), client_as("caseworker", name="Gone Away")
    for name in NAMES:
        client_as("caseworker", name=name)
    ref = make_case(desk, gone.person_id)
    with desk() as d:
        d.session.get_one(Person, gone.person_id).active = False
    page = boss.get(f"/cases/{ref}/assign").text
    assert gone.person_id not in page
    assert 'name="caseworker"' in page


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("İbrahim Yılmaz", "ibrahim"),
        ("İbrahim Yılmaz", "YILMAZ"),
        ("İbrahim Yılmaz", "yilm i"),
        ("Ibrahim", "İBRAHİM"),
        ("Abai-Qajy", "Qajy"),
        ("Abai\u2010Qajy", "abai qajy"),
        ("Gülnar", "gulnar"),
        ("Айгүл Ёлова", "елова"),
    ],
)
def test_a_name_is_found_without_its_marks(
    name: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whom, "LISTED", 1)
    people = [("one", name), ("other", "Nobody Else")]
    assert whom.read(Form(MultiDict({"person": typed})), "person", people) == "one"
    assert whom.read(Form(MultiDict({"person": "-"})), "person", people) is None


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Айгүл Ёлова", "Aigul"),
        ("ئايگۈل تۇرسۇن", "aygul tursun"),
        ("Aigul Serik", "Айгүл"),
        ("Aigul Serik", "ئايگۈل"),
        ("Нұрлан", "nurlan"),
        ("Haidar Musin", "Aidar"),
        ("Marat Omarov", "Marat Umarov"),
    ],
)
def test_s8_who_only_sounds_so_is_shown_but_not_taken_unasked(
    name: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another script it is the same name; but Aidar, who is not here, is not Haidar."""
    monkeypatch.setattr(whom, "LISTED", 1)
    people = [("one", name), ("other", "Nobody Else")]
    form = Form(MultiDict({"person": typed}))
    assert whom.read(form, "person", people) is None
    assert "choose them below; else write the name" in form.errors["person"]
    shown = whom.field(people, typed=typed)
    assert (shown.listed, shown.value, shown.alike) == (None, typed, [("one", name)])
    chosen = {"person": typed, "person-one": "one"}
    assert whom.read(Form(MultiDict(chosen)), "person", people) == "one"


def test_whoever_is_offered_only_a_sound_alike_writes_another_name_at_once(
    client_as: ClientAs, post_form: PostForm, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to go back; what is written then counts, whatever stands chosen in the list."""
    monkeypatch.setattr(whom, "LISTED", 1)
    boss = client_as("supervisor", name="Vera")
    haidar = client_as("caseworker", name="Haidar Musin").person_id
    bota = client_as("caseworker", name="Bota Serik").person_id
    ref = make_case(desk, bota)
    at = f"/cases/{ref}/assign"
    asked = post_form(boss, at, {"caseworker": "Aidar"})
    assert asked.status_code == 422 and ">Haidar Musin</option>" in asked.text
    assert 'name="caseworker" type="text"' in asked.text and 'value="Aidar"' in asked.text
    both = {"caseworker": "bota", "caseworker-one": haidar}
    assert post_form(boss, at, both).status_code == 303
    assert case_row(desk, ref).caseworker_id == bota
    taken = {"caseworker": "Aidar", "caseworker-one": haidar}
    assert post_form(boss, at, taken).status_code == 303
    assert case_row(desk, ref).caseworker_id == haidar


def test_a_few_are_listed(client_as: ClientAs, desk: Desks) -> None:
    boss = client_as("supervisor", name="Vera")
    ids = [client_as("caseworker", name=name).person_id for name in NAMES]
    make_case(desk, ids[1])
    assert options(boss.get("/queue").text) == ["Aigul Serik"], "who has a case"


@pytest.mark.usefixtures("_many")
def test_one_name_in_two_scripts_is_asked_about(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Whoever sounds alike is not passed over: the case would be the wrong one's to see (S8)."""
    boss = client_as("supervisor", name="Vera")
    ids = [client_as("caseworker", name=name).person_id for name in NAMES[1:]]
    client_as("caseworker", name="Айгүл Ёлова")
    ref = make_case(desk, ids[1])
    which = post_form(boss, f"/cases/{ref}/assign", {"caseworker": "aigul"})
    assert which.status_code == 422
    assert ">Aigul Serik</option>" in which.text and ">Айгүл Ёлова</option>" in which.text
    post_form(boss, f"/cases/{ref}/assign", {"caseworker": "Aigul Serik"})
    assert case_row(desk, ref).caseworker_id == ids[0], "as it is written"


@pytest.mark.usefixtures("_many")
def test_a_deputy_is_named_among_those_who_could_act(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Domain 14: whoever is told instead must be able to open the cases."""
    admin, away = client_as("administrator", name="Ada"), client_as("caseworker", name="Cem Away")
    ids = {name: client_as("caseworker", name=name).person_id for name in NAMES}
    client_as("consular", name="Nurlan Consul")
    at, leave = f"/people/{away.person_id}", {"leave_from": "2026-03-05"}
    assert options(admin.get(f"{at}/edit").text) == []
    for typed, status in (
        ("Ada", 422),
        ("Cem", 422),
        ("aigul", 422),
        ("Нурлан", 422),
        ("nurl", 303),
    ):
        sent = {**leave, "deputy": typed}
        answer = post_form(admin, f"{at}/leave", sent, page=f"{at}/edit")
        assert answer.status_code == status, typed
        if typed == "aigul":
            assert options(answer.text) == ["Aigul Bekova", "Aigul Serik"]
        if typed == "Нурлан":
            assert options(answer.text) == ["Nurlan Adil"]
    with desk() as d:
        assert d.session.get_one(Person, away.person_id).deputy_id == ids["Nurlan Adil"]
    page = admin.get(f"{at}/edit").text
    assert 'value="Nurlan Adil"' in page
    assert f'name="deputy-was" value="{ids["Nurlan Adil"]}"' in page


@pytest.mark.usefixtures("_many")
def test_who_serves_at_a_post_is_named_among_its_kind(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    admin = client_as("administrator", name="Ada")
    ids = {name: client_as("consular", name=name).person_id for name in NAMES}
    client_as("caseworker", name="Nurlan Caseworker")
    post = make_post(desk, ids["Bota Serik"])
    assert options(admin.get("/posts/edit").text) == []
    sent = {"act": "member", "post": post}
    for typed, status in (("", 422), ("serik", 422), ("Ada", 422), ("nurlan", 303)):
        answer = post_form(admin, "/posts/edit", {**sent, "person": typed})
        assert answer.status_code == status, typed
        if typed == "serik":
            assert options(answer.text) == ["Aigul Serik", "Bota Serik"]
    with desk() as d:
        serving = {member.person_id for member in posts.members(d)[post]}
    assert serving == {ids["Bota Serik"], ids["Nurlan Adil"]}


def test_of_many_people_a_page_shows_some_and_a_name_finds_each(
    client_as: ClientAs, post_form: PostForm, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = client_as("auditor", name="Zoe")
    ids = {name: client_as("caseworker", name=name).person_id for name in NAMES}
    ids["Zoe"] = auditor.person_id
    assert "/people/find" not in auditor.get("/people").text
    monkeypatch.setattr(whom, "LISTED", 3)
    monkeypatch.setattr(people, "PAGE", 3)

    def shown(address: str) -> list[str]:
        text = auditor.get(address).text
        return [name for name in ids if f'/people/{ids[name]}">' in text]

    assert shown("/people") == [*NAMES[:3]]
    assert shown("/people?page=2") == ["Nurlan Adil", "Zoe"]
    for none in ("3", "0", "-1"):
        assert auditor.get(f"/people?page={none}").status_code == 404
    alike = post_form(auditor, "/people/find", {"person": "Нұрлан"}, page="/people")
    assert options(alike.text) == ["Nurlan Adil"]
    found = post_form(auditor, "/people/find", {"person": "nurlan"}, page="/people")
    assert found.location == f"/people/{ids['Nurlan Adil']}"
    which = post_form(auditor, "/people/find", {"person": "serik"}, page="/people")
    assert options(which.text) == ["Aigul Serik", "Bota Serik"]
    chosen = {"person": ids["Bota Serik"]}
    assert post_form(auditor, "/people/find", chosen, page="/people").location.endswith(
        ids["Bota Serik"]
    )
