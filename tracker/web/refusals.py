"""Refusing a request with a sentence of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from flask import abort, g

from tracker.domain.errors import Refused


def refuse(status: int, sentence: str, *, retry_after: int | None = None) -> NoReturn:
    """Answer with this status and sentence. `retry_after` (seconds) is for 429 and 503.

    `abort` alone shows the usual sentence of a status: what libraries say is not for people.
    """
    g.said, g.retry_after = sentence, retry_after
    abort(status)


@contextmanager
def refusing() -> Iterator[None]:
    """What the engine refuses inside is answered with 403 and its sentence."""
    try:
        yield
    except Refused as refused:
        refuse(403, str(refused))


def said() -> tuple[str | None, int | None]:
    """The sentence and the seconds to wait that the running request was refused with, if any."""
    return g.get("said"), g.get("retry_after")
