"""Are two written names one name? The score and the reasons for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import permutations

from tracker.testimony.names.against import speaks_against
from tracker.testimony.names.chinese import chinese_syllables
from tracker.testimony.names.distance import likeness
from tracker.testimony.names.folding import Reading
from tracker.testimony.names.known import verdict
from tracker.testimony.names.letters import plain
from tracker.testimony.names.sounds import SUBSTITUTION
from tracker.testimony.names.tokens import LONGEST_NAME, Token, name_tokens, token_of

__all__ = [
    "LIKELY",
    "SAME",
    "Aligned",
    "Comparison",
    "as_json",
    "compare",
    "forget_pairs",
    "score_tokens",
    "token_likeness",
]

SAME = 0.74
"""From this score on two names may be one: offered to a person, never acted upon."""
LIKELY = 0.82
"""From this score on they are called likely the same."""

_WEAKEST = 0.75
_INITIAL = 0.72
_JOINED = 0.03
_MISSING_ALONE = 0.22
_MISSING_BESIDE_TWO = 0.08
_MISSING_BESIDE_MUHAMMAD = 0.3  # Memet alone says little of Memet Tursun, Memetimin …
_MISSING_MORE = 0.05
_MISSING_TITLE = 0.02
_KNOWN_SAME = 0.92
_KNOWN_OTHER = 0.15
_ENDEARMENT = 0.66
_WORTH_LOOKING_UP = 0.45
_TRY_JOINING_BELOW = 0.93
_SPOKEN_AGAINST = 0.7
_CHINESE_SAME = 0.97
_CHINESE_HOMOPHONE = 0.78  # 张伟民 and 张卫民: two people, or one heard and written down
_CHINESE_OTHER = 0.65


@dataclass(frozen=True)
class Aligned:
    """One word of each name beside the other, as they were read; ``""`` where one has none."""

    a: str
    b: str
    a_reading: str
    b_reading: str
    likeness: float


@dataclass(frozen=True)
class Comparison:
    """What comparing ``a`` and ``b`` gave.

    ``score`` is 0 (nothing in common) to 1 (the same name); ``same`` from :data:`SAME` on,
    ``likely`` from :data:`LIKELY` on.
    """

    a: str
    b: str
    score: float
    same: bool
    likely: bool

    @property
    def explanation(self) -> tuple[Aligned, ...]:
        """Word beside word as they were read; worked out when asked for."""
        left, right = name_tokens(self.a), name_tokens(self.b)
        return _explain(_match(left, right)) if left and right else ()


def compare(a: str, b: str) -> Comparison:
    """Compare two names in any of the scripts; symmetric, blind to case and word order.

    Never raises on any text and takes bounded time: only the first
    :data:`~tracker.testimony.names.tokens.LONGEST_NAME` characters are read.
    """
    left, right = name_tokens(a), name_tokens(b)
    score = score_tokens(left, right)
    if not left and not right:  # signs, digits, nothing: alike only when they are one text
        score = float(plain(a[:LONGEST_NAME]) == plain(b[:LONGEST_NAME]))
    return Comparison(a, b, score, score >= SAME, score >= LIKELY)


def as_json(comparison: Comparison) -> dict[str, object]:
    """The four keys that ``tracker names compare`` prints."""
    return {
        "a": comparison.a,
        "b": comparison.b,
        "score": round(comparison.score, 4),
        "same": comparison.same,
    }


def token_likeness(a: Token, b: Token) -> float:
    """0 to 1 for two words of names; symmetric."""
    if a.text == b.text:
        return 1.0
    return _token_likeness(a, b) if a.text < b.text else _token_likeness(b, a)


def forget_pairs() -> None:
    """Empty the memory of compared words (for measuring speed)."""
    _token_likeness.cache_clear()


@lru_cache(maxsize=1 << 17)
def _token_likeness(a: Token, b: Token) -> float:
    if a.initial or b.initial:
        return _initial_likeness(a, b)
    best = max(likeness(x, y) for x in a.readings for y in b.readings)
    if best >= _WORTH_LOOKING_UP:
        agree = verdict(a, b)
        if agree is True:
            return max(best, _KNOWN_SAME)
        best -= _KNOWN_OTHER if agree is False else 0.0
    if best < _ENDEARMENT:
        best = max(best, _ENDEARMENT * _without_endings(a, b))
    return best


def _without_endings(a: Token, b: Token) -> float:
    """How alike the words are when the only closing element (-jan, -bek …) is taken off."""
    best = 0.0
    for x in a.readings:
        for y in b.readings:
            if x.bare and not y.bare:
                best = max(best, likeness(x.bare, y))
            elif y.bare and not x.bare:
                best = max(best, likeness(x, y.bare))
    return best


def _initial_likeness(a: Token, b: Token) -> float:
    first, other = a.readings[0], b.readings[0]
    x = first.sounds[0]
    y = "a" if other.servant else other.sounds[0]
    if SUBSTITUTION[x][y] > 0.3:
        return 0.0
    return 1.0 if a.initial and b.initial and x == y else _INITIAL


Pairs = tuple[tuple[int, int], ...]
Tokens = tuple[Token, ...]


@dataclass(frozen=True)
class _Match:
    score: float
    left: Tokens
    right: Tokens
    pairs: Pairs


def score_tokens(left: Tokens, right: Tokens) -> float:
    """The score of two names already cut into tokens, 0 to 1; symmetric."""
    if not left or not right:
        return 0.0
    if sorted(map(_written, left)) == sorted(map(_written, right)):
        return 1.0
    told = _by_syllables(left, right)
    score = _match(left, right).score if told is None else told
    return round(max(0.0, min(1.0, score)), 6)


def _by_syllables(left: Tokens, right: Tokens) -> float | None:
    """The score of two Chinese people's names; None when one is not such a name."""
    one, other = chinese_syllables(left), chinese_syllables(right)
    if one is None or other is None:
        return None
    if one != other:
        return min(_CHINESE_OTHER, _match(left, right).score)
    characters = left[0].script == right[0].script == "Hani"
    return _CHINESE_HOMOPHONE if characters else _CHINESE_SAME


def _written(token: Token) -> tuple[str, tuple[bool, bool]]:
    return token.text, token.marks


def _match(left: Tokens, right: Tokens) -> _Match:
    best = _best_pairing(left, right)
    if len(left) != len(right) and best.score < _TRY_JOINING_BELOW:
        for x, y in _joined_sides(left, right):
            tried = _best_pairing(x, y)
            if tried.score - _JOINED > best.score:
                best = _Match(tried.score - _JOINED, x, y, tried.pairs)
    if speaks_against([(best.left[i], best.right[j]) for i, j in best.pairs]):
        return replace(best, score=best.score * _SPOKEN_AGAINST)
    return best


def _joined_sides(left: Tokens, right: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
    if len(left) < len(right):
        yield from ((left, joined) for joined in _joinings(right, len(left)))
    else:
        yield from ((joined, right) for joined in _joinings(left, len(right)))


def _best_pairing(left: Tokens, right: Tokens) -> _Match:
    swap = len(left) > len(right)
    few, many = (right, left) if swap else (left, right)
    table = [[token_likeness(x, y) for y in many] for x in few]
    best, chosen = -1.0, tuple(range(len(few)))
    for order in permutations(range(len(many)), len(few)):
        likenesses = [table[i][j] for i, j in enumerate(order)]
        score = _WEAKEST * min(likenesses) + (1 - _WEAKEST) * sum(likenesses) / len(likenesses)
        if len(many) > len(few):
            missing = [token for j, token in enumerate(many) if j not in order]
            score -= _missing(missing, [many[j] for j in order])
        if score > best:
            best, chosen = score, order
    pairs = tuple((j, i) if swap else (i, j) for i, j in enumerate(chosen))
    return _Match(best, left, right, tuple(sorted(pairs)))


def _missing(missing: list[Token], matched: list[Token]) -> float:
    """What words without a partner take away: much when little else was compared."""
    names = [token for token in missing if not token.title]
    penalty = _MISSING_TITLE * (len(missing) - len(names))
    if names:
        alone = len(matched) == 1 and not all(map(_is_muhammad, names))
        first = _MISSING_ALONE if alone else _MISSING_BESIDE_TWO
        if any(map(_is_muhammad, matched)):
            first = _MISSING_BESIDE_MUHAMMAD
        penalty += first + _MISSING_MORE * (len(names) - 1)
    return penalty


def _is_muhammad(token: Token) -> bool:
    return token.readings[0].sounds in ("memet", "memet2")


def _joinings(tokens: Tokens, count: int) -> Iterator[Tokens]:
    """``tokens`` with words run together, in every order, so that ``count`` remain."""
    if len(tokens) > 4 or len(tokens) - count > 2:
        return
    if len(tokens) - count == 2:
        for joined in _joinings(tokens, count + 1):
            yield from _joinings(joined, count)
        return
    for first, second in permutations(range(len(tokens)), 2):
        if tokens[first].script != tokens[second].script:
            continue
        whole = token_of(tokens[first].text + tokens[second].text)
        if whole is not None:
            rest = (each for at, each in enumerate(tokens) if at not in (first, second))
            yield (whole, *rest)


def _explain(match: _Match) -> tuple[Aligned, ...]:
    left, right = match.left, match.right
    rows = []
    for i, j in match.pairs:
        x, y = _closest(left[i], right[j])
        alike = token_likeness(left[i], right[j])
        rows.append(Aligned(left[i].text, right[j].text, x.shown, y.shown, alike))
    paired_left, paired_right = {i for i, _ in match.pairs}, {j for _, j in match.pairs}
    for i, token in enumerate(left):
        if i not in paired_left:
            rows.append(Aligned(token.text, "", token.readings[0].shown, "", 0.0))
    for j, token in enumerate(right):
        if j not in paired_right:
            rows.append(Aligned("", token.text, "", token.readings[0].shown, 0.0))
    return tuple(rows)


def _closest(a: Token, b: Token) -> tuple[Reading, Reading]:
    return max(((x, y) for x in a.readings for y in b.readings), key=lambda pair: likeness(*pair))
