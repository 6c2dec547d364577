"""How far two spellings of a sound lie apart, and what a sound costs when one side lacks it.

Costs are in *consonants*: 1.0 is one whole consonant missing or wrong. They are written down by
habit of spelling (which letters writers of these languages exchange), not learnt from a list of
pairs. The alphabet of sounds is that of :mod:`letters`, with the weak and doubtful sounds of
:mod:`pinyin`.
"""

from __future__ import annotations

__all__ = ["SUBSTITUTION", "VOWELS", "WEAK", "drop_costs", "skeleton", "weight"]

WEAK = frozenset("123")
VOWELS = frozenset("aeiouI4") | WEAK
_ALPHABET = "aeiouI1234bpfwtdkqgGKxhHsSzZjcXJCyrRlLmnN"

_VOWEL_PAIRS = {
    "ae": 0.15, "ai": 0.55, "aI": 0.45, "ao": 0.5, "au": 1.1, "ei": 0.25, "eI": 0.3, "eo": 0.8,
    "eu": 1.0, "io": 0.9, "iu": 0.5, "iI": 0.05, "ou": 0.1, "oI": 0.6, "uI": 0.3,
    "1a": 0.25, "1e": 0.08, "1i": 0.12, "1I": 0.1, "1o": 0.5, "1u": 0.35,
    "2a": 0.75, "2e": 0.15, "2i": 0.04, "2I": 0.04, "2o": 0.7, "2u": 0.45,
    "3a": 0.9, "3e": 0.6, "3i": 0.45, "3I": 0.2, "3o": 0.12, "3u": 0.03,
    "4a": 0.2, "4e": 0.05, "4i": 0.3, "4I": 0.4, "4o": 0.8, "4u": 1.0,
    "12": 0.1, "13": 0.2, "23": 0.2, "14": 0.15, "24": 0.3, "34": 0.6,
}  # fmt: skip
_GLIDES = {
    "yi": 0.1, "yI": 0.1, "y2": 0.1, "yj": 0.35, "wu": 0.1, "wo": 0.15, "w3": 0.15,
}  # fmt: skip
_CONSONANT_PAIRS = {
    # lips
    "bp": 0.1, "bf": 0.3, "pf": 0.08, "bw": 0.4, "pw": 0.6, "fw": 0.5,
    # teeth
    "td": 0.1, "sz": 0.5, "sS": 0.5, "zZ": 0.3, "zS": 0.6, "zj": 0.5, "Zj": 0.05, "SZ": 0.5,
    "jc": 0.4, "cS": 0.5, "sc": 0.6, "zd": 0.6, "st": 0.8, "Sj": 0.7,
    # back of the mouth
    "kq": 0.04, "kg": 0.15, "kG": 0.35, "qg": 0.2, "qG": 0.2, "gG": 0.08, "xh": 0.04, "xq": 0.3,
    "xk": 0.35, "xG": 0.4, "hG": 0.35, "hk": 0.5, "hq": 0.6, "hg": 0.5, "xg": 0.5,
    # nose and tongue
    "nN": 0.05, "mn": 0.7, "mN": 0.9, "Ng": 0.4, "lr": 0.85,
    # Chinese stand-ins
    "Ll": 0.0, "Lr": 0.3, "Rr": 0.0, "Rl": 0.3, "RL": 0.25, "Rj": 0.3, "RZ": 0.3, "RJ": 0.3,
    "XS": 0.0, "Xs": 0.12, "Xx": 0.3, "Xc": 0.5, "Xz": 0.5, "XC": 0.05,
    "CS": 0.0, "Cs": 0.12, "Cc": 0.5, "Cz": 0.5, "CZ": 0.4,
    "Jj": 0.05, "Jz": 0.08, "JZ": 0.05, "Jc": 0.4, "Jd": 0.6, "Js": 0.5,
    "Hh": 0.0, "Hx": 0.0, "Hq": 0.15, "HG": 0.15, "Hk": 0.2, "HK": 0.3, "Hg": 0.3,
    "Kk": 0.0, "Kq": 0.0, "Kg": 0.15, "KG": 0.3, "Kx": 0.4, "Kh": 0.5,
}  # fmt: skip
_ACROSS = 1.3
"""A vowel against a consonant, or two consonants nobody exchanges: worse than leaving one out."""


def _cost(a: str, b: str) -> float:
    if a == b:
        return 0.0
    for table in (_VOWEL_PAIRS, _GLIDES, _CONSONANT_PAIRS):
        found = table.get(a + b, table.get(b + a))
        if found is not None:
            return found
    return _ACROSS


SUBSTITUTION: dict[str, dict[str, float]] = {
    a: {b: _cost(a, b) for b in _ALPHABET} for a in _ALPHABET
}

_DROP_VOWEL = {
    "1": 0.1, "2": 0.1, "3": 0.1, "I": 0.2, "4": 0.55, "i": 0.38, "u": 0.5, "e": 0.5, "o": 0.6,
    "a": 0.65,
}  # fmt: skip


def drop_costs(sounds: str, beside_chinese: bool) -> tuple[float, ...]:
    """What each sound costs when the other spelling lacks it.

    ``beside_chinese``: the other spelling came through Chinese syllables, which lose the last
    consonant of a syllable (*Dil-nur* → 迪努尔) and the breath before a vowel (*Himit* → 依米提).
    """
    costs = []
    for at, sound in enumerate(sounds):
        before = sounds[at - 1] if at else ""
        after = sounds[at + 1] if at + 1 < len(sounds) else ""
        if sound in VOWELS:
            cost = _DROP_VOWEL[sound]
            if not after and sound in "ae":
                cost = 1.3  # Aziz and Aziza, Munir and Munire: another person
            elif not before:
                cost = max(cost, 0.3)
        else:
            cost = _drop_consonant(sound, before, after, beside_chinese)
        costs.append(cost)
    return tuple(costs)


def _drop_consonant(sound: str, before: str, after: str, beside_chinese: bool) -> float:
    opens = after in VOWELS if after else False
    if sound in "hxHG":
        if opens:
            mute = 0.25 if sound != "G" else 0.3
            return mute if beside_chinese or sound in "hH" else mute + 0.15
        return 0.2 if not after and sound == "h" else 0.85
    if sound == "y":
        return 0.15 if opens or not after or beside_chinese else 0.35
    if sound == "w":
        return 0.4
    if not before:
        if sound == "g" and beside_chinese and after and after in "aou":
            return 0.5  # Gheni written Gani: Chinese often has no sound for gh
        return 1.3  # how a word begins tells most
    if not opens:
        coda = {"r": 0.5, "R": 0.6, "l": 0.6, "L": 0.6, "n": 0.65, "N": 0.65}
        if sound in coda:
            return coda[sound] if beside_chinese else 0.95
    return 1.0


def weight(sounds: str) -> float:
    """How much there is in ``sounds`` to agree or disagree about, in consonants."""
    total = 0.0
    for sound in sounds:
        total += 0.1 if sound in WEAK else 0.35 if sound in VOWELS else 1.0
    return total


_CLASSES = str.maketrans(
    "bpfwtdkqgGKsSzZXCJjcrRlLmnN", "PPPPTTKKKKKSSSSSSSSSRRRRMNN", "hHxyaeiouI1234"
)


def skeleton(sounds: str) -> str:
    """Coarse classes of the consonants in ``sounds``: what respelling rarely changes."""
    return sounds.translate(_CLASSES)
