"""What Twilio is answered in: TwiML, made by its own library.

`<Message>` answers exist in Twilio's default region only; accounts elsewhere give no answer.
"""

from __future__ import annotations

from typing import Final

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

VOICES: Final = {"en": "en-US", "ru": "ru-RU", "tr": "tr-TR", "zh_Hans": "cmn-CN"}
"""Our languages that Twilio's `<Say>` speaks (its list of languages; no Kazakh, no Uyghur)."""

_INSTEAD: Final = {"kk": "ru"}
_WAIT_SECONDS: Final = 10


def spoken_language(code: str) -> str:
    """The language a call is worded in: the reader's where there is a voice for it."""
    return code if code in VOICES else _INSTEAD.get(code, "en")


def text_answer(text: str | None) -> str:
    """An answer to a text message; None: silence."""
    response = MessagingResponse()
    if text is not None:
        response.message(text)
    return str(response)


def asking(words: str, language: str, address: str) -> str:
    """Say the words, wait for a key, once more; a pressed key is posted to `address`."""
    response = VoiceResponse()
    for _ in range(2):
        gather = Gather(
            num_digits=1,
            action=address,
            method="POST",
            timeout=_WAIT_SECONDS,
            action_on_empty_result=False,
        )
        gather.say(words, language=VOICES[language])
        response.append(gather)
    response.hangup()
    return str(response)


def saying(words: str, language: str) -> str:
    """Say the words and hang up."""
    response = VoiceResponse()
    response.say(words, language=VOICES[language])
    response.hangup()
    return str(response)
