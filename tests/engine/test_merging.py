"""Two cases made one and taken apart again (R17 with R1, R5–R7, R13; S1, S8). Invented people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain import memory
from tracker.domain.actor import OPERATOR, Actor, family
from tracker.domain.contact import ContactClass
from tracker.domain.edtf import parse_edtf
from tracker.domain.errors import Refused
from tracker.engine.cases import cases, merging, moving, record, sharing
from tracker.engine.cases import family as behind_receipt
from tracker.engine.cases.shared import shared_case
from tracker.engine.clock.clockwork import last_contact, open_file
from tracker.engine.desk import Desk
from tracker.engine.keeping import retention
from tracker.engine.keeping.integrity import faults
from tracker.engine.staff import posts
from tracker.store.cases import find_case
from tracker.store.schema import Alert, Case, DataKeyRow, Enquirer, Merge, OutboxMessage

SOURCES = ("Invented sister", "Invented cousin")


@pytest.fixture
def office(instance: Path, database_url: str) -> Iterator[Office]:
    office = Office.opened(
        instance, database_url, {"email": Provider("email"), "sms": Provider("sms")}
    )
    office.person("Aigul", "caseworker")
    yield office
    office.services.database.engine.dispose()


def told_case(
    office: Office, owner: str, name: str, last: str, *, consent: bool = False, days: int = 8
) -> str:
    """A case with a name, a fact, an enquirer and a confirmed contact; its reference."""
    with office.desk() as desk:
        case = cases.open_case(desk, zone_name="UTC", caseworker_id=owner)
        who = record.add_enquirer(desk, case, {"name": f"Who told of {name}"}, language="en")
        record.add_name(desk, case, name, source=SOURCES[0], enquirer=who)
        record.add_statement(desk, case, "birth", {"text": "1980", "edtf": "1980"}, enquirer=who)
        record.report_contact(
            desk,
            case,
            occurred=parse_edtf(last),
            cls=ContactClass.DIRECT,
            details={"means": "visit", "words": f"seen {last}"},
            edtf=last,
            enquirer=who,
            first_report=True,
            confirmed=True,
        )
        if consent:
            sharing.record_consent(
                desk, case, who, "consular", given=True, language="en", text_checked=True
            )
        return case.ref


def desk_of(office: Office, person_id: str) -> AbstractContextManager[Desk]:
    """A transaction of somebody who sees every case."""
    return office.services.desk(Actor("person", person_id, frozenset({"supervisor"})))


def of_ref(desk: Desk, ref: str) -> Case:
    """The row itself, also of a merged case."""
    return desk.session.scalars(select(Case).filter_by(ref=ref)).one()


def standing(desk: Desk, ref: str) -> dict[str, Any]:
    """All that the record holds of a case, opened; what only says that it was merged left out."""
    case = of_ref(desk, ref)
    found: dict[str, Any] = {"clock": memory.dump(open_file(desk, case))}
    for column in ("state", "band", "next_look_at", "silent_rank", "snoozed_until", "all_clear_at"):
        found[column] = getattr(case, column)
    for kind in moving.kinds():
        for row in desk.session.scalars(select(kind).filter_by(case_id=case.id)):
            values = {
                column.key: desk.safe.open(row, column.key.removesuffix("_sealed"))
                if column.key.endswith("_sealed")
                else getattr(row, column.key)
                for column in row.__table__.columns
            }
            if values.get("kind") not in ("merge", "unmerge"):
                found[f"{kind.__tablename__} {values['id']}"] = values
    return found


def test_a_merge_keeps_what_both_told_with_its_source_and_leads_on(office: Office) -> None:
    """Issue 4: both records' statements with their sources; the old reference leads to the kept."""
    owner = office.person("Bota", "caseworker")
    one = told_case(office, owner, "Alimjan Tursun", "2026-02-20")
    two = told_case(office, owner, "阿里木江·吐尔逊", "2026-02-27")
    with office.desk() as desk:
        kept, other = of_ref(desk, one), of_ref(desk, two)
        before = standing(desk, one), standing(desk, two)
        merging.merge(desk, kept, other, "the sister says so")
        after = standing(desk, one)
        for told in before:
            for key, values in told.items():
                if key.partition(" ")[0] in ("statements", "contact_reports", "enquirers"):
                    assert after[key] | {"case_id": None} == values | {"case_id": None}
        names = [desk.safe.open(row, "name") for row in merging_names(desk, kept)]
        assert names == ["Alimjan Tursun", "阿里木江·吐尔逊"]
        assert last_contact(desk, kept).latest == date(2026, 2, 27)  # R1
        worker = Actor("person", owner, frozenset({"caseworker"}))
        stranger = Actor("person", "nobody", frozenset({"caseworker"}))
        assert find_case(desk.session, worker, two) is kept
        assert find_case(desk.session, stranger, two) is None
        assert faults(desk) == []


def merging_names(desk: Desk, case: Case) -> list[Any]:
    from tracker.store import timeline  # noqa: PLC0415 — beside its only use

    return timeline.names(desk.session, case.id)


def test_an_undone_merge_gives_back_exactly_what_was(office: Office) -> None:
    """Issue 4: merge can be undone: rows, seals, shares, alerts and both clocks."""
    member = office.person("Jan", "consular")
    owner = office.person("Bota", "caseworker")
    one = told_case(office, owner, "Alimjan Tursun", "2026-02-01", consent=True)
    two = told_case(office, owner, "Alim Tursun", "2026-01-20")
    with desk_of(office, owner) as desk:
        first = posts.add_post(desk, "Embassy of Lorania", "UTC")
        posts.add_member(desk, first.id, member, date(2027, 1, 1))
        sharing.share(desk, of_ref(desk, one), first.id, ["name", "dates"], ask="Please ask.")
        cases.snooze(desk, of_ref(desk, two), desk.now + timedelta(days=9), "they rest")
    office.tick()
    with desk_of(office, owner) as desk:
        desk.session.expire_all()
        before = standing(desk, one), standing(desk, two)
        row = merging.merge(desk, of_ref(desk, one), of_ref(desk, two), "one person")
        assert of_ref(desk, two).state == "merged"
        assert not sharing.live_shares(desk, of_ref(desk, one))
        row_id = row.id
    office.tick()
    with desk_of(office, owner) as desk:
        kept = of_ref(desk, one)
        back = merging.undo(desk, kept, desk.session.get_one(Merge, row_id), "two brothers")
        assert back.ref == two
        desk.session.flush()
        desk.session.expire_all()
        assert (standing(desk, one), standing(desk, two)) == before
        assert faults(desk) == []
        with pytest.raises(Refused):
            merging.undo(desk, kept, desk.session.get_one(Merge, row_id), "again")


def test_alarms_of_both_go_on_and_nothing_is_told_twice(office: Office) -> None:
    """R17, R7: what fired in either counts as fired; the graver step's own reminders go on."""
    owner = office.person("Bota", "caseworker")
    one = told_case(office, owner, "Alimjan Tursun", "2026-02-20")  # step 1
    two = told_case(office, owner, "Alim Tursun", "2026-01-20")  # step 2
    with office.desk() as desk:
        kept = of_ref(desk, one)
        raised = {row.id for row in desk.session.scalars(select(Alert))}
        fired = set(open_file(desk, of_ref(desk, two)).firings)
        merging.merge(desk, kept, of_ref(desk, two), "one person")
        assert {row.id for row in desk.session.scalars(select(Alert))} == raised
        assert set(open_file(desk, kept).firings) <= fired
        assert {row.case_id for row in desk.session.scalars(select(Alert))} == {kept.id}
        assert {row.case_id for row in desk.session.scalars(select(OutboxMessage))} == {kept.id}


def test_news_in_the_other_record_ends_the_silence_and_says_so(office: Office) -> None:
    """R5 after R17: nothing is due any more, so those who were told learn it, once."""
    owner = office.person("Bota", "caseworker")
    silent = told_case(office, owner, "Alimjan Tursun", "2026-01-20")
    fresh = told_case(office, owner, "Alim Tursun", "2026-03-01")
    office.tick()
    with office.desk() as desk:
        kept = of_ref(desk, fresh)
        merging.merge(desk, kept, of_ref(desk, silent), "one person")
        kinds = [row.kind for row in desk.session.scalars(select(Alert).filter_by(case_id=kept.id))]
        assert kinds.count("resolved") == 1
        states = {
            row.state
            for row in desk.session.scalars(select(Alert).filter_by(case_id=kept.id, kind="step"))
        }
        assert states == {"resolved"}
        assert kept.band == "in_contact"


def test_undone_after_an_all_clear_alarms_again(office: Office) -> None:
    """R6: an all-clear that proves wrong is followed by a new alert, under a number of its own."""
    owner = office.person("Bota", "caseworker")
    silent = told_case(office, owner, "Alimjan Tursun", "2026-01-20")
    fresh = told_case(office, owner, "Alim Tursun", "2026-03-01")
    office.tick()
    with office.desk() as desk:
        kept = of_ref(desk, fresh)
        row = merging.merge(desk, kept, of_ref(desk, silent), "one person")
        merging.undo(desk, kept, row, "two brothers")
        again = of_ref(desk, silent)
        alarms = [
            alert.state
            for alert in desk.session.scalars(
                select(Alert).filter_by(case_id=again.id, kind="step").order_by(Alert.episode)
            )
        ]
        assert alarms == ["resolved", "triggered"]
        assert last_contact(desk, again).latest == date(2026, 1, 20)
        assert not open_file(desk, kept).firings
        assert faults(desk) == []


def test_what_the_others_enquirer_told_since_goes_back_with_them(office: Office) -> None:
    """Undo: news of the other family's own goes with its enquirer, the rest stays."""
    owner = office.person("Bota", "caseworker")
    one = told_case(office, owner, "Alimjan Tursun", "2026-02-20")
    two = told_case(office, owner, "Alim Tursun", "2026-02-21")
    with office.desk() as desk:
        kept, other = of_ref(desk, one), of_ref(desk, two)
        theirs = desk.session.scalars(select(Enquirer).filter_by(case_id=other.id)).one()
        row = merging.merge(desk, kept, other, "one person")
        details = {"means": "phone", "words": "a call"}
        told = parse_edtf("2026-03-01")
        for enquirer in (theirs, None):
            record.report_contact(
                desk,
                kept,
                occurred=told,
                cls=ContactClass.DIRECT,
                details=details,
                enquirer=enquirer,
                confirmed=True,
            )
        actor = family(theirs.id)
        assert find_case(desk.session, actor, one) is kept
        merging.undo(desk, kept, row, "two brothers")
        assert find_case(desk.session, actor, one) is None
        assert find_case(desk.session, actor, two) is other
        for each in (kept, other):
            assert last_contact(desk, each).latest == date(2026, 3, 1)
        assert faults(desk) == []


@pytest.mark.parametrize(
    ("mine", "theirs", "seen"),
    [
        (["name", "dates"], ["name", "place"], {"name"}),
        (["name"], ["dates"], None),
        (["name", "dates"], None, None),
        (None, ["name"], None),
    ],
)
def test_a_post_sees_no_more_than_it_saw_of_both(
    office: Office, mine: list[str] | None, theirs: list[str] | None, seen: set[str] | None
) -> None:
    """R13: the intersection of what was shared; a record it never saw is not shown to it."""
    owner, member = office.person("Bota", "caseworker"), office.person("Jan", "consular")
    one = told_case(office, owner, "Alimjan Tursun", "2026-02-20", consent=True)
    two = told_case(office, owner, "Alim Tursun", "2026-02-21", consent=True)
    with desk_of(office, owner) as desk:
        post = posts.add_post(desk, "Embassy of Lorania", "UTC")
        posts.add_member(desk, post.id, member, date(2027, 1, 1))
        for ref, fields in ((one, mine), (two, theirs)):
            if fields:
                sharing.share(desk, of_ref(desk, ref), post.id, fields)
        merging.merge(desk, of_ref(desk, one), of_ref(desk, two), "one person")
        post_id = post.id
    consul = Actor(
        "person", member, frozenset({"consular"}), posts=frozenset({post_id}), language="en"
    )
    with office.services.reading(consul) as desk:
        shown = shared_case(desk, one)
        assert (set(shown.fields) if shown else None) == seen
        assert ("consular" in open_file(desk, of_ref(desk, one)).consents) == (seen is not None)


def test_without_the_other_familys_consent_nothing_is_shared(office: Office) -> None:
    """The narrowest consent wins, and what a post was not yet sent stops."""
    owner, member = office.person("Bota", "caseworker"), office.person("Jan", "consular")
    one = told_case(office, owner, "Alimjan Tursun", "2025-10-01", consent=True)
    two = told_case(office, owner, "Alim Tursun", "2025-10-02")
    with desk_of(office, owner) as desk:
        post = posts.add_post(desk, "Embassy of Lorania", "UTC")
        posts.add_member(desk, post.id, member, date(2027, 1, 1))
        sharing.share(desk, of_ref(desk, one), post.id, ["name"])
        merging.merge(desk, of_ref(desk, one), of_ref(desk, two), "one person")
        assert not sharing.consular_covered(desk, of_ref(desk, one))
        waiting = desk.session.scalars(select(OutboxMessage).filter_by(role="consular")).all()
        assert {row.state for row in waiting} <= {"cancelled"}


@pytest.mark.parametrize("whose", [0, 1])
@pytest.mark.parametrize("says_no", [True, False])
def test_an_undone_merge_shows_a_post_nothing_that_a_family_said_no_to(
    office: Office, says_no: bool, whose: int
) -> None:
    """S6: a no while the records were one holds for the record of the family that said it, also
    where a yes came after it; the other's share comes back."""
    owner, member = office.person("Bota", "caseworker"), office.person("Jan", "consular")
    refs = [
        told_case(office, owner, "Alimjan Tursun", "2026-02-20", consent=True),
        told_case(office, owner, "Alim Tursun", "2026-02-21", consent=True),
    ]
    with desk_of(office, owner) as desk:
        kept, other = (of_ref(desk, ref) for ref in refs)
        who = desk.session.scalars(select(Enquirer).filter_by(case_id=(kept, other)[whose].id))
        enquirer = who.one()
        made = [posts.add_post(desk, f"Embassy {n}", "UTC") for n in range(2)]
        for post, case in zip(made, (kept, other), strict=True):
            posts.add_member(desk, post.id, member, date(2027, 1, 1))
            sharing.share(desk, case, post.id, ["name"])
        row = merging.merge(desk, kept, other, "one person")
        office.clock.move(minutes=1)
        for given in (False, True) if says_no else ():
            sharing.record_consent(
                desk, kept, enquirer, "consular", given=given, language="en", text_checked=True
            )
        merging.undo(desk, kept, row, "two people")
        live = [bool(sharing.live_shares(desk, each)) for each in (kept, other)]
        assert live == [not says_no or whose == 1, not says_no or whose == 0]


def test_what_cannot_be_merged_is_refused(office: Office) -> None:
    """A sentence, and nothing written."""
    owner = office.person("Bota", "caseworker")
    refs = [told_case(office, owner, name, "2026-02-20") for name in ("Ana", "Bek", "Can")]
    with office.desk() as desk:
        one, two, three = (of_ref(desk, ref) for ref in refs)
        with pytest.raises(Refused):
            merging.merge(desk, one, one, "itself")
        with pytest.raises(Refused):
            merging.merge(desk, one, two, " ")
        cases.close(desk, one, "released", date(2026, 3, 1), "the mother", "")
        with pytest.raises(Refused):
            merging.merge(desk, one, two, "closed keeps no clock")
        first = merging.merge(desk, two, one, "one person")
        with pytest.raises(Refused):
            merging.merge(desk, three, one, "merged already")
        second = merging.merge(desk, two, three, "one person")
        with pytest.raises(Refused):
            merging.undo(desk, two, first, "not the last")
        merging.undo(desk, two, second, "two people")
        merging.undo(desk, two, first, "two people")
        assert [each.state for each in (one, two, three)] == ["closed", "open", "open"]
        assert faults(desk) == []


def test_a_chain_of_merges_leads_to_the_last(office: Office) -> None:
    """Every reference ever given out finds the person."""
    owner = office.person("Bota", "caseworker")
    refs = [told_case(office, owner, name, "2026-02-20") for name in ("Ana", "Bek", "Can")]
    worker = Actor("person", owner, frozenset({"caseworker"}))
    with office.desk() as desk:
        one, two, three = (of_ref(desk, ref) for ref in refs)
        merging.merge(desk, two, one, "one person")
        merging.merge(desk, three, two, "one person")
        assert [find_case(desk.session, worker, ref) for ref in refs] == [three] * 3


def test_erasing_the_kept_case_erases_what_was_merged_into_it(office: Office) -> None:
    """S18: no key of either is left, and the old references lead nowhere."""
    owner = office.person("Bota", "caseworker")
    refs = [told_case(office, owner, name, "2026-02-20") for name in ("Ana", "Bek", "Can")]
    with office.desk() as desk:
        one, two, three = (of_ref(desk, ref) for ref in refs)
        merging.merge(desk, two, one, "one person")
        merging.merge(desk, three, two, "one person")
        cases.close(desk, three, "died", date(2026, 3, 1), "the mother", "")
        retention.erase(desk, three)
        desk.session.flush()
        for case in (one, two, three):
            keys = desk.session.scalars(select(DataKeyRow).filter_by(owner_id=case.id))
            assert [key.wrapped for key in keys] == [None, None]
            assert find_case(desk.session, OPERATOR, case.ref) is None
        assert faults(desk) == []


def test_a_withdrawn_and_forgotten_enquirer_does_not_hinder(office: Office) -> None:
    """S6 and S18 beside a merge: merged and undone with what is left of them."""
    owner = office.person("Bota", "caseworker")
    one = told_case(office, owner, "Alimjan Tursun", "2026-02-20")
    two = told_case(office, owner, "Alim Tursun", "2026-02-21")
    with office.desk() as desk:
        other = of_ref(desk, two)
        who = desk.session.scalars(select(Enquirer).filter_by(case_id=other.id)).one()
        behind_receipt.withdraw(desk, who, other)
        who_id = who.id
    office.clock.move(days=15)
    with office.desk() as desk:
        assert retention.forget(desk, who_id)
        kept = of_ref(desk, one)
        row = merging.merge(desk, kept, of_ref(desk, two), "one person")
        merging.undo(desk, kept, row, "two people")
        assert faults(desk) == []
