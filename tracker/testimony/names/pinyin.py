"""Chinese characters and passport pinyin to sounds.

Chinese spells a foreign name in syllables, so a bare consonant gets a vowel it never had (*ti*,
*ke*, *mu*, *er*). Those vowels are written here as weak sounds, cheap to leave out, and consonants
that Chinese uses for several foreign ones get a sound of their own:

``1`` weak e (ke, te), ``2`` weak i (li, ti), ``3`` weak u (mu, pu), ``4`` ai (买 for *me*),
``L`` l or r, ``R`` r, l or zh, ``X`` s or sh, ``H`` h, x, q or gh, ``K`` k or q, ``J`` z or j (zh),
``C`` s or sh written sh.

Source: Xinhua's transcription practice and DB65/T 2189-2005 as seen on published name pairs.
"""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

__all__ = ["SOUNDS", "cut", "from_hanzi", "from_pinyin", "pinyin_of", "syllables"]

_INITIALS = {
    "b": "b", "p": "p", "m": "m", "f": "f", "d": "d", "t": "t", "n": "n", "l": "L", "g": "g",
    "k": "K", "h": "H", "j": "j", "q": "c", "x": "X", "zh": "J", "ch": "c", "sh": "C", "r": "R",
    "z": "z", "c": "s", "s": "s",
}  # fmt: skip
_FINALS = {
    "a": "a", "o": "o", "e": "e", "i": "2", "u": "u", "v": "u", "ai": "4", "ei": "4", "ao": "o",
    "ou": "o", "an": "an", "en": "en", "ang": "an", "eng": "en", "ong": "un", "ia": "a", "ie": "e",
    "iao": "o", "iu": "yu", "ian": "en", "in": "in", "iang": "an", "ing": "in", "iong": "un",
    "ua": "wa", "uo": "o", "uai": "w4", "ui": "wi", "uan": "wan", "un": "un", "uang": "wan",
    "ue": "o", "ve": "o",
}  # fmt: skip
_WHOLE = {
    "yi": "i", "ya": "ya", "ye": "ye", "yan": "yan", "yao": "yo", "you": "yu", "yin": "in",
    "yang": "yan", "ying": "in", "yong": "yun", "yu": "yu", "yue": "yo", "yuan": "yan",
    "yun": "yun", "wu": "u", "wa": "wa", "wo": "wo", "wai": "w4", "wei": "wi", "wan": "wan",
    "wen": "wen", "wang": "wan", "weng": "wen", "er": "R", "a": "a", "o": "o", "e": "e",
    "ai": "4", "ei": "4", "ao": "o", "ou": "o", "an": "an", "en": "en", "ang": "an",
}  # fmt: skip
_BARE_E = frozenset("dtgkhzcs")
_BARE_U = frozenset("mpf")
_REAL_I = frozenset("bpmdj")
# Characters whose first dictionary reading is not the one used in transcribed names.
_NAME_READINGS = {
    "什": "shi",
    "卜": "bu",
    "都": "du",
    "嘎": "ga",
    "曾": "zeng",
    "单": "shan",
    "車": "che",
}


def _sound(initial: str, final: str) -> str:
    if final == "e" and (initial in _BARE_E):
        final_sound = "1"
    elif final == "u" and initial in _BARE_U:
        final_sound = "3"
    elif final == "i" and initial in _REAL_I:
        final_sound = "i"
    else:
        final_sound = _FINALS[final]
    return _INITIALS[initial] + final_sound


def _allowed(initial: str, final: str) -> bool:
    if initial in ("j", "q", "x"):
        return final[0] in "iu" and final != "uo"
    if initial in ("g", "k", "h"):
        return final[0] != "i" and final not in ("v", "ve", "ue")
    if initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        return final[0] != "i" or final == "i"
    if initial in ("b", "p", "m", "f"):
        return final in ("a", "o", "i", "u", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng",
                         "ie", "iao", "iu", "ian", "in", "ing")  # fmt: skip
    return final not in ("iong",)


SOUNDS: dict[str, str] = {
    initial + final: _sound(initial, final)
    for initial in _INITIALS
    for final in _FINALS
    if _allowed(initial, final)
} | _WHOLE
"""Sounds of every pinyin syllable, toneless."""


_LONGEST_SYLLABLE = 6


def cut(word: str, known: Container[str]) -> tuple[str, ...] | None:
    """``word`` cut into the fewest syllables of ``known``, or None if it does not cut."""
    best: dict[int, tuple[str, ...]] = {len(word): ()}
    for start in range(len(word) - 1, -1, -1):
        for length in range(_LONGEST_SYLLABLE, 0, -1):
            syllable, rest = word[start : start + length], best.get(start + length)
            if rest is None or len(syllable) < length or syllable not in known:
                continue
            if start not in best or len(rest) + 1 < len(best[start]):
                best[start] = (syllable, *rest)
    return best.get(0)


@lru_cache(maxsize=65536)
def syllables(token: str) -> tuple[str, ...] | None:
    """``token`` cut into the fewest pinyin syllables (at least two), or None if it does not cut."""
    found = cut(token, SOUNDS)
    return found if found and len(found) > 1 else None


def from_pinyin(cut: tuple[str, ...]) -> str:
    """Sounds of pinyin syllables; *er* at the start keeps its vowel."""
    sounds = "".join(SOUNDS.get(syllable, "") for syllable in cut)
    return "e" + sounds if cut and cut[0] == "er" else sounds


def pinyin_of(token: str) -> tuple[str, ...]:
    """Toneless pinyin of Chinese characters; a character without a reading is skipped."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - slow to import, only these names need it

    read = [
        _NAME_READINGS.get(char) or lazy_pinyin(char, errors="ignore", v_to_u=False)
        for char in token
    ]
    return tuple(each if isinstance(each, str) else "".join(each) for each in read)


def from_hanzi(token: str) -> str:
    """Sounds of Chinese characters; a character without a reading is skipped."""
    return from_pinyin(pinyin_of(token))
