"""Two at the same instant: what is single-use is used once, and the last one stays (S10, S3)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pyotp
import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.attacks.conftest import World
from tests.web.conftest import Desks, csrf_of
from tests.web.family_reports import answer
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.errors import Refused
from tracker.engine.cases import family, sharing
from tracker.engine.desk import Desk
from tracker.engine.keeping import retention
from tracker.engine.sheets import taking_out
from tracker.engine.staff import accounts, factors, grave_acts, second_person, signing_in, visits
from tracker.engine.staff.accounts import add_person
from tracker.security import totp
from tracker.store import asking, people
from tracker.store.schema import AuditRow, Case, Enquirer, ExportRequest, Share, new_id

AT_ONCE = 4


def at_once(act: Callable[[int], bool]) -> int:
    """How many of several threads that start together succeed."""
    start, won = threading.Barrier(AT_ONCE), []

    def run(number: int) -> None:
        start.wait()
        if act(number):
            won.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def test_a_recovery_code_opens_one_of_many_doors(services: Services, desk: Desks) -> None:
    with desk() as d:
        person = add_person(d, email="a@example.org", name="A", roles=["caseworker"]).id
        code = factors.new_recovery_codes(d, person)[0]

    def use(_number: int) -> bool:
        with services.desk(OPERATOR) as d:
            return factors.is_recovery_code(d, person, code)

    assert at_once(use) == 1


def test_a_link_is_used_by_one(services: Services, desk: Desks) -> None:
    with desk() as d:
        token = accounts.invite(d, email="a@example.org", name="A", roles=["caseworker"]).token

    def use(_number: int) -> bool:
        with services.desk(OPERATOR) as d:
            return signing_in.use_link(d, token, "a hash") is not None

    assert at_once(use) == 1


def test_administrators_who_end_each_other_leave_one(services: Services, desk: Desks) -> None:
    """Each is the last but one when it looks."""
    with desk() as d:
        ids = [
            add_person(d, email=f"{n}@example.org", name=str(n), roles=["administrator"]).id
            for n in range(AT_ONCE)
        ]

    def disable(number: int) -> bool:
        try:
            with services.desk(OPERATOR) as d:
                accounts.disable(d, ids[number])
        except Refused:
            return False
        return True

    assert at_once(disable) == AT_ONCE - 1
    with desk() as d:
        assert sum(p.active for p in people.everyone(d.session)) == 1


def test_s18_erasing_twice_at_once_erases_once(
    services: Services, world: World, desk: Desks
) -> None:
    """And a family that writes at that instant finds its case or none, never half of one."""
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=world.mine["ref"])).one()
        case_id, case.state, case.closed_at = case.id, "closed", d.now

    def erase(number: int) -> bool:
        if number == 0:
            page = world.who["family"].get("/status")
            return page.status_code >= 500
        try:
            with services.desk(OPERATOR) as d:
                retention.erase(d, d.session.get_one(Case, case_id))
        except Refused:
            return False
        return True

    assert at_once(erase) == 1
    with desk() as d:
        assert d.session.get_one(Case, case_id).state == "erased"
        enquirers = d.session.scalars(select(Enquirer).filter_by(case_id=case_id))
        assert all(row.erased_at is not None for row in enquirers)


def test_an_export_is_agreed_to_and_taken_by_one(services: Services, desk: Desks) -> None:
    """Four supervisors agree at once, four windows take the file at once: one word, one file."""
    with desk() as d:
        ids = [
            add_person(d, email=f"{n}@example.org", name=str(n), roles=["supervisor"]).id
            for n in range(AT_ONCE + 1)
        ]
        request = ExportRequest(
            id=new_id(), form="csv", case_count=60, state=asking.WAITING, asked_by=ids[AT_ONCE],
            asked_at=d.now, ends_at=d.now + taking_out.LASTS,
        )  # fmt: skip
        d.session.add(request)
        request_id = request.id

    def as_supervisor(number: int, act: Callable[[Desk], object]) -> bool:
        who = Actor("person", ids[number], roles=frozenset({"supervisor"}))
        try:
            with services.desk(who) as d:
                act(d)
        except Refused:
            return False
        return True

    assert not as_supervisor(AT_ONCE, lambda d: taking_out.agree(d, request_id)), "one's own"
    assert at_once(lambda n: as_supervisor(n, lambda d: taking_out.agree(d, request_id))) == 1

    def take(_number: int) -> bool:
        return as_supervisor(AT_ONCE, lambda d: _take(d, request_id))

    assert at_once(take) == 1
    with desk() as d:
        acts = d.session.scalars(
            select(AuditRow.act).where(AuditRow.act.startswith("export."))
        ).all()
        assert sorted(acts) == ["export.agreed", "export.made"]


def test_s10_a_change_of_an_account_has_one_answer(services: Services, desk: Desks) -> None:
    """Two agree and two refuse at once: one word is the answer, and the record holds no other."""
    with desk() as d:
        ada, karim, *others = (
            add_person(d, email=f"{n}@example.org", name=str(n), roles=[role]).id
            for n, role in enumerate(["administrator", "caseworker", *["supervisor"] * AT_ONCE])
        )
        for each in people.everyone(d.session):
            each.totp_confirmed_at = d.now
    with services.desk(Actor("person", ada, roles=frozenset({"administrator"}))) as d:
        waits = grave_acts.set_roles(d, karim, ["caseworker", "supervisor"])
        assert waits is not None
        request_id = waits.id

    def answer(number: int) -> bool:
        act = grave_acts.agree if number % 2 else second_person.decline
        who = Actor("person", others[number], roles=frozenset({"supervisor"}))
        try:
            with services.desk(who) as d:
                act(d, request_id)
        except Refused:
            return False
        return True

    assert at_once(answer) == 1
    with desk() as d:
        acts = d.session.scalars(
            select(AuditRow.act).where(AuditRow.act.startswith("person.change_"))
        ).all()
        given = "supervisor" in people.roles_of(d.session, karim)
        assert acts == ["person.change_agreed" if given else "person.change_declined"]


def _take(desk: Desk, request_id: str) -> None:
    _request, made = taking_out.prepare(desk, request_id)
    taking_out.take(desk, request_id, made)


def test_one_code_of_an_app_opens_one_of_many_sessions(services: Services, desk: Desks) -> None:
    """Whoever reads it over a shoulder and types as fast as its owner: one of them is in."""
    with desk() as d:
        person = add_person(d, email="a@example.org", name="A", roles=["caseworker"])
        secret, person_id = totp.new_secret(), person.id
        d.safe.seal(person, "totp", secret)
        person.totp_confirmed_at = d.now
        code = pyotp.TOTP(str(secret)).at(visits.real_now(d))

    def use(_number: int) -> bool:
        with services.desk(OPERATOR) as d:
            return signing_in.is_code(d, person_id, code)

    assert at_once(use) == 1
    assert not use(0)


def test_one_signature_of_a_passkey_opens_one_of_many_sessions(
    services: Services, desk: Desks
) -> None:
    with desk() as d:
        token = visits.ask_to_sign(d)
        visit = visits.asked_to_sign(d, token)
        assert visit is not None

    def use(_number: int) -> bool:
        with services.desk(OPERATOR) as d:
            return visits.has_signed(d, visit)

    assert at_once(use) == 1


def test_a_form_sent_four_times_at_once_is_one_case(app: Flask, desk: Desks) -> None:
    """A thumb on a slow line, or somebody who wants to fill the queue."""
    browser = app.test_client()
    answer(browser)
    page = browser.get("/report/check")
    kept = list(browser._cookies.values())

    def send(_number: int) -> bool:
        again = app.test_client()
        for cookie in kept:
            again.set_cookie(cookie.key, cookie.value, domain=cookie.domain)
        sent = again.post("/report/send", data={"csrf_token": csrf_of(page)})
        return 'class="receipt__code"' in sent.text

    assert at_once(send) == 1
    with desk() as d:
        assert len(d.session.scalars(select(Case)).all()) == 1


def test_s6_nothing_is_shared_after_a_family_withdrew_at_that_instant(
    services: Services, world: World, desk: Desks
) -> None:
    """A caseworker has looked at the consent and is about to share; the family withdraws. Whichever
    comes first: in the end no post sees anything."""
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=world.mine["ref"])).one()
        case_id, enquirer_id = case.id, world.mine["enquirer_id"]
        (old,) = sharing.live_shares(d, case)
        post_id = old.post_id
        sharing.unshare(d, case, old)
    withdrawn = threading.Event()

    def withdraw() -> None:
        with services.desk(OPERATOR) as d:
            enquirer = d.session.get_one(Enquirer, enquirer_id)
            family.withdraw(d, enquirer, d.session.get_one(Case, case_id))
        withdrawn.set()

    other = threading.Thread(target=withdraw)
    aigul = world.who["Aigul"].actor  # type: ignore[attr-defined]
    with services.desk(aigul) as d:
        case = d.session.get_one(Case, case_id)

        @event.listens_for(d.session, "before_flush")
        def meanwhile(session: Session, _context: object, _instances: object) -> None:
            if other.ident is None and any(isinstance(row, Share) for row in session.new):
                other.start()
                withdrawn.wait(0.7)

        sharing.share(d, case, post_id, ["name", "dates"])
    other.join()
    assert withdrawn.is_set()
    with desk() as d:
        case = d.session.get_one(Case, case_id)
        assert sharing.live_shares(d, case) == []
        assert not sharing.consular_covered(d, case)
    assert world.who["Consul"].get(f"/shared/{world.mine['ref']}").status_code == 404


def test_what_may_leave_in_a_day_is_counted_one_after_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3: many asked for at one instant pass no more than the same, one by one."""
    monkeypatch.setattr(taking_out, "ALONE_AT_MOST", 1)
    taken = []
    stands = taking_out.let_out

    def other_case_each(desk: Desk, case: Case) -> None:
        stands(desk, case)
        desk.audit("case.exported", "case", new_id(), new_id())  # each counts as another case

    monkeypatch.setattr("tracker.web.consular.views.let_out", other_case_each)
    consul, ref = world.who["Consul"], world.mine["ref"]

    def print_it(_number: int) -> bool:
        answered = consul.application.test_client()
        for cookie in consul._cookies.values():
            answered.set_cookie(cookie.key, cookie.value, domain=cookie.domain)
        taken.append(answered.get(f"/shared/{ref}/sheet").status_code)
        return taken[-1] == 200

    assert at_once(print_it) == 1
    assert sorted(taken) == [200, 403, 403, 403]
