"""What people answer to a message: `1|2|3|0 [code]`, in any script (delivery.md D8).

Read strictly: a wrong "I take it" holds an alarm, while not understanding only asks once more. So
the digit stands first (after a polite word, or the code), and words may follow it only beside a
code or when they are polite ones.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST: Final = 2_000
"""Characters that are looked at; what follows is somebody's history of mails."""


class Act(StrEnum):
    """What is asked for. The values of the first four are the digits."""

    TAKE = "1"  # I take it
    NEXT = "2"  # the next person
    CONTACT = "3"  # contact was made; opens a report, closes nothing
    LIST = "0"  # what waits for me
    STOP = "stop"  # no more messages
    START = "start"  # messages again, after a stop


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: what it asks for, and the code it names (four digits, or a reference)."""

    act: Act
    code: str | None = None


STOP_WORDS: Final = frozenset(
    {
        *("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
        *("стоп", "отписаться", "отписка", "отмена", "отказ"),  # Russian
        *("тоқта", "тоқтату", "тоқтат", "бас тарту"),  # Kazakh
        *("توختا", "توختات", "توختىتىش", "بىكار قىلىش"),  # Uyghur
        *("dur", "durdur", "iptal", "ret", "ayrıl", "ayril"),  # Turkish
        *("停止", "退订", "取消", "停", "td"),  # Chinese, whose carriers know TD
        *("stop all", "opt out"),
    }
)
"""A message of these words alone stops ours. The English ones are Twilio's own (since April 2025
also REVOKE and OPTOUT): it stops sending by itself, so we must know."""

START_WORDS: Final = frozenset({"start", "unstop"})
"""Twilio's words to be written to again; its YES is an ordinary word here."""

_POLITE: Final = frozenset(
    {
        *("ok", "okay", "yes", "please", "thanks", "thank", "you", "i", "take", "it", "reply"),
        *("да", "ок", "хорошо", "спасибо", "пожалуйста", "беру", "я", "ответ", "принято"),
        *("иә", "жарайды", "рахмет", "рақмет", "мен", "аламын", "жауап"),
        *("ھەئە", "ماقۇل", "رەھمەت", "مەن", "ئالىمەن", "جاۋاب"),
        *("evet", "tamam", "teşekkürler", "lütfen", "ben", "alıyorum", "yanıt", "cevap"),
        *("好", "好的", "谢谢", "是", "我", "我来", "回复"),
    }
)
_TAKES: Final = frozenset({"ack", "ok", "okay"})
"""Alone, or with a code, these mean 1; also when written in Cyrillic or Greek letters."""

_REFERENCE_SIGNS: Final = "CDFHJKMNPQRTVWXY34679"
"""As in `tracker.security.tokens`, which stands on another floor; a test compares them."""
_REFERENCE: Final = re.compile(f"[{_REFERENCE_SIGNS}]{{6}}")
_DIGIT_CODE: Final = re.compile(r"\d{4}", re.ASCII)
_GLUED: Final = re.compile(rf"([0-3])(\d{{4}}|[{_REFERENCE_SIGNS}]{{6}})", re.ASCII)
_TOKENS: Final = re.compile(r"[^\W_]+")

_LOOKS_LIKE: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУҮХԚԜѴ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABESIJKMHOPCTYYXQWV" + "ABEZHIKMNOPTYX",
)
"""Capitals of Cyrillic and Greek that look like Latin ones (Unicode TR39's confusables)."""
_DIGIT_LIKE: Final = {
    **dict.fromkeys(("I", "L"), "1"),
    "O": "0",
    "З": "3",
    "一": "1",
    "二": "2",
    "三": "3",
    "零": "0",
    "〇": "0",
}
"""What stands for a digit on a keyboard without digits, or in Chinese; only as a whole message."""


def read_reply(text: str) -> Reply | None:
    """What a message answers; None when that cannot be told. Never raises."""
    lines = _own_lines(text[:LONGEST])
    if not lines:
        return None
    words = _words(lines[0])
    whole = " ".join(words)
    as_latin = " ".join(_latin(word).casefold() for word in words)
    if whole in STOP_WORDS or as_latin in STOP_WORDS:
        return Reply(Act.STOP)
    if whole in START_WORDS or as_latin in START_WORDS:
        return Reply(Act.START)
    reply = _action(words)
    if reply is not None and reply.code is None and len(lines) > 1:
        following = _words(lines[1])
        if len(following) == 1 and (code := _code(following[0])):
            return Reply(reply.act, code)
    return reply


def _action(words: list[str]) -> Reply | None:
    """The digit in front, with a code beside it or nothing but politeness after it."""
    while words and words[0] in _POLITE and len(words) > 1 and words[0] not in _TAKES:
        words = words[1:]
    if not words or len(words) > 40:
        return None
    if len(words) == 2 and _code(words[0]) and words[1] in "0123" and len(words[1]) == 1:
        return Reply(Act(words[1]), _code(words[0]))
    first, rest = words[0], words[1:]
    if _latin(first).casefold() in _TAKES and rest and rest[0] in tuple("0123"):
        first, rest = rest[0], rest[1:]  # "ok 2" means 2
    if (act := _act(first, alone=not rest or bool(len(rest) == 1 and _code(rest[0])))) is None:
        glued = _GLUED.fullmatch(_latin(first))
        return Reply(Act(glued[1]), glued[2]) if glued and _only_polite(rest) else None
    if not rest or _only_polite(rest):
        return Reply(act)
    code = _code(rest[0])
    others = [word for word in rest[1:] if any(sign.isdigit() for sign in word)]
    return Reply(act, code) if code and not others else None


def _act(word: str, *, alone: bool) -> Act | None:
    if word in ("0", "1", "2", "3"):
        return Act(word)
    latin = _latin(word)
    if alone and latin.casefold() in _TAKES:
        return Act.TAKE
    if alone and (digit := _DIGIT_LIKE.get(latin) or _DIGIT_LIKE.get(word.upper())):
        return Act(digit)
    return None


def _code(word: str) -> str | None:
    latin = _latin(word)
    if _DIGIT_CODE.fullmatch(latin) or _REFERENCE.fullmatch(latin):
        return latin
    return None


def _only_polite(words: list[str]) -> bool:
    return all(word in _POLITE for word in words)


def _own_lines(text: str) -> list[str]:
    """The lines somebody wrote: no quotations, and not the line that introduces one."""
    lines = (line.strip() for line in text.splitlines())
    return [
        line
        for line in lines
        if line and not line.startswith((">", "|", "﹥", "＞")) and not line.endswith((":", "："))
    ]


def _words(line: str) -> list[str]:
    """The words in small letters, digits of every script as 0–9, no marks nor unseen signs."""
    shown = unicodedata.normalize("NFKC", line).casefold()
    kept = []
    for sign in unicodedata.normalize("NFKC", shown):
        category = unicodedata.category(sign)
        if category in ("Cf", "Mn", "Me", "Cc") and not sign.isspace():
            continue
        digit = unicodedata.decimal(sign, None)
        kept.append(sign if digit is None else str(digit))
    return _TOKENS.findall("".join(kept))


def _latin(word: str) -> str:
    """In capitals, with letters that only look Latin made so."""
    return word.upper().translate(_LOOKS_LIKE)
