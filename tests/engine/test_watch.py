"""Many cases decided at once: as one by one, in one transaction, no case harming another (D1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from tests.standins.office import START, Office
from tracker.domain.actor import WORKER
from tracker.domain.contact import ContactClass, Interval
from tracker.domain.edtf import parse_edtf
from tracker.engine.cases import cases, record
from tracker.engine.clock.clockwork import look, open_file, policy_of
from tracker.engine.clock.watch import watch_batch
from tracker.engine.desk import Desk
from tracker.store.audit import verify
from tracker.store.schema import Alert, AlertEvent, AuditRow, Case, OutboxMessage, new_id


def staff(office: Office) -> tuple[str, str]:
    """A caseworker with two ways to be reached, and a supervisor."""
    return (
        office.person("Aigul", "caseworker", phone="+77015550001"),
        office.person("Serik", "supervisor"),
    )


def silent(office: Office, days: int, caseworker: str | None, supervisor: str | None) -> str:
    """A case silent for so many days, not looked at since its opening."""
    with office.desk() as desk:
        last = (desk.now - timedelta(days=days)).date()
        case = cases.open_case(
            desk,
            zone_name="Asia/Almaty",
            caseworker_id=caseworker,
            supervisor_id=supervisor,
            missing_since=Interval(last, last),
        )
        return case.id


def raised_already(office: Office, case_id: str) -> None:
    """The first step's alert of this case stands there: the database refuses another (R7)."""
    with office.desk() as desk:
        alert = Alert(
            id=new_id(),
            case_id=case_id,
            dedup=f"{case_id}:1:step:1:0",
            kind="step",
            episode=1,
            step=1,
            repetition=0,
            band="watch",
            roles=[],
            consent_needed=[],
            passed_over=[],
            state="closed",
            raised_at=START,
        )
        desk.safe.seal(alert, "silent", [8, 8])
        desk.session.add(alert)


def one_by_one(desk: Desk) -> None:
    """What the batch does, by the way that people's own acts take."""
    due = select(Case).where(Case.next_look_at <= desk.now).order_by(Case.next_look_at)
    for case in desk.session.scalars(due).all():
        look(desk, case, open_file(desk, case), policy_of(desk.session, case.policy_version_id))


def story(office: Office, tell: Callable[[Desk], object]) -> list[Any]:
    """Cases of every kind lived through; everything that was written, without ids."""
    aigul, serik = staff(office)
    named = {aigul: "Aigul", serik: "Serik"}
    for days in (0, 6, 8, 13, 29, 74, 91, 400):
        named[silent(office, days, aigul, serik)] = f"silent {days}"
    named[silent(office, 8, None, serik)] = "nobody's"
    named[silent(office, 8, None, None)] = "nobody's at all"
    with office.desk() as desk:
        case = cases.open_case(desk, zone_name="UTC", caseworker_id=aigul, supervisor_id=serik)
        record.report_contact(
            desk,
            case,
            occurred=parse_edtf(START.date().isoformat()),
            cls=ContactClass.DIRECT,
            details={"means": "phone"},
        )
        named[case.id] = "to confirm"
    for day in range(0, 42, 3):
        if day == 21:
            with office.desk() as desk:
                for case in desk.session.scalars(select(Case)).all():
                    if named[case.id] in ("silent 13", "silent 29"):
                        cases.acknowledge(desk, case)
        with office.services.desk(WORKER) as desk:
            tell(desk)
        office.clock.move(days=3)
    with office.desk() as desk:
        return written(desk, named)


def written(desk: Desk, named: dict[str, str]) -> list[Any]:
    found: list[Any] = []
    alerts = {row.id: row for row in desk.session.scalars(select(Alert))}
    for row in alerts.values():
        found.append(
            [
                *(named[row.case_id], row.kind, row.episode, row.step, row.repetition, row.band),
                *(row.urgent, row.roles, row.consent_needed, row.passed_over, row.state),
                *(row.raised_at, row.ended_at, desk.safe.open(row, "silent")),
            ]
        )
    for event in desk.session.scalars(select(AlertEvent)):
        alert = alerts[event.alert_id]
        found.append(
            [
                *(named[alert.case_id], alert.kind, alert.step, alert.repetition),
                *(event.kind, event.at, named.get(event.person_id or "")),
            ]
        )
    for message in desk.session.scalars(select(OutboxMessage)):
        alert = alerts[message.alert_id or ""]
        found.append(
            [
                *(named[alert.case_id], alert.kind, alert.step, alert.repetition, message.kind),
                *(named[message.person_id], message.channel, message.role, message.urgent),
                *(message.state, message.available_at, message.ended_at, message.attempts),
            ]
        )
    for case in desk.session.scalars(select(Case)):
        file = open_file(desk, case)
        file.contacts = {}
        file.asked = {}
        found.append(
            [
                named[case.id],
                case.band,
                case.next_look_at,
                case.silent_rank,
                case.set_aside_at,
                file,
            ]
        )
    return sorted(found, key=repr)


def test_d1_many_at_once_are_decided_as_one_by_one(
    office: Office,
    tmp_path: Path,
    _databases: Any,  # noqa: PT019 — a second database
) -> None:
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    url = _databases.fresh(other)
    single = Office.opened(other, url)
    together = story(office, watch_batch)
    apart = story(single, one_by_one)
    single.services.database.engine.dispose()
    _databases.drop(url)
    assert len(together) > 100
    assert together == apart


def test_d1_a_batch_is_one_link_of_the_chain_that_names_every_alert(office: Office) -> None:
    aigul, serik = staff(office)
    opened = {silent(office, 8, aigul, serik) for _ in range(30)}
    office.clock.move(minutes=1)
    raised: list[str] = []
    with office.services.desk(WORKER) as desk:
        assert watch_batch(desk, raised=raised) == 30
    with office.desk() as desk:
        (link,) = desk.session.scalars(select(AuditRow).where(AuditRow.act == "alert.raised"))
        told = link.detail["alerts"] if link.detail else []
        assert {alert_id for alert_id, *_ in told} == set(raised)
        assert {case_id for _, case_id, *_ in told} == opened
        assert verify(desk.session, desk.ring.audit) is None


def test_d1_one_bad_case_is_set_aside_and_the_others_are_told(office: Office) -> None:
    aigul, serik = staff(office)
    bad, *good = [silent(office, 8, aigul, serik) for _ in range(5)]
    with office.desk() as desk:
        desk.session.execute(update(Case).where(Case.id == bad).values(clock_sealed=b"damaged"))
    office.tick()
    assert {alert.case_id for alert in office.alerts()} == set(good)
    with office.desk() as desk:
        case = office.case(bad, desk)
        assert (case.set_aside_at, case.set_aside_reason) == (START, "CannotOpen")
        act = select(AuditRow.case_id).where(AuditRow.act == "case.set_aside")
        assert desk.session.scalars(act).all() == [bad]


def test_r7_a_row_that_is_there_already_undoes_its_own_case_alone(office: Office) -> None:
    """The database refuses the batch; it is tried in halves until the case at fault is alone."""
    aigul, serik = staff(office)
    twice, *good = [silent(office, 8, aigul, serik) for _ in range(5)]
    raised_already(office, twice)
    office.tick()
    told = [alert.case_id for alert in office.alerts(state="triggered")]
    assert sorted(told) == sorted(good)
    with office.desk() as desk:
        assert office.case(twice, desk).set_aside_reason == "IntegrityError"
        raised = select(AuditRow.object_kind).where(AuditRow.act == "alert.raised")
        links = desk.session.scalars(raised).all()
        assert set(links) == {"alerts"}, "nobody else was looked at singly"
        assert len(links) <= 3
        assert verify(desk.session, desk.ring.audit) is None
