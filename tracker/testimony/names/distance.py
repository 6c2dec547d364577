"""The distance between two readings: the cheapest way to write one as the other."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import Indel

from tracker.testimony.names.folding import Reading
from tracker.testimony.names.sounds import SUBSTITUTION, drop_costs, weight

__all__ = ["alignment", "likeness"]

_FAR = 0.6
"""A distance beyond which two readings have nothing in common; their likeness is 0."""
_BONES_ALIKE = 0.5
"""Skeletons less alike than this are not looked at sound by sound: they would be far anyway."""
_LEAST_WEIGHT = 2.0
_SERVANT_SHARE = 0.5
_ENDING_SHARE = 0.3
_OTHER_ENDING = 0.12
_SWAP = 0.7


def likeness(a: Reading, b: Reading) -> float:
    """0 (nothing in common) to 1 (one reading) for two readings; symmetric."""
    if Indel.normalized_similarity(a.skeleton, b.skeleton) < _BONES_ALIKE:
        return 0.0
    if (b.sounds, b.chinese) < (a.sounds, a.chinese):
        a, b = b, a
    shared, penalty = 0.0, 0.0
    left, right = a.sounds, b.sounds
    if a.servant and b.servant:
        shared += _SERVANT_SHARE
    elif a.servant or b.servant:
        if a.servant:
            left = "abdu" + left
        else:
            right = "abdu" + right
    if a.ending != b.ending:
        penalty = _OTHER_ENDING
    elif a.ending:
        shared += _ENDING_SHARE
        left, right = (
            left[: len(left) - len(a.sounds) + len(a.stem)],
            right[: len(right) - len(b.sounds) + len(b.stem)],
        )
    return max(0.0, 1.0 - _distance(left, right, a.chinese, b.chinese, shared) - penalty)


@lru_cache(maxsize=1 << 16)
def _drops(sounds: str, beside_chinese: bool) -> tuple[tuple[float, ...], float]:
    return drop_costs(sounds, beside_chinese), weight(sounds)


def _distance(a: str, b: str, a_chinese: bool, b_chinese: bool, shared: float) -> float:
    if a == b:
        return 0.0
    a_drops, a_weight = _drops(a, b_chinese)
    b_drops, b_weight = _drops(b, a_chinese)
    scale = max(_LEAST_WEIGHT, (a_weight + b_weight) / 2 + shared)
    limit = _FAR * scale
    if abs(a_weight - b_weight) > 2 * limit:
        return 1.0
    start, stop = _shared_edges(a, b)
    a, b = a[start : len(a) - stop], b[start : len(b) - stop]
    a_drops = a_drops[start : start + len(a)]
    b_drops = b_drops[start : start + len(b)]
    row = [0.0]
    for cost in b_drops:
        row.append(row[-1] + cost)
    previous: list[float] = []
    last = ""
    for sound, dropped in zip(a, a_drops, strict=True):
        costs = SUBSTITUTION[sound]
        diagonal = row[0]
        left = diagonal + dropped
        current = [left]
        for other, gained, above in zip(b, b_drops, row[1:], strict=True):
            cost = diagonal + costs[other]
            if above + dropped < cost:
                cost = above + dropped
            left += gained
            if cost < left:
                left = cost
            current.append(left)
            diagonal = above
        if previous:
            for at in range(2, len(current)):  # two letters that changed places in typing
                if (
                    b[at - 1] == last
                    and b[at - 2] == sound
                    and previous[at - 2] + _SWAP < current[at]
                ):
                    current[at] = previous[at - 2] + _SWAP
        if min(current) > limit:
            return 1.0
        previous, row, last = row, current, sound
    return min(1.0, row[-1] / scale)


def _shared_edges(a: str, b: str) -> tuple[int, int]:
    """How many sounds the two share at the start, and of the rest at the end."""
    short = min(len(a), len(b))
    start = 0
    while start < short and a[start] == b[start]:
        start += 1
    stop = 0
    while stop < short - start and a[-1 - stop] == b[-1 - stop]:
        stop += 1
    return start, stop


def alignment(a: Reading, b: Reading) -> list[tuple[str, str, float]]:
    """Sound beside sound with its cost, ``""`` where one side has none (for showing to people)."""
    x, y = a.sounds, b.sounds
    x_drops, y_drops = drop_costs(x, b.chinese), drop_costs(y, a.chinese)
    table = [[0.0] * (len(y) + 1) for _ in range(len(x) + 1)]
    for i in range(len(x) + 1):
        for j in range(len(y) + 1):
            ways = []
            if i:
                ways.append(table[i - 1][j] + x_drops[i - 1])
            if j:
                ways.append(table[i][j - 1] + y_drops[j - 1])
            if i and j:
                ways.append(table[i - 1][j - 1] + SUBSTITUTION[x[i - 1]][y[j - 1]])
            table[i][j] = min(ways, default=0.0)
    pairs = []
    i, j = len(x), len(y)
    while i or j:
        if i and j:
            cost = SUBSTITUTION[x[i - 1]][y[j - 1]]
            if abs(table[i][j] - table[i - 1][j - 1] - cost) < 1e-9:
                i, j = i - 1, j - 1
                pairs.append((x[i], y[j], cost))
                continue
        if i and abs(table[i][j] - table[i - 1][j] - x_drops[i - 1]) < 1e-9:
            i -= 1
            pairs.append((x[i], "", x_drops[i]))
        else:
            j -= 1
            pairs.append(("", y[j], y_drops[j]))
    return pairs[::-1]
