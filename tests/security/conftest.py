"""Cheaper Argon2 for tests that run it often, and a ring to work with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tracker.security import argon
from tracker.security.keys import KeyRing

NOW = datetime(2018, 4, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=1, memory_kib=16))


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.generate(NOW)
