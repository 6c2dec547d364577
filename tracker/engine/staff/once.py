"""Acts of programs, each done once: the same key again is answered as the first time."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.i18n.words import gettext as _
from tracker.security.keys import derive_key
from tracker.security.tokens import constant_time_equal
from tracker.store import api as store
from tracker.store.schema import ApiAnswer, new_id

KEPT: Final = timedelta(hours=24)
"""How long a key is remembered."""


def once(
    desk: Desk, token_id: str, key: str, asked: bytes, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What `act` answered under this key: now, or when it was asked before.

    `asked` is the whole request, of which a keyed hash is kept. In one transaction with the act:
    what fails leaves no key behind and can be asked again. Raises Refused where the key belongs to
    another request.
    """
    secret = derive_key(desk.ring.pepper, "api once")
    row = ApiAnswer(
        id=new_id(),
        token_id=token_id,
        key_hmac=hmac.digest(secret, b"key " + key.encode(), "sha256"),
        asked_hmac=hmac.digest(secret, b"asked " + asked, "sha256"),
        answer={},
        made_at=real_now(desk),
    )
    before = store.keep(desk.session, row)
    if before is None:
        row.answer = act()
        return row.answer
    if not constant_time_equal(before.asked_hmac, row.asked_hmac):
        raise Refused(_("This Idempotency-Key was used for another request. Choose a new one."))
    return before.answer
