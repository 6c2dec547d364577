"""What an administrator sets for a colleague: ways to reach them, leave, how much is said."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Final

import phonenumbers

from tracker.domain.actor import DESK, ROLES
from tracker.domain.delivery import BY_PHONE, CHANNEL_KINDS, EMAIL, SERVICE, WEBHOOK, is_denied
from tracker.domain.errors import Refused
from tracker.domain.evaluate import SUPERVISOR
from tracker.domain.telephone import with_country
from tracker.engine.desk import Desk
from tracker.engine.staff import account_news, accounts, people
from tracker.engine.staff.addresses import new_point, reachable
from tracker.i18n.words import _
from tracker.messages.kinds import FULL, NOTICE, REFERENCE
from tracker.security.text import ascii_digits
from tracker.store import people as store
from tracker.store.schema import AccountRequest, ContactPoint, Person

DISCLOSURES: Final = (NOTICE, REFERENCE, FULL)
"""How much messages to this person say (S4)."""

_WEBHOOK: Final = re.compile(r"https://\S+ whsec_[A-Za-z0-9+/]{24,128}={0,2}", re.ASCII)
"""Where a webhook goes and the secret that signs it, as one address."""


def find(desk: Desk, person_id: str) -> Person | None:
    """An account, disabled ones too."""
    return desk.session.get(Person, person_id)


def add_point(desk: Desk, person: Person, channel: str, address: str) -> ContactPoint:
    """One more number or address, tried after those there are.

    Raises Refused for an address that no mail reaches, a number without country code, one that
    cannot exist, one in a country that is never written to (S5), and one that is there already.
    """
    if channel not in CHANNEL_KINDS:
        raise Refused(_("Choose one."))
    if channel == WEBHOOK and not _WEBHOOK.fullmatch(address):
        raise Refused(_("Write the https address, a blank, and the secret that begins whsec_."))
    if channel == SERVICE and address.partition("://")[0].lower() not in desk.settings.services:
        raise Refused(_("This service is not allowed here: an operator has to name it first."))
    if channel in BY_PHONE:
        address = phone_number(address)
        if is_denied(address, desk.settings.sms_deny):
            raise Refused(_("No SMS is ever sent to this country. Choose another way."))
    if channel == EMAIL:
        address = reachable(address)
    theirs = store.points_of(desk.session, person.id)
    hashed = desk.hmac(address)
    if any(point.address_hmac == hashed and point.channel == channel for point in theirs):
        raise Refused(_("This person has this contact point already."))
    account_news.tell(desk, person)
    behind = max((each.position for each in theirs), default=-1) + 1
    point = new_point(desk, person.id, channel, address, behind)
    desk.session.flush()
    desk.audit("contact_point.added", "contact_point", point.id, channel=channel, person=person.id)
    return point


def phone_number(text: str) -> str:
    """A telephone number as E.164. Raises Refused with what is wrong."""
    text = with_country(ascii_digits(text))
    if not text.strip().startswith("+"):
        raise Refused(_("Begin with + and the country code, as +7 701 123 45 67."))
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise Refused(_("This is no telephone number. Write it as +7 701 123 45 67.")) from error
    if not phonenumbers.is_valid_number(number):
        raise Refused(_("There is no such number in this country. Count the digits again."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def switch_point(desk: Desk, person: Person, point_id: str, *, on: bool) -> None:
    """Use a contact point again, or no longer. Who opted out of messages stays out (S5)."""
    point = desk.session.get(ContactPoint, point_id)
    if point is None or point.person_id != person.id:
        raise Refused(_("There is no such contact point."))
    if on and point.opted_out_at is not None:
        raise Refused(_("The owner of this number stopped our messages; only they can undo that."))
    account_news.tell(desk, person)
    point.disabled_at = None if on else desk.now
    point.disabled_reason = None if on else "by_person"
    act = "contact_point.enabled" if on else "contact_point.disabled"
    desk.audit(act, "contact_point", point.id, person=person.id)


def set_leave(
    desk: Desk, person: Person, first: date | None, last: date | None, deputy_id: str | None
) -> None:
    """From one day to another a deputy is told instead, and works on the cases; both None ends it.

    Raises Refused for who cannot stand in, and for the acting person: nobody opens cases to
    themselves.
    """
    if first is not None and last is not None and last < first:
        raise Refused(_("The leave ends before it begins. Exchange the days."))
    if first is not None and deputy_id is None:
        raise Refused(_("Name a deputy: somebody has to be told meanwhile."))
    deputy = desk.session.get(Person, deputy_id) if deputy_id else None
    if deputy_id and (deputy is None or not deputy.active or deputy.id == person.id):
        raise Refused(_("Choose another, active person as deputy."))
    if deputy is not None and not _can_stand_in(desk, deputy, person):
        raise Refused(
            _(
                "The deputy could not open these cases. Choose a supervisor or, for a caseworker, "
                "another caseworker."
            )
        )
    if deputy_id is not None and deputy_id == desk.person_id:
        raise Refused(
            _(
                "You cannot name yourself: these cases would open to you. Choose somebody else, or "
                "let another administrator name you."
            )
        )
    if deputy_id is not None:  # who sees their cases then, and gets their messages
        account_news.tell(desk, person)
    person.leave_from_on, person.leave_until_on, person.deputy_id = first, last, deputy_id
    desk.audit("person.leave", "person", person.id, deputy=deputy_id)


def deputies(desk: Desk, person: Person) -> list[tuple[str, str]]:
    """Who can stand in for this person, as (id, name), by name; never themselves, nor who asks."""
    away = _acts_as(desk, person)
    roles = ROLES if not away else (SUPERVISOR, *(away if SUPERVISOR not in away else ()))
    return [
        each
        for each in people.colleagues(desk, *roles)
        if each[0] not in (person.id, desk.person_id)
    ]


def _can_stand_in(desk: Desk, deputy: Person, person: Person) -> bool:
    """Whoever is told instead must also be able to act."""
    held = store.roles_of(desk.session, deputy.id)
    return _acts_as(desk, person) <= held or SUPERVISOR in held


def _acts_as(desk: Desk, person: Person) -> frozenset[str]:
    """The roles by which cases are this person's."""
    return store.roles_of(desk.session, person.id) & set(DESK)


def set_reading(
    desk: Desk,
    person: Person,
    *,
    disclosure: str,
    quiet_from: time | None,
    quiet_until: time | None,
    expires_on: date | None,
) -> AccountRequest | None:
    """How much messages say (S4), when none but urgent ones go, and the account's last day.

    What waits for a second person is given back; raises Refused as `accounts.set_last_day`.
    """
    if disclosure not in DISCLOSURES:
        raise Refused(_("Choose how much messages may say."))
    if (quiet_from is None) != (quiet_until is None):
        raise Refused(_("Give both ends of the quiet hours, or none."))
    if person.disclosure != disclosure:
        account_news.tell(desk, person)
    person.disclosure = disclosure
    person.quiet_from, person.quiet_until = quiet_from, quiet_until
    desk.audit("person.reading", "person", person.id, disclosure=disclosure)
    return accounts.set_last_day(desk, person, expires_on)
