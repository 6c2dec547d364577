"""Two at the same instant: what is single-use is used once, and the last one stays (S10, S3)."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import select

from tests.attacks.conftest import World
from tests.web.conftest import Desks
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR
from tracker.domain.errors import Refused
from tracker.engine import accounts, factors, retention, signing_in
from tracker.engine.accounts import add_person
from tracker.store import people
from tracker.store.schema import Case, Enquirer

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
