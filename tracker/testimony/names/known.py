"""What the table of given names says of two words: one name, two names, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from tracker.testimony.names.distance import likeness
from tracker.testimony.names.folding import Reading
from tracker.testimony.names.given_names import GIVEN_NAMES
from tracker.testimony.names.given_names_more import MORE_GIVEN_NAMES
from tracker.testimony.names.letters import plain
from tracker.testimony.names.tokens import Token, token_of

__all__ = ["names_of", "verdict"]

_NEAR = 0.93
_TIE = 0.03


class _Table:
    """The table of given names, read once: by spelling and by consonant skeleton."""

    def __init__(self) -> None:
        self.by_text: dict[str, set[str]] = defaultdict(set)
        self.by_skeleton: dict[str, list[tuple[Reading, str]]] = defaultdict(list)
        for line in (GIVEN_NAMES + MORE_GIVEN_NAMES).split("\n"):
            forms = line.split()
            seen: set[tuple[str, bool, bool]] = set()
            for form in forms:
                token = token_of(plain(form))
                if token is None:
                    continue
                self.by_text[token.text].add(forms[0])
                for reading in token.readings:
                    key = (reading.sounds, reading.chinese, reading.servant)
                    if key not in seen:
                        seen.add(key)
                        self.by_skeleton[reading.skeleton].append((reading, forms[0]))


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table()


@lru_cache(maxsize=1 << 16)
def names_of(token: Token) -> frozenset[str]:
    """The given names that ``token`` spells: listed so, or nearest by sound; may be empty.

    A name with a closing element that is not listed itself counts as the listed name before it
    and the element (*turghun+jan*).
    """
    table = _table()
    listed = table.by_text.get(token.text)
    if listed:
        return frozenset(listed)
    whole = _nearest(token.readings)
    if whole:
        return whole
    endings = {reading.ending for reading in token.readings if reading.ending}
    return frozenset(
        f"{name}+{ending}"
        for ending in endings
        for name in _nearest(
            [each.bare for each in token.readings if each.bare and each.ending == ending]
        )
    )


def _nearest(readings: Iterable[Reading]) -> frozenset[str]:
    found: dict[str, float] = {}
    for reading in readings:
        for other, name in _table().by_skeleton.get(reading.skeleton, ()):
            score = likeness(reading, other)
            if score >= _NEAR and score > found.get(name, 0.0):
                found[name] = score
    best = max(found.values(), default=0.0)
    return frozenset(name for name, score in found.items() if score >= best - _TIE)


def verdict(a: Token, b: Token) -> bool | None:
    """True: one given name. False: two known names. None: at least one is unknown."""
    left, right = names_of(a), names_of(b)
    if not left or not right:
        return None
    return not left.isdisjoint(right)
