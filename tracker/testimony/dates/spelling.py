"""Misspelt words of dates: "Feburary" is February where only a month can stand.

Such a word must not be passed over: "Feburary 2018" read as the whole of 2018 is ten months too
late. One wrong letter is forgiven in a short word and two in a long one, never the first letter.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from tracker.testimony.dates.language import LONGEST_WORD, Language
from tracker.testimony.dates.tokens import Kind, Sense, Token

K = Kind
_SHORTEST = {K.MONTH: 4, K.SEASON: 5, K.PART: 6, K.UNIT: 4, K.WEEKDAY: 6, K.HOLIDAY: 6, K.REL: 7}
_TWO_WRONG = 8  # letters of a word in which two may be wrong
_SHORT = 4  # letters of a month that is known only between two parts of a date: names are near it
_SURE = 6  # letters of a month that is known without a number beside it
_LAST_YEAR = 2199
_LEADS = {K.GLUE, K.SINCE, K.BEFORE, K.UNTIL, K.AFTER, K.ABOUT, K.WHICH, K.PART, K.BETWEEN}
_BESIDE = {K.DAY, K.YEAR, K.REL, K.WHICH, K.PART, K.EDGE, K.DATE}
_RUNS_UNTIL_NOW = {K.AGO, K.BEFORE, K.SINCE, K.BEEN}


def mend(tokens: list[Token], unknown: list[tuple[int, Language]]) -> None:
    """Give the unknown words (index in `tokens`, language) the sense they were meant to have."""
    for index, language in unknown:
        found = _misspelt(language, tokens[index].text)
        for sense, high, length in found:
            if not _fits(tokens, index, sense, length):
                continue
            token = tokens[index]
            token.kind, token.value, token.case = sense.kind, sense.value, sense.case
            token.high, token.misspelt, token.spelled = high, True, True
            break


@lru_cache(maxsize=8192)
def _misspelt(language: Language, word: str) -> list[tuple[Sense, float | None, int]]:
    """Return the nearest sense of each kind, with the last of two months that are as near."""
    key = language.skeleton(word)
    if not 4 <= len(key) <= LONGEST_WORD:
        return []
    keys = {key, key.replace("h", "")} if language.digraphs else {key}  # gh, sh torn apart
    nearest: dict[Kind, tuple[tuple[int, int], list[Sense], int]] = {}
    for stem, sense, open_end in language.spellings.get(key[0], ()):
        size = len(stem)
        if size < _SHORTEST.get(sense.kind, LONGEST_WORD) or (sense.weak and size == _SHORT):
            continue
        allowed = 2 if size >= _TWO_WRONG else 1
        found_in = [_distance(language, one, stem, open_end, allowed) for one in keys]
        best = min((one for one in found_in if one is not None), default=None)
        if best is None:
            continue
        distance, case = best
        size = _SHORT if sense.weak else size  # march, match
        meant = Sense(sense.kind, sense.value, case)
        known = nearest.get(sense.kind)
        rank = (distance, -len(stem))
        if known is None or rank < known[0]:
            nearest[sense.kind] = (rank, [meant], size)
        elif rank == known[0]:
            known[1].append(meant)
    found: list[tuple[Sense, float | None, int]] = []
    for kind in _SHORTEST:
        if kind not in nearest:
            continue
        _, senses, size = nearest[kind]
        values = {sense.value for sense in senses}
        if len(values) == 1:
            found.append((senses[0], None, size))
        elif kind is K.MONTH:  # iyun or iyul
            months = sorted(value for value in values if isinstance(value, int))
            found.append((Sense(kind, months[0], senses[0].case), months[-1], size))
    return found


def _distance(
    language: Language, key: str, stem: str, open_end: bool, allowed: int
) -> tuple[int, str] | None:
    """Return how many letters are wrong, and the case of the ending behind the word."""
    size, best = len(stem), None
    ends = range(size - allowed, size + allowed + 1) if open_end else (len(key),)
    for end in ends:
        if not 3 < end <= len(key):
            continue
        wrong = OSA.distance(key[:end], stem, score_cutoff=allowed)
        if wrong > allowed or (best is not None and wrong >= best[0]):
            continue
        case = language.case_of(key, end)
        if case is not None:
            best = (wrong, case)
    return best


def _fits(tokens: list[Token], index: int, sense: Sense, length: int) -> bool:
    """Tell whether a word of that kind can stand there: a month by a day or year, and so on."""
    before, after = _neighbour(tokens, index, -1), _neighbour(tokens, index, 1)
    touching = tokens[index - 1] if index else None
    if sense.kind is K.UNIT:
        counted = before is not None and before.kind in (K.NUM, K.FEW, K.HALF)
        return counted and after is not None and after.kind in _RUNS_UNTIL_NOW
    if sense.kind is K.REL:
        return isinstance(sense.value, tuple) and sense.value[0] == "d"
    if sense.kind is K.PART:
        return any(
            token is not None and (token.kind in (K.MONTH, K.YEAR, K.UNIT) or _is_year(token))
            for token in (before, after)
        )
    sides = [
        token is not None and _goes_with(token, sense.kind, length) for token in (before, after)
    ]
    if any(sides):
        return length > _SHORT or all(sides)
    if sense.kind is K.SEASON or length < _SURE:
        return False
    behind = tokens[index + 1] if index + 1 < len(tokens) else None
    led = touching is not None and touching.kind in _LEADS and not touching.post
    return led or (behind is not None and behind.kind in _LEADS and behind.post)


def _neighbour(tokens: list[Token], index: int, step: int) -> Token | None:
    index += step
    while 0 <= index < len(tokens):
        token = tokens[index]
        if token.kind is not K.GLUE and token.text not in (".", ","):
            return token
        index += step
    return None


def _goes_with(token: Token, kind: Kind, length: int) -> bool:
    if token.kind is K.NUM:
        if token.spelled and length < _SURE:
            return False  # "sent one" is no September
        day = kind is K.MONTH and 1 <= token.number <= 31 and not token.weak
        return day or _is_year(token)
    if token.kind is K.UNIT and token.post:
        return token.name == "y" or token.name == {K.MONTH: "m", K.WEEKDAY: "d"}.get(kind)
    return token.kind in _BESIDE


def _is_year(token: Token) -> bool:
    return token.kind is K.NUM and 1900 <= token.number <= _LAST_YEAR
