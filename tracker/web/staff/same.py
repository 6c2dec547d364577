"""Cases that may be of one person: compare, decide, merge, and undo a merge. Staff only (S8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from tracker.engine.cases import duplicates, merging, sharing
from tracker.engine.cases import queue as engine_queue
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.engine.desk import Desk
from tracker.engine.staff.people import names_of, posts
from tracker.i18n.dates import list_text
from tracker.i18n.words import gettext as _
from tracker.store import timeline
from tracker.store.schema import Case
from tracker.testimony.names import Reason
from tracker.web import here, notes, unsent
from tracker.web.access import access
from tracker.web.facts import edtf_text, value_text
from tracker.web.fields import Form
from tracker.web.pages import form_page, go, page
from tracker.web.staff import finding, words
from tracker.web.staff.door import DESK, bp, carry_out, case_of, desk_actor, show_form

_FOUND_AT_MOST = 20


@bp.get("/cases/<ref>/same")
@access(*DESK)
def same(ref: str) -> ResponseReturnValue:
    """Who may be the same person; and any other case, looked up by name or reference."""
    _find, asked = finding.asked()
    with here.reading() as desk:
        found: Sequence[str] = ()
        if asked:
            found = here.services().directory.find(desk, desk_actor(), asked).case_ids
    with here.looking() as desk:
        case = case_of(desk, ref)
        desk.audit("same.read", "case", case.id, case.id, searched=bool(asked))
        pairs = duplicates.pairs(desk, desk_actor(), case)
        others = [
            other
            for case_id in found[:_FOUND_AT_MOST]
            if case_id != case.id and (other := desk.session.get(Case, case_id)) is not None
        ]
        ids = [case.id, *(pair.other.id for pair in pairs), *(other.id for other in others)]
        return page(
            "staff/same.html",
            case=case,
            pairs=pairs,
            others=others,
            asked=asked,
            names=engine_queue.names_by_case(desk, ids),
        )


@bp.post("/cases/<ref>/same")
@access(*DESK)
def look_for(ref: str) -> ResponseReturnValue:
    """Look any other case up: by POST, so that the name stands in no address."""
    with here.reading() as desk:
        case_of(desk, ref)
    if token := finding.keep():
        return go(f"/cases/{ref}/same?{finding.PARAMETER}={token}")
    return go(f"/cases/{ref}/same")


@bp.get("/cases/<ref>/same/<other_ref>")
@access(*DESK)
def compare(ref: str, other_ref: str) -> ResponseReturnValue:
    """Two records side by side, with what speaks for and against one person."""
    return _compared(ref, other_ref, Form(request.form))


@bp.post("/cases/<ref>/same/<other_ref>")
@access(*DESK)
def decide(ref: str, other_ref: str) -> ResponseReturnValue:
    """Not the same, or not yet: remembered."""
    form = Form(request.form)
    decision = form.choice("decision", ("different", "later"), required=_("Choose"))

    def act(desk: Desk, case: Case) -> None:
        duplicates.decide(desk, case, case_of(desk, other_ref), decision or "")

    if not carry_out(form, ref, act):
        return _compared(ref, other_ref, form)
    notes.add("success", _("Noted."))
    return go(f"/cases/{ref}")


@bp.post("/cases/<ref>/same/<other_ref>/merge")
@access(*DESK)
def merge(ref: str, other_ref: str) -> ResponseReturnValue:
    """Two records become one; nothing told is lost, and it can be undone."""
    form = Form(request.form)
    kept = form.choice("kept", (ref, other_ref), required=_("Choose which case is kept."))
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)
    gone = other_ref if kept == ref else ref

    def act(desk: Desk, case: Case) -> None:
        other = case_of(desk, gone)
        merging.merge(desk, case, other, reason)
        duplicates.decide(desk, case, other, "same")

    if not carry_out(form, kept or ref, act):
        return _compared(ref, other_ref, form)
    notes.add("success", _("Merged. You can undo it on this page."))
    return go(f"/cases/{kept}")


@bp.get("/cases/<ref>/unmerge")
@access(*DESK)
def unmerge_form(ref: str) -> ResponseReturnValue:
    """What undoing the last merge gives back."""
    return show_form(ref, "staff/unmerge.html", _last_merged)


@bp.post("/cases/<ref>/unmerge")
@access(*DESK)
def unmerge(ref: str) -> ResponseReturnValue:
    """Two records again."""
    form = Form(request.form)
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)
    back: list[str] = []

    def act(desk: Desk, case: Case) -> None:
        row = merging.last_merge(desk, case)
        if row is not None:
            other = merging.undo(desk, case, row, reason)
            duplicates.decide(desk, case, other, "later")
            back.append(other.ref)

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/unmerge.html", _last_merged, form)
    if back:
        notes.add("success", _("The merge is undone. Case %(ref)s is back.", ref=back[0]))
    return go(f"/cases/{ref}")


def _last_merged(desk: Desk, case: Case) -> Mapping[str, Any]:
    row = merging.last_merge(desk, case)
    return {"other": desk.session.get_one(Case, row.other_id) if row else None}


def _compared(ref: str, other_ref: str, form: Form) -> Response:
    with here.looking() as desk:
        case, other = case_of(desk, ref), case_of(desk, other_ref)
        for each in (case, other):
            desk.audit("same.read", "case", each.id, each.id)
        typed, likeness = unsent.typed(desk), duplicates.weigh(desk, case, other)
        sides = [_side(desk, case), _side(desk, other)]
        return form_page(
            "staff/compare.html",
            form.errors,
            case=case,
            other=other,
            sides=sides,
            choices=[
                {"value": ref, "label": ref, "dir": "ltr", "hint": (side["names"] or [""])[0]}
                for side in sides
                if (ref := side["case"].ref)
            ],
            reasons_for=[_reason(reason) for reason in likeness.for_],
            reasons_against=[_reason(reason) for reason in likeness.against],
            why_not=merging.may_merge(case, other) and merging.may_merge(other, case),
            values=typed,
            losing=list_text(_losing(desk, case, other)),
        )


def _side(desk: Desk, case: Case) -> dict[str, Any]:
    """One record at a glance; of those who report, nothing."""
    policy = policy_of(desk.session, case.policy_version_id)
    silence = engine_queue.look_at_silence(open_file(desk, case), policy, desk.now)
    labels = words.statement_kinds()
    facts = [
        (labels[row.kind], value_text(desk.safe.open(row, "value"), row.kind).split(" · "))
        for row in timeline.statements(desk.session, case.id)
        if row.kind != "closing"
    ]
    owner = names_of(desk, [case.caseworker_id]).get(case.caseworker_id or "", "")
    return {
        "case": case,
        "names": engine_queue.names_by_case(desk, [case.id]).get(case.id, []),
        "last": words.last_text(silence),
        "owner": owner,
        "facts": facts,
    }


def _reason(reason: Reason) -> tuple[str, str, str]:
    """What is alike or apart: its name, and how either record has it."""
    labels = {
        "name": _("Name"),
        "born": _("Born"),
        "place": _("Place"),
        "relative": _("Relative"),
        "detained": _("Held since"),
    }
    if reason.fact in ("born", "detained"):
        return labels[reason.fact], edtf_text(reason.a), edtf_text(reason.b)
    return labels[reason.fact], reason.a, reason.b


def _losing(desk: Desk, case: Case, other: Case) -> list[str]:
    """The posts that will no longer see either: they see one record only, or not the same of it."""
    sees = [{s.post_id: set(s.fields) for s in sharing.live_shares(desk, c)} for c in (case, other)]
    known = {row.id: name for row, name in posts(desk, active=False)}
    return sorted(
        known[post_id]
        for post_id in {*sees[0], *sees[1]}
        if not sees[0].get(post_id, set()) & sees[1].get(post_id, set())
    )
