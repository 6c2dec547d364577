"""The accounts of those who work with the cases: invited, given roles, reset, disabled (S10).

Nobody but an administrator, or an operator at the machine, changes another's account. The last
active administrator stays one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from tracker.domain.actor import ROLES
from tracker.domain.errors import Refused
from tracker.domain.moments import zone
from tracker.engine.desk import Desk
from tracker.engine.staff import account_news, second_person
from tracker.engine.staff.addresses import hashes, new_point, reachable
from tracker.engine.staff.audience import is_over
from tracker.engine.staff.visits import real_now
from tracker.i18n import languages
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.security.tokens import new_token, token_hash
from tracker.store import api, people, sessions, trail
from tracker.store.schema import AccountRequest, Person, SignInLink, new_id
from tracker.store.sealing import PERSON_PURPOSES

LINK_LASTS: Final = timedelta(minutes=30)
_DEMO_LINK_LASTS: Final = timedelta(days=3650)


class Invited(NamedTuple):
    """A new account and the token of its link, which is shown once: `/welcome/<token>`.

    `waits`: a second person has to agree to its roles first.
    """

    person: Person
    token: str
    waits: AccountRequest | None = None


def invite(
    desk: Desk,
    *,
    email: str,
    name: str,
    roles: Collection[str],
    language: str = "en",
    zone_name: str = "UTC",
) -> Invited:
    """Open an account that its owner sets up by a link within 30 minutes.

    Roles that need a second person's word come when it is given. Raises Refused for an address
    already in use, an unknown role, language or zone.
    """
    may_manage(desk)
    check_roles(roles)
    person = add_person(
        desk, email=email, name=name, roles=(), language=language, zone_name=zone_name
    )
    waits, now = None, set(roles)
    if second_person.GRAVE & now:
        waits = second_person.ask(desk, person, second_person.TO_ROLES, roles)
    if waits is not None:
        now -= second_person.GRAVE
    people.replace_roles(desk.session, person.id, now, desk.person_id, desk.now)
    # Nobody is there to object in an office's first hour: then nothing is held back.
    somebody = account_news.others(desk, person.id, ("supervisor", people.ADMINISTRATOR))
    held = bool(somebody and account_news.POWERS & now)
    desk.audit("person.invited", "person", person.id, roles=sorted(now), held=held)
    if waits is None:
        account_news.tell_colleagues(desk, person)
    return Invited(person, new_link(desk, person, "invite"), waits)


def add_person(
    desk: Desk,
    *,
    email: str,
    name: str,
    roles: Collection[str],
    language: str = "en",
    zone_name: str = "UTC",
) -> Person:
    """An account nobody can enter yet, with its address as first contact point.

    Raises Refused as `invite`, and for an address that no mail reaches; writes no audit row: that
    is the caller's.
    """
    zone(zone_name)
    check_known(roles)
    spoken = languages.known(language)
    if spoken is None:
        raise Refused(_("We do not speak this language yet. Choose one of the list."))
    email = reachable(email)
    if people.find_by_email(desk.session, *hashes(desk, email)) is not None:
        raise Refused(_("There is already an account with this address."))
    person = Person(
        id=new_id(),
        email_hmac=desk.hmac(email),
        language=spoken,
        zone_name=zone_name,
        created_at=desk.now,
    )
    desk.safe.create_keys(person.id, PERSON_PURPOSES, desk.now)
    desk.safe.seal(person, "name", name)
    desk.safe.seal(person, "email", email)
    desk.session.add(person)
    desk.session.flush()
    people.replace_roles(desk.session, person.id, roles, desk.person_id, desk.now)
    new_point(desk, person.id, "email", email)
    desk.session.flush()
    return person


def disable(desk: Desk, person_id: str) -> None:
    """Close an account: its sessions, links and tokens end.

    Raises Refused for the last administrator, and while cases are this person's (domain.md 14).
    """
    may_manage(desk)
    person = account_of(desk, person_id)
    keep_an_administrator(desk, person)
    refuse_while_cases_are_theirs(desk, person)
    could_agree = second_person.counts(desk, person)
    person.active = False
    end_everything(desk, person)
    second_person.drop(desk, person)
    desk.audit("person.disabled", "person", person.id, could_agree=could_agree)
    account_news.tell(desk, person)


def enable(desk: Desk, person_id: str) -> AccountRequest | None:
    """Open a closed account again; password and second factor are as they were.

    Roles that need a second person's word come when it is given: what waits is given back.
    """
    may_manage(desk)
    person = account_of(desk, person_id)
    if person.active:
        return None
    person.active = True
    return _open_again(desk, person, "person.enabled")


def set_last_day(desk: Desk, person: Person, last_on: date | None) -> AccountRequest | None:
    """The account ends with this day, in its owner's time zone; None: with none.

    Moved on once it has passed, the account opens again as by `enable`. Raises Refused as
    `disable`, where it would end sooner than now.
    """
    may_manage(desk)
    was, over = person.expires_on, is_over(desk, person)
    if last_on == was:
        return None
    if last_on is not None and (was is None or last_on < was):
        keep_an_administrator(desk, person, until=last_on)
        refuse_while_cases_are_theirs(desk, person)
    person.expires_on = last_on
    if over and person.active and not is_over(desk, person):
        return _open_again(desk, person, "person.last_day")
    desk.audit("person.last_day", "person", person.id)
    account_news.tell(desk, person)
    return None


def _open_again(desk: Desk, person: Person, act: str) -> AccountRequest | None:
    """Nobody enters by an account that was over with what it could do before, by one's word."""
    end_everything(desk, person)
    waits, roles = None, people.roles_of(desk.session, person.id)
    if second_person.GRAVE & roles:
        waits = second_person.ask(desk, person, second_person.TO_ROLES, roles)
    if waits is not None:
        roles -= second_person.GRAVE
        people.replace_roles(desk.session, person.id, roles, desk.person_id, desk.now)
    desk.audit(act, "person", person.id, held=bool(account_news.POWERS & roles))
    account_news.tell(desk, person)
    return waits


def demo_link(desk: Desk, person_id: str) -> str:
    """The token of a link that signs in as this person, again and again, in a demo only.

    Raises Refused on a real instance.
    """
    if not desk.settings.demo:
        raise Refused(_("Such links exist only in a demonstration."))
    return new_link(desk, account_of(desk, person_id), "demo", _DEMO_LINK_LASTS)


def set_language(desk: Desk, code: str) -> None:
    """The acting person reads another language from now on. Raises Refused for an unknown one."""
    spoken = languages.known(code)
    if spoken is None:
        raise Refused(_("We do not speak this language yet. Choose one of the list."))
    person = account_of(desk, desk.person_id or "")
    person.language = spoken
    desk.audit("person.language", "person", person.id, language=spoken)


def set_shortcuts(desk: Desk, *, on: bool) -> None:
    """The acting person lets single keys act, or not (WCAG 2.1.4)."""
    person = account_of(desk, desk.person_id or "")
    person.shortcuts = on
    desk.audit("person.shortcuts", "person", person.id, on=on)


def new_link(desk: Desk, person: Person, purpose: str, lasts: timedelta = LINK_LASTS) -> str:
    """The token of a new link to this account, which works once."""
    made_at: datetime = real_now(desk)
    token = new_token()
    desk.session.add(
        SignInLink(
            id=new_id(),
            person_id=person.id,
            token_hash=token_hash(token),
            purpose=purpose,
            made_at=made_at,
            expires_at=made_at + lasts,
        )
    )
    desk.session.flush()
    return token


def end_everything(desk: Desk, person: Person) -> None:
    """Whatever opened this account until now opens it no more."""
    at = real_now(desk)
    sessions.end_all(desk.session, person.id, at)
    people.void_links(desk.session, person.id, at)
    api.end_all(desk.session, person.id, at)


def may_manage(desk: Desk) -> None:
    """The door asks too; this holds whichever door it is."""
    if desk.actor.kind != "operator" and not desk.actor.has(people.ADMINISTRATOR):
        raise Refused(_("Only an administrator can change accounts."))


def refuse_while_cases_are_theirs(desk: Desk, person: Person) -> None:
    """Raises Refused: nobody goes whose open cases nobody else has (domain.md 14)."""
    if theirs := trail.open_cases_of(desk.session).get(person.id, 0):
        raise Refused(
            ngettext(
                "%(n)s open case is theirs. Hand it over first.",
                "%(n)s open cases are theirs. Hand them over first.",
                theirs,
            )
        )


def check_roles(roles: Collection[str]) -> None:
    """Raises Refused for an unknown role, and for none at all."""
    if not roles:
        raise Refused(_("Choose at least one role."))
    check_known(roles)


def check_known(roles: Collection[str]) -> None:
    """Raises Refused for an unknown role."""
    if not set(roles) <= set(ROLES):
        raise Refused(_("There is no such role. Choose from the list."))


def keep_an_administrator(
    desk: Desk, person: Person, roles: Collection[str] = (), until: date | None = None
) -> None:
    """Raises Refused where, with these roles, nobody would be an administrator any more; `until`:
    once this last day of theirs has passed, others' last days counted."""
    held = people.roles_of(desk.session, person.id)
    leaves = people.ADMINISTRATOR in held and people.ADMINISTRATOR not in roles
    if not person.active or not leaves:
        return
    today = desk.today
    if not people.other_administrators(desk.session, person.id, today):
        raise Refused(_("This is the last administrator. Make another one first."))
    after = today if until is None else max(today, until + timedelta(days=1))
    if not people.other_administrators(desk.session, person.id, after):
        raise Refused(
            _(
                "After that day nobody would be an administrator: the others' accounts end by "
                "then. Make another one first, or give one of them a later last day."
            )
        )


def account_of(desk: Desk, person_id: str) -> Person:
    """An account, closed ones too. Raises Refused where there is none, or no longer."""
    person = desk.session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise Refused(_("There is no such account."))
    return person


def open_account(desk: Desk, person_id: str) -> Person:
    """An account that is open. Raises Refused where it is closed, or there is none."""
    person = account_of(desk, person_id)
    if not person.active:
        raise Refused(_("This account is closed. Open it again first."))
    return person
