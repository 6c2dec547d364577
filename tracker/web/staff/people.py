"""`/people`: who has an account, invitations, and one account as others see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.actor import ROLES
from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import accounts, colleagues, mail_keys, posts, second_person, trial
from tracker.engine.staff import people as engine
from tracker.engine.staff.audience import is_on_leave
from tracker.i18n.dates import date_text, list_text
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.security.redaction import mask
from tracker.store import people as store
from tracker.store import trail
from tracker.store.schema import Person, PostMember
from tracker.web import here, notes, whom
from tracker.web.access import access, reauth
from tracker.web.account_changes import changes_shown
from tracker.web.fields import Form
from tracker.web.pages import form_page, go, page
from tracker.web.staff import words
from tracker.web.staff.door import bp

READERS = ("administrator", "supervisor", "auditor")

PAGE: Final = 50


@bp.get("/people")
@access(*READERS)
def people() -> ResponseReturnValue:
    """Everybody with an account, their roles and cases; a page at a time where they are many."""
    number = request.args.get("page", 1, type=int)
    with here.reading() as desk:
        known = engine.everybody(desk)
        first = PAGE * (number - 1)
        if number < 1 or (first and first >= len(known)):
            abort(404)
        more = first + PAGE < len(known)
        return page(
            "staff/people.html",
            **_table(desk, known[first : first + PAGE]),
            found=whom.Field(None, "") if len(known) > PAGE else None,
            previous=f"/people?page={number - 1}" if number > 1 else "",
            following=f"/people?page={number + 1}" if more else "",
            may_write=may_write(),
            asked=bool(second_person.to_agree(desk) or second_person.mine(desk)),
            changes=changes_shown(desk, words.moment_text, roles_text=words.roles_text),
        )


@bp.post("/people/find")
@access(*READERS)
def find() -> ResponseReturnValue:
    """Somebody by their name, or a part of it; it stands in no address (S12)."""
    form = Form(request.form)
    with here.reading() as desk:
        known = engine.everybody(desk)
    found = whom.read(form, "person", known, required=_("Write the name."))
    if found is None:
        return whom.which_person(
            form,
            "person",
            known,
            heading=_("Who?"),
            back=("/people", _("People")),
            label=_("Name"),
            button=_("Find"),
        )
    return go(f"/people/{found}")


def _table(desk: Desk, people: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What the table says of these people (id, name)."""
    rows = {row.id: row for row in store.of_ids(desk.session, [each[0] for each in people])}
    return {
        "rows": [rows[person_id] for person_id, _name in people],
        "names": dict(people),
        "roles_of": store.roles_by_person(desk.session),
        "theirs": trail.open_cases_of(desk.session),
        "stopped": store.who_stopped(desk.session),
        "roles_text": words.roles_text,
        "languages_by_code": LANGUAGES,
    }


@bp.get("/people/invite")
@access("administrator")
@reauth
def invite_form() -> ResponseReturnValue:
    """A new account."""
    return _invite_page({}, {"language": "en", "zone": here.actor().zone_name})


@bp.post("/people/invite")
@access("administrator")
@reauth
def invite() -> ResponseReturnValue:
    """The link is shown once, or sent by mail; it works for 30 minutes, once."""
    form = Form(request.form)
    name = form.text("name", required=_("Write the name."))
    email = form.email("email", required=_("Write the e-mail address."))
    chosen = form.choices("roles", ROLES, required=_("Choose at least one role."))
    language = form.choice("language", LANGUAGES, required=_("Choose a language."))
    zone_name = form.zone("zone")
    send = form.checked("send")
    if form:
        try:
            with here.writing() as desk:
                invited = accounts.invite(
                    desk,
                    email=email,
                    name=name,
                    roles=chosen,
                    language=language or "en",
                    zone_name=zone_name,
                )
                if send:
                    trial.send_invitation(desk, invited.person.id)
                person_id, token, waits = invited.person.id, invited.token, invited.waits
        except Refused as refused:
            form.fail("", str(refused))
        else:
            if waits is not None:
                notes.add("info", waits_text())
            if send:
                notes.add("success", _("The invitation is on its way."))
                return go(f"/people/{person_id}/edit")
            return link_page(person_id, token)
    return _invite_page(form.errors, form.raw)


def _invite_page(errors: dict[str, str], values: Any) -> ResponseReturnValue:
    return form_page(
        "staff/invite.html",
        errors,
        values=values,
        roles=list(words.roles().items()),
        chosen=request.form.getlist("roles"),
        languages_spoken=[(each.code, each.own_name) for each in LANGUAGES.values()],
    )


def waits_text() -> str:
    """Said where nothing happened yet."""
    return _(
        "Their roles or second factor change when another administrator or a supervisor has "
        "agreed. They were told; tell them too."
    )


def link_page(person_id: str, token: str, *, told: bool = False) -> ResponseReturnValue:
    """A single-use link, shown once; whether others were told that it was."""
    address = f"{here.services().settings.base_url}/welcome/{token}"
    with here.reading() as desk:
        name = engine.names_of(desk, [person_id]).get(person_id, "")
    return page(
        "staff/link.html", address=address, name=name, back=f"/people/{person_id}", told=told
    )


@bp.get("/people/<person_id>")
@access(*READERS)
def person(person_id: str) -> ResponseReturnValue:
    """One account, contact points masked."""
    with here.reading() as desk:
        return page(
            "staff/person.html",
            **shown(desk, person_of(desk, person_id)),
            changes=changes_shown(desk, words.moment_text, person_id, words.roles_text),
        )


def person_of(desk: Desk, person_id: str) -> Person:
    """An account; 404 where there is none, or none any more."""
    row = colleagues.find(desk, person_id)
    if row is None or row.erased_at is not None:
        abort(404)
    return row


def shown(desk: Desk, row: Person) -> dict[str, Any]:
    """What pages show of an account; addresses whole for administrators only."""
    full, serving = may_write(), posts.members(desk)
    email = desk.safe.open(row, "email")
    points = []
    for point in store.points_of(desk.session, row.id):
        address = desk.safe.open(point, "address")
        own = point.channel == "email" and point.address_hmac == row.email_hmac
        points.append({"row": point, "address": address if full else mask(address), "own": own})
    return {
        "person": row,
        "name": desk.safe.open(row, "name"),
        "email": email if full else mask(email),
        "held": store.roles_of(desk.session, row.id),
        "points": points,
        "may_hand_over": here.actor().has("supervisor"),
        "leave": _leave(row),
        "away": _away(desk, row),
        "posts": list_text(
            [name for post, name in engine.posts(desk) if _serves(serving.get(post.id, []), row)]
        ),
        "deputy": engine.names_of(desk, [row.deputy_id]).get(row.deputy_id or "", ""),
        "theirs": trail.open_cases_of(desk.session).get(row.id, 0),
        "language": LANGUAGES[row.language].own_name,
        "roles_text": words.roles_text,
        "channel_names": words.channels(),
        "says": _says(desk, row),
        "may_write": full,
        "second": _second(desk, row),
        "day": words.day_text,
    }


def _serves(members: Sequence[PostMember], row: Person) -> bool:
    return any(member.person_id == row.id for member in members)


def _leave(row: Person) -> str:
    """``from 1 March 2026 until 14 March 2026``, or nothing."""
    if row.leave_from_on is None:
        return ""
    first = _("from %(date)s", date=date_text(row.leave_from_on))
    return f"{first} {words.until_text(row.leave_until_on)}".strip()


def _away(desk: Desk, row: Person) -> str:
    """A sentence while somebody else is told instead."""
    if not is_on_leave(desk, row):
        return ""
    deputy = engine.names_of(desk, [row.deputy_id]).get(row.deputy_id or "", "")
    return _("On leave: %(name)s is told instead, and works on their cases.", name=deputy)


def _says(desk: Desk, row: Person) -> str:
    """How much messages to somebody say now (S4)."""
    match row.disclosure:
        case "reference":
            return _("case references, bands and days")
        case "full" if mail_keys.works(desk, row):
            return _("reasons and next steps too, encrypted")
        case "full":
            return _("next to nothing: there is no OpenPGP key that works")
        case _:
            return _("next to nothing")


def _second(desk: Desk, row: Person) -> str:
    """Who could agree to a grave change of this account, as the asking administrator is told."""
    needed = _("A new second factor, and every role but auditor, need a second person to agree.")
    names = engine.names_of(desk, [each.id for each in second_person.could_agree(desk, row)])
    if names:
        known = list_text(sorted(names.values(), key=str.casefold))
        by = _("Those who can agree: %(names)s.", names=known)
        return f"{needed} {by}"
    if (since := second_person.alone_from(desk, row)) is not None:
        when = words.moment_text(since)
        left = _("Nobody is left who could agree. You can do it alone from %(when)s on.", when=when)
        return f"{needed} {left}"
    return _(
        "There is nobody who could agree to a new second factor or to roles: you decide alone. It "
        "stands in the record, and whoever there is to be told is told."
    )


def may_write() -> bool:
    """Whether the asking person changes accounts."""
    return here.actor().has("administrator")
