"""What is done with a case: acknowledge, snooze, hand over, assign, close, open again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.domain.moments import at_local, local_date, zone
from tracker.domain.replaying import REASONS
from tracker.engine.cases import cases
from tracker.engine.clock import policies, snoozing
from tracker.engine.clock.clockwork import open_file
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import told_people
from tracker.engine.staff.people import colleagues, names_of
from tracker.i18n.dates import list_text
from tracker.i18n.words import apart
from tracker.i18n.words import gettext as _
from tracker.store import policies as store_policies
from tracker.store.schema import Case, PolicyVersion
from tracker.web import here, notes, record_words, unsent, whom
from tracker.web.access import access
from tracker.web.fields import Form
from tracker.web.pages import go
from tracker.web.staff.closed import form_of_open
from tracker.web.staff.door import DESK, bp, carry_out, case_of, show_form

_MORNING = time(9)
_LEADS = ("supervisor",)
"""Who can be the supervisor of a case."""


@bp.get("/cases/<ref>/acknowledge")
@access(*DESK)
def acknowledge_form(ref: str) -> ResponseReturnValue:
    """Say that somebody takes care of it."""
    return form_of_open(ref, "staff/acknowledge.html", _acknowledge_context)


@bp.post("/cases/<ref>/acknowledge")
@access(*DESK)
def acknowledge(ref: str) -> ResponseReturnValue:
    """Reminders and hand-overs are held (R10); higher steps still fire."""
    form = Form(request.form)
    reason = form.text("reason", longest=2000, lines=True)
    if not carry_out(form, ref, lambda desk, case: cases.acknowledge(desk, case, reason or None)):
        return show_form(ref, "staff/acknowledge.html", _acknowledge_context, form)
    notes.add("success", _("Acknowledged. Reminders are held; a graver step still comes."))
    return go(f"/cases/{ref}")


def _acknowledge_context(desk: Desk, case: Case) -> Mapping[str, Any]:
    version = desk.session.get_one(PolicyVersion, case.policy_version_id)
    return {"lasts": version.body.get("ack_lasts_days")}


@bp.get("/cases/<ref>/snooze")
@access(*DESK)
def snooze_form(ref: str) -> ResponseReturnValue:
    """Hold everything until a day (R12)."""
    return form_of_open(ref, "staff/snooze.html", _snooze_context)


@bp.post("/cases/<ref>/snooze")
@access(*DESK)
def snooze(ref: str) -> ResponseReturnValue:
    """Until nine in the morning of that day, in the case's zone."""
    form = Form(request.form)
    day = form.date("until", required=_("Say until when."))
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)

    def act(desk: Desk, case: Case) -> None:
        assert day is not None
        cases.snooze(desk, case, at_local(day, _MORNING, zone(case.zone_name)), reason)

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/snooze.html", _snooze_context, form)
    notes.add(
        "success",
        _("Snoozed. Nothing of this case is told until then."),
        undo_url=f"/cases/{ref}/snooze/end",
        undo_label=_("Undo"),
    )
    return go(f"/cases/{ref}")


@bp.post("/cases/<ref>/snooze/end")
@access(*DESK)
def end_snooze(ref: str) -> ResponseReturnValue:
    """What became due meanwhile catches up at once."""
    form = Form(request.form)
    if carry_out(form, ref, snoozing.end_snooze):
        notes.add("success", _("The snooze is over. What is due is sent now."))
    else:
        with here.reading() as desk:
            case_of(desk, ref)
        notes.add("info", form.errors[""])
    return go(f"/cases/{ref}")


def _snooze_context(desk: Desk, case: Case) -> Mapping[str, Any]:
    today = local_date(desk.now, zone(case.zone_name))
    return {
        "first": (today + timedelta(days=1)).isoformat(),
        "last": (today + cases.SNOOZE_AT_MOST).isoformat(),
        "week": (today + timedelta(days=7)).isoformat(),
    }


@bp.get("/cases/<ref>/hand-over")
@access(*DESK)
def hand_over_form(ref: str) -> ResponseReturnValue:
    """Give the case to another caseworker."""
    return show_form(ref, "staff/hand_over.html", _colleagues)


@bp.post("/cases/<ref>/hand-over")
@access(*DESK)
def hand_over(ref: str) -> ResponseReturnValue:
    """The reason goes with it."""
    form = Form(request.form)
    to = _person(form, "person", *DESK, required=_("Choose who takes the case."))
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)
    if not carry_out(form, ref, lambda desk, case: cases.hand_over(desk, case, to or "", reason)):
        return show_form(ref, "staff/hand_over.html", _colleagues, form)
    notes.add("success", _("Handed over."))
    return go(f"/cases/{ref}" if here.actor().has("supervisor") else "/queue")


@bp.get("/cases/<ref>/assign")
@access("supervisor")
def assign_form(ref: str) -> ResponseReturnValue:
    """Say whose case this is."""
    return show_form(ref, "staff/assign.html", _colleagues)


@bp.post("/cases/<ref>/assign")
@access("supervisor")
def assign(ref: str) -> ResponseReturnValue:
    """A caseworker, and a supervisor if it is not all of them."""
    form = Form(request.form)
    worker = _person(form, "caseworker", *DESK)
    lead = _person(form, "supervisor", *_LEADS)
    if not carry_out(
        form,
        ref,
        lambda desk, case: cases.assign(desk, case, caseworker_id=worker, supervisor_id=lead),
    ):
        return show_form(ref, "staff/assign.html", _colleagues, form)
    notes.add("success", _("Assigned."))
    return go(f"/cases/{ref}")


def _person(form: Form, name: str, *roles: str, required: str = "") -> str | None:
    """A colleague with one of the roles, by id: those whom the field offers (`_colleagues`)."""
    with here.reading() as desk:
        known = colleagues(desk, *roles)
    return whom.read(form, name, known, required=required)


def _colleagues(desk: Desk, case: Case) -> Mapping[str, Any]:
    everyone, sent = colleagues(desk, *DESK), unsent.typed(desk)
    others = [each for each in everyone if each[0] != case.caseworker_id]
    leads = colleagues(desk, *_LEADS)
    return {
        "workers": whom.field(others, typed=sent.get("person")),
        "everyone": whom.field(everyone, case.caseworker_id, sent.get("caseworker")),
        "leads": whom.field(leads, case.supervisor_id, sent.get("supervisor")),
        "owner": names_of(desk, [case.caseworker_id]).get(case.caseworker_id or "", ""),
    }


@bp.get("/cases/<ref>/close")
@access(*DESK)
def close_form(ref: str) -> ResponseReturnValue:
    """How it ended, when, and who says so."""
    return form_of_open(ref, "staff/close.html", _close_context)


@bp.post("/cases/<ref>/close")
@access(*DESK)
def close(ref: str) -> ResponseReturnValue:
    """The clock stops; everyone who was alerted is told (R15)."""
    form = Form(request.form)
    reason = form.choice("reason", REASONS, required=_("Say how it ended."))
    on = form.date("on", required=_("Say when it happened."))
    source = form.text("source", required=_("Say who told it: a source is needed."))
    told = form.text("words", longest=2000, lines=True)

    def act(desk: Desk, case: Case) -> None:
        cases.close(desk, case, reason or "", on, source, told)

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/close.html", _close_context, form)
    notes.add("success", _("The case is closed. You can open it again."))
    return go(f"/cases/{ref}")


def _close_context(desk: Desk, case: Case) -> Mapping[str, Any]:
    """The days to choose from, and who will be told."""
    file = open_file(desk, case)
    version = desk.session.get_one(PolicyVersion, case.policy_version_id)
    consented = {"caseworker", "supervisor", *file.told}
    consented -= set(version.body.get("needs_consent", ())) - file.consents
    people = [each.person.id for each in told_people(desk, case, consented)]
    names = names_of(desk, people)
    return {
        "reasons": list(record_words.closing_reasons().items()),
        "today": local_date(desk.now, zone(case.zone_name)).isoformat(),
        "told": list_text([apart(name) for name in sorted(names.values())]) if names else "",
    }


@bp.get("/cases/<ref>/reopen")
@access(*DESK)
def reopen_form(ref: str) -> ResponseReturnValue:
    """Why it is not over."""
    return show_form(ref, "staff/reopen.html")


@bp.post("/cases/<ref>/reopen")
@access(*DESK)
def reopen(ref: str) -> ResponseReturnValue:
    """Every step is armed again, and what is due catches up (R15)."""
    form = Form(request.form)
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)
    if not carry_out(form, ref, lambda desk, case: cases.reopen(desk, case, reason)):
        return show_form(ref, "staff/reopen.html", form=form)
    notes.add("success", _("The case is open again. What is due is sent now."))
    return go(f"/cases/{ref}")


@bp.get("/cases/<ref>/policy")
@access(*DESK)
def policy_form(ref: str) -> ResponseReturnValue:
    """Another policy, or another time zone."""
    return show_form(ref, "staff/case_policy.html", _policy_context)


@bp.post("/cases/<ref>/policy")
@access(*DESK)
def change_policy(ref: str) -> ResponseReturnValue:
    """The clock goes on (R17)."""
    form = Form(request.form)
    with here.reading() as desk:
        known = [row.id for _p, row in store_policies.active_versions(desk.session)]
    version_id = form.choice("version", known, required=_("Choose a policy."))
    zone_name = form.zone("zone")
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)

    def act(desk: Desk, case: Case) -> None:
        if version_id == case.policy_version_id and zone_name == case.zone_name:
            raise Refused(_("Nothing was changed. Choose another policy or another time zone."))
        if version_id != case.policy_version_id:
            version = desk.session.get_one(PolicyVersion, version_id)
            policies.change_of_policy(desk, case, version, reason)
        if zone_name != case.zone_name:
            policies.change_of_zone(desk, case, zone_name, reason)

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/case_policy.html", _policy_context, form)
    notes.add("success", _("Changed. The clock goes on; nothing was told twice."))
    return go(f"/cases/{ref}")


def _policy_context(desk: Desk, case: Case) -> Mapping[str, Any]:
    active = store_policies.active_versions(desk.session)
    return {
        "versions": [(row.id, policies.title_of(desk, row.id)) for _policy, row in active],
        "standing": policies.title_of(desk, case.policy_version_id),
    }
