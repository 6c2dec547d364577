"""A form that adds something counts once, however often it is sent: a slow line, a second click.

What was changed before it is sent again is something else, as after the browser's "back": were it
passed over, it would be lost while the page says that it is saved.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

from flask import request
from werkzeug.datastructures import FileStorage

from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.security.tokens import new_token
from tracker.store import drafts
from tracker.store.schema import Case

FIELD: Final = "once"

_NOT_WRITTEN: Final = (FIELD, "csrf_token", "ticket")
"""Fields that are the page's own: they differ where the same words are sent from another page."""


def is_first(desk: Desk, kind: str, token: str, case: Case) -> bool:
    """Whether this form is sent for the first time with these words; from now on it was."""
    at, sent = real_now(desk), as_sent(token)
    if drafts.find(desk.session, kind, sent, at) is not None:
        return False
    drafts.spend(desk.session, desk.safe, kind, sent, at, case.id)
    return True


def as_sent(token: str) -> str:
    """What finds this form, with these words; nothing where it has no token."""
    return f"{token or new_token()} {_written()}"


def _written() -> str:
    """A fingerprint of what the form holds; as good as random to who knows not its token."""
    fields = request.form.items(multi=True)
    words = ((name, text.split()) for name, text in fields if name not in _NOT_WRITTEN)
    told = sorted(pair for pair in words if pair[1])
    files = sorted((name, _content(part)) for name, part in request.files.items(multi=True))
    return sha256(json.dumps([told, files]).encode()).hexdigest()


def _content(part: FileStorage) -> str:
    """A fingerprint of a file, whatever of it was read before; it can be read again."""
    part.stream.seek(0)
    fingerprint = sha256(part.stream.read()).hexdigest()
    part.stream.seek(0)
    return fingerprint
