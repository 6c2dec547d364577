"""The key ring (S1, S2, S17): kept private, never lost, never shown."""

from __future__ import annotations

import base64
import copy
import json
import os
import pickle
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tracker.security.errors import KeyMissing, KeyRingError, KeyWithheld
from tracker.security.keys import PURPOSES, KeyRing, derive_key


@pytest.fixture
def saved(ring: KeyRing, tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    ring.save(path)
    return path


def test_a_saved_ring_comes_back_whole(ring: KeyRing, saved: Path) -> None:
    again = KeyRing.load(saved)
    assert again.fingerprint() == ring.fingerprint()
    for purpose in PURPOSES:
        assert again.keys(purpose) == ring.keys(purpose)
    assert (again.pepper, again.session, again.audit, again.link) == (
        ring.pepper,
        ring.session,
        ring.audit,
        ring.link,
    )


def test_two_rings_share_no_key(ring: KeyRing, now: datetime) -> None:
    other = KeyRing.generate(now)
    assert other.pepper != ring.pepper
    assert other.active("content").key != ring.active("content").key
    assert other.fingerprint() != ring.fingerprint()


def test_s1_the_file_is_private_whatever_the_umask(ring: KeyRing, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ring.save(tmp_path / "keys.json")
    finally:
        os.umask(before)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666])
def test_s1_a_file_open_to_others_is_refused(saved: Path, mode: int) -> None:
    saved.chmod(mode)
    with pytest.raises(KeyRingError, match="chmod 600") as refusal:
        KeyRing.load(saved)
    assert refusal.value.code == "exposed"


def test_a_read_only_file_is_accepted(ring: KeyRing, saved: Path) -> None:
    saved.chmod(0o400)
    assert KeyRing.load(saved).fingerprint() == ring.fingerprint()


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyRingError, match="tracker init") as refusal:
        KeyRing.load(tmp_path / "none.json")
    assert refusal.value.code == "missing"


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_not_a_file_is_refused_without_waiting(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "odd")
    with pytest.raises(KeyRingError) as refusal:
        KeyRing.load(tmp_path / "odd")
    assert refusal.value.code == "unreadable"


def _no_active(document: Any) -> None:
    document["keys"]["clock"][0]["active"] = False


def _naive(document: Any) -> None:
    document["keys"]["clock"][0]["created_at"] = "2018-04-02T09:00:00"


def _twice(document: Any) -> None:
    document["keys"]["clock"] *= 2


def _not_base64(document: Any) -> None:
    document["secrets"]["pepper"] = "?" * 44


def _unknown(document: Any) -> None:
    document["secrets"]["spice"] = document["secrets"].pop("pepper")


def _version(document: Any) -> None:
    document["version"] = 2


def _number(document: Any) -> None:
    document["keys"]["content"] = 7


@pytest.mark.parametrize(
    "harm", [_no_active, _naive, _twice, _not_base64, _unknown, _version, _number]
)
def test_a_damaged_ring_is_refused(saved: Path, harm: Callable[[Any], None]) -> None:
    document = json.loads(saved.read_bytes())
    harm(document)
    saved.write_text(json.dumps(document))
    with pytest.raises(KeyRingError, match="offline copy") as refusal:
        KeyRing.load(saved)
    assert refusal.value.code == "damaged"


@pytest.mark.parametrize("cut", [0, 1, 100, -2])
def test_a_truncated_ring_is_refused(saved: Path, cut: int) -> None:
    saved.write_bytes(saved.read_bytes()[:cut])
    with pytest.raises(KeyRingError, match="damaged"):
        KeyRing.load(saved)


@pytest.mark.parametrize("content", [b"[]", b"null", b'"x"', b"[" * 100_000, b"\xff", b"{}"])
def test_nonsense_is_refused_not_raised_raw(saved: Path, content: bytes) -> None:
    saved.write_bytes(content)
    with pytest.raises(KeyRingError):
        KeyRing.load(saved)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"short",
        bytes(range(31)),
        bytes(range(33)),
        b"\0" * 32,
        b"changemechangemechangemechangeme",
    ],
)
def test_s17_short_and_default_secrets_are_refused(saved: Path, value: bytes) -> None:
    document = json.loads(saved.read_bytes())
    document["secrets"]["session"] = base64.b64encode(value).decode()
    saved.write_text(json.dumps(document))
    with pytest.raises(KeyRingError) as refusal:
        KeyRing.load(saved)
    assert refusal.value.code == "weak"


def test_s17_one_secret_may_not_serve_twice(saved: Path) -> None:
    document = json.loads(saved.read_bytes())
    document["secrets"]["session"] = document["secrets"]["audit"]
    saved.write_text(json.dumps(document))
    with pytest.raises(KeyRingError) as refusal:
        KeyRing.load(saved)
    assert refusal.value.code == "weak"


def test_s1_a_ring_is_never_replaced_by_one_that_lacks_its_keys(
    ring: KeyRing, saved: Path, now: datetime
) -> None:
    with pytest.raises(KeyRingError) as refusal:
        KeyRing.generate(now).save(saved)
    assert refusal.value.code == "would_lose"
    assert KeyRing.load(saved).fingerprint() == ring.fingerprint()
    with pytest.raises(KeyRingError):
        ring.restricted(["clock"]).save(saved)


def test_two_rotations_from_one_reading_cannot_lose_a_key(
    ring: KeyRing, saved: Path, now: datetime
) -> None:
    first, second = ring.rotate("content", now), ring.rotate("content", now)
    first.save(saved)
    with pytest.raises(KeyRingError, match="load that ring"):
        second.save(saved)
    assert KeyRing.load(saved).active("content") == first.active("content")


def test_rotations_at_the_same_moment_lose_no_key(
    ring: KeyRing, saved: Path, now: datetime
) -> None:
    kept: list[str] = []

    def rotate() -> None:
        rotated = KeyRing.load(saved).rotate("clock", now)
        try:
            rotated.save(saved)
        except KeyRingError:
            return
        kept.append(rotated.active("clock").id)

    threads = [threading.Thread(target=rotate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept
    assert {key.id for key in KeyRing.load(saved).keys("clock")} == {
        ring.active("clock").id,
        *kept,
    }


def test_a_failed_write_leaves_the_old_ring_and_no_litter(
    ring: KeyRing, saved: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyRingError, match="No space left") as refusal:
        ring.rotate("content", now).save(saved)
    assert refusal.value.code == "unwritable"
    assert KeyRing.load(saved).fingerprint() == ring.fingerprint()
    assert list(saved.parent.iterdir()) == [saved]


def test_an_absent_folder_says_so(ring: KeyRing, tmp_path: Path) -> None:
    with pytest.raises(KeyRingError) as refusal:
        ring.save(tmp_path / "no" / "keys.json")
    assert refusal.value.code == "unwritable"


def test_rotation_adds_a_key_and_keeps_the_old_for_reading(ring: KeyRing, now: datetime) -> None:
    later = now + timedelta(days=90)
    rotated = ring.rotate("contact", later)
    old, new = rotated.keys("contact")
    assert (old.id, old.active) == (ring.active("contact").id, False)
    assert (new.active, new.created_at) == (True, later)
    assert rotated.active("contact") == new
    assert rotated.keys("clock") == ring.keys("clock")
    assert rotated.fingerprint() != ring.fingerprint()
    assert ring.active("contact").active, "the ring in use is not changed"


def test_times_are_kept_in_utc(tmp_path: Path) -> None:
    ring = KeyRing.generate(datetime.fromisoformat("2018-04-02T15:00:00+06:00"))
    ring.save(tmp_path / "keys.json")
    made = KeyRing.load(tmp_path / "keys.json").active("clock").created_at
    assert made == datetime(2018, 4, 2, 9, 0, tzinfo=UTC)
    assert made.tzinfo == UTC


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        KeyRing.generate(datetime(2018, 4, 2))  # noqa: DTZ001 - the fault under test


def test_s2_a_restricted_ring_holds_only_what_was_named(ring: KeyRing, now: datetime) -> None:
    worker = ring.restricted(["clock", "contact"])
    assert worker.active("clock") == ring.active("clock")
    assert (worker.audit, worker.link) == (ring.audit, ring.link)
    for forbidden in (
        lambda: worker.active("content"),
        lambda: worker.keys("content"),
        lambda: worker.find("content", ring.active("content").id),
        lambda: worker.rotate("content", now),
        lambda: worker.restricted(["content"]),
        lambda: worker.pepper,
        lambda: worker.session,
    ):
        with pytest.raises(KeyWithheld):
            forbidden()


def test_s2_a_restricted_ring_can_be_a_file_of_its_own(ring: KeyRing, tmp_path: Path) -> None:
    ring.restricted(["clock", "contact"]).save(tmp_path / "worker.json")
    worker = KeyRing.load(tmp_path / "worker.json")
    assert ring.active("content").id not in (tmp_path / "worker.json").read_text()
    with pytest.raises(KeyWithheld):
        worker.active("content")


def test_unknown_names_are_mistakes(ring: KeyRing) -> None:
    with pytest.raises(ValueError, match="unknown"):
        ring.restricted(["contents"])
    with pytest.raises(ValueError, match="unknown"):
        ring.active("contents")
    with pytest.raises(KeyMissing, match="newest copy"):
        ring.find("clock", "clock-0")


def test_no_secret_shows_in_text_forms_or_errors(ring: KeyRing, saved: Path) -> None:
    secrets = [ring.pepper, ring.session, ring.audit, ring.link]
    secrets += [ring.active(purpose).key for purpose in PURPOSES]
    shown = repr(ring) + str(ring) + f"{ring.active('content')}" + ring.fingerprint()
    for secret in secrets:
        for form in (repr(secret)[2:-1], secret.hex()[:16], base64.b64encode(secret).decode()[:16]):
            assert form not in shown


@pytest.mark.parametrize("leak", [pickle.dumps, copy.deepcopy])
def test_a_ring_is_never_copied_out(ring: KeyRing, leak: Callable[[KeyRing], object]) -> None:
    with pytest.raises(TypeError, match="never pickled"):
        leak(ring)


def test_derived_keys_are_hkdf_expand_of_rfc_5869(ring: KeyRing) -> None:
    """Checked against another implementation; no two uses share a key."""
    for label in ("csrf", "source", ""):
        expected = HKDFExpand(SHA256(), 32, label.encode()).derive(ring.session)
        assert derive_key(ring.session, label) == expected
    assert derive_key(ring.session, "csrf") != derive_key(ring.session, "source")
