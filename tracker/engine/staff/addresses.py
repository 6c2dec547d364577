"""Addresses of the staff, how they are kept; one form for each mailbox, and one for sending mails.

A domain name has many ways to be written (RFC 3490): capitals, full width, letters nobody sees. Two
accounts for one mailbox would be the way of whoever is invited twice, and an address that no mail
reaches the way of an alert that silently never went out.
"""

from __future__ import annotations

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.i18n.words import gettext as _
from tracker.security.errors import TextRefused
from tracker.security.text import mail_address
from tracker.store.schema import ContactPoint, new_id


def reachable(address: str) -> str:
    """The address as mails are sent to it. Raises Refused where none can be."""
    try:
        return mail_address(address.strip())
    except (TextRefused, ValueError):
        raise Refused(_("Write the whole e-mail address, as name@example.org.")) from None


def new_point(
    desk: Desk, person_id: str, channel: str, address: str, position: int = 0
) -> ContactPoint:
    """A contact point as it is kept: sealed, not verified yet. The address is checked before."""
    point = ContactPoint(
        id=new_id(),
        person_id=person_id,
        channel=channel,
        address_hmac=desk.hmac(address),
        position=position,
        created_at=desk.now,
    )
    desk.safe.seal(point, "address", address)
    desk.session.add(point)
    return point


def same(address: str) -> str:
    """The form under which an address is looked up; what is no address stays as it is."""
    try:
        return mail_address(address.strip())
    except (TextRefused, ValueError):
        return address


def hashes(desk: Desk, address: str) -> tuple[bytes, bytes, bytes]:
    """The keyed hashes under which an address may be kept, that of `same` first.

    Rows written before `same` hold the hash of the address as it was typed, an international domain
    in its own letters. Always as many, whatever the address: time tells nothing (S8).
    """
    known = same(address)
    return desk.hmac(known), desk.hmac(_in_letters(known)), desk.hmac(address)


def _in_letters(address: str) -> str:
    local, at, domain = address.rpartition("@")
    try:
        return local + at + domain.encode("ascii").decode("idna")
    except ValueError:  # no domain name
        return address
