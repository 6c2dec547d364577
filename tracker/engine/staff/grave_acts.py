"""Grave acts on an account: its sign-in reset, its roles changed; by two people where it has to be
so (`second_person`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import account_news, accounts, factors, second_person
from tracker.engine.staff.audience import is_over
from tracker.engine.staff.notices import queue_at
from tracker.engine.staff.second_person import GRAVE, SECOND_FACTOR, TO_ROLES
from tracker.engine.staff.visits import real_now
from tracker.i18n.words import gettext as _
from tracker.store import api, people, sessions
from tracker.store.schema import AccountRequest, ContactPoint, Person


class Outcome(NamedTuple):
    """What came of it. Neither: it is done, and a link is on its way where there is one."""

    token: str | None = None
    """To be handed over: nobody mailed it."""
    waits: AccountRequest | None = None
    """A second person has to agree first."""


def reset(
    desk: Desk, person_id: str, *, second_factor: bool = False, show_link: bool = False
) -> Outcome:
    """A new link for somebody who lost the password, and perhaps the phone too.

    It goes to the address they sign in with; where no mail goes there, or `show_link` says that it
    would not arrive, its token is given back, to be handed over. The old password, and the old
    second factor if asked, end at once, with every session and token. A second person agrees first
    where whoever has the link would set up the second factor, and be in: it was lost, or an account
    that has one of `GRAVE` never had one. Asked again after that, it is done. Raises Refused when
    there is no such open account.
    """
    accounts.may_manage(desk)
    person = accounts.open_account(desk, person_id)
    roles = people.roles_of(desk.session, person.id)
    if not second_factor and (person.totp_confirmed_at is not None or not GRAVE & roles):
        return Outcome(_reset(desk, person, show_link=show_link))
    # Where nobody else is there yet to object, a first link that ran out holds nothing back.
    held = second_factor or bool(account_news.others(desk, person.id, second_person.MAY_AGREE))
    if (agreed := second_person.agreed_to(desk, person, SECOND_FACTOR)) is not None:
        return Outcome(_reset_as_agreed(desk, agreed))
    waits = second_person.ask(desk, person, SECOND_FACTOR, show_link=show_link)
    if waits is not None:
        return Outcome(waits=waits)
    return Outcome(_reset(desk, person, second_factor=True, show_link=show_link, held=held))


def set_roles(desk: Desk, person_id: str, roles: Collection[str]) -> AccountRequest | None:
    """Give a person exactly these roles; their sessions and tokens end: none keeps old rights.

    Where one more of `GRAVE` is among them and somebody else could agree, nothing changes yet: what
    waits is given back. Raises Refused for an unknown role, none at all, or the last
    administrator's.
    """
    accounts.may_manage(desk)
    accounts.check_roles(roles)
    person = accounts.account_of(desk, person_id)
    accounts.keep_an_administrator(desk, person, roles)
    if GRAVE & (set(roles) - people.roles_of(desk.session, person.id)):
        waits = second_person.ask(desk, person, TO_ROLES, roles)
        if waits is not None:
            return waits
    _set_roles(desk, person, roles)
    return None


def agree(desk: Desk, request_id: str) -> AccountRequest:
    """The second person's word: it is done at once, but for a link that who asked has to hand over.

    Raises Refused as `second_person.agree`, and where it can be done no more.
    """
    request = second_person.agree(desk, request_id)
    person = accounts.open_account(desk, request.person_id)
    if request.act == TO_ROLES:
        _set_roles_as_agreed(desk, request, person)
    elif not shows_link(desk, request):
        _reset_as_agreed(desk, request)
    else:
        account_news.tell_colleagues(desk, person)
    return request


def shows_link(desk: Desk, request: AccountRequest) -> bool:
    """Whether who asked will be shown the link, because it was asked for so or no mail goes."""
    if request.act != SECOND_FACTOR:
        return False
    person = accounts.account_of(desk, request.person_id)
    return request.show_link or _own_mail(desk, person) is None


def hand_over(desk: Desk, request_id: str) -> str | None:
    """The link of what was agreed to, for who asked; the old password and second factor end now.

    None where mail goes to its owner again: then it is on its way there. Raises Refused for
    anybody else, and when it was done already or has run out.
    """
    accounts.may_manage(desk)
    request = second_person.found(desk, request_id)
    if request.asked_by != desk.person_id or request.act != SECOND_FACTOR:
        raise Refused(second_person.no_longer())
    return _reset_as_agreed(desk, request)


def rescue(desk: Desk, person_id: str, user: int) -> str:
    """A link for the last administrator, who cannot get in; by the operating system's `user`.

    A last day that has passed is taken away. Raises Refused where there is another administrator
    who can sign in: that one resets it.
    """
    person = accounts.open_account(desk, person_id)
    if people.ADMINISTRATOR not in people.roles_of(desk.session, person.id):
        raise Refused(_("This is no administrator. An administrator resets their sign-in."))
    if people.other_administrators(desk.session, person.id, desk.today):
        raise Refused(_("There is another administrator, who can reset it."))
    if is_over(desk, person):
        person.expires_on = None
    desk.audit("person.rescued", "person", person.id, user=user)
    token = _reset(desk, person, second_factor=True, show_link=True)
    assert token is not None
    return token


def _reset_as_agreed(desk: Desk, request: AccountRequest) -> str | None:
    second_person.take(desk, request)
    person = accounts.open_account(desk, request.person_id)
    return _reset(desk, person, second_factor=True, show_link=request.show_link, **_by_two(request))


def _reset(
    desk: Desk,
    person: Person,
    *,
    second_factor: bool = False,
    show_link: bool = False,
    held: bool = True,
    **by: Any,
) -> str | None:
    """End what opened the account, and send its owner a link; the token where none was sent."""
    if second_factor:
        by["could_agree"] = second_person.counts(desk, person)
        person.totp_sealed = person.totp_confirmed_at = person.totp_last_step = None
        factors.drop_all(desk, person.id)
    person.password_hash = None
    accounts.end_everything(desk, person)
    desk.audit(
        "person.reset",
        "person",
        person.id,
        second_factor=second_factor,
        held=second_factor and held,
        **by,
    )
    point = None if show_link else _own_mail(desk, person)
    if point is not None:
        queue_at(desk, "invite", point)
        desk.audit("outbox.invitation", "person", person.id)
        account_news.tell(desk, person)
        return None
    desk.audit("person.link_shown", "person", person.id)
    account_news.tell(desk, person, account_news.SHOWN)
    return accounts.new_link(desk, person, "reset")


def _own_mail(desk: Desk, person: Person) -> ContactPoint | None:
    """The address its owner signs in with, where mail goes there: a link goes nowhere else.

    A contact point that was added meanwhile may be anybody's.
    """
    settings = desk.settings
    if settings.file_delivery or settings.smtp is None:
        return None
    for point in people.points_of(desk.session, person.id):
        own = point.channel == "email" and point.address_hmac == person.email_hmac
        if own and point.opted_out_at is None and point.disabled_at is None:
            return point
    return None


def _set_roles_as_agreed(desk: Desk, request: AccountRequest, person: Person) -> None:
    second_person.take(desk, request)
    roles = request.roles or []
    accounts.check_roles(roles)
    accounts.keep_an_administrator(desk, person, roles)
    _set_roles(desk, person, roles, by=request.asked_by, **_by_two(request))


def _set_roles(
    desk: Desk, person: Person, roles: Collection[str], by: str | None = None, **detail: Any
) -> None:
    before = people.roles_of(desk.session, person.id)
    could_agree = second_person.counts(desk, person)
    people.replace_roles(desk.session, person.id, roles, by or desk.person_id, desk.now)
    sessions.end_all(desk.session, person.id, real_now(desk))
    api.end_all(desk.session, person.id, real_now(desk))
    second_person.drop(desk, person, TO_ROLES)
    desk.audit(
        "person.roles",
        "person",
        person.id,
        roles=sorted(roles),
        held=bool(account_news.POWERS & (set(roles) - before)),
        could_agree=could_agree and not second_person.counts(desk, person),
        **detail,
    )
    if before != set(roles):
        account_news.tell(desk, person)


def _by_two(request: AccountRequest) -> dict[str, Any]:
    """Both names for the record: who did it is only one of them."""
    return {"asked_by": request.asked_by, "agreed_by": request.agreed_by}
