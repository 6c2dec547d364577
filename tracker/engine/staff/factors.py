"""Passkeys and recovery codes of the staff: made, used, taken away (safety.md S10).

What a passkey signs is derived from the session's token and from when it was last confirmed, so
that looking at a page writes nothing, and an answer counts once: a sign-in replaces the session,
a confirmation moves its instant, and an asking without a session is spent.
"""

from __future__ import annotations

import hmac
from typing import Final

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import account_news, visits
from tracker.engine.staff.audience import may_enter
from tracker.engine.staff.visits import Visit, real_now
from tracker.i18n.words import gettext as _
from tracker.security import passkeys, recovery
from tracker.security.keys import derive_key
from tracker.security.passkeys import PasskeyRefused, Site
from tracker.store import factors as store
from tracker.store.schema import Passkey, Person, RecoveryCode, new_id

AT_MOST: Final = 10
"""Passkeys a person."""

NEUTRAL_NAME: Final = "Contact"
"""What a device, and whoever keeps its copies, is shown of site and person: little (S4)."""


def site(desk: Desk) -> Site | None:
    """The site passkeys are for; None where the address has no name, so there are none."""
    return passkeys.site_of(desk.settings.base_url, NEUTRAL_NAME)


def offer(desk: Desk, visit: Visit) -> str:
    """What the browser needs to make a passkey, as JSON; empty where there are none."""
    here = site(desk)
    if here is None or visit.person_id is None:
        return ""
    person = desk.session.get_one(Person, visit.person_id)
    known = [row.credential for row in store.passkeys(desk.session, person.id)]
    return passkeys.creation_options(
        here, person.id, NEUTRAL_NAME, known, _challenge(desk, visit, "make")
    )


def take(desk: Desk, visit: Visit, answer: str, label: str) -> None:
    """Keep the passkey that was made. Raises Refused."""
    here = site(desk)
    if here is None or visit.person_id is None:
        raise Refused(_("There are no passkeys here."))
    if len(store.passkeys(desk.session, visit.person_id)) >= AT_MOST:
        raise Refused(_("You have ten passkeys. Remove one first."))
    try:
        made = passkeys.register(here, _challenge(desk, visit, "make"), answer)
    except PasskeyRefused:
        raise Refused(_("That did not work. Try again.")) from None
    if store.passkey(desk.session, made.credential_id) is not None:
        raise Refused(_("This passkey is known already."))
    row = Passkey(
        id=new_id(),
        person_id=visit.person_id,
        credential_id=made.credential_id,
        credential=made.credential,
        sign_count=made.sign_count,
        made_at=desk.now,
    )
    desk.safe.seal(row, "label", label or None)
    desk.session.add(row)
    desk.session.flush()
    desk.audit("person.passkey_added", "person", visit.person_id)
    account_news.tell(desk, desk.session.get_one(Person, visit.person_id))


def remove(desk: Desk, person_id: str, passkey_id: str) -> bool:
    """Take one of this person's passkeys away; False when it is not theirs."""
    row = desk.session.get(Passkey, passkey_id)
    if row is None or row.person_id != person_id:
        return False
    desk.session.delete(row)
    desk.audit("person.passkey_removed", "person", person_id)
    return True


def ask(desk: Desk, visit: Visit) -> str:
    """What the browser needs to use a passkey, as JSON; empty where this person has none.

    Where the session is nobody's yet, any passkey of this site is asked for.
    """
    here = site(desk)
    if here is None:
        return ""
    known = None
    if visit.person_id is not None:
        known = [row.credential for row in store.passkeys(desk.session, visit.person_id)]
        if not known:
            return ""
    return passkeys.request_options(
        here, known, _challenge(desk, visit, "use"), verified=_verified(visit)
    )


def who_signed(desk: Desk, visit: Visit, answer: str) -> str | None:
    """Whose passkey signed for this session; None for nobody who may enter. It counts once.

    Alone it stands for password and second factor, so the device must have made sure who holds
    it; after a right password its being there is enough.
    """
    here = site(desk)
    if here is None:
        return None
    try:
        row = store.passkey(desk.session, passkeys.credential_id_of(answer))
        if row is None or visit.person_id not in (None, row.person_id):
            return None
        count = passkeys.check(
            here,
            _challenge(desk, visit, "use"),
            row.credential,
            answer,
            verified=_verified(visit),
        )
    except PasskeyRefused:
        return None
    person = desk.session.get_one(Person, row.person_id)
    if not may_enter(desk, person) or person.password_hash is None:
        return None
    if visit.kind == visits.ASKED and not visits.has_signed(desk, visit):
        return None
    if not store.has_signed(desk.session, row.id, count, real_now(desk)):
        desk.audit("person.passkey_copied", "person", person.id)
        return None
    return person.id


def new_recovery_codes(desk: Desk, person_id: str) -> list[str]:
    """Ten codes, to be shown once; earlier ones open nothing any more."""
    store.drop_recovery_codes(desk.session, person_id)
    codes = recovery.new_codes()
    for code in codes:
        hashed = recovery.code_hash(code, person_id, desk.ring.pepper)
        desk.session.add(
            RecoveryCode(id=new_id(), person_id=person_id, code_hash=hashed, made_at=desk.now)
        )
    desk.audit("person.recovery_made", "person", person_id)
    account_news.tell(desk, desk.session.get_one(Person, person_id))
    return codes


def is_recovery_code(desk: Desk, person_id: str, typed: str) -> bool:
    """Is it an unused recovery code of this person? It is used up."""
    hashed = recovery.code_hash(typed, person_id, desk.ring.pepper)
    if hashed is None:
        return False
    used = store.use_recovery_code(desk.session, hashed, person_id, real_now(desk))
    if used:
        left = store.recovery_codes_left(desk.session, person_id)
        desk.audit("person.recovery_used", "person", person_id, left=left)
    return used


def drop_all(desk: Desk, person_id: str) -> None:
    """The second factor was lost or stolen: passkeys and codes end with it."""
    store.drop_passkeys(desk.session, person_id)
    store.drop_recovery_codes(desk.session, person_id)


def _verified(visit: Visit) -> bool:
    return visit.kind != "code"


def _challenge(desk: Desk, visit: Visit, use: str) -> bytes:
    key = derive_key(desk.ring.session, f"passkey {use}")
    return hmac.digest(key, f"{visit.token} {visit.confirmed_at}".encode(), "sha256")
