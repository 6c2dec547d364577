"""Customs of naming, applied to sounds: one name under its many habitual shapes.

* Muhammad, Muhemmet, Memet, Mehmet, Mamat, Met- … are one name (*memet*), also inside another.
* Abdul-, Abdu-, Abdi-, Әбді- … (*servant of*) and its contraction Abl- open a name; what follows
  decides.
* -uly, -qyzy, -oghli, -ov, -ova, -ovich … say whose child somebody is and may be left out.
* -jan, -gul, -bek, -khan, -ay, -nisa close a name; Tursun and Tursunjan are two names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.testimony.names.sounds import skeleton

__all__ = ["Reading", "fold"]

_PLAIN = str.maketrans("1234LRXHKJC", "eiuelrShkjS")
_DOUBLED = re.compile(r"(.)\1+")
_DOUBLED_CONSONANT = re.compile(r"([^aeiouI1234])\1+")  # two vowels are two syllables in Chinese
_MUHAMMAD = re.compile(r"m[aeou](?:[hx][aeiuI]?n?)?m[aeo][td]|^memt(?=[iI])|^m[ae]mt(?=i)")
_MET = re.compile(r"^met(?=[bdfgGhjkqlmnprstxz])")
_PATRONYMIC = re.compile(
    r"(?:[uo]l[iI]|[kq][iI]z[iI]|o[gG]l[iu]|y?[oei](?:w(?:a|i[cS]|na)?|f)|[oe]w?i[cS]na)$"
)
_METT = re.compile(r"^m[ae]t(?=t)")  # Met-tursun, before its two t become one
_CHINESE_MET = re.compile(r"^m42?t2(?=[bdfGjkKqLmnpRrstxXzJCcH])")
_PATRONYMIC_CHINESE = re.compile(r"y?[oe](?:wa|fu)$")
_SERVANT = re.compile(r"^[ae]b[iu]?d(?![uoieaI]?l[ae]h?(?:jan|xan|m)?$)[uoieaI]?(l?)(?=...)")
_CONTRACTED = re.compile(r"^[ae]bu?l(?=[ieI]...)")
_ENDING = re.compile(r"(jan|guli?|beke?|[xhk]an|nisa|(?<![bB])a[yi])$")


@dataclass(frozen=True, eq=False)
class Reading:
    """One way to sound a token, after folding.

    ``chinese``: it came through Chinese syllables. ``servant``: Abdu- stood before ``sounds``.
    ``ending`` names the closing element (*jan*, *gul* …) that ends ``sounds``; ``stem`` is what
    stands before it, and ``bare`` the reading without the ending, as family and friends shorten it.
    ``skeleton`` is that of the whole, see :func:`sounds.skeleton`.
    """

    sounds: str
    chinese: bool
    servant: bool
    ending: str
    stem: str
    skeleton: str
    bare: Reading | None = None

    @property
    def shown(self) -> str:
        """The reading for people: *abdu·* before a servant name, weak vowels left out."""
        body = re.sub("[123]", "", self.sounds.replace("4", "e")).translate(_PLAIN)
        return f"abdu·{body}" if self.servant else body


def fold(sounds: str, chinese: bool) -> tuple[Reading, ...]:
    """The readings that ``sounds`` stand for after the customs above (usually one)."""
    sounds = _without_patronymic(sounds, chinese)  # -bek-kyzy before its two k become one
    sounds = _METT.sub("memett", sounds)
    sounds = (_DOUBLED_CONSONANT if chinese else _DOUBLED).sub(r"\1", sounds)
    sounds = _with_memet(sounds)
    if not sounds:
        return ()
    readings = []
    plain = sounds.translate(_PLAIN)
    opened = _SERVANT.match(plain)
    rest_at = opened.end() if opened else 0
    if opened:
        if opened.group(1) and plain[rest_at] in "aeiouI":
            readings.append(_reading(sounds[rest_at - 1 :], chinese, True))
        readings.append(_reading(sounds[rest_at:], chinese, True))
    else:
        readings.append(_reading(sounds, chinese, False))
        contracted = _CONTRACTED.match(plain)
        if contracted:
            readings.append(_reading(sounds[contracted.end() :], chinese, True))
    return tuple(readings)


def _with_memet(sounds: str) -> str:
    plain = sounds.translate(_PLAIN)
    for pattern, text in ((_MUHAMMAD, plain), (_MET, plain), (_CHINESE_MET, sounds)):
        found = pattern.search(text)
        if found:
            after = sounds[found.end() :]
            return sounds[: found.start()] + "memet" + after
    return sounds


def _without_patronymic(sounds: str, chinese: bool) -> str:
    pattern, least = (_PATRONYMIC_CHINESE, 4) if chinese else (_PATRONYMIC, 4)
    found = pattern.search(sounds.translate(_PLAIN))
    if found and found.start() >= least:
        return sounds[: found.start()]
    return sounds


def _reading(sounds: str, chinese: bool, servant: bool) -> Reading:
    plain = sounds.translate(_PLAIN)
    found = _ENDING.search(plain)
    kind, stem = "", sounds
    if found is not None and found.start() >= 2:
        ending, stem = found.group(1), sounds[: found.start()]
        kind = "xan" if ending in ("xan", "han", "kan") else ending[:3].replace("ai", "ay")
    open_bones = "PT" if servant else ""
    bare = None
    if kind:
        bare = Reading(stem, chinese, servant, "", stem, open_bones + skeleton(stem))
    return Reading(sounds, chinese, servant, kind, stem, open_bones + skeleton(sounds), bare)
