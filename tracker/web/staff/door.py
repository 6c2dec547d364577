"""The door of the desk: who comes in, which cases they find, and how a form is carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort

from tracker.domain import actor
from tracker.domain.actor import Actor
from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.security.tokens import new_token
from tracker.store.cases import find_case
from tracker.store.schema import Case
from tracker.web import here, once, unsent
from tracker.web.fields import Form
from tracker.web.pages import form_page

bp = Blueprint("staff", __name__)

DESK = actor.DESK

_ONCE: Final = "desk"
"""Whatever is added to a case from a form of the desk."""

Context = Callable[[Desk, Case], Mapping[str, Any]]


def desk_actor() -> Actor:
    """The asking person in their roles at the desk: being of a post opens no case here."""
    return here.actor().at_desk()


def case_of(desk: Desk, ref: str) -> Case:
    """The case with that reference; 404 where this person sees none (S8)."""
    found = find_case(desk.session, desk_actor(), ref)
    if found is None:
        abort(404)
    return found


def nothing_more(_desk: Desk, _case: Case) -> Mapping[str, Any]:
    """A form that needs no more than its case."""
    return {}


def show_form(
    ref: str,
    template: str,
    context: Context = nothing_more,
    form: Form | None = None,
    values: Mapping[str, Any] | None = None,
    read: str = "",
) -> Response:
    """One case's form, empty or as it was typed with what is wrong.

    `read` is the act to audit where the page shows words of the record (S13).
    """
    with here.looking() as desk:
        case = case_of(desk, ref)
        if read:
            desk.audit(read, "case", case.id, case.id)
        errors = form.errors if form is not None else {}
        kept = unsent.typed(desk)
        typed = form.raw if form is not None else kept or values or {}
        return form_page(
            template,
            errors,
            case=case,
            values=typed,
            once=(errors and typed.get(once.FIELD)) or new_token(),
            **context(desk, case),
        )


def carry_out(form: Form, ref: str, act: Callable[[Desk, Case], object]) -> bool:
    """Do it in one transaction; False, and a sentence in the form, when it is refused.

    What carries a token (`once.FIELD`) is done once: sent again it is as if done again.
    """
    if not form:
        return False
    try:
        with here.writing() as desk:
            case, token = case_of(desk, ref), form.raw.get(once.FIELD)
            if token is None or once.is_first(desk, _ONCE, token, case):
                act(desk, case)
            unsent.drop(desk)
    except Refused as refused:
        form.fail("", str(refused))
        return False
    return True


def keys_wanted() -> bool:
    """Whether this person lets single keys act (WCAG 2.1.4)."""
    visit = here.visit()
    return visit is not None and visit.shortcuts


def my_zone() -> ZoneInfo:
    """The zone in which this reader sees instants."""
    return ZoneInfo(here.actor().zone_name)


def local(moment: datetime) -> datetime:
    """An instant on this reader's clocks."""
    return moment.astimezone(my_zone())
