"""`/people/asked`: changes of accounts that wait for a second person, and giving one's word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import grave_acts, second_person
from tracker.engine.staff.people import names_of
from tracker.i18n.words import gettext as _
from tracker.store import asking, people
from tracker.store.schema import AccountRequest, Person
from tracker.web import here, notes
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.pages import form_page, go
from tracker.web.staff import words
from tracker.web.staff.door import bp
from tracker.web.staff.people import link_page


@bp.get("/people/asked")
@access(*second_person.MAY_AGREE)
@reauth
def asked_changes() -> ResponseReturnValue:
    """What waits for my word, and what I asked for."""
    return _page(Form(request.form))


@bp.post("/people/asked/<request_id>/agree")
@access(*second_person.MAY_AGREE)
@reauth
def agree_change(request_id: str) -> ResponseReturnValue:
    """The second person's word."""
    form = Form(request.form)
    if not _done(form, lambda desk: grave_acts.agree(desk, request_id)):
        return _page(form)
    notes.add("success", _("You agreed. Everybody concerned is told."))
    return go("/people/asked")


@bp.post("/people/asked/<request_id>/decline")
@access(*second_person.MAY_AGREE)
@reauth
def decline_change(request_id: str) -> ResponseReturnValue:
    """Refuse it, or take one's own back."""
    form = Form(request.form)
    if not _done(form, lambda desk: second_person.decline(desk, request_id)):
        return _page(form)
    return go("/people/asked")


@bp.post("/people/asked/<request_id>/link")
@access(people.ADMINISTRATOR)
@reauth
def hand_over_link(request_id: str) -> ResponseReturnValue:
    """The link, once, for who asked; it was agreed to, and no mail takes it to its owner."""
    form = Form(request.form)
    try:
        with here.writing() as desk:
            person_id = second_person.found(desk, request_id).person_id
            token = grave_acts.hand_over(desk, request_id)
    except Refused as refused:
        form.fail("", str(refused))
        return _page(form)
    if token is None:
        notes.add("success", _("The link is on its way to their own mail address."))
        return go(f"/people/{person_id}/edit")
    return link_page(person_id, token, told=True)


def _done(form: Form, act: Callable[[Desk], object]) -> bool:
    try:
        with here.writing() as desk:
            act(desk)
    except Refused as refused:
        form.fail("", str(refused))
    return bool(form)


def _page(form: Form) -> Response:
    with here.reading() as desk:
        theirs, mine = second_person.to_agree(desk), second_person.mine(desk)
        return form_page(
            "staff/asked.html",
            form.errors,
            theirs=_rows(desk, theirs),
            mine=_rows(desk, mine),
            moment=words.moment_text,
        )


def _rows(desk: Desk, found: Sequence[AccountRequest]) -> list[dict[str, Any]]:
    names = names_of(desk, [each for row in found for each in (row.person_id, row.asked_by)])
    held = people.roles_by_person(desk.session)
    return [
        {
            "row": row,
            "whose": names.get(row.person_id, ""),
            "by": names.get(row.asked_by, ""),
            "roles": words.roles_text(row.roles or ()),
            "now": words.roles_text(held.get(row.person_id, ())),
            "agreed": row.state == asking.READY,
            "shown": grave_acts.shows_link(desk, row),
            **_account(desk, row.person_id),
        }
        for row in found
    ]


def _account(desk: Desk, person_id: str) -> dict[str, Any]:
    """By what a second person knows whose account it is: anybody can be invited with a name."""
    person = desk.session.get_one(Person, person_id)
    return {
        "email": desk.safe.open(person, "email"),
        "made": words.moment_text(person.created_at),
        "set_up": person.totp_confirmed_at is not None,
    }
