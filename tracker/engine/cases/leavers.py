"""Who has left for good: an account of which only the id stays, for the audit trail (S13, S18)."""

from __future__ import annotations

import secrets
from typing import Final

from tracker.domain.delivery import State
from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import factors, mail_keys
from tracker.engine.staff.accounts import account_of, may_manage, refuse_while_cases_are_theirs
from tracker.engine.staff.visits import real_now
from tracker.i18n.words import gettext as _
from tracker.store import leavers as store
from tracker.store import people, sessions

_HASH_BYTES: Final = 32


def erase(desk: Desk, person_id: str) -> None:
    """Destroy what a closed account holds of a person: name, addresses, password, second factors.

    Its keys go too, so that older copies of the database open none of it either. What the person
    did stays in the trail under an id that names nobody. The address can be invited anew.
    Raises Refused while the account is open, while cases are theirs, or while a provider still
    holds a message to them whose fate is not known.
    """
    may_manage(desk)
    person = account_of(desk, person_id)
    if person.active:
        raise Refused(_("Close the account first."))
    refuse_while_cases_are_theirs(desk, person)
    store.stop_messages(desk.session, person.id, desk.now)
    if store.has_messages(desk.session, person.id, (State.SUBMITTING, State.UNKNOWN)):
        raise Refused(_("A message to them is still on its way. Try again in an hour."))
    factors.drop_all(desk, person.id)
    mail_keys.drop_all(desk, person.id)
    sessions.end_all(desk.session, person.id, real_now(desk))
    people.void_links(desk.session, person.id, real_now(desk))
    people.replace_roles(desk.session, person.id, (), None, desk.now)
    store.leave_posts_cases_and_drafts(desk.session, person.id)
    for column in ("name", "email"):
        desk.safe.wipe(person, column)
    person.email_hmac = secrets.token_bytes(_HASH_BYTES)
    person.password_hash = None
    person.totp_sealed = person.totp_confirmed_at = person.totp_last_step = None
    person.deputy_id = person.leave_from_on = person.leave_until_on = None
    for point in people.points_of(desk.session, person.id):
        desk.safe.wipe(point, "address")
        point.address_hmac = secrets.token_bytes(_HASH_BYTES)
        point.disabled_at = point.disabled_at or desk.now
        point.disabled_reason = point.disabled_reason or "by_person"
    desk.safe.destroy_keys(person.id, desk.now)
    person.erased_at = desk.now
    desk.audit("person.erased", "person", person.id)
