"""Under which name an account is listed, and with which address its owner signs in.

A link that lets somebody in goes to that address alone. So it can only become one that was shown to
be read by the account's owner, who is told of it at the former one too; nobody's word on what the
account may do, asked for or given before, outlasts the change (S10).
"""

from __future__ import annotations

from tracker.domain.delivery import EMAIL
from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import account_news, accounts, second_person
from tracker.engine.staff.addresses import hashes
from tracker.i18n.words import gettext as _
from tracker.store import people
from tracker.store.schema import ContactPoint


def rename(desk: Desk, person_id: str, name: str) -> None:
    """List the account under another name. Raises Refused for an empty one."""
    accounts.may_manage(desk)
    person, name = accounts.account_of(desk, person_id), name.strip()
    if not name:
        raise Refused(_("Write the name."))
    if desk.safe.open(person, "name") == name:
        return
    desk.safe.seal(person, "name", name)
    desk.audit("person.renamed", "person", person.id)
    account_news.tell(desk, person)


def sign_in_with(desk: Desk, person_id: str, point_id: str) -> None:
    """Let the owner sign in with the address of this contact point from now on.

    Sessions, links, tokens and what waits for a second person end; for a day the account looks at
    nobody who reported and takes nothing out. Raises Refused for an address that is not shown to be
    its reader's (`points.prove`), that is out of use, or with which another account signs in.
    """
    accounts.may_manage(desk)
    person = accounts.open_account(desk, person_id)
    point = desk.session.get(ContactPoint, point_id)
    if point is None or point.person_id != person.id or point.channel != EMAIL:
        raise Refused(_("There is no such contact point."))
    if point.disabled_at is not None or point.opted_out_at is not None:
        raise Refused(_("No mail goes to this address. Use it again first."))
    if point.verified_at is None:
        raise Refused(
            _(
                "Nobody has shown yet that they read mails there. Send a test alert: its owner "
                "opens the link in it, signed in, and presses the button."
            )
        )
    address = str(desk.safe.open(point, "address"))
    other = people.find_by_email(desk.session, *hashes(desk, address))
    if other is not None and other.id != person.id:
        raise Refused(_("There is already an account with this address."))
    if person.email_hmac == point.address_hmac:
        return
    account_news.tell(desk, person)
    person.email_hmac = point.address_hmac
    desk.safe.seal(person, "email", address)
    accounts.end_everything(desk, person)
    second_person.drop(desk, person)
    desk.audit("person.address", "person", person.id, held=True)
