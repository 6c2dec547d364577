"""What the family allowed, and what posts are shown and asked (clock.md R13, domain.md 14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.consent import Scope
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.engine.cases import sharing as engine
from tracker.engine.cases.reveal import enquirer_of, numbered
from tracker.engine.desk import Desk
from tracker.engine.staff.people import posts
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.store import timeline as store
from tracker.store.schema import Case, Share
from tracker.web import notes, unsent
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.pages import go
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, carry_out, show_form


@bp.get("/cases/<ref>/consent")
@access(*DESK)
def consent_form(ref: str) -> ResponseReturnValue:
    """What the family said about sharing."""
    return show_form(ref, "staff/consent.html", _consent_context)


@bp.post("/cases/<ref>/consent")
@access(*DESK)
def consent(ref: str) -> ResponseReturnValue:
    """One enquirer's answer, for all with whom it was asked. A withdrawal counts at once."""
    form = Form(request.form)
    who = form.text("enquirer", required=_("Choose who said it."))
    known = [str(scope) for scope in Scope]
    scopes = form.choices("scope", known, required=_("Choose with whom."))
    answer = form.choice("given", ("yes", "no"), required=_("Choose yes or no."))
    language = form.choice("language", LANGUAGES, required=_("Choose the language."))
    until = form.date("until")
    spoken = form.checked("spoken")
    if answer == "yes" and not spoken:
        form.fail("spoken", _("Record a yes only after you have spoken with them about it."))

    def act(desk: Desk, case: Case) -> None:
        enquirer = enquirer_of(desk, case, who)
        if enquirer is None:
            raise Refused(_("Choose who said it."))
        if answer == "yes" and enquirer.withdrawn_at is not None:
            raise Refused(_("This person withdrew: nothing can be shared in their name."))
        for scope in scopes:
            engine.record_consent(
                desk,
                case,
                enquirer,
                scope,
                given=answer == "yes",
                language=language or "en",
                text_checked=answer == "no",  # a no counts in any language
                spoken=spoken,
                until_on=until,
            )

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/consent.html", _consent_context, form)
    notes.add("success", _("Recorded. It counts from now on."))
    return go(f"/cases/{ref}")


def _consent_context(desk: Desk, case: Case) -> Mapping[str, Any]:
    numbers = numbered(desk, case)
    newest: dict[tuple[str, str], Any] = {}
    for row in store.consents(desk.session, case.id):
        newest[row.enquirer_id, row.scope] = row
    return {
        "enquirers": [(key, _("Enquirer %(n)s", n=number)) for key, number in numbers.items()],
        "scopes": words.scopes(),
        "languages_spoken": [(each.code, each.own_name) for each in LANGUAGES.values()],
        "answers": [(numbers[key], scope, row) for (key, scope), row in newest.items()],
        "day": words.day_text,
        "until": words.until_text,
    }


@bp.get("/cases/<ref>/share")
@access(*DESK)
@reauth
def share_form(ref: str) -> ResponseReturnValue:
    """Show a case to a post."""
    return show_form(ref, "staff/share.html", _share_context, values={"fields": ["name", "dates"]})


@bp.post("/cases/<ref>/share")
@access(*DESK)
@reauth
def share(ref: str) -> ResponseReturnValue:
    """Only the groups chosen, until a day if one is named, perhaps with a question."""
    form = Form(request.form)
    post = form.text("post", required=_("Choose a post."))
    fields = form.choices("fields", engine.FIELD_GROUPS, required=_("Choose what it may see."))
    until = form.date("until")
    ask = form.text("ask", longest=2000, lines=True)

    def act(desk: Desk, case: Case) -> None:
        if until is not None and until < local_date(desk.now, zone(case.zone_name)):
            raise Refused(_("The last day lies in the past. Choose a later one."))
        engine.share(desk, case, post, fields, until_on=until, ask=ask or None)

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/share.html", _share_context, form)
    notes.add("success", _("Shared. The post sees it from now on."))
    return go(f"/cases/{ref}")


def _share_context(desk: Desk, case: Case) -> Mapping[str, Any]:
    names = {row.id: name for row, name in posts(desk, active=False)}
    return {
        "posts": [(row.id, name) for row, name in posts(desk)],
        "groups": list(words.field_groups().items()),
        "covered": engine.consents(desk, case, Scope.CONSULAR),
        "shares": [
            (row, names.get(row.post_id, ""), [words.field_groups()[g] for g in row.fields])
            for row in engine.live_shares(desk, case)
        ],
        "questions": [
            {
                "post": names.get(row.post_id, ""),
                "asked": desk.safe.open(row, "asked"),
                "on": words.day_text(row.asked_at),
                "days": (desk.now - row.asked_at).days,
                "outcome": words.outcomes().get(row.outcome or "", ""),
                "answer": desk.safe.open(row, "answer"),
            }
            for row in sorted(
                store.questions(desk.session, case.id), key=lambda row: row.asked_at, reverse=True
            )
        ],
        "until": words.until_text,
        "chosen": unsent.typed(desk).getlist("fields") or ["name", "dates"],
    }


@bp.get("/cases/<ref>/shares/<share_id>/end")
@access(*DESK)
@reauth
def unshare_form(ref: str, share_id: str) -> ResponseReturnValue:
    """What ending a share means."""
    return show_form(ref, "staff/unshare.html", lambda desk, case: _one(desk, case, share_id))


@bp.post("/cases/<ref>/shares/<share_id>/end")
@access(*DESK)
@reauth
def unshare(ref: str, share_id: str) -> ResponseReturnValue:
    """The post sees the case no longer, from this moment on."""
    form = Form(request.form)
    carry_out(
        form,
        ref,
        lambda desk, case: engine.unshare(desk, case, _one(desk, case, share_id)["share"]),
    )
    notes.add("success", _("No longer shared."))
    return go(f"/cases/{ref}")


@bp.post("/cases/<ref>/ask")
@access(*DESK)
def ask(ref: str) -> ResponseReturnValue:
    """Ask a post that is shown the case to do something."""
    form = Form(request.form)
    post = form.text("post", required=_("Choose a post."))
    question = form.text("ask", required=_("Write what you ask."), longest=2000, lines=True)

    def act(desk: Desk, case: Case) -> None:
        if post not in {row.post_id for row in engine.live_shares(desk, case)}:
            raise Refused(_("This post is not shown the case. Share it first."))
        engine.ask_post(desk, case, post, question)

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/ask.html", _share_context, form)
    notes.add("success", _("Asked. The post finds it on its page."))
    return go(f"/cases/{ref}")


@bp.get("/cases/<ref>/ask")
@access(*DESK)
def ask_form(ref: str) -> ResponseReturnValue:
    """Ask a post about a shared case."""
    return show_form(ref, "staff/ask.html", _share_context)


def _one(desk: Desk, case: Case, share_id: str) -> Mapping[str, Any]:
    row = desk.session.get(Share, share_id)
    if row is None or row.case_id != case.id or row.ended_at is not None:
        abort(404)
    names = {post.id: name for post, name in posts(desk, active=False)}
    return {"share": row, "post": names.get(row.post_id, "")}
