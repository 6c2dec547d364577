"""What people answer by way of Twilio: a text message, or a key in a call (delivery.md D8)."""

from __future__ import annotations

from typing import Final

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from tracker.channels import twiml
from tracker.engine.sending.replies import Heard, hear, language_of_reader
from tracker.engine.sending.row_tokens import row_of_callback_token
from tracker.messages.answers import Answer as Answered
from tracker.messages.answers import Said, answer_text, call_words, spoken_answer
from tracker.security.tokens import constant_time_equal
from tracker.web import here
from tracker.web.access import signed_hook
from tracker.web.hooks.door import PROVIDER, bp
from tracker.web.hooks.twilio import signed_account

LONGEST_ID: Final = 64
KEYS: Final = ("1", "2", "3")
"""What is an answer; 0 and every other key says the words again."""

_STOPPED: Final = {"STOP": "STOP", "START": "START"}


@bp.post("/hooks/twilio/sms")
@signed_hook
def twilio_sms() -> ResponseReturnValue:
    """A text message came in. `OptOutType` is Twilio's own reading of words like STOP."""
    _of_our_account()
    message_id = request.form.get("MessageSid") or request.form.get("SmsSid") or ""
    if not message_id or len(message_id) > LONGEST_ID:
        abort(403)
    opt_out = request.form.get("OptOutType", "").upper()
    heard = Heard(
        provider="twilio",
        provider_id=message_id,
        channel="sms",
        text=_STOPPED.get(opt_out, request.form.get("Body", "")),
        address=request.form.get("From", ""),
    )
    with here.writing(PROVIDER) as desk:
        answer = hear(desk, heard)
    return _xml(twiml.text_answer(answer_text(answer) if answer else None))


@bp.route("/hooks/twilio/voice/<token>", methods=["GET", "POST"])
@signed_hook
def twilio_voice(token: str) -> ResponseReturnValue:
    """A call of ours was answered: say the words; or a key was pressed in it.

    Only a POST with a key changes anything.
    """
    _of_our_account()
    row_id = row_of_callback_token(here.services().ring, token)
    if row_id is None:
        abort(403)
    with here.reading(PROVIDER) as desk:
        language = twiml.spoken_language(language_of_reader(desk, row_id))
    key = request.form.get("Digits", "")[:1]
    call_id = request.form.get("CallSid", "")
    if request.method != "POST" or key not in KEYS or not 0 < len(call_id) <= LONGEST_ID:
        address = f"{here.services().settings.base_url}/hooks/twilio/voice/{token}"
        return _xml(twiml.asking(call_words(language), language, address))
    heard = Heard("voice", f"{call_id}:{key}", "voice", key, row_id=row_id)
    with here.writing(PROVIDER) as desk:
        answer = hear(desk, heard)
    said = answer.said if answer else Said.ON_PAGE
    return _xml(twiml.saying(spoken_answer(Answered(said, language)), language))


def _of_our_account() -> None:
    account = signed_account()
    if not constant_time_equal(request.values.get("AccountSid", ""), account.account_sid):
        abort(403)


def _xml(body: str) -> Response:
    return Response(body, mimetype="text/xml")
