"""What a whole name says against one name, though its words agree.

* Whose child somebody is: Nurlan, son of Serik, is not Serik, son of Nurlan.
* A man's and a woman's form of one surname beside a given name and its female form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.testimony.names.folding import Reading
from tracker.testimony.names.tokens import Token

__all__ = ["speaks_against"]

_HIS = re.compile(r"(?:[oe]v|[oe]w|in|[оеё]в|ин|[oe]vich|[ое]вич|ul[yiı]|[ұу]лы)$")
_HERS = re.compile(r"(?:[oe]va|[oe]wa|ina|[оеё]ва|ина|[oe]vna|[ое]вна|[qk][iyı]z[iyı]|[қк]ызы)$")

_SURNAME = re.compile(r"...(?:[oe]va?|[оеё]ва?)$")


def speaks_against(pairs: Sequence[tuple[Token, Token]]) -> bool:
    """Whether words that were found alike, each beside its own, belong to two people."""
    return _fathers_crossed(pairs) or _woman_and_man(pairs)


def _fathers_crossed(pairs: Sequence[tuple[Token, Token]]) -> bool:
    """The father of each is named where the other is."""
    said = [(_is_father(a), _is_father(b)) for a, b in pairs]
    beside = [(a.second, b.second) for a, b in pairs]
    return any(
        _crossed([(x[0], y[1]) for x, y in zip(left, right, strict=True)])
        for left, right in ((said, said), (said, beside), (beside, said))
    )


def _crossed(fathers: Sequence[tuple[bool, bool]]) -> bool:
    return (True, False) in fathers and (False, True) in fathers


def _is_father(name: Token) -> bool:
    """*Otabekov* of *Rustam Otabekov* is the father, or his father, as *Otabek qizi* is."""
    return name.child or _SURNAME.search(name.text) is not None


def _woman_and_man(pairs: Sequence[tuple[Token, Token]]) -> bool:
    of_two = any(
        (_HIS.search(a.text) and _HERS.search(b.text))
        or (_HERS.search(a.text) and _HIS.search(b.text))
        for a, b in pairs
    )
    return of_two and any(_female_form(a, b) or _female_form(b, a) for a, b in pairs)


def _female_form(name: Token, female: Token) -> bool:
    """*Aleksandra* of *Aleksandr*, *Kerime* of *Kerim*; surnames have lost these ends already."""
    return any(
        _stem(x) + y.sounds[-1:] == y.sounds
        for x in name.readings
        for y in female.readings
        if y.sounds[-1:] in ("a", "e")
    )


def _stem(reading: Reading) -> str:
    return reading.sounds.removesuffix("y")
