"""S4, the full level: encrypted to the reader's own key, or next to nothing; never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import select

from tests.standins.gnupg import GnuPG
from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.channels.mail_form import message
from tracker.domain.delivery import Envelope
from tracker.domain.errors import Refused
from tracker.engine.staff import mail_keys
from tracker.engine.staff.mail_keys import HELD, KEY
from tracker.engine.staff.points import POINT
from tracker.security.errors import KeyRefused
from tracker.store.schema import AuditRow, Case, OpenPgpKey, Person

pytestmark = pytest.mark.database
MAIL_FROM = "no-reply@tracker.example.org"


@pytest.fixture(scope="module")
def gnupg() -> Iterator[GnuPG]:
    made = GnuPG()
    yield made
    made.close()


def give(office: Office, person_id: str, key: str) -> None:
    with office.desk() as desk:
        mail_keys.give(desk, desk.session.get_one(Person, person_id), key)


def alerted(office: Office, mail: Provider, owner: str) -> tuple[str, Envelope]:
    """A new case falls silent; its reference, and the mail about it."""
    before = len(mail.taken)
    case_id = office.silent_case(owner, None)
    office.tick()
    with office.desk() as desk:
        ref = office.case(case_id, desk).ref
    (row,) = [each for each in office.rows(case_id=case_id) if each.kind == "alert"]
    return ref, next(one for one in mail.taken[before:] if one.row_id == row.id)


def inside(gnupg: GnuPG, envelope: Envelope) -> str:
    """What the reader reads: the mail as it goes over the wire, opened by GnuPG."""
    wire = message(envelope, MAIL_FROM)
    outer = message_from_bytes(wire)
    assert outer.get_content_type() == "multipart/encrypted"
    assert outer.get_param("protocol") == "application/pgp-encrypted"
    version, sealed = outer.get_payload()  # type: ignore[misc]
    assert version.get_content_type() == "application/pgp-encrypted"
    assert b"Version: 1" in version.get_payload(decode=True)
    part = message_from_bytes(gnupg.decrypted(sealed.get_payload()))
    return str(part.get_payload(decode=True), "utf-8")


def test_reasons_and_next_steps_for_the_holder_of_the_key_alone(
    office: Office, mail: Provider, gnupg: GnuPG
) -> None:
    """RFC 3156; the subject stays neutral, and nothing of the case is outside."""
    aigul = office.person("Aigul", "caseworker", disclosure="full")
    give(office, aigul, gnupg.key("aigul"))
    office.clock.now += HELD
    office.tick()
    ref, envelope = alerted(office, mail, aigul)
    text = inside(gnupg, envelope)
    assert f"Case {ref} (watch): silent for 8 days." in text
    assert "Alert: Watch." in text
    assert "If nothing is entered, next on" in text
    wire = message(envelope, MAIL_FROM).decode("ascii")
    for clear in (ref, "silent", "Watch", "Alert"):
        assert clear not in wire
    assert envelope.subject == f"Please look: {envelope.reference}"


def test_a_new_key_is_told_and_waits_a_day_while_the_old_one_counts(
    office: Office, mail: Provider, gnupg: GnuPG
) -> None:
    """Nobody slips in a key of theirs: the change is told to every address, and held."""
    aigul = office.person("Aigul", "caseworker", disclosure="full")
    old, new = gnupg.key("old"), gnupg.key("new")
    give(office, aigul, old)
    assert [row.kind for row in office.rows()] == [KEY]
    ref, first = alerted(office, mail, aigul)
    assert (
        not first.sealed and ref not in first.text
    )  # held: next to nothing, and sent all the same
    office.clock.now += HELD
    give(office, aigul, new)
    with pytest.raises(Refused):
        give(office, aigul, new)
    with office.desk() as desk:
        counting, coming = mail_keys.given(desk, aigul)
        assert counting.fingerprint.replace(" ", "") == gnupg.fingerprint("old")
        assert coming.counts_from_at == desk.now + HELD and not coming.counts
        assert gnupg.fingerprint("new") not in str(desk.session.scalars(select(AuditRow)).all())
    ref, second = alerted(office, mail, aigul)
    assert ref in inside(gnupg, second)
    office.clock.now += HELD + timedelta(minutes=1)
    _ref, third = alerted(office, mail, aigul)
    assert "silent" in inside(gnupg, third)
    with office.desk() as desk:
        (left,) = [one for one in mail_keys.given(desk, aigul) if one.counts]
        assert left.fingerprint.replace(" ", "") == gnupg.fingerprint("new")
        mail_keys.remove(desk, desk.session.get_one(Person, aigul), left.id)
    ref, fourth = alerted(office, mail, aigul)
    assert not fourth.sealed or ref not in fourth.text


def test_a_key_that_ends_falls_back_and_is_told_once(
    office: Office, mail: Provider, gnupg: GnuPG
) -> None:
    """The alert leaves at the notice level; the reader and the administrators are told."""
    aigul = office.person("Aigul", "caseworker", disclosure="full")
    office.person("Zarina", "administrator")
    short = gnupg.key("short", encrypts="70d", at="20260101T000000")  # ends on 12 March
    give(office, aigul, short)
    office.clock.now += timedelta(days=11)
    with office.desk() as desk, pytest.raises(KeyRefused):
        mail_keys.give(desk, desk.session.get_one(Person, aigul), short)
    for _ in range(2):
        ref, envelope = alerted(office, mail, aigul)
        assert not envelope.sealed and ref not in envelope.text
        assert "There is something for you to look at" in envelope.text
    told = [row.kind for row in office.rows() if row.kind in (KEY, POINT)]
    assert sorted(told) == [KEY, KEY, POINT]  # the first when the key was given
    with office.desk() as desk:
        assert mail_keys.in_trouble(desk) == [aigul]
        assert desk.session.scalars(select(OpenPgpKey.trouble)).one() == "expired"
        assert desk.session.scalars(select(AuditRow).filter_by(act="openpgp.unusable")).one()
        assert desk.session.scalars(select(Case)).all()
