"""`/outbox`: what became of each message, and the brake that holds them."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.delivery import FAILED, HANDED_OVER, OPEN, State
from tracker.domain.errors import Refused
from tracker.domain.evaluate import Kind
from tracker.engine.sending.holds import held, release
from tracker.engine.sending.switches import pause_sending
from tracker.engine.staff import trial
from tracker.engine.staff.people import names_of
from tracker.i18n.words import gettext as _
from tracker.security.redaction import mask
from tracker.store import trail
from tracker.store.schema import OutboxMessage
from tracker.web import here, notes
from tracker.web.access import access, reauth, signed_in
from tracker.web.fields import Form
from tracker.web.pages import go, page
from tracker.web.staff import words
from tracker.web.staff.door import bp

KEEPERS = ("administrator", "supervisor")
PAGE = 50
GROUPS: Final = {
    "waiting": OPEN,
    "handed": HANDED_OVER,
    "failed": FAILED,
    "cancelled": frozenset({State.CANCELLED}),
}
"""The states under each tab beside "all": every state under one, so that the counts add up."""
_LINK: Final = re.compile(r"(/(?:a|welcome)/)[\w-]+", re.ASCII)
_CODE: Final = re.compile(r"(?<= 1 )\d{4}(?==OK)", re.ASCII)


@bp.get("/outbox")
@access(*KEEPERS)
def outbox() -> ResponseReturnValue:
    """Messages with their states, never their words."""
    view = request.args.get("view", "")
    view = view if view in GROUPS else ""
    states = GROUPS.get(view, frozenset())
    with here.reading() as desk:
        after_id = request.args.get("after")
        after = desk.session.get(OutboxMessage, after_id) if after_id else None
        found = trail.outbox_page(desk.session, states=states, after=after, limit=PAGE + 1)
        desk.safe.preload([point.person_id for _row, point in found], "contact")
        shown = found[:PAGE]
        counted = trail.count_outbox(desk.session)
        lead = here.actor().has("supervisor")
        refs = trail.refs_of(desk.session, [row.case_id for row, _p in shown if row.case_id])
        more = f"/outbox?view={view}&after={shown[-1][0].id}" if len(found) > PAGE else ""
        kinds = _kinds()
        settled = trail.settled(desk.session, [row.alert_id for row, _p in shown if row.alert_id])
        return page(
            "staff/outbox.html",
            rows=[
                {
                    "row": row,
                    "what": kinds.get(settled.get(row.alert_id or "", row.kind), row.kind),
                    "to": mask(desk.safe.open(point, "address") or ""),
                    "why": _why(row),
                }
                for row, point in shown
            ],
            names=names_of(desk, [row.person_id for row, _point in shown]),
            refs=refs if lead else {},
            views=_views(view, counted),
            next_url=more,
            first_url="/outbox" if after else "",
            words=words,
            readable=here.services().settings.file_delivery and _may_read,
            held=held(desk) is not None,
        )


def _views(view: str, counted: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        "waiting": _("Waiting"),
        "handed": _("Handed over"),
        "failed": _("Failed"),
        "cancelled": _("Not needed any more"),
    }
    return [
        {
            "url": f"/outbox?view={name}" if name else "/outbox",
            "label": label,
            "count": sum(counted.get(state, 0) for state in GROUPS.get(name, counted)),
            "current": name == view,
        }
        for name, label in labels.items()
    ]


def _kinds() -> dict[str, str]:
    return {
        "alert": _("alert"),
        Kind.RESOLVED: _("all clear"),
        Kind.CLOSED: _("case closed"),
        "digest": _("weekly digest"),
        "test": _("test alert"),
        "invite": _("invitation"),
        "hold": _("sending is held"),
        "access": _("a change of their account"),
        "access_shown": _("a change of their account"),
        "access_asked": _("a change of their account"),
        "guessed": _("wrong codes for their account"),
        "colleague": _("a change of a colleague’s account"),
        "cases_given": _("cases handed over to them"),
        "point": _("a colleague's contact point"),
        "key": _("an OpenPGP key"),
        "answer": _("answer to an answer"),
    }


def _why(row: OutboxMessage) -> str:
    """Why it did not go, in words; a provider's own code as it is."""
    code = row.error_code or ""
    known = {
        "denied_country": _("never sent to this country"),
        "opted_out": _("the owner stopped our messages"),
        "inactive": _("the account is closed"),
        "no_consent": _("the family has not consented"),
        "acknowledged": _("somebody acknowledged it"),
        "resolved": _("there was contact"),
        "superseded": _("a graver alert followed"),
        "closed": _("the case was closed"),
        "confirmed": _("the report was judged"),
        "moved": _("somebody else was told instead"),
        "reached": _("the telephone had it already"),
    }
    if code.startswith("disabled_"):
        return _("the contact point is switched off")
    return known.get(code, code)


def _may_read(row: OutboxMessage) -> bool:
    """Whose words the asking person may read: their own, as they would have come to them.

    A supervisor reads what is told about cases too; nobody an invitation, which is a way in.
    """
    if row.kind == "invite":
        return False
    told = row.kind in ("alert", "digest") and here.actor().has("supervisor")
    return told or row.person_id == here.actor().id


def _without_ways_in(text: str) -> str:
    """A message's words without links and codes that act in its reader's name (S10)."""
    return _CODE.sub("••••", _LINK.sub(r"\1…", text))


@bp.get("/outbox/<row_id>")
@access(*KEEPERS)
def message(row_id: str) -> ResponseReturnValue:
    """A message as it was written to a file; only where nothing is really sent."""
    settings = here.services().settings
    with here.looking() as desk:
        row = desk.session.get(OutboxMessage, row_id)
        if row is None or not settings.file_delivery or not _may_read(row):
            abort(404)
        desk.audit("outbox.read", "outbox", row.id)
        path = settings.outbox / f"{row.id}.json"
        written = json.loads(path.read_text("utf-8")) if path.is_file() else None
        if written is not None and row.person_id != here.actor().id:
            written["text"] = _without_ways_in(written["text"])
            written["to"] = mask(written["to"])
        return page(
            "staff/message.html",
            row=row,
            written=written,
            state=words.outbox_state(row),
            channels=words.channels(),
            moment=words.moment_text,
        )


@bp.post("/account/test-alert")
@signed_in
def test_me() -> ResponseReturnValue:
    """A test alert to myself, through the real outbox."""
    try:
        with here.writing() as desk:
            trial.send_test_alert(desk, here.actor().id or "")
    except Refused as refused:
        notes.add("warning", str(refused))
    else:
        notes.add("success", _("The test alert is on its way."))
    return go("/outbox" if here.actor().has(*KEEPERS) else "/account")


@bp.get("/outbox/pause")
@access(*KEEPERS)
@reauth
def pause_form() -> ResponseReturnValue:
    """What pausing means."""
    with here.reading() as desk:
        return page("staff/pause.html", held=held(desk) is not None)


@bp.post("/outbox/pause")
@access(*KEEPERS)
@reauth
def pause() -> ResponseReturnValue:
    """Hold all messages, or let them go again; nothing goes without a person's plain word."""
    form = Form(request.form)
    paused = form.choice("paused", ("0", "1"), required=_("Choose one.")) == "1"
    if not form:
        notes.add("warning", form.errors["paused"])
        return go("/outbox/pause")
    with here.writing() as desk:
        pause_sending(desk, paused)
        if not paused and form.checked("held"):
            release(desk)  # a person has looked: what a brake of ours held goes too (D7)
        held_since = not paused and held(desk) is not None
    if held_since:
        return go("/outbox/pause")  # a brake that this page did not show: to be looked at first
    notes.add("success", _("Sending is paused.") if paused else _("Sending goes on."))
    return go("/outbox")
