"""S6, S18: what is withdrawn is erased after 14 days, and erased means that no key is left."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.standins.office import START, Office
from tracker.domain.actor import OPERATOR
from tracker.domain.contact import ContactClass, Days
from tracker.domain.errors import Refused
from tracker.engine.cases import cases, family, letters, queue, record
from tracker.engine.cases.timeline import entries
from tracker.engine.clock.clockwork import last_contact
from tracker.engine.digests.digest import decided, facts_of, make_due
from tracker.engine.digests.digest_form import Facts
from tracker.engine.keeping import retention
from tracker.engine.keeping.integrity import faults
from tracker.security import receipts
from tracker.store.cases import visible_cases
from tracker.store.schema import (
    Alert,
    AuditRow,
    Case,
    ContactReport,
    DataKeyRow,
    Enquirer,
    FamilyMessage,
    OutboxMessage,
    Person,
)
from tracker.store.sealing import Erased

MONDAY = START + timedelta(days=7)


def told_case(office: Office, owner: str | None) -> tuple[str, str, receipts.Receipt]:
    """A case an aunt told of: its id, hers, and her receipt."""
    receipt = receipts.new_receipt()
    pepper = office.services.ring.pepper
    with office.desk() as desk:
        case = cases.open_case(desk, zone_name="UTC", caseworker_id=owner)
        aunt = record.add_enquirer(desk, case, {"name": "Invented Aunt"}, language="en")
        aunt.receipt_locator = receipts.locator_hmac(receipt.locator, pepper)
        record.add_name(desk, case, "Tursun Hapiz", source="the aunt", enquirer=aunt)
        record.report_contact(
            desk,
            case,
            occurred=Days(date(2026, 1, 20), date(2026, 1, 20)),
            cls=ContactClass.DIRECT,
            details={"words": "he called in winter", "means": "telephone"},
            enquirer=aunt,
            first_report=True,
        )
        letters.write(desk, case, aunt, "We have read it.")
        return case.id, aunt.id, receipt


def withdraw(office: Office, case_id: str, enquirer_id: str) -> None:
    with office.desk() as desk:
        aunt = desk.session.get_one(Enquirer, enquirer_id)
        family.withdraw(desk, aunt, desk.session.get_one(Case, case_id))


def close(office: Office, case_id: str) -> None:
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        cases.close(desk, case, "withdrawn", desk.now.date(), "the family", "enough")


def run(office: Office, **later: float) -> int:
    office.clock.move(**later)
    return retention.run(office.worker())


def test_s6_a_withdrawal_in_an_open_case_erases_the_person_and_leaves_the_clock(
    office: Office,
) -> None:
    """Nobody may end an alarm by forcing a withdrawal; the worker needs no key of names for it."""
    case_id, aunt_id, receipt = told_case(office, office.person("Aigul", "caseworker"))
    withdraw(office, case_id, aunt_id)
    with office.desk() as desk:
        before = last_contact(desk, desk.session.get_one(Case, case_id))
    assert run(office, days=13, hours=23) == 0
    assert run(office, days=1) == 1
    assert run(office, days=1) == 0, "once"
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        aunt = desk.session.get_one(Enquirer, aunt_id)
        assert desk.safe.open(aunt, "details") is None
        assert family.find(desk, receipt.locator) is None, "S7: as if there were no such code"
        assert desk.session.scalars(select(FamilyMessage)).all() == []
        report = desk.session.scalars(select(ContactReport)).one()
        assert (report.enquirer_id, desk.safe.open(report, "details")) == (None, None)
        assert queue.names_by_case(desk, [case_id]) == {case_id: ["Tursun Hapiz"]}
        assert last_contact(desk, case) == before
        assert case.state == "open"
        assert entries(desk, case)
        assert faults(desk) == []
        acts = set(desk.session.scalars(select(AuditRow.act)))
        assert {"enquirer.withdrew", "enquirer.erased"} <= acts


def _in_files(office: Office) -> bytes:
    """What stands in SQLite's files, those beside the database among them."""
    base = Path(office.services.database.engine.url.database or "none")
    return b"".join(path.read_bytes() for path in base.parent.glob(f"{base.name}*"))


def test_s18_a_closed_case_that_all_took_back_loses_its_keys(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker")
    case_id, aunt_id, _receipt = told_case(office, aigul)
    other = office.silent_case(aigul, None)
    with office.services.reading(OPERATOR) as desk:
        assert office.services.directory.find(desk, OPERATOR, "Tursun").case_ids == [case_id]
        keys = desk.session.scalars(select(DataKeyRow.wrapped).filter_by(owner_id=case_id)).all()
    withdraw(office, case_id, aunt_id)
    close(office, case_id)
    assert not office.services.database.is_sqlite or any(map(_in_files(office).count, keys))
    run(office, days=15)
    if office.services.database.is_sqlite:
        assert not any(map(_in_files(office).count, keys)), "S1: nor in the write-ahead log"
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        assert case.state == "erased"
        assert (case.next_look_at, case.silent_rank, case.caseworker_id) == (None, None, None)
        keys = desk.session.scalars(select(DataKeyRow).filter_by(owner_id=case_id)).all()
        assert len(keys) == 2 and all(key.wrapped is None for key in keys)
        report = desk.session.scalars(select(ContactReport).filter_by(case_id=case_id)).one()
        with pytest.raises(Erased):
            desk.safe.open(report, "occurred")
        seen = desk.session.scalars(visible_cases(OPERATOR).with_only_columns(Case.id))
        assert list(seen) == [other]
        assert office.services.directory.find(desk, OPERATOR, "Tursun").case_ids == []
        waiting = select(OutboxMessage).filter_by(case_id=case_id)
        assert {row.state for row in desk.session.scalars(waiting)} <= {"cancelled", "accepted"}
        assert faults(desk) == []
        assert "case.erased" in set(desk.session.scalars(select(AuditRow.act)))
    assert office.tick() >= 0


def test_s1_what_is_deleted_by_hand_is_in_no_file_either(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker")
    for somebody_reads in (False, True):
        case_id, aunt_id, _receipt = told_case(office, aigul)
        with office.services.reading(OPERATOR) as desk:
            keys = list(
                desk.session.scalars(select(DataKeyRow.wrapped).filter_by(owner_id=case_id))
            )
        withdraw(office, case_id, aunt_id)
        close(office, case_id)
        with office.services.reading(OPERATOR) as reader:
            if somebody_reads:
                assert reader.session.get_one(Case, case_id).state == "closed"
            with office.desk() as desk:
                retention.erase(desk, desk.session.get_one(Case, case_id))
        if somebody_reads:  # then it is made up for on the next day
            run(office, days=1)
        if office.services.database.is_sqlite:
            assert not any(map(_in_files(office).count, keys))


def test_s18_a_closed_case_of_others_waits_for_a_person(office: Office) -> None:
    """A review date deletes nothing by itself; a supervisor does, and only what is closed."""
    case_id, _aunt, receipt = told_case(office, None)
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        with pytest.raises(Refused):
            retention.erase(desk, case)
        with pytest.raises(Refused):
            retention.keep(desk, case, desk.now.date(), "a reason")
        retention.keep(desk, case, desk.now.date() + timedelta(days=9), "a reason")
    close(office, case_id)
    run(office, days=900)
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        assert case.state == "closed"
        assert case.review_on == START.date() + timedelta(days=730)
        retention.erase(desk, case)
        assert family.find(desk, receipt.locator) is None
        assert case.state == "erased"


def test_s6_a_withdrawal_that_was_forced_can_be_stopped(office: Office) -> None:
    case_id, aunt_id, receipt = told_case(office, None)
    withdraw(office, case_id, aunt_id)
    office.clock.move(days=10)
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        aunt = desk.session.get_one(Enquirer, aunt_id)
        assert retention.erasures(desk, case) == {aunt_id: START.date() + timedelta(days=14)}
        retention.stay(desk, case, aunt, "She wrote that two men stood beside her.")
    run(office, days=10)
    with office.desk() as desk:
        assert family.find(desk, receipt.locator) is not None


def test_an_erasure_that_fails_costs_the_others_nothing(office: Office) -> None:
    """A receipt deleted half, a case damaged: the next is erased all the same."""
    found = [told_case(office, None) for _ in range(3)]
    for case_id, aunt_id, _receipt in found:
        withdraw(office, case_id, aunt_id)
    with office.desk() as desk:
        desk.safe.destroy_keys(found[1][0], desk.now)
    run(office, days=15)
    with office.desk() as desk:
        erased = select(Enquirer.id).where(Enquirer.erased_at.is_not(None))
        assert set(desk.session.scalars(erased)) == {aunt_id for _case, aunt_id, _r in found}


def test_s6_a_date_that_cannot_be_given_keeps_nobody_from_being_erased(office: Office) -> None:
    """A case of before there were review dates, in a zone that this machine no longer knows."""
    case_id, aunt_id, _receipt = told_case(office, None)
    withdraw(office, case_id, aunt_id)
    lost = office.silent_case(None, None)
    with office.desk() as desk:
        case = update(Case).where(Case.id == lost)
        desk.session.execute(case.values(review_on=None, zone_name="Mars/Olympus"))
    with pytest.raises(ExceptionGroup):
        run(office, days=15)
    with office.desk() as desk:
        assert desk.session.get_one(Enquirer, aunt_id).erased_at is not None


def facts(office: Office, person_id: str, week: str) -> Facts:
    with office.services.reading(OPERATOR) as desk:
        row = decided(desk, desk.session.get_one(Person, person_id), week)
        assert row is not None
        return facts_of(desk, row)


def test_d9_a_damaged_case_costs_no_reader_the_digest(office: Office) -> None:
    """It is counted and said; an erased one is not there at all."""
    vera = office.person("Vera", "supervisor")
    whole, damaged, keyless = (office.silent_case(None, vera) for _ in range(3))
    with office.desk() as desk:
        desk.session.get_one(Case, damaged).clock_sealed = b"not a sealed value"
        for row in desk.session.scalars(select(DataKeyRow).filter_by(owner_id=keyless)):
            row.wrapped = b"damaged"
    office.clock.now = MONDAY
    assert make_due(office.worker()) == 1
    told = facts(office, vera, "2026-W10")
    with office.services.reading(OPERATOR) as desk:
        ref = desk.session.get_one(Case, whole).ref
    assert {line.ref for line in told.crossed} == {ref}
    assert told.unreadable == 2


def test_one_damaged_key_does_not_silence_the_cases_beside_it(office: Office) -> None:
    """D1: the watch looks at the others of its batch and sets the bad one aside."""
    aigul = office.person("Aigul", "caseworker")
    bad, good = office.silent_case(aigul, None, days=1), office.silent_case(aigul, None, days=1)
    with office.desk() as desk:
        for row in desk.session.scalars(select(DataKeyRow).filter_by(owner_id=bad)):
            row.wrapped = b"damaged"
    office.clock.move(days=8)
    office.tick()
    with office.desk() as desk:
        assert set(desk.session.scalars(select(Alert.case_id))) == {good}
        assert desk.session.get_one(Case, bad).set_aside_reason is not None


def test_a_key_destroyed_in_this_transaction_is_not_fetched_again(office: Office) -> None:
    """S1: neither alone nor with those of many others."""
    case_id = office.silent_case(office.person("Aigul", "caseworker"), None)
    with office.desk() as desk:
        desk.safe.preload([case_id], "clock")
        assert desk.safe.holds(case_id, "clock")
        desk.safe.destroy_keys(case_id, desk.now)
        desk.safe.preload([case_id], "clock")
        assert not desk.safe.holds(case_id, "clock")
