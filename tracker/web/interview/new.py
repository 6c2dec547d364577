"""`/cases/new`: a new case as a caseworker types it while somebody tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.engine.cases.directory import visible_to
from tracker.engine.cases.duplicates import look_for, near, remember
from tracker.engine.cases.intake import Teller, take_in, told_by
from tracker.engine.cases.queue import names_by_case
from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.security.tokens import new_token
from tracker.store import drafts
from tracker.store.schema import Case
from tracker.web import headers, here, notes, once, unsent
from tracker.web.access import access
from tracker.web.fields import Form
from tracker.web.interview import reading, words
from tracker.web.interview.door import bp
from tracker.web.interview.later import leave
from tracker.web.pages import form_page, go
from tracker.web.phones import read_phone

_ONCE = "interview"


@bp.get("/cases/new")
@access("caseworker", "supervisor")
def new_form() -> ResponseReturnValue:
    """The questions of the family form on one page; what was typed and not sent stands in them."""
    settings = here.services().settings
    today = local_date(here.now(), settings.timezone)
    values = {
        "said_on": today.isoformat(),
        "language": settings.language,
        "zone_name": settings.timezone.key,
        once.FIELD: new_token(),
    }
    return _page(Form(MultiDict()), values)


@bp.post("/cases/new")
@access("caseworker", "supervisor")
def new() -> ResponseReturnValue:
    """First what we understood of the dates; once that was seen, the case is opened."""
    if left := leave("/queue"):
        return left
    form = Form(request.form)
    language = form.choice("language", set(LANGUAGES)) or here.services().settings.language
    zone_name = _zone(form)
    today = local_date(here.now(), zone(zone_name))
    said_on = form.date("said_on", required=_("Say on which day this was said.")) or today
    if said_on > today:
        form.fail("said_on", _("The day on which it was said cannot lie in the future."))
    dates = reading.Dates(said_on, language)
    account = reading.read_account(form, dates)
    teller = _teller(form, language)
    if not account.names and not form.raw.get("description"):
        form.fail("names", _("Write a name, or describe the person below."))
    if request.form.get("more_rows"):
        form.errors.clear()
        return _page(form, form.raw)
    sent = once.as_sent(request.form.get(once.FIELD, ""))
    if form and (opened := _opened(sent)):
        return _lead_to(opened)
    alike = _alike(account.names) if form else []
    seen = dates.is_plain or request.form.get("agreed") == dates.signature
    if not form or not seen or form.raw.get("alike", "") != _refs(alike):
        return _page(form, form.raw, dates, alike)
    confirmed = form.checked("confirmed")
    with here.writing() as desk:
        if opened := _case_of(desk, sent):
            return _lead_to(opened)
        try:
            case, _enquirer = take_in(
                desk,
                account,
                teller,
                zone_name=zone_name,
                caseworker_id=told_by(desk.actor),
                confirmed=confirmed,
                told_on=said_on,
            )
        except Refused as refused:
            desk.session.rollback()
            form.fail("heard_words", str(refused))
            return _page(form, form.raw, dates)
        desk.session.flush()
        found = look_for(
            desk, here.services().directory, case.id, visible_to(desk, desk.actor.at_desk())
        )
        remember(desk, case.id, [case_id for case_id, _why in found])
        drafts.spend(desk.session, desk.safe, _ONCE, sent, real_now(desk), case.id)
        unsent.drop(desk)
        ref = case.ref
    notes.add("success", _("The case is open and its clock runs."))
    return go(f"/cases/{ref}/pictures" if form.checked("photos") else f"/cases/{ref}")


def _opened(sent: str) -> str:
    with here.reading() as desk:
        return _case_of(desk, sent)


def _case_of(desk: Desk, sent: str) -> str:
    """The reference of the case that this very form opened; "" where it was not sent before. With
    other words it is another form: what was changed in it would be lost (`web.once`)."""
    draft = drafts.find(desk.session, _ONCE, sent, real_now(desk))
    case = desk.session.get(Case, draft.sent_case_id) if draft is not None else None
    return case.ref if case is not None else ""


def _lead_to(ref: str) -> ResponseReturnValue:
    notes.add("info", _("This form was sent before; here is the case it opened."))
    return go(f"/cases/{ref}")


def _teller(form: Form, language: str) -> Teller:
    phone = read_phone(form, "phone")
    email = form.email("email")
    other = form.text("other_way", longest=500)
    reachable = form.checked("reachable")
    if reachable and form and not (phone or email or other):
        form.fail("phone", _("Write at least one way to reach them, or take the tick away."))
    details = {
        "relation": form.choice("relation", {code for code, _label in words.relations()}),
        "name": form.text("called"),
        "phone": phone,
        "email": email,
        "other_way": other,
        "safe_times": form.text("times", longest=500),
    }
    scopes = form.choices("consents", {code for code, _label in words.consents()})
    return Teller(
        details={name: value or None for name, value in details.items()},
        language=language,
        protected=form.checked("protected"),
        reachable=reachable,
        consents=frozenset(scopes),
        spoken=True,
    )


def _zone(form: Form) -> str:
    default = here.services().settings.timezone.key
    name = form.text("zone_name", longest=60) or default
    try:
        return zone(name).key
    except Refused:
        form.fail("zone_name", _("There is no such time zone. Write it like Asia/Almaty."))
        return default


def _alike(names: Sequence[str]) -> list[tuple[str, str]]:
    """Reference and names of cases that may be of the same person; shown to staff only (S8)."""
    with here.reading() as desk:
        directory = here.services().directory
        directory.refresh(desk)
        ids = near(desk, directory, desk.actor.at_desk(), names)
        known = names_by_case(desk, ids)
        return [(desk.session.get_one(Case, key).ref, " · ".join(known[key])) for key in ids]


def _refs(alike: Sequence[tuple[str, str]]) -> str:
    return " ".join(ref for ref, _names in alike)


def _page(
    form: Form,
    values: Any,
    dates: reading.Dates | None = None,
    alike: Sequence[tuple[str, str]] = (),
) -> Response:
    with here.reading() as desk:
        values = unsent.typed(desk) or values
    made = form_page(
        "interview/new.html",
        form.errors,
        values=values,
        rows=reading.rows_shown(Form(values)),
        echoes=dates.echoes if dates else {},
        date_labels=words.dates(reading.MOST_ROWS),
        agreed=dates.signature if dates and form else "",
        words=words,
        alike=alike,
        alike_refs=_refs(alike),
    )
    return headers.asking(made)
