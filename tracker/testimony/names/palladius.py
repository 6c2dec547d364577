"""Chinese syllables as Russian writes them, back to pinyin.

The system of Archimandrite Palladius (1888), as Russian newspapers and passports use it: *Чжан
Чжимин* is Zhang Zhiming; *н* ends what pinyin writes with *ng*, *нь* what it writes with *n*.
"""

from __future__ import annotations

from tracker.testimony.names.pinyin import SOUNDS

__all__ = ["SYLLABLES"]

_INITIALS = {
    "zh": "чж", "ch": "ч", "sh": "ш", "b": "б", "p": "п", "m": "м", "f": "ф", "d": "д", "t": "т",
    "n": "н", "l": "л", "g": "г", "k": "к", "h": "х", "j": "цз", "q": "ц", "x": "с", "r": "ж",
    "z": "цз", "c": "ц", "s": "с",
}  # fmt: skip
_FINALS = {
    "a": "а", "o": "о", "e": "э", "i": "и", "u": "у", "v": "юй", "ai": "ай", "ei": "эй",
    "ao": "ао", "ou": "оу", "an": "ань", "en": "энь", "ang": "ан", "eng": "эн", "ong": "ун",
    "ia": "я", "ie": "е", "iao": "яо", "iu": "ю", "ian": "янь", "in": "инь", "iang": "ян",
    "ing": "ин", "iong": "юн", "ua": "уа", "uo": "о", "uai": "уай", "ui": "уй", "uan": "уань",
    "un": "унь", "uang": "уан", "ue": "юэ", "ve": "юэ",
}  # fmt: skip
_AFTER_JQX = {"u": "юй", "uan": "юань", "un": "юнь"}
_ALONE = {
    "yi": "и", "ya": "я", "ye": "е", "yan": "янь", "yao": "яо", "you": "ю", "yin": "инь",
    "yang": "ян", "ying": "ин", "yong": "юн", "yu": "юй", "yue": "юэ", "yuan": "юань",
    "yun": "юнь", "wu": "у", "wa": "ва", "wo": "во", "wai": "вай", "wei": "вэй", "wan": "вань",
    "wen": "вэнь", "wang": "ван", "weng": "вэн", "er": "эр", "a": "а", "o": "о", "e": "э",
    "ai": "ай", "ei": "эй", "ao": "ао", "ou": "оу", "an": "ань", "en": "энь", "ang": "ан",
    "zi": "цзы", "ci": "цы", "si": "сы", "hui": "хуэй",
}  # fmt: skip


def _written(syllable: str) -> str:
    if syllable in _ALONE:
        return _ALONE[syllable]
    initial = next(each for each in _INITIALS if syllable.startswith(each))
    final = syllable.removeprefix(initial)
    if initial in ("j", "q", "x") and final in _AFTER_JQX:
        return _INITIALS[initial] + _AFTER_JQX[final]
    return _INITIALS[initial] + _FINALS[final]


SYLLABLES: dict[str, str] = {_written(syllable): syllable for syllable in SOUNDS}
"""The pinyin of every syllable in Russian letters, without tones."""
