"""Kannel's calls: by GET and unsigned, so they count from known peers on a secret path only.

`get-url = "SITE/hooks/kannel/SECRET/sms?from=%p&text=%b&id=%I&charset=%C"` in Kannel's sms-service;
the address of delivery reports is given with each message.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qsl

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from tracker.channels.kannel_codes import read_report
from tracker.domain.delivery import Word
from tracker.engine.sending.receipts import take_receipt
from tracker.engine.sending.replies import Heard, hear
from tracker.engine.sending.row_tokens import row_of_callback_token
from tracker.messages.answers import answer_text
from tracker.security.tokens import constant_time_equal
from tracker.web import here
from tracker.web.access import signed_hook
from tracker.web.hooks.door import PROVIDER, bp
from tracker.web.limits import address

LONGEST: Final = 64


@bp.get("/hooks/kannel/<secret>/dlr/<token>")
@signed_hook
def kannel_report(secret: str, token: str) -> ResponseReturnValue:
    """What became of a message."""
    _only_kannel(secret)
    row_id = row_of_callback_token(here.services().ring, token)
    report = read_report(request.args.get("type", ""))
    number = request.args.get("try", "")
    if row_id is None or not number.isascii() or not number.isdigit() or len(number) > LONGEST:
        abort(403)
    if report is not None:
        word = Word(
            provider_id=f"kannel-{number}",
            status=report.status,
            state=report.state,
            code=report.status if report.outcome else None,
            outcome=report.outcome,
        )
        with here.writing(PROVIDER) as desk:
            take_receipt(desk, row_id, word)
    return _plain("")


@bp.get("/hooks/kannel/<secret>/sms")
@signed_hook
def kannel_sms(secret: str) -> ResponseReturnValue:
    """A text message came in; what is answered here is sent back. Empty: silence."""
    _only_kannel(secret)
    fields = dict(parse_qsl(request.query_string.decode("ascii", "replace"), encoding="latin-1"))
    message_id = fields.get("id", "")
    if not message_id or len(message_id) > LONGEST:
        abort(403)
    heard = Heard(
        provider="kannel",
        provider_id=message_id,
        channel="sms",
        text=_decoded(fields.get("text", ""), fields.get("charset", "")),
        address=_number(fields.get("from", "")),
    )
    with here.writing(PROVIDER) as desk:
        answer = hear(desk, heard)
    return _plain(answer_text(answer) if answer else "")


def _only_kannel(secret: str) -> None:
    """403 without a word unless the caller is Kannel, and for a HEAD, which must change nothing."""
    gateway = here.services().settings.kannel
    if gateway is None or request.method != "GET":
        abort(403)
    if not gateway.secret or not constant_time_equal(secret, gateway.secret):
        abort(403)
    try:
        caller = str(ip_address(address() or ""))
    except ValueError:
        abort(403)
    if caller not in gateway.peers:
        abort(403)


def _number(given: str) -> str:
    """The sender as E.164: centres leave the plus out, or write two zeros."""
    bare = given.strip().removeprefix("+").removeprefix("00")
    return f"+{bare}" if bare.isascii() and bare.isdigit() else given


def _decoded(text: str, charset: str) -> str:
    """Kannel sends the bytes it got: UTF-16BE for a message that needs it, else one-byte signs."""
    raw = text.encode("latin-1", "replace")
    known = {"UTF-16BE": "utf-16-be", "WINDOWS-1252": "cp1252", "ISO-8859-1": "latin-1"}
    return raw.decode(known.get(charset.upper(), "utf-8"), "replace")


def _plain(body: str) -> Response:
    return Response(body, mimetype="text/plain")
