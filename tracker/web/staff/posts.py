"""`/posts`: embassies and consulates, and who serves there."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.staff import people as engine
from tracker.engine.staff import posts
from tracker.i18n.words import gettext as _
from tracker.web import here, notes, whom
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.pages import form_page, go
from tracker.web.staff import words
from tracker.web.staff.door import bp
from tracker.web.staff.people import READERS, may_write


@bp.get("/posts")
@access(*READERS)
def all_posts() -> ResponseReturnValue:
    """Embassies and consulates, and who serves there."""
    return _posts_page({})


@bp.get("/posts/edit")
@access("administrator")
@reauth
def edit_posts() -> ResponseReturnValue:
    """The same, to be changed."""
    return _posts_page({}, editing=True)


@bp.post("/posts/edit")
@access("administrator")
@reauth
def change_posts() -> ResponseReturnValue:
    """Add a post, add somebody to one, or end somebody's service."""
    form = Form(request.form)
    act = form.choice("act", ("post", "member", "end"), required=_("Choose one."))
    name, zone_name = form.text("name"), form.text("zone") or "UTC"
    post_id = form.text("post", longest=32)
    person_id = _consul(form) if act == "member" else ""
    member, until = form.text("member", longest=32), form.date("until")
    if form:
        try:
            with here.writing() as desk:
                if act == "post":
                    posts.add_post(desk, name, zone_name)
                elif act == "member":
                    posts.add_member(desk, post_id, person_id, until)
                else:
                    posts.end_member(desk, member)
        except Refused as refused:
            form.fail("", str(refused))
    if not form:
        return _posts_page(form.errors, editing=True)
    notes.add("success", _("Saved."))
    return go("/posts/edit")


def _consul(form: Form) -> str:
    with here.reading() as desk:
        known = engine.colleagues(desk, "consular")
    return whom.read(form, "person", known, required=_("Choose who serves there.")) or ""


def _posts_page(errors: dict[str, str], *, editing: bool = False) -> ResponseReturnValue:
    with here.reading() as desk:
        serving = posts.members(desk)
        ids = [member.person_id for many in serving.values() for member in many]
        return form_page(
            "staff/posts.html",
            errors,
            posts=engine.posts(desk, active=False),
            serving=serving,
            names=engine.names_of(desk, ids),
            consuls=whom.field(
                engine.colleagues(desk, "consular"), typed=request.form.get("person")
            ),
            until=words.until_text,
            values=request.form,
            editing=editing,
            may_write=may_write(),
        )
