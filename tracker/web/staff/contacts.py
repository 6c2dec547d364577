"""Contacts of one case: log one, confirm, reject, take back (clock.md R1, R14, R16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.contact import ContactClass, Interval
from tracker.domain.errors import Refused
from tracker.domain.moments import at_local, local_date, zone
from tracker.engine.cases import record
from tracker.engine.cases.reveal import numbered
from tracker.engine.cases.told_dates import ToldDate
from tracker.engine.desk import Desk
from tracker.i18n.words import gettext as _
from tracker.store.schema import Case, ContactReport
from tracker.web import headers, here, notes, told_dates
from tracker.web.access import access
from tracker.web.facts import edtf_text, source_text
from tracker.web.fields import Form
from tracker.web.pages import form_page, go
from tracker.web.staff import pictures, words
from tracker.web.staff.door import DESK, bp, carry_out, case_of, show_form

_LOG = "staff/contact.html"
_JUDGE = "staff/report.html"


@bp.get("/cases/<ref>/contact")
@access(*DESK)
def log_form(ref: str) -> ResponseReturnValue:
    """Log that the person was heard from."""
    return headers.asking(show_form(ref, _LOG, _log_context))


@bp.post("/cases/<ref>/contact")
@access(*DESK)
def log(ref: str) -> ResponseReturnValue:
    """First the date is read back; with `understood` it is entered."""
    form = Form(request.form)
    with here.reading() as desk:
        case = case_of(desk, ref)
        today = local_date(desk.now, zone(case.zone_name))
    said_on = form.date("said_on") or today
    if said_on > today:
        form.fail("said_on", _("This day lies in the future. Check the date."))
        said_on = today
    # first, so that faults are listed in the order of the page
    when = told_dates.read(form, "when", said_on, choose=_("Say when the person was heard from."))
    cls = form.choice(
        "class", [str(each) for each in ContactClass], required=_("Say what kind of news it is.")
    )
    means = form.choice("means", words.means(), required=_("Say how."))
    told = form.text("words", longest=2000, lines=True)
    source = form.text("source", required=_("Say who told it: a source is needed."))
    confirmed = form.checked("confirmed")
    if when is not None:
        _check(form, when, confirmed)
    if form.raw.get("change"):
        return headers.asking(show_form(ref, _LOG, _log_context, form))
    if form and when is not None and form.raw.get("understood") != when.edtf:
        return _read_back(ref, form, when)

    def act(desk: Desk, case: Case) -> None:
        assert when is not None and when.days is not None and cls is not None
        record.report_contact(
            desk,
            case,
            occurred=when.days,
            cls=ContactClass(cls),
            edtf=when.edtf,
            flags=when.flags,
            reported_at=_reported_at(desk, case, said_on),
            confirmed=confirmed,
            details={
                "words": when.words or None,
                "said": told or None,
                "means": means,
                "source": source,
                "said_on": when.said_on.isoformat(),
            },
        )

    if not carry_out(form, ref, act):
        return headers.asking(show_form(ref, _LOG, _log_context, form))
    notes.add("success", _("The contact is on the record."))
    return go(f"/cases/{ref}/pictures" if form.checked("photos") else f"/cases/{ref}")


def _check(form: Form, when: ToldDate, confirmed: bool) -> None:
    """A logged contact needs days; a confirmed one both bounds (R14)."""
    if when.days is None:
        form.fail(
            "when_precision",
            _("We could not read a date in these words. Keep them, and choose what is known."),
        )
    elif confirmed and when.days.earliest is None:
        form.fail("when_since_year", _("To confirm it, say the earliest day it can have been."))


def _reported_at(desk: Desk, case: Case, said_on: date) -> Any:
    """The instant at which it was told: now, or the end of an earlier day (R16)."""
    where = zone(case.zone_name)
    if said_on == local_date(desk.now, where):
        return desk.now
    return at_local(said_on, desk.now.astimezone(where).time().replace(tzinfo=None), where)


def _read_back(ref: str, form: Form, when: ToldDate) -> ResponseReturnValue:
    with here.reading() as desk:
        return form_page(
            "staff/contact_check.html",
            {},
            case=case_of(desk, ref),
            when=when,
            echo=told_dates.understood(when),
            remarks=[*told_dates.remarks(when), *filter(None, [told_dates.asks_start(when)])],
            values=form.raw,
            classes=words.classes(),
            means=words.means(),
        )


def _log_context(desk: Desk, case: Case) -> Mapping[str, Any]:
    return {
        **told_dates.choices(),
        "classes": list(words.classes().items()),
        "means": list(words.means().items()),
        "today": local_date(desk.now, zone(case.zone_name)).isoformat(),
    }


@bp.get("/cases/<ref>/contacts/<report_id>")
@access(*DESK)
def report_form(ref: str, report_id: str) -> ResponseReturnValue:
    """One report: confirm or reject it, or take back what was confirmed."""
    return _show_report(ref, report_id)


@bp.post("/cases/<ref>/contacts/<report_id>/confirm")
@access(*DESK)
def confirm(ref: str, report_id: str) -> ResponseReturnValue:
    """From now on it counts (R14)."""
    form = Form(request.form)
    cls = form.choice(
        "class", [str(each) for each in ContactClass], required=_("Say what kind of news it is.")
    )
    reason = form.text("reason", longest=2000, lines=True)
    earliest, latest = form.date("earliest"), form.date("latest")

    def act(desk: Desk, case: Case) -> None:
        report = _report(desk, case, report_id)
        bounds = None
        told = desk.safe.open(report, "occurred")
        first = earliest or _day(told["earliest"])
        if first is not None and (earliest or latest):
            last = latest or date.fromisoformat(told["latest"])
            if last < first:
                raise Refused(_("The earliest day lies after the latest one; exchange them."))
            bounds = Interval(first, last)
        record.confirm(
            desk, case, report, cls=ContactClass(cls or ""), bounds=bounds, reason=reason or None
        )

    if not carry_out(form, ref, act):
        return _show_report(ref, report_id, form)
    notes.add("success", _("Confirmed. It counts from now on; you can take it back."))
    return go(f"/cases/{ref}")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@bp.post("/cases/<ref>/contacts/<report_id>/reject")
@access(*DESK)
def reject(ref: str, report_id: str) -> ResponseReturnValue:
    """It stays on the record, and moves nothing."""
    said = _("Not confirmed. It stays on the record.")
    return _take_back(ref, report_id, record.reject, "why", said)


@bp.post("/cases/<ref>/contacts/<report_id>/retract")
@access(*DESK)
def retract(ref: str, report_id: str) -> ResponseReturnValue:
    """A confirmed contact proved wrong: what is due catches up (R6)."""
    said = _("Taken back. The silence was counted anew.")
    return _take_back(ref, report_id, record.retract, "wrong", said)


def _take_back(ref: str, report_id: str, act: Any, name: str, said: str) -> ResponseReturnValue:
    """`name`: of the field with the reason; each act has its own, so that a reason for rejecting
    what a colleague confirmed meanwhile does not stand ready to take it back."""
    form = Form(request.form)
    reason = form.text(name, required=_("Say why."), longest=2000, lines=True)
    if not carry_out(
        form, ref, lambda desk, case: act(desk, case, _report(desk, case, report_id), reason)
    ):
        return _show_report(ref, report_id, form)
    notes.add("success", said)
    return go(f"/cases/{ref}")


def _report(desk: Desk, case: Case, report_id: str) -> ContactReport:
    report = desk.session.get(ContactReport, report_id)
    if report is None or report.case_id != case.id:
        abort(404)
    return report


def _show_report(ref: str, report_id: str, form: Form | None = None) -> ResponseReturnValue:
    def context(desk: Desk, case: Case) -> Mapping[str, Any]:
        report = _report(desk, case, report_id)
        told = desk.safe.open(report, "occurred")
        details = desk.safe.open(report, "details") or {}
        number = numbered(desk, case).get(report.enquirer_id or "")
        return {
            "report": report,
            "told": told,
            "details": details,
            "said_on": edtf_text(details.get("said_on")),
            "when": edtf_text(told["edtf"]),
            "flags": [words.flags().get(flag, flag) for flag in told["flags"]],
            "source": source_text(details.get("source"), number),
            "means": words.means_text(details.get("means")),
            "freely": words.answers().get(details.get("freely") or ""),
            "staged": words.answers().get(details.get("staged") or ""),
            "classes": list(words.classes().items()),
            "state": words.report_states()[report.state],
            "pictures": pictures.shown(desk, case, report.id),
            "reported": words.moment_text(report.reported_at),
        }

    return show_form(ref, _JUDGE, context, form, read="contact.seen")
