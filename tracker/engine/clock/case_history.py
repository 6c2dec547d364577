"""A case of the record as a replay document (clock.md): what `tracker replay --case` runs again.

It holds instants, days, classes and roles; no name and no word.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from tracker.domain.consent import Answer, Scope, covered
from tracker.domain.edtf import to_edtf
from tracker.domain.moments import format_instant, local_date, parse_instant, zone
from tracker.engine.clock.clockwork import open_file
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import CONSULAR
from tracker.store import timeline
from tracker.store.schema import AuditRow, Case, ContactReport, PolicyVersion, Statement

_SHARING: Final = ("consent.recorded", "case.shared", "case.unshared")


def document_of(desk: Desk, case: Case) -> dict[str, Any]:
    """The document, up to now, under the policy the case has now.

    An acknowledgement without sign-in, which holds for a day only, has no form there and is left
    out; so is what another policy did before.
    """
    version = desk.session.get_one(PolicyVersion, case.policy_version_id)
    events = [*_contacts(desk, case), *_acts(desk, case)]
    found: dict[str, Any] = {
        "case": case.ref,
        "opened": format_instant(case.opened_at),
        "timezone": case.zone_name,
        "events": sorted(events, key=lambda event: parse_instant(event["at"])),
    }
    if (since := _missing_since(desk, case)) is not None:
        found["missing_since"] = since
    return {"policy": version.body, "to": format_instant(desk.now), "cases": [found]}


def _missing_since(desk: Desk, case: Case) -> str | None:
    """What the family said at the opening, or the bounds of a first report (R2)."""
    file = open_file(desk, case)
    if file.missing_since is not None:
        return to_edtf(file.missing_since.earliest, file.missing_since.latest)
    for report in timeline.reports(desk.session, case.id):
        told = desk.safe.open(report, "occurred")
        if report.first_report and told["earliest"]:
            return _days(told)
    return None


def _days(told: dict[str, Any]) -> str:
    earliest = date.fromisoformat(told["earliest"]) if told["earliest"] else None
    return to_edtf(earliest, date.fromisoformat(told["latest"]))


def _contacts(desk: Desk, case: Case) -> Iterator[dict[str, Any]]:
    entered = timeline.audited(desk.session, case.id, ("contact.reported",))
    confirmed = {row.object_id for row in entered if (row.detail or {}).get("confirmed")}
    for report in timeline.reports(desk.session, case.id):
        told = desk.safe.open(report, "occurred")
        decided = report.decided_at
        at_once = report.id in confirmed
        yield {
            "at": format_instant(report.entered_at),
            "type": "contact",
            "id": report.id,
            "occurred": _days(told),
            "class": told["class"],
            "confirmed": at_once,
        }
        if decided is not None and decided > report.entered_at:
            yield from _decision(desk, case, report)


def _decision(desk: Desk, case: Case, report: ContactReport) -> Iterator[dict[str, Any]]:
    """Confirmed later; or confirmed once and taken back; or never confirmed."""
    assert report.decided_at is not None
    confirmed = [
        row.at
        for row in timeline.audited(desk.session, case.id, ("contact.confirmed",))
        if row.object_id == report.id
    ]
    for at in confirmed:
        yield {"at": format_instant(at), "type": "confirm", "id": report.id}
    if report.state != "confirmed":
        yield {"at": format_instant(report.decided_at), "type": "retract", "id": report.id}


def _acts(desk: Desk, case: Case) -> Iterator[dict[str, Any]]:
    consented = False
    acts = (
        *_SHARING,
        "alert.acknowledged",
        "case.snoozed",
        "case.closed",
        "case.reopened",
    )
    for row in timeline.audited(desk.session, case.id, acts):
        at = format_instant(row.at)
        match row.act:
            case "alert.acknowledged":
                yield {"at": at, "type": "acknowledge"}
            case "case.snoozed":
                until = parse_instant((row.detail or {})["until"])
                yield {"at": at, "type": "snooze", "until": format_instant(until)}
            case "case.closed":
                yield {"at": at, "type": "close", "reason": _reason(desk, case, row.at)}
            case "case.reopened":
                yield {"at": at, "type": "reopen"}
            case _:
                now = _consented(desk, case, row)
                if now != consented:
                    yield {"at": at, "type": "consent", "role": CONSULAR, "given": now}
                consented = now


def _reason(desk: Desk, case: Case, at: datetime) -> str:
    """Why a case was closed at an instant; it may have been reopened and closed again since."""
    closings = [
        row
        for row in timeline.statements(desk.session, case.id)
        if row.kind == "closing" and row.entered_at <= at
    ]
    if not closings:
        return "withdrawn"
    return str(_opened(desk, max(closings, key=lambda row: row.entered_at))["reason"])


def _opened(desk: Desk, row: Statement) -> dict[str, Any]:
    return dict(desk.safe.open(row, "value"))


def _consented(desk: Desk, case: Case, row: AuditRow) -> bool:
    """Whether a post could be told right after an act about sharing."""
    answers = [
        Answer(
            one.enquirer_id,
            one.scope,
            one.given,
            one.recorded_at,
            one.text_checked,
            one.spoken_at is not None,
            one.until_on,
        )
        for one in timeline.consents(desk.session, case.id)
        if one.recorded_at <= row.at
    ]
    enquirers = [
        one.id for one in timeline.enquirers(desk.session, case.id) if one.created_at <= row.at
    ]
    today = local_date(row.at, zone(case.zone_name))
    shared = any(
        one.shared_at <= row.at and (one.ended_at is None or one.ended_at > row.at)
        for one in timeline.shares(desk.session, case.id)
    )
    return shared and covered(answers, enquirers, Scope.CONSULAR, today)
