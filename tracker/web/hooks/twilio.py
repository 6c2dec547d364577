"""Twilio's callbacks. Whatever is not signed with one of our tokens is refused without a word."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.channels.twilio_receipts import read_status
from tracker.engine.sending.receipts import take_receipt
from tracker.engine.sending.row_tokens import row_of_callback_token
from tracker.security.signatures import called_url, is_from_twilio
from tracker.security.tokens import constant_time_equal
from tracker.settings import Twilio
from tracker.web import here
from tracker.web.access import signed_hook
from tracker.web.hooks.door import PROVIDER, bp

_ALGORITHM: Final = "X-Twilio-Webhooks-Signature-Settings"


@bp.post("/hooks/twilio/status/<token>")
@signed_hook
def twilio_status(token: str) -> ResponseReturnValue:
    """What became of a message. 204 also for what is old or no news: Twilio need not try again."""
    account = signed_account()
    reading = read_status(request.form)
    row_id = row_of_callback_token(here.services().ring, token)
    if reading is None or row_id is None:
        abort(403)
    if not constant_time_equal(reading.account_sid, account.account_sid):
        abort(403)
    with here.writing(PROVIDER) as desk:
        take_receipt(desk, row_id, reading.word)
    return "", 204


def signed_account() -> Twilio:
    """The Twilio account this request is signed for; 403 when there is none, or it is not.

    The address is the configured one with the raw path and query: the Host header is the caller's
    to choose, and a proxy may have changed it.
    """
    services = here.services()
    account = services.settings.twilio
    if account is None or not account.callback_tokens:
        abort(403)
    raw = urlsplit(request.environ.get("RAW_URI") or request.full_path)
    genuine = is_from_twilio(
        called_url(services.settings.base_url, raw.path, raw.query),
        list(request.form.items(multi=True)),
        request.headers.get("X-Twilio-Signature"),
        account.callback_tokens,
        algorithm=request.headers.get(_ALGORITHM, "HMAC_SHA1"),
    )
    if not genuine:
        abort(403)
    return account
