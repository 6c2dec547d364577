"""Which language the words of one script are in: the one that knows most of them."""

from __future__ import annotations

from tracker.testimony.dates.language import Language
from tracker.testimony.dates.languages import LANGUAGES
from tracker.testimony.dates.tokens import Kind

_SCRIPTS = {
    "Latn": ("en", "tr", "ug", "kk"),
    "Cyrl": ("kk", "ru", "ug"),
    "Arab": ("ug", "kk"),
}
_HINTS = {
    "ug": frozenset("ېۈۆئڭҗ"),
    "kk": frozenset("ۇٴءعұіәңғқһөү"),
    "ru": frozenset("эъщ"),
}
_NO_DATE_WORDS = frozenset({Kind.COMMON, Kind.GLUE, Kind.NUM, Kind.CLAUSE, Kind.WORD})
_GIVEN_LANGUAGE_BONUS = 1.5


def script_of(word: str) -> str:
    """Name the script of a folded word by its first letter: Latn, Cyrl, Arab, or "" for others."""
    code = ord(word[0])
    if code < 0x2B0:
        return "Latn"
    if 0x400 <= code < 0x530:
        return "Cyrl"
    if 0x600 <= code < 0x780:
        return "Arab"
    return ""


def _score(language: Language, words: list[str]) -> float:
    score = 0.0
    hints = _HINTS.get(language.code)
    for word in words:
        sense = language.sense(word)
        if sense is not None:
            score += 1 if sense.kind in _NO_DATE_WORDS else 2
        if hints is not None and not hints.isdisjoint(word):
            score += 0.5
    return score


def choose_language(
    script: str, words: list[str], asked: str, marked: bool = False
) -> Language | None:
    """Choose the language of the words of one script; the language asked for has an advantage.

    `marked`: letters of the text had marks, as in "önce"; that is not English.
    """
    codes = _SCRIPTS.get(script)
    if codes is None:
        return None
    best: tuple[float, Language] | None = None
    for code in codes:
        language = LANGUAGES[code]
        score = _score(language, words) - (code == "en" and marked)
        if code == asked:
            score += _GIVEN_LANGUAGE_BONUS
        if best is None or score > best[0]:
            best = (score, language)
    return best[1] if best else None
