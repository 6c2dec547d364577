"""Letters to sounds: one table per script, all written in the same small alphabet of sounds.

The alphabet is ASCII so that sounds can be compared letter by letter:

====== ==============================================================================
vowels ``a e i o u``; ``y`` is the consonant of *yes*; ``I`` is the short vowel of
       Kazakh ы/і, which many spellings leave out
stops  ``b p t d k q g G`` (``q`` қ, ``G`` ғ)
breath ``h x`` (``x`` х, as in *loch*)
hiss   ``s S z Z j c`` (``S`` sh, ``Z`` zh, ``j`` as in *jam*, ``c`` ch)
others ``f l m n N r w`` (``N`` ng)
====== ==============================================================================

Sources: the Uyghur Computer Science Association's Uyghur Latin alphabet (ULY); the Kazakh
Cyrillic, Latin and Arabic (töte jazu) alphabets; BGN/PCGN romanization of Russian and Kazakh.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["CYRILLIC", "arabic", "cyrillic", "latin", "plain", "script_of"]

ARABIC = {
    "ا": "a", "آ": "a", "أ": "a", "إ": "a", "ە": "e", "ه": "e", "ة": "e",
    "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ج": "j", "چ": "c", "خ": "x", "ح": "h",
    "د": "d", "ذ": "z", "ر": "r", "ز": "z", "ظ": "z", "ض": "z", "ژ": "Z",
    "س": "s", "ص": "s", "ث": "s", "ش": "S", "غ": "G", "ع": "G", "ف": "f",
    "ق": "q", "ك": "k", "ک": "k", "گ": "g", "ڭ": "N", "ل": "l", "م": "m", "ن": "n",
    "ھ": "h", "ہ": "h", "و": "o", "ۇ": "u", "ۆ": "o", "ۈ": "u", "ؤ": "u", "ۋ": "w", "ۏ": "w",
    "ې": "i", "ى": "i", "ي": "y", "ی": "y",
}  # fmt: skip

CYRILLIC = {
    "а": "a", "ә": "e", "б": "b", "в": "w", "г": "g", "ғ": "G", "ҕ": "G", "д": "d", "е": "e",
    "ё": "yo", "ж": "j", "җ": "j", "з": "z", "и": "i", "й": "y", "к": "k", "қ": "q", "л": "l",
    "м": "m", "н": "n", "ң": "N", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "x", "һ": "h", "ц": "s", "ч": "c", "ш": "S",
    "щ": "S", "ы": "I", "і": "I", "э": "e", "ю": "yu", "я": "ya", "ў": "u", "ҳ": "h", "ҷ": "j",
}  # fmt: skip

# Letters of Latin alphabets in use for these names beyond a–z: ULY, Turkish, Kazakh Latin of
# 2018 and 2021, and the Uyghur "new script" (ⱪ ⱨ ƣ ə ɵ) of 1965–1982.
LATIN = {
    "ş": "S", "š": "S", "ç": "c", "č": "c", "ğ": "G", "ǵ": "G", "ƣ": "G", "ž": "Z",
    "ñ": "N", "ń": "N", "ŋ": "N", "ң": "N", "ä": "e", "á": "e", "ə": "e", "ә": "e", "ö": "o",
    "ó": "o", "ɵ": "o", "ü": "u", "ú": "u", "ū": "u", "û": "u", "é": "i", "ë": "i", "ı": "i",
    "â": "a", "î": "i", "ý": "i", "ⱪ": "q", "ⱨ": "h", "ḧ": "h", "ẍ": "x",
    "đ": "d", "ł": "l", "ø": "o", "æ": "e", "ß": "s", "v": "w",
}  # fmt: skip

DIGRAPHS = (
    ("tsch", "c"), ("sch", "S"), ("dzh", "j"), ("zh", "j"), ("dj", "j"), ("sh", "S"),
    ("ch", "c"), ("kh", "x"), ("gh", "G"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("ts", "s"),
    ("tz", "s"), ("ee", "i"), ("oo", "u"), ("ou", "u"), ("iy", "i"),
)  # fmt: skip

_VOWEL = "aeiou"
_NG = re.compile(r"ng(?![aeiouäáəöóɵüúéëı])")
_BARE_C = re.compile(r"c(?![hk])")
_EITHER_C = "\ue000"
_OPEN_X = re.compile(r"x(?![bcdfghjklmnpqrstvwz])")
_SHORT_Y = re.compile(rf"(?<![{_VOWEL}])y(?![{_VOWEL}])")
_CYRILLIC_W = re.compile(r"(?<=[аәеоөыіиэ])у|у(?=[аәеоөыіэ])")
_MARKS = re.compile(r"['’‘`´ʻʼʿʾʹ′ـ\u200b-\u200f\u2066-\u2069]")


def plain(text: str) -> str:
    """``text`` in one form whatever its case and Unicode normal form.

    Upper-casing first makes Turkish ı/I/i one letter, as passports do.
    """
    raised = unicodedata.normalize("NFKC", text).upper()
    lowered = unicodedata.normalize("NFKC", raised.lower())
    return _MARKS.sub("", unicodedata.normalize("NFC", lowered.replace("i\u0307", "i")))


def script_of(token: str) -> str:
    """The ISO 15924 code of the first letter with a known script; ``Zyyy`` when there is none."""
    for char in token:
        code = ord(char)
        if 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF:
            return "Hani"
        if 0x0600 <= code <= 0x08FF or 0xFB50 <= code <= 0xFEFF:
            return "Arab"
        if 0x0400 <= code <= 0x052F:
            return "Cyrl"
        if char.isalpha() and (code < 0x0250 or 0x0250 <= code <= 0x02AF or 0x1E00 <= code <= 0x1EFF
                               or 0x2C60 <= code <= 0x2C7F):  # fmt: skip
            return "Latn"
    return "Zyyy"


def arabic(token: str) -> str:
    """Sounds of a token in Uyghur or Kazakh Arabic letters; the seat of hamza (ئ, ء, ٴ) is mute."""
    return "".join(ARABIC.get(char, "") for char in token)


def cyrillic(token: str) -> str:
    """Sounds of a token in Kazakh, Russian or Uyghur Cyrillic; у beside a vowel is ``w``."""
    token = _CYRILLIC_W.sub("в", token.replace("дж", "ж"))
    return "".join(CYRILLIC.get(char, "") for char in token)


def latin(token: str) -> tuple[str, ...]:
    """Every way to sound a Latin token, the most usual first.

    A *c* alone is Turkish ``j`` or English ``k``; an *x* is Uyghur Latin ``x`` or, in the script
    of 1965 and on passports, ``S``.
    """
    token = _BARE_C.sub(_EITHER_C, token)  # before ch has become the sound c
    open_ng = token.replace("ng", "N")
    token = _NG.sub("N", token)
    for pair, sound in DIGRAPHS:
        token = token.replace(pair, sound)
        open_ng = open_ng.replace(pair, sound)
    spellings = [token]
    if _EITHER_C in token:
        spellings = [token.replace(_EITHER_C, "j"), token.replace(_EITHER_C, "k")]
    if _OPEN_X.search(token):
        spellings.append(_OPEN_X.sub("S", spellings[0]))
    if open_ng != token:
        spellings.append(open_ng.replace(_EITHER_C, "j"))
    return tuple(dict.fromkeys(_SHORT_Y.sub("I", _one_latin(each)) for each in spellings))


def _one_latin(token: str) -> str:
    out = []
    for char in token:
        sound = LATIN.get(char)
        if sound is None:
            base = unicodedata.normalize("NFD", char)[0]
            sound = LATIN.get(base, base if base.isascii() and base.isalpha() else "")
        out.append(sound)
    return "".join(out)
