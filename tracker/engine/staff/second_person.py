"""A second person for grave acts on accounts (safety.md, "Who may"; S10): asked, agreed, refused.

A new second factor for somebody, and a role that opens cases, what is shared of them, or other
people's accounts, let whoever gives them in as somebody else. So do the first link to an account
that has such a role, and opening a closed one again. So another administrator or a supervisor
agrees first: never who asks, never whose account it is, never who was just let in. Where there is
nobody else it stays possible alone, and is told and listed as such; but not in the days after
whoever could have agreed was shut out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from tracker.domain.actor import ROLES
from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import account_news
from tracker.i18n.words import gettext as _
from tracker.store import asking, people
from tracker.store.schema import AccountRequest, AuditRow, Person, new_id

LASTS: Final = timedelta(hours=72)
"""So long a request holds, and so long nobody acts alone after somebody who could have agreed is
gone: a weekend."""

GRAVE: Final = frozenset(ROLES) - {"auditor"}
"""The roles that need two people: all but the one that reads no content and changes nothing."""

MAY_AGREE: Final = (people.ADMINISTRATOR, "supervisor")

SECOND_FACTOR: Final = "second_factor"
TO_ROLES: Final = "roles"

_RESET: Final = "person.reset"
_SET_UP: Final = "person.second_factor"


def could_agree(desk: Desk, person: Person) -> list[Person]:
    """Who could agree to a change of this account that the actor asks for.

    Whoever never set up a sign-in is not counted: an office in its first hour waits for nobody. Who
    is away, or past the account's last day, is: an administrator alone can make somebody so.
    """
    theirs = people.roles_by_person(desk.session)
    return [
        each
        for each in people.everyone(desk.session)
        if each.active
        and each.totp_confirmed_at is not None
        and each.id not in (person.id, desk.person_id)
        and not theirs.get(each.id, frozenset()).isdisjoint(MAY_AGREE)
    ]


def counts(desk: Desk, person: Person) -> bool:
    """Whether this person could agree to what others ask; to be written down when they no longer
    can."""
    held = people.roles_of(desk.session, person.id)
    return person.active and person.totp_confirmed_at is not None and not held.isdisjoint(MAY_AGREE)


def alone_from(desk: Desk, person: Person) -> datetime | None:
    """From when on the actor may act on this account alone, where nobody is left who could agree;
    None: now.

    Else an administrator would first close the supervisor's account, and then be alone.
    """
    query = select(AuditRow.at, AuditRow.object_id, AuditRow.detail).where(
        AuditRow.at > desk.now - LASTS,
        AuditRow.act.in_(("person.disabled", "person.roles", _RESET)),
    )
    gone = [
        at
        for at, whose, how in desk.session.execute(query)
        if whose not in (person.id, desk.person_id) and (how or {}).get("could_agree")
    ]
    return max(gone) + LASTS if gone else None


def ask(
    desk: Desk,
    person: Person,
    act: str,
    roles: Collection[str] | None = None,
    *,
    show_link: bool = False,
) -> AccountRequest | None:
    """Ask for a second person's word; None where nobody else could give it: then it may be done.

    An earlier request of the same kind for this account makes room. Its owner is told, and all who
    could agree. Raises Refused where nobody is left because somebody was shut out lately. Who has a
    shell on the server (`OPERATOR`) asks nobody.
    """
    if desk.actor.kind == "operator":
        return None
    if not could_agree(desk, person):
        if (since := alone_from(desk, person)) is not None:
            raise Refused(
                _(
                    "A second person has to agree, and nobody is left who could: an account was "
                    "closed or changed lately. You can do it alone from %(when)s (UTC) on.",
                    when=f"{since:%Y-%m-%d %H:%M}",
                )
            )
        desk.audit("person.alone", "person", person.id, what=act)
        account_news.tell_colleagues(desk, person, "auditor")  # who else could object
        return None
    drop(desk, person, act)
    request = AccountRequest(
        id=new_id(),
        person_id=person.id,
        act=act,
        roles=sorted(roles) if roles is not None else None,
        show_link=show_link,
        state=asking.WAITING,
        asked_by=desk.person_id,
        asked_at=desk.now,
        ends_at=desk.now + LASTS,
    )
    desk.session.add(request)
    desk.session.flush()
    what = "person.reset_asked" if act == SECOND_FACTOR else "person.roles_asked"
    desk.audit(what, "person", person.id, request=request.id, roles=request.roles or [])
    if person.totp_confirmed_at is None and act == TO_ROLES:
        account_news.tell_colleagues(desk, person)  # they are invited just now
    else:
        account_news.tell(desk, person, account_news.ASKED)
    return request


def refuse_without_word(desk: Desk) -> None:
    """Raises Refused where the actor's word as a second person does not count yet.

    While the account is held; for a day after it was set up again because the second factor was
    reset; for `LASTS` where one administrator had it reset alone who could not be alone otherwise:
    else that one would enter the account and agree as its owner.
    """
    account_news.refuse_while_held(desk)
    person = desk.session.get(Person, desk.person_id or "")
    if person is None or person.totp_confirmed_at is None:
        return
    acts = (
        select(AuditRow.act, AuditRow.at, AuditRow.detail)
        .where(AuditRow.object_id == person.id, AuditRow.act.in_((_RESET, _SET_UP)))
        .order_by(AuditRow.seq)
    )
    since, lasts = person.created_at, timedelta()
    for act, at, detail in desk.session.execute(acts):
        how = detail or {}
        if act == _SET_UP:  # a new phone later on, by whoever is in, shortens nothing
            since, lasts = max(since, at + lasts), timedelta()
        elif how.get("second_factor") and how.get("held"):
            alone = how.get("could_agree") and not how.get("agreed_by")
            lasts = max(lasts, LASTS if alone else account_news.HELD)
    if desk.now < since:
        raise Refused(
            _(
                "Your sign-in was set up anew. You count as a second person from "
                "%(when)s (UTC) on.",
                when=f"{since:%Y-%m-%d %H:%M}",
            )
        )


def agree(desk: Desk, request_id: str) -> AccountRequest:
    """The second person's word. What was asked for is the caller's to do.

    Raises Refused for who may not, for what waits no longer, and as `refuse_without_word`.
    """
    request = found(desk, request_id)
    if not may_answer(desk, request):
        raise Refused(_("Another administrator or a supervisor has to agree."))
    refuse_without_word(desk)
    asker = desk.session.get_one(Person, request.asked_by)
    if not asker.active or people.ADMINISTRATOR not in people.roles_of(desk.session, asker.id):
        raise Refused(no_longer())
    if not asking.move(desk.session, request, asking.WAITING, asking.READY, desk.now):
        raise Refused(no_longer())
    request.agreed_by, request.agreed_at = desk.person_id, desk.now
    desk.audit("person.change_agreed", "person", request.person_id, request=request.id)
    return request


def decline(desk: Desk, request_id: str) -> None:
    """Take one's own request back, or refuse another's that waits. Raises Refused for anyone else,
    and for what was answered or done.
    """
    request = found(desk, request_id)
    own = request.asked_by == desk.person_id
    if not own and not may_answer(desk, request):
        raise Refused(_("Another administrator or a supervisor has to agree."))
    was = asking.OPEN if own else asking.WAITING
    if not asking.move(desk.session, request, was, asking.DECLINED, desk.now):
        raise Refused(no_longer())
    desk.audit("person.change_declined", "person", request.person_id, request=request.id)


def take(desk: Desk, request: AccountRequest) -> None:
    """Use up what was agreed to. Raises Refused when it was used, or has run out."""
    if not asking.move(desk.session, request, asking.READY, asking.TAKEN, desk.now):
        raise Refused(no_longer())


def drop(desk: Desk, person: Person, *acts: str) -> None:
    """What was asked for this account counts no more: of these kinds, or anything."""
    for request in asking.about(desk.session, person.id, desk.now):
        if not acts or request.act in acts:
            asking.move(desk.session, request, asking.OPEN, asking.DECLINED, desk.now)


def agreed_to(desk: Desk, person: Person, act: str) -> AccountRequest | None:
    """What the actor asked for this account, was agreed to, and waits to be done by them."""
    for request in asking.about(desk.session, person.id, desk.now):
        mine = request.asked_by == desk.person_id
        if mine and request.act == act and request.state == asking.READY:
            return request
    return None


def may_answer(desk: Desk, request: AccountRequest) -> bool:
    """Whether the actor is a second person for this."""
    return desk.actor.has(*MAY_AGREE) and desk.person_id not in (
        None,
        request.asked_by,
        request.person_id,
    )


def mine(desk: Desk) -> list[AccountRequest]:
    """What the actor asked for and is not done."""
    return asking.of_person(desk.session, AccountRequest, desk.person_id or "", desk.now)


def to_agree(desk: Desk) -> list[AccountRequest]:
    """What waits for the actor's word."""
    if not desk.actor.has(*MAY_AGREE):
        return []
    waiting = asking.waiting_for(desk.session, AccountRequest, desk.person_id or "", desk.now)
    return [each for each in waiting if may_answer(desk, each)]


def found(desk: Desk, request_id: str) -> AccountRequest:
    """A request. Raises Refused where there is none."""
    request = desk.session.get(AccountRequest, request_id)
    if request is None:
        raise Refused(no_longer())
    return request


def no_longer() -> str:
    """Said of what was done, refused, or has run out."""
    return _("This is no longer waiting.")
