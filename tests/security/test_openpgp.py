"""S4: only a living key of the right kind is encrypted to, whatever the library would do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pysequoia
import pytest
from pysequoia import Cert

from tests.standins.gnupg import THEN, GnuPG
from tracker.security import openpgp
from tracker.security.errors import KeyRefused

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def gnupg() -> Iterator[GnuPG]:
    made = GnuPG()
    yield made
    made.close()


def refused(text: str, now: datetime = NOW) -> str:
    with pytest.raises(KeyRefused) as why:
        openpgp.read(text, now)
    return why.value.code


def test_gnupg_opens_what_was_encrypted_to_its_key(gnupg: GnuPG) -> None:
    given = gnupg.key("alive")
    key = openpgp.read(given, NOW)
    assert key.fingerprint == gnupg.fingerprint("alive") and key.expires_at is None
    sealed = openpgp.encrypt("Дело ئەھۋال".encode(), key.armored, NOW)
    assert gnupg.decrypted(sealed).decode() == "Дело ئەھۋال"
    assert openpgp.grouped(key.fingerprint).replace(" ", "") == key.fingerprint
    secret = gnupg.exported("alive", secret=True)
    assert refused(secret) == "secret"
    assert refused(given + gnupg.key("other")) == "several"


def test_a_key_that_ended_is_refused_though_the_library_would_use_it(gnupg: GnuPG) -> None:
    """Expired, revoked, or with nothing left that encrypts: as a whole, and in its parts."""
    ended = gnupg.key("ended", encrypts="1y", at=THEN)
    assert refused(ended) == "expired"
    library = pysequoia.encrypt(b"x", recipients=[Cert.from_bytes(ended.encode())])
    assert library.startswith(b"-----BEGIN PGP MESSAGE")  # the trap this wrapper is for
    gnupg.key("gone")
    gone = gnupg.revoked("gone")
    assert refused(gone) == "revoked"
    assert refused(gnupg.key("signer", encrypts="")) == "cannot_encrypt"


def test_of_two_parts_the_living_one_is_used_and_its_end_counts(gnupg: GnuPG) -> None:
    gnupg.key("renewed", encrypts="1y", at=THEN)
    key = openpgp.read(gnupg.add_part("renewed", "2y"), NOW)
    assert key.expires_at is not None and key.expires_at > NOW
    sealed = openpgp.encrypt(b"still", key.armored, NOW)
    assert gnupg.decrypted(sealed) == b"still"
    assert refused(key.armored, key.expires_at + timedelta(seconds=1)) == "expired"
    with pytest.raises(KeyRefused):
        openpgp.encrypt(b"late", key.armored, key.expires_at + timedelta(seconds=1))


@pytest.mark.parametrize(
    "text", ["", "hello", "ключ", "x" * 200_000, "-----BEGIN PGP MESSAGE-----"]
)
def test_what_is_no_key_is_refused_without_an_echo(text: str) -> None:
    with pytest.raises(KeyRefused) as why:
        openpgp.read(text, NOW)
    assert why.value.code == "unreadable" and why.value.__cause__ is None
