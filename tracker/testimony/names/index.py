"""Search for a person by any spelling in any script, over names held in memory only.

Names are sealed at rest, so no phonetic key is ever stored: the index lives in the memory of one
process, over what its reader may see, and dies with it.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections.abc import Container, Hashable, Iterable, Iterator
from functools import lru_cache
from heapq import nlargest
from itertools import chain, combinations, islice, pairwise
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import Indel

from tracker.testimony.names.compare import LIKELY, score_tokens, token_likeness
from tracker.testimony.names.folding import fold
from tracker.testimony.names.tokens import Token, name_tokens, token_of
from tracker.testimony.names.written import Written

__all__ = ["NameIndex"]

Key = TypeVar("Key", bound=Hashable)

_LEAST_SCORE = 0.5
_LEAST_WORD = 0.55
_OUTLINE_ALIKE = 0.6
_OUTLINES_LOOKED_AT = 80
_NAMES_LOOKED_AT = 120
_BEGUN_WORD = 0.6
_BEGUN = LIKELY
"""Least score of a name in which every word typed was begun (with three letters) or heard."""

_LETTERS_TYPED = 3
_LAST_LETTER = "\U0010ffff"

_OUTLINE = str.maketrans("pfdqgKSzXCZJcLlRNI4eo", "bbtkkkssssssjrrrniaau", "123hxHGyw")


@lru_cache(maxsize=1 << 16)
def _outlines(word: Token) -> tuple[str, ...]:
    """Readings with their rough edges off, for a first quick look at very many words."""
    outlines = (
        ("abt" if each.servant else "") + each.sounds.translate(_OUTLINE) for each in word.readings
    )
    return tuple(dict.fromkeys(outlines))


def _begins(held: Token, typed: Token) -> bool:
    """Does the held word begin with what was typed, in letters or, across scripts, in sound?"""
    if len(typed.text) >= _LETTERS_TYPED and held.text.startswith(typed.text):
        return True
    return any(
        len(outline) > _LETTERS_TYPED and each.startswith(outline)
        for outline in _outlines(typed)
        for each in _outlines(held)
    )


def _beginning(in_order: list[str], typed: str) -> list[str]:
    return in_order[bisect_left(in_order, typed) : bisect_left(in_order, typed + _LAST_LETTER)]


class NameIndex(Generic[Key]):
    """Names under keys; one key may have several (legal name, nickname). Safe across threads.

    Names stand in columns by number, for a million of them must fit a web process; the number of
    a name that was removed stays empty.
    """

    def __init__(self, names: Iterable[tuple[Key, str]] = ()) -> None:
        self._lock = threading.RLock()
        self._keys: list[Key | None] = []
        self._names: list[str] = []
        self._tokens: list[tuple[Token, ...]] = []
        self._of_key: dict[Key, tuple[int, ...]] = {}
        self._words: dict[str, Token] = {}
        self._with_word: dict[str, array[int]] = {}
        self._with_outline: dict[str, set[str]] = {}
        self._in_order: tuple[list[str], list[str]] | None = None  # words and outlines, sorted
        self._written = Written()
        self._held = 0
        for key, name in names:
            self.add(key, name)

    def __len__(self) -> int:
        """How many names are held."""
        return self._held

    def add(self, key: Key, name: str) -> None:
        """Hold ``name`` under ``key``, beside any name it already has."""
        words = name_tokens(name)
        if not words:
            return
        with self._lock:
            number = len(self._keys)
            kept = tuple(
                shared
                if (shared := self._words.setdefault(word.text, word)).marks == word.marks
                else word
                for word in words
            )
            self._keys.append(key)
            self._names.append(name)
            self._written.add(name)
            self._tokens.append(kept)
            self._of_key[key] = (*self._of_key.get(key, ()), number)
            self._held += 1
            for word in {each.text: each for each in kept}.values():
                holders = self._with_word.get(word.text)
                if holders is None:
                    holders = self._with_word[word.text] = array("L")
                    self._in_order = None
                    for outline in _outlines(word):
                        self._with_outline.setdefault(outline, set()).add(word.text)
                holders.append(number)

    def remove(self, key: Key) -> None:
        """Forget every name of ``key``; nothing happens when there is none."""
        with self._lock:
            for number in self._of_key.pop(key, ()):
                for word in {each.text: each for each in self._tokens[number]}.values():
                    holders = self._with_word[word.text]
                    holders.remove(number)
                    if not holders:
                        self._forget(word)
                self._keys[number], self._names[number], self._tokens[number] = None, "", ()
                self._held -= 1
                self._written = Written(self._names)

    def _forget(self, word: Token) -> None:
        del self._with_word[word.text]
        del self._words[word.text]
        self._in_order = None
        for outline in _outlines(word):
            sharing = self._with_outline[outline]
            sharing.discard(word.text)
            if not sharing:
                del self._with_outline[outline]

    def search(
        self, query: str, limit: int = 20, among: Container[Key] | None = None
    ) -> list[tuple[Key, float, str]]:
        """The best ``limit`` keys for ``query``: (key, score 0–1, the name that matched).

        The best come first; keys with one score stand in the order they were added. The query may
        be a part of a name, or the beginning of a word. ``among`` names the keys that may be found
        (None: all); the others are as if absent.
        """
        wanted = name_tokens(query)
        if not wanted or limit < 1:
            return []
        with self._lock:
            best: dict[Key, tuple[float, int]] = {}
            for number in self._candidates(wanted, among):
                key, tokens = self._keys[number], self._tokens[number]
                assert key is not None  # an emptied number stands under no word
                score = max(score_tokens(wanted, tokens), self._begun(wanted, tokens))
                if score >= _LEAST_SCORE and score > best.get(key, (0.0, 0))[0]:
                    best[key] = (score, number)
            ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))
            return [(key, score, self._names[at]) for key, (score, at) in ranked[:limit]]

    def holding(
        self, letters: str, limit: int = 20, among: Container[Key] | None = None
    ) -> list[tuple[Key, str]]:
        """Names that hold these letters anywhere, as written: (key, name), early ones first."""
        plain = letters.strip().casefold()
        if not plain:
            return []
        with self._lock:
            found = ((self._keys[at], self._names[at]) for at in self._written.holding(plain))
            seen = (
                (key, name)
                for key, name in found
                if key is not None and (among is None or key in among)
            )
            return list(islice(seen, limit))

    def _candidates(self, wanted: tuple[Token, ...], among: Container[Key] | None) -> list[int]:
        """The names most worth a close look: those that meet several words, then single ones."""
        words = [alike for word in _with_joined(wanted) if (alike := self._alike(word))]
        chosen: dict[int, float] = {}
        if len(words) > 1:
            meeting = [self._holders(alike) for alike in words]
            several = set().union(*(a & b for a, b in combinations(meeting, 2)))
            chosen = {number: self._met(words, number) for number in several}
            if among is not None:
                chosen = {at: met for at, met in chosen.items() if self._keys[at] in among}
        if len(chosen) < _NAMES_LOOKED_AT:
            for alike in words:
                for number in self._closest(alike, among):
                    chosen.setdefault(number, self._met(words, number))
        return nlargest(_NAMES_LOOKED_AT, chosen, key=lambda number: (chosen[number], -number))

    def _holders(self, alike: dict[str, float]) -> set[int]:
        return set().union(*(self._with_word[text] for text in alike))

    def _met(self, words: list[dict[str, float]], number: int) -> float:
        """How much of the query a name meets; of two alike the shorter one is the closer."""
        tokens = self._tokens[number]
        best = (max(alike.get(word.text, 0.0) for word in tokens) for alike in words)
        return sum(best) - 0.01 * len(tokens)

    def _closest(self, alike: dict[str, float], among: Container[Key] | None) -> list[int]:
        """Names that hold the likeliest words, few words and early ones first."""
        found: list[int] = []
        for text in sorted(alike, key=lambda text: (-alike[text], text)):
            holders: Iterable[int] = self._with_word[text]
            if among is not None:
                holders = (number for number in holders if self._keys[number] in among)
            shortest = islice(chain.from_iterable(self._by_length(list(holders))), _NAMES_LOOKED_AT)
            found += shortest
            if len(found) >= _NAMES_LOOKED_AT:
                break
        return found[:_NAMES_LOOKED_AT]

    def _by_length(self, numbers: list[int]) -> Iterator[list[int]]:
        yield [number for number in numbers if len(self._tokens[number]) == 1]
        yield [number for number in numbers if len(self._tokens[number]) > 1]

    def _alike(self, word: Token) -> dict[str, float]:
        """Held words that may be ``word``, each with its likeness."""
        near = self._beginning_with(word)
        for outline in _outlines(word):
            found = process.extract(
                outline,
                self._with_outline.keys(),
                scorer=Indel.normalized_similarity,
                limit=_OUTLINES_LOOKED_AT,
                score_cutoff=_OUTLINE_ALIKE,
            )
            for sharing, _, _ in found:
                near.update(self._with_outline[sharing])
        alike = {}
        for text in near:
            held = self._words[text]
            score = max(token_likeness(word, held), _BEGUN_WORD if _begins(held, word) else 0.0)
            if score >= _LEAST_WORD:
                alike[text] = score
        return alike

    def _beginning_with(self, typed: Token) -> set[str]:
        """Held words that begin with what was typed, in letters or in sound."""
        if self._in_order is None:
            self._in_order = (sorted(self._with_word), sorted(self._with_outline))
        words, outlines = self._in_order
        found: set[str] = set()
        if len(typed.text) >= _LETTERS_TYPED:
            found.update(_beginning(words, typed.text))
        for outline in _outlines(typed):
            if len(outline) > _LETTERS_TYPED:
                for longer in _beginning(outlines, outline):
                    found |= self._with_outline[longer]
        return found

    @staticmethod
    def _begun(wanted: tuple[Token, ...], held_words: tuple[Token, ...]) -> float:
        """``_BEGUN`` when every word typed begins or sounds like a word of the name."""
        for word in wanted:
            if not any(
                _begins(held, word) or token_likeness(word, held) >= 0.8 for held in held_words
            ):
                return 0.0
        return _BEGUN


def _with_joined(wanted: tuple[Token, ...]) -> list[Token]:
    """The words of a query, neighbours run together, and what stands after Memet- in one word."""
    words = list(wanted)
    for first, second in pairwise(wanted):
        if first.script == second.script:
            joined = token_of(first.text + second.text)
            words += [joined] if joined else []
    for word in wanted:
        for reading in word.readings:
            rest = reading.sounds.removeprefix("memet")
            if rest != reading.sounds and len(rest) > 2:
                words.append(
                    Token(word.text[-len(rest) :], word.script, fold(rest, reading.chinese))
                )
    return words
