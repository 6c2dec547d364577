"""What we answer to an answer, and what a call says: neutral, as every message is (S4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracker.i18n.words import gettext as _
from tracker.i18n.words import speaking
from tracker.messages.compose import language_of
from tracker.messages.kinds import Worded
from tracker.messages.sms_size import is_gsm, segments

MOST_LISTED: Final = 8


class Said(StrEnum):
    """The answers there are."""

    TAKEN = "taken"
    PASSED = "passed"
    NOBODY_NEXT = "nobody_next"
    NOTED = "noted"
    LISTED = "listed"
    NOTHING = "nothing"
    WHICH = "which"
    SETTLED = "settled"
    NO_SUCH_CODE = "no_such_code"
    UNCLEAR = "unclear"
    ON_PAGE = "on_page"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a reader, and the codes it names: reply code and reference, nothing else."""

    said: Said
    language: str = "en"
    codes: tuple[str, ...] = ()


def answer_text(answer: Answer) -> str:
    """The answer as a text message of at most two parts; codes that do not fit are left out."""
    with speaking(language_of(answer.language)):
        sentence = _sentence(answer.said)
    shown = list(answer.codes[:MOST_LISTED])
    while True:
        more = " …" if len(shown) < len(answer.codes) and not is_gsm(sentence) else ""
        text = f"{sentence} {', '.join(shown)}{more}".strip()
        if segments(text) <= 2 or not shown:
            return text
        shown.pop()


def spoken_answer(answer: Answer) -> str:
    """The answer as a voice says it: without codes."""
    with speaking(language_of(answer.language)):
        return _sentence(answer.said)


def answer_mail(answer: Answer, reference: str) -> Worded:
    """The answer as a mail about the message it is about."""
    with speaking(language_of(answer.language)):
        subject = _("For your information: %(reference)s", reference=reference)
        lines = [_sentence(answer.said), *answer.codes]
    return Worded("\n".join(lines) + "\n", subject)


def call_words(language: str) -> str:
    """What a call says before a key is pressed."""
    with speaking(language_of(language)):
        # Translators: spoken by a telephone voice, may be heard by strangers
        return _(
            "There is something for you to look at. To take it, press 1. To pass it on, press 2. "
            "If there is news, press 3. To hear this again, press 0."
        )


def _sentence(said: Said) -> str:
    match said:
        case Said.TAKEN:
            return _("Thank you. It is held for 24 hours. Please sign in within that time.")
        case Said.PASSED:
            return _("Thank you. The next person is told.")
        case Said.NOBODY_NEXT:
            return _("There is nobody else to tell. Please take it or sign in.")
        case Said.NOTED:
            return _("Thank you. It is noted, not yet confirmed. Please sign in and say more.")
        case Said.LISTED:
            return _("Waiting for you:")
        case Said.NOTHING:
            return _("Nothing is waiting for you.")
        case Said.WHICH:
            return _("Several are waiting. Answer again, with one of these numbers:")
        case Said.SETTLED:
            return _("This is settled already. You need not do anything.")
        case Said.NO_SUCH_CODE:
            return _("No message to you has this number. Answer 0 for a list.")
        case Said.UNCLEAR:
            return _(
                "Please answer 1 (I take it), 2 (next person), 3 (there is news) or 0 (list), "
                "then the number from the message."
            )
        case Said.ON_PAGE:
            return _("This cannot be answered here. Please sign in.")
        case Said.CONFIRMED:
            return _("Thank you. Your answers from here will be understood.")
