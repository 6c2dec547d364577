"""The account page's OpenPGP key: compared, held, told, and never a secret one (S4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.standins.gnupg import THEN, GnuPG
from tests.web.conftest import ClientAs, Desks, MovableClock, csrf_of
from tests.web.family_reports import send
from tracker.engine.cases import leavers
from tracker.engine.sending.row_tokens import page_url
from tracker.engine.staff import mail_keys
from tracker.security.openpgp import grouped
from tracker.store.schema import OpenPgpKey, OutboxMessage, Person

PAGE = "/account/openpgp"


@pytest.fixture(scope="module")
def gnupg() -> Iterator[GnuPG]:
    made = GnuPG()
    yield made
    made.close()


def test_a_reader_gives_a_key(
    client_as: ClientAs, desk: Desks, clock: MovableClock, gnupg: GnuPG
) -> None:
    """First the fingerprint, to compare; then it waits a day, told to every address."""
    aigul, admin = client_as("caseworker", name="Aigul"), client_as("administrator", name="Admin")
    key, fingerprint = gnupg.key("aigul"), gnupg.fingerprint("aigul")
    assert "the key is not used" in aigul.get(PAGE).text
    compared = send(aigul, PAGE, {"key": key})
    assert compared.status_code == 200 and grouped(fingerprint) in compared.text
    assert send(aigul, PAGE, {"key": key, "sure": "0" * 40}).status_code == 200
    with desk() as d:
        assert d.session.scalars(select(OpenPgpKey)).all() == []
        d.session.get_one(Person, aigul.person_id).disclosure = "full"
    assert send(aigul, PAGE, {"key": key, "sure": fingerprint}).location == PAGE
    page = aigul.get(PAGE).text
    assert grouped(fingerprint) in page and "It counts from" in page
    person = f"/people/{aigul.person_id}"
    assert "there is no OpenPGP key that works" in admin.get(person).text
    clock.move(timedelta(hours=24))
    aigul, admin = client_as("caseworker", name="Aigul"), client_as("administrator", name="Admin")
    assert "The key that counts" in aigul.get(PAGE).text
    assert "reasons and next steps too, encrypted" in admin.get(person).text
    with desk() as d:
        row = d.session.scalars(select(OutboxMessage)).one()
        assert (row.kind, row.person_id) == ("key", aigul.person_id)
        path = "/a/" + page_url(d, row.id).rpartition("/a/")[2]
    assert aigul.get(path).location == PAGE
    (key_id,) = re.findall(r'name="id" value="(\w+)"', aigul.get(PAGE).text)
    token = csrf_of(aigul.get(PAGE))
    aigul.post(f"{PAGE}/remove", data={"csrf_token": token, "id": key_id})
    assert "The key that counts" not in aigul.get(PAGE).text


def test_what_is_no_such_key_is_refused_and_a_secret_one_is_not_shown_again(
    client_as: ClientAs, desk: Desks, gnupg: GnuPG
) -> None:
    aigul = client_as("caseworker", name="Aigul")
    gnupg.key("secret")
    secret = gnupg.exported("secret", secret=True)
    answers = {
        secret: "This is your secret key. It was not kept.",
        gnupg.key("signs", encrypts=""): "This key can only sign.",
        gnupg.key("ended", encrypts="1y", at=THEN): "This key has expired.",
        "my key": "This is no OpenPGP public key.",
        "": "Paste your public key.",
    }
    for text, sentence in answers.items():
        page = send(aigul, PAGE, {"key": text})
        assert page.status_code == 422 and sentence in page.text
        assert "PRIVATE" not in page.text
    with desk() as d:
        assert d.session.scalars(select(OpenPgpKey)).all() == []


def test_who_leaves_for_good_leaves_no_key(client_as: ClientAs, desk: Desks, gnupg: GnuPG) -> None:
    aigul, admin = client_as("caseworker", name="Aigul"), client_as("administrator", name="Admin")
    with desk() as d:
        mail_keys.give(d, d.session.get_one(Person, aigul.person_id), gnupg.key("leaver"))
    with desk(admin.actor) as d:
        d.session.get_one(Person, aigul.person_id).active = False
        leavers.erase(d, aigul.person_id)
    with desk() as d:
        assert d.session.scalars(select(OpenPgpKey)).all() == []
