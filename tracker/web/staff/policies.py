"""`/policies`: versions, a draft, what it would do, and activating it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tracker.domain.errors import MalformedDocument, Refused
from tracker.domain.policy import Policy
from tracker.domain.policy_document import read_policy
from tracker.engine.clock import policies as engine
from tracker.engine.clock.preview import preview
from tracker.engine.desk import Desk
from tracker.engine.staff.people import names_of
from tracker.i18n.words import gettext as _
from tracker.store import policies as store
from tracker.store.schema import PolicyRow, PolicyVersion
from tracker.web import here, notes, unsent
from tracker.web.access import access
from tracker.web.fields import Form
from tracker.web.pages import form_page, go, page
from tracker.web.staff import policy_form, words
from tracker.web.staff.door import bp

READERS = ("caseworker", "supervisor", "auditor")


@bp.get("/policies")
@access(*READERS)
def policies() -> ResponseReturnValue:
    """Every policy, its versions, and how many cases stand under each."""
    with here.reading() as desk:
        counted = store.count_cases(desk.session)
        shown: list[dict[str, Any]] = []
        for row in store.all_policies(desk.session):
            versions = store.versions(desk.session, row.id)
            left = sum(counted.get(v.id, 0) for v in versions if v.state == "retired")
            shown.append(
                {
                    "row": row,
                    "name": engine.name_of(row),
                    "versions": versions,
                    "left": left,
                    "since": _since(versions),
                }
            )
        people = names_of(desk, [v.made_by for each in shown for v in each["versions"]])
        return page(
            "staff/policies.html",
            policies=shown,
            counted=counted,
            people=people,
            day=words.day_text,
            is_lead=here.actor().has("supervisor"),
            states=_states(),
        )


@bp.post("/policies")
@access("supervisor")
def add() -> ResponseReturnValue:
    """Another policy, for cases that need another rhythm."""
    form = Form(request.form)
    name = form.text("name", required=_("Give the policy a name, so that others can choose it."))
    if not form:
        notes.add("warning", form.errors["name"])
        return go("/policies")
    with here.writing() as desk:
        policy_id = engine.add_policy(desk, name).id
    return go(f"/policies/{policy_id}/draft")


@bp.get("/policies/versions/<version_id>")
@access(*READERS)
def version(version_id: str) -> ResponseReturnValue:
    """One version in words."""
    with here.reading() as desk:
        row = desk.session.get(PolicyVersion, version_id)
        if row is None:
            abort(404)
        return page(
            "staff/policy.html",
            title=engine.title_of(desk, row.id),
            version=row,
            policy=read_policy(row.body),
            words=words,
            states=_states(),
            may_return=row.state == "retired" and here.actor().has("supervisor"),
        )


@bp.post("/policies/versions/<version_id>/draft")
@access("supervisor")
def draft_from(version_id: str) -> ResponseReturnValue:
    """A draft like an earlier version; it is looked at, and activated, as any other."""
    with here.writing() as desk:
        row = desk.session.get(PolicyVersion, version_id)
        if row is None:
            abort(404)
        begun = engine.draft_from(desk, row)
        at = f"/policies/{begun.policy_id}/draft"
    notes.add("success", _("Saved as a draft. Nothing has changed for any case yet."))
    return go(at)


@bp.get("/policies/<policy_id>/draft")
@access("supervisor")
def draft(policy_id: str) -> ResponseReturnValue:
    """The draft, and what it would do as it was last saved; a new one is kept once it is saved."""
    with here.reading() as desk:
        row = engine.draft_to_see(desk, _policy(desk, policy_id))
        return _editor(desk, row, unsent.typed(desk) or policy_form.values_of(row.body), {})


@bp.post("/policies/<policy_id>/draft")
@access("supervisor")
def save(policy_id: str) -> ResponseReturnValue:
    """Save the draft and look at it again; a faulty one is shown with its faults, not saved."""
    form = Form(request.form)
    document, rows = policy_form.read_document(form)
    with here.writing() as desk:
        row = engine.draft(desk, _policy(desk, policy_id))
        if form:
            try:
                engine.save_draft(desk, row, document)
                unsent.drop(desk)
            except MalformedDocument as wrong:
                policy_form.explain(form, wrong, rows)
        if not form:
            desk.session.rollback()
    if not form:
        with here.reading() as desk:
            row = engine.draft_to_see(desk, _policy(desk, policy_id))
            return _editor(desk, row, unsent.typed(desk), form.errors)
    notes.add("success", _("Saved as a draft. Nothing has changed for any case yet."))
    return go(f"/policies/{policy_id}/draft")


@bp.post("/policies/<policy_id>/discard")
@access("supervisor")
def discard(policy_id: str) -> ResponseReturnValue:
    """Throw the draft away."""
    with here.writing() as desk:
        row = store.version_in(desk.session, _policy(desk, policy_id).id, "draft")
        if row is not None:
            engine.discard(desk, row)
    notes.add("info", _("The draft is gone."))
    return go("/policies")


@bp.post("/policies/<policy_id>/activate")
@access("supervisor")
def activate(policy_id: str) -> ResponseReturnValue:
    """From now on it counts, as it was looked at. The worker moves the policy's cases (R17)."""
    try:
        with here.writing() as desk:
            row = store.version_in(desk.session, _policy(desk, policy_id).id, "draft")
            if row is None:
                raise Refused(_("There is no draft to activate. Begin one first."))
            engine.activate(desk, row, request.form.get("looked_at", ""))
    except Refused as refused:
        notes.add("warning", str(refused))
        return go(f"/policies/{policy_id}/draft")
    notes.add("success", _("Active. Open cases follow within a few minutes."))
    return go("/policies")


def _policy(desk: Desk, policy_id: str) -> PolicyRow:
    row = engine.find_policy(desk, policy_id)
    if row is None:
        abort(404)
    return row


def _editor(
    desk: Desk, row: PolicyVersion, values: MultiDict[str, str], errors: dict[str, str]
) -> Response:
    would, policy = preview(desk, row), _policy(desk, row.policy_id)
    return form_page(
        "staff/policy_draft.html",
        errors,
        policy=policy,
        name=engine.name_of(policy),
        version=row,
        looked_at=engine.seal_of(row),
        values=values,
        many=values.getlist,
        rows=policy_form.rows_shown(values),
        roles_text=words.roles_text,
        roles=[(role, words.roles()[role]) for role in policy_form.ROLES],
        bands=[(band, name) for band, name in words.bands().items() if band != "in_contact"],
        classes=list(words.short_classes().items()),
        would=would,
        band_names=words.bands(),
        at_once=[(it.ref, words.notice_text(it.notice, _read(row))) for it in would.at_once],
        coming=[
            (words.day_text(it.at), it.ref, words.notice_text(it.notice, _read(row)))
            for it in would.coming[:20]
        ],
    )


def _read(row: PolicyVersion) -> Policy:
    return read_policy(row.body)


def _since(versions: Sequence[PolicyVersion]) -> dict[str, datetime]:
    """Since when each version is what it is, by id: a retired one since the next was activated."""
    counted = sorted((v.activated_at, v.id) for v in versions if v.activated_at is not None)
    begun = {version_id: at for at, version_id in counted}
    retired = {before: at for (_at, before), (at, _after) in pairwise(counted)}
    return begun | retired


def _states() -> dict[str, str]:
    return {"draft": _("draft"), "active": _("active"), "retired": _("retired")}
