"""Search for a person by any spelling in any script, over names held in memory only.

Names are sealed at rest, so no phonetic key is ever stored: the index lives in the memory of one
process, over what its reader may see, and dies with it.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import Indel

from tracker.testimony.names.compare import score_tokens, token_likeness
from tracker.testimony.names.folding import fold
from tracker.testimony.names.tokens import Token, name_tokens, token_of

__all__ = ["NameIndex"]

Key = TypeVar("Key", bound=Hashable)

_LEAST_SCORE = 0.5
_LEAST_WORD = 0.55
_OUTLINE_ALIKE = 0.6
_OUTLINES_LOOKED_AT = 80
_NAMES_LOOKED_AT = 120
_BEGUN = 0.6
"""Score of a name one of whose words begins with what was typed (at least three letters)."""

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


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Key]):
    key: Key
    name: str
    tokens: tuple[Token, ...]


class NameIndex(Generic[Key]):
    """Names under keys; one key may have several (legal name, nickname). Safe across threads."""

    def __init__(self, names: Iterable[tuple[Key, str]] = ()) -> None:
        self._lock = threading.RLock()
        self._entries: dict[int, _Entry[Key]] = {}
        self._of_key: dict[Key, list[int]] = defaultdict(list)
        self._words: dict[str, Token] = {}
        self._with_word: dict[str, set[int]] = {}
        self._with_outline: dict[str, set[str]] = {}
        self._in_order: tuple[list[str], list[str]] | None = None  # words and outlines, sorted
        self._next = 0
        for key, name in names:
            self.add(key, name)

    def __len__(self) -> int:
        """How many names are held."""
        return len(self._entries)

    def add(self, key: Key, name: str) -> None:
        """Hold ``name`` under ``key``, beside any name it already has."""
        words = name_tokens(name)
        if not words:
            return
        with self._lock:
            number = self._next
            self._next += 1
            kept = tuple(self._words.setdefault(word.text, word) for word in words)
            self._entries[number] = _Entry(key, name, kept)
            self._of_key[key].append(number)
            for word in kept:
                holders = self._with_word.get(word.text)
                if holders is None:
                    holders = self._with_word[word.text] = set()
                    self._in_order = None
                    for outline in _outlines(word):
                        self._with_outline.setdefault(outline, set()).add(word.text)
                holders.add(number)

    def remove(self, key: Key) -> None:
        """Forget every name of ``key``; nothing happens when there is none."""
        with self._lock:
            for number in self._of_key.pop(key, ()):
                for word in set(self._entries.pop(number).tokens):
                    holders = self._with_word[word.text]
                    holders.discard(number)
                    if not holders:
                        self._forget(word)

    def _forget(self, word: Token) -> None:
        del self._with_word[word.text]
        del self._words[word.text]
        self._in_order = None
        for outline in _outlines(word):
            sharing = self._with_outline[outline]
            sharing.discard(word.text)
            if not sharing:
                del self._with_outline[outline]

    def search(self, query: str, limit: int = 20) -> list[tuple[Key, float, str]]:
        """The best ``limit`` keys for ``query``: (key, score 0–1, the name that matched).

        The best come first; keys with one score stand in the order they were added. The query may
        be a part of a name, or the beginning of a word.
        """
        wanted = name_tokens(query)
        if not wanted or limit < 1:
            return []
        with self._lock:
            chosen = self._candidates(wanted)
            best: dict[Key, tuple[float, int]] = {}
            for number in chosen:
                entry = self._entries[number]
                score = max(score_tokens(wanted, entry.tokens), self._begun(wanted, entry))
                if score >= _LEAST_SCORE and score > best.get(entry.key, (0.0, 0))[0]:
                    best[entry.key] = (score, number)
            ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))
            return [(key, score, self._entries[at].name) for key, (score, at) in ranked[:limit]]

    def _candidates(self, wanted: tuple[Token, ...]) -> list[int]:
        total: dict[int, float] = defaultdict(float)
        for word in _with_joined(wanted):
            here: dict[int, float] = {}
            for text, alike in sorted(self._alike(word).items(), key=lambda item: item[1]):
                here.update(dict.fromkeys(self._with_word[text], alike))
            for number, alike in here.items():
                total[number] += alike
        # A shorter name that is met as well is the closer one.
        entries = self._entries
        return nlargest(
            _NAMES_LOOKED_AT,
            total,
            key=lambda number: (total[number] - 0.01 * len(entries[number].tokens), -number),
        )

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
            score = max(token_likeness(word, held), _BEGUN if _begins(held, word) else 0.0)
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
    def _begun(wanted: tuple[Token, ...], entry: _Entry[Key]) -> float:
        """``_BEGUN`` when every word typed begins or sounds like a word of the name."""
        for word in wanted:
            if not any(
                _begins(held, word) or token_likeness(word, held) >= 0.8 for held in entry.tokens
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
