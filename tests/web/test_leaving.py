"""People of the office come and go: leave, deputies, leavers, posts, first steps (domain 14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm
from tests.web.staff_cases import case_row, make_case, make_post, notes
from tracker.bootstrap import Services
from tracker.domain.errors import Refused
from tracker.engine.cases import leaving
from tracker.engine.sending.wording import envelope
from tracker.engine.staff import colleagues
from tracker.engine.staff.factors import new_recovery_codes
from tracker.engine.worker.tick import tick
from tracker.store.schema import AuditRow, ContactPoint, OutboxMessage, Person
from tracker.store.unsent import due

LEAVE = {"leave_from": "2026-03-05", "leave_until": "2026-03-20"}


def test_all_cases_of_a_leaver_go_at_once(
    client_as: ClientAs, post_form: PostForm, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open and closed ones, a batch a transaction, with the reason; then the account can close."""
    monkeypatch.setattr(leaving, "BATCH", 2)
    boss, admin = client_as("supervisor", name="Vera"), client_as("administrator", name="Ada")
    old, new = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    refs = [make_case(desk, old.person_id) for _ in range(5)]
    closing = {"reason": "found", "on": "2026-03-01", "source": "the aunt"}
    post_form(old, f"/cases/{refs[0]}/close", closing)
    with desk() as d:
        led = d.session.merge(case_row(desk, refs[1]))
        led.supervisor_id = old.person_id
    at = f"/people/{old.person_id}"
    refused = post_form(admin, f"{at}/state", {"state": "off"}, page=f"{at}/edit")
    assert "Hand them over first." in refused.text
    page = boss.get(f"{at}/cases")
    assert "5 cases are theirs" in page.text
    assert "In 1 case they are the supervisor" in page.text
    for wrong in ({"person": ""}, {"reason": ""}, {"person": old.person_id}):
        told = {"person": new.person_id, "reason": "she leaves", **wrong}
        assert post_form(boss, f"{at}/cases", told).status_code == 422
    done = post_form(boss, f"{at}/cases", {"person": new.person_id, "reason": "she leaves"})
    assert done.status_code == 303
    assert "6 cases are handed over." in boss.get(at).text
    assert {case_row(desk, ref).caseworker_id for ref in refs} == {new.person_id}
    assert case_row(desk, refs[1]).supervisor_id is None, "all supervisors are told from now on"
    assert "hand_over" in notes(desk, refs[2])
    assert post_form(admin, f"{at}/state", {"state": "off"}, page=f"{at}/edit").status_code == 303
    assert "There is nothing to hand over." in boss.get(f"{at}/cases").text


def test_s4_a_successor_is_told_once_how_many_cases_are_theirs_now(
    client_as: ClientAs,
    post_form: PostForm,
    desk: Desks,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A count and the way to the queue, in one message; whoever takes them over knows it."""
    monkeypatch.setattr(leaving, "BATCH", 2)
    boss, old = client_as("supervisor", name="Vera"), client_as("caseworker", name="Aigul")
    new = client_as("caseworker", name="Bota")
    for _ in range(5):
        make_case(desk, old.person_id, last="2026-03-01")

    def told(person_id: str) -> list[OutboxMessage]:
        with desk() as d:
            asked = select(OutboxMessage).filter_by(person_id=person_id, kind="cases_given")
            return list(d.session.scalars(asked))

    def give(of: str, to: str) -> None:
        sent = {"person": to, "reason": "she leaves"}
        assert post_form(boss, f"/people/{of}/cases", sent).status_code == 303

    give(old.person_id, new.person_id)
    (row,) = told(new.person_id)
    assert not told(old.person_id)
    with desk() as d:
        (unsent,) = [one for one in due(d.session, d.now, 50, ["email"]) if one.id == row.id]
        person = d.session.get_one(Person, new.person_id)
        said = envelope(d, unsent, person, "bota@example.net")
    assert "5 items are yours now." in said.text and "/queue" in said.text
    assert not {"Aigul", "Vera", "Bota", "Tursun"} & set(said.text.split())
    assert "cases handed over to them" in client_as("administrator").get("/outbox").text
    give(new.person_id, boss.person_id)
    give(old.person_id, new.person_id)  # of nothing that is left
    assert not told(boss.person_id) and len(told(new.person_id)) == 1


def test_d6_after_the_hand_over_nothing_goes_to_the_leaver_and_all_of_it_to_the_successor(
    client_as: ClientAs,
    post_form: PostForm,
    desk: Desks,
    services: Services,
    clock: MovableClock,
) -> None:
    """Domain 14, S13: what fell due before and was told, what falls due later, the digests; who
    gave each case to whom stands in the trail, and the leaver can open none."""
    boss = client_as("supervisor", name="Vera")
    old, new = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    refs = [make_case(desk, old.person_id, last="2026-02-22") for _ in range(8)]

    def run(**by: int) -> list[OutboxMessage]:
        """What was made for anybody meanwhile."""
        with desk() as d:
            before = set(d.session.scalars(select(OutboxMessage.id)))
        clock.move(timedelta(**by))
        for _ in range(3):
            tick(services.restricted_to("clock", "contact"))
        with desk() as d:
            made = d.session.scalars(select(OutboxMessage)).all()
            return [row for row in made if row.id not in before]

    run(minutes=11)
    with desk() as d:
        told_before = set(
            d.session.scalars(select(OutboxMessage.person_id).filter_by(kind="alert"))
        )
    assert told_before == {old.person_id}
    at = f"/people/{old.person_id}"
    told = {"person": new.person_id, "reason": "she leaves"}
    assert post_form(boss, f"{at}/cases", told).status_code == 303
    with desk() as d:
        given = d.session.scalars(select(AuditRow).filter_by(act="case.handed_over")).all()
        assert {row.actor_id for row in given} == {boss.person_id} and len(given) == len(refs)
    assert client_as("caseworker", name="Aigul").get(f"/cases/{refs[0]}").status_code == 404
    first = run(days=1)
    admin = client_as("administrator", name="Ada")
    off = post_form(admin, f"{at}/state", {"state": "off"}, page=f"{at}/edit")
    assert off.status_code == 303
    later = [row for _week in range(6) for row in run(days=7)]
    alerts = [row for row in (*first, *later) if row.kind == "alert"]
    assert len({row.alert_id for row in alerts}) >= 2 * len(refs)
    for row in (*first, *later):
        assert row.person_id != old.person_id, (row.kind, row.created_at)
    assert {row.person_id for row in alerts} >= {new.person_id}
    assert "digest" in {row.kind for row in later if row.person_id == new.person_id}


def test_a_deputy_works_on_the_cases_of_who_is_away_and_only_then(
    client_as: ClientAs, post_form: PostForm, desk: Desks, clock: MovableClock
) -> None:
    """Who is told instead can also act; the queue counts them, and a deputy's deputy is one too."""
    admin = client_as("administrator", name="Ada")
    away, deputy, third = (client_as("caseworker", name=name) for name in ("Aigul", "Bota", "Cem"))
    ref = make_case(desk, away.person_id)
    at = f"/people/{away.person_id}"
    told = {**LEAVE, "deputy": deputy.person_id}
    assert post_form(admin, f"{at}/leave", told, page=f"{at}/edit").status_code == 303
    assert deputy.get(f"/cases/{ref}").status_code == 404, "not yet"
    clock.move(timedelta(days=4))
    deputy, third = (client_as("caseworker", name=name) for name in ("Bota", "Cem"))
    assert deputy.get(f"/cases/{ref}").status_code == 200
    assert f'id="{ref}"' in deputy.get("/queue").text
    assert 'All open</bdi> <span class="count">1<' in deputy.get("/queue").text
    assert third.get(f"/cases/{ref}").status_code == 404
    acknowledged = post_form(deputy, f"/cases/{ref}/acknowledge", {"reason": "for Aigul"})
    assert acknowledged.status_code == 303
    lead = client_as("supervisor", name="Vera")
    assert "Bota is told instead" in lead.get(at).text
    with desk() as d:
        row = d.session.get_one(Person, deputy.person_id)
        row.leave_from_on, row.deputy_id = d.now.date(), third.person_id
    assert third.get(f"/cases/{ref}").status_code == 200
    clock.move(timedelta(days=20))
    deputy = client_as("caseworker", name="Bota")
    assert deputy.get(f"/cases/{ref}").status_code == 404, "the leave is over"


def test_a_deputy_who_could_not_act_is_refused(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """A supervisor's deputy is a supervisor: all cases are theirs to see."""
    admin = client_as("administrator", name="Ada")
    boss, worker = client_as("supervisor", name="Vera"), client_as("caseworker", name="Aigul")
    at = f"/people/{boss.person_id}"
    told = {**LEAVE, "deputy": worker.person_id}
    refused = post_form(admin, f"{at}/leave", told, page=f"{at}/edit")
    assert refused.status_code == 422
    with desk() as d:
        lead = d.session.get_one(Person, boss.person_id)
        with pytest.raises(Refused, match="could not open these cases"):
            colleagues.set_leave(d, lead, d.now.date(), None, worker.person_id)
    other = client_as("supervisor", name="Wera")
    told["deputy"] = other.person_id
    assert post_form(admin, f"{at}/leave", told, page=f"{at}/edit").status_code == 303


def test_a_person_s_page_names_their_posts(client_as: ClientAs, desk: Desks) -> None:
    consul, lead = client_as("consular", name="Jan"), client_as("supervisor", name="Vera")
    make_post(desk, consul.person_id)
    assert "Embassy of Lorania" in lead.get(f"/people/{consul.person_id}").text


def test_the_three_steps_say_what_is_still_to_do(client_as: ClientAs, desk: Desks) -> None:
    """First run: people, sending, cases; each is done when it is."""
    admin = client_as("administrator", name="Ada")
    text = admin.get("/start").text
    assert (text.count(">to do<"), text.count(">done<")) == (3, 0)
    assert "/cases/new" not in text, "an administrator opens no case"
    assert 'href="/account/recovery"' in text, "the only one who can let others in has no codes"
    with desk(admin.actor) as d:
        new_recovery_codes(d, admin.person_id)
    assert 'href="/account/recovery"' not in admin.get("/start").text
    worker, boss = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Vera")
    with desk() as d:
        for each in (worker, boss):
            d.session.get_one(Person, each.person_id).totp_confirmed_at = d.now
            d.session.query(ContactPoint).filter_by(person_id=each.person_id).update(
                {"verified_at": d.now}
            )
    make_case(desk, worker.person_id)
    text = boss.get("/start").text
    assert (text.count(">to do<"), text.count(">done<")) == (1, 2), "messages go to files here"
    assert client_as("caseworker", name="Aigul").get("/start").status_code == 403
    assert "The silence is counted." in client_as("caseworker", name="New").get("/queue").text
