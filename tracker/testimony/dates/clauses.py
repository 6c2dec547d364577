"""What the clause around a date tells: that there was silence, a prison term, something else."""

from __future__ import annotations

from tracker.testimony.dates.duration import Duration
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_REACH = 10  # words around a date in which "no", "never" belong to it
_TERM_REACH = 12
_SENTENCE_ENDS = ".;!?。"


def denied(tokens: list[Token], first: int, end: int) -> bool:
    """Find "no", "never", "lost" around a date, in the same sentence of the text."""
    for step, start in ((-1, first - 1), (1, end)):
        index = start
        while 0 <= index < len(tokens) and abs(index - start) < _REACH:
            token = tokens[index]
            if token.kind is K.NEGATION:
                return True
            if token.kind is K.PUNCT and token.text in _SENTENCE_ENDS:
                break
            index += step
    return False


def is_sentence(tokens: list[Token], duration: Duration) -> bool:
    """Find "sentenced to 15 years", "married for 9 years": the word is in the same clause."""
    if duration.ago or tokens[duration.first].kind is K.SINCE:
        return False
    for index, token in enumerate(tokens):
        if token.kind not in (K.SENTENCE, K.LIFE):
            continue
        low, high = sorted((index, duration.first))
        if high - low > _TERM_REACH:
            continue
        marks = _SENTENCE_ENDS if token.kind is K.SENTENCE else _SENTENCE_ENDS + ",，،"
        if any(t.kind is K.PUNCT and t.text in marks for t in tokens[low:high]):
            continue
        if token.kind is K.SENTENCE or not denied(tokens, duration.first, duration.end):
            return True
    return False


def tells_more(tokens: list[Token], first: int, end: int, other: int, other_end: int) -> bool:
    """Tell whether two dates stand in two clauses that each tell something.

    "He called last year, then in October he was arrested": the October is not that of the call.
    But "it was last year, I think in August" tells one thing.
    """
    if first > other:
        first, end, other, other_end = other, other_end, first, end
    if not any(_parts_clauses(token) for token in tokens[end:other]):
        return False
    return _tells(tokens, first, end) and _tells(tokens, other, other_end)


def _parts_clauses(token: Token) -> bool:
    return token.kind in (K.AND, K.PUNCT)


def _tells(tokens: list[Token], first: int, end: int) -> bool:
    """Tell whether the clause around a date holds words that are no part of a date."""
    while first > 0 and not _parts_clauses(tokens[first - 1]):
        first -= 1
        if _says(tokens[first]):
            return True
    while end < len(tokens) and not _parts_clauses(tokens[end]):
        if _says(tokens[end]):
            return True
        end += 1
    return False


def _says(token: Token) -> bool:
    return token.kind in (K.WORD, K.CLAUSE, K.SENTENCE, K.LIFE, K.NEGATION, K.CUE, K.GIVEN, K.BORN)
