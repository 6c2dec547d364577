"""Argon2id (RFC 9106), at most a few at a time in one process (S11).

One run takes 64 MiB and about a quarter of a second: without a bound, a hundred guesses at once
would take the memory of the machine. Those who wait too long get `Busy`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from tracker.security.errors import Busy


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id parameters: passes, memory in KiB, lanes."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 1


LEAST: Final = Cost()
"""What a real instance uses at least."""

COST: Cost = LEAST
"""The cost of new hashes. Tests may put a cheaper one here; no setting reaches it."""

AT_ONCE: Final = 2
WAIT_SECONDS: Final = 4.0
_places = threading.BoundedSemaphore(AT_ONCE)


def hash_text(text: str) -> str:
    """A salted hash in PHC form. Raises `Busy`."""
    with _a_place():
        return _hasher(COST).hash(text)


def verify_text(stored: str | None, text: str) -> bool:
    """Does the text belong to the hash? Raises `Busy`.

    Without a hash, or with an unreadable one, the same work is done and the answer is no, so that
    time does not tell whether an account or a receipt exists (S8).
    """
    with _a_place():
        hasher = _hasher(COST)
        if stored is not None:
            try:
                return hasher.verify(stored, text)
            except VerifyMismatchError:
                return False
            except (InvalidHashError, VerificationError):
                pass  # unreadable: do the work below
        hasher.hash(text)
        return False


def needs_rehash(stored: str) -> bool:
    """Was the hash made with another cost than today's, or is it unreadable?"""
    try:
        return _hasher(COST).check_needs_rehash(stored)
    except InvalidHashError:
        return True


@contextmanager
def _a_place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _places.release()


@lru_cache(maxsize=4)
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(
        time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes, type=Type.ID
    )
