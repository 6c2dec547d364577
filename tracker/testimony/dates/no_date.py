"""What around a date makes it none of the past: a birth, a habit, a plan, another's time."""

from __future__ import annotations

from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_WINDOW = 4
_BASES = {K.HOLIDAY, K.DATE, K.MONTH, K.NUM, K.DAY, K.YEAR, K.REL}
_HAN_PRONOUNS = ("他", "她", "我", "我们", "他们")  # they stand before the day in every sentence
_FEASTS = {K.HOLIDAY, K.MONTH, K.YEAR, K.DATE}


def is_no_date(tokens: list[Token], parts: Parts) -> bool:
    """Tell whether the words around it make it no date of the past: a birth, a habit, a plan."""
    before = _nearest(tokens, parts.first - 1, -1)
    habit = parts.only_weekday and _is_habit(tokens, parts.first)
    if habit or (parts.only_weekday and _is_each(tokens, parts.end)):
        return True
    comma = parts.end < len(tokens) and tokens[parts.end].text == ","
    behind = _nearest(tokens, parts.end + comma, 1)
    if before is not None and before.kind is K.EVERY:
        return True
    if behind is not None and behind.kind is K.EVERY and behind.post and parts.weekday is not None:
        return True
    counted = before is not None and before.kind in (K.NUM, K.FEW) and not before.ordinal
    gone = behind is not None and (
        behind.kind is K.AGO or (behind.kind is K.BEFORE and behind.post)
    )
    if counted and gone and (parts.holiday or parts.season) and parts.edge is None:
        return True  # "two Ramadans ago", "iki yaz önce"
    if not parts.says_year and _is_other_time(tokens, parts, before, behind):
        return True
    if parts.bare_season and _has_clause(tokens, parts, before, behind):
        return True
    if parts.only_year and _counts_age(tokens, parts.end):
        return True  # "今年45岁"
    return _is_birth(tokens, parts) or _is_plan(tokens, parts)


def _is_habit(tokens: list[Token], first: int) -> bool:
    """Find "every other Friday", "every Monday and Friday", "usually on a Friday"."""
    for token in reversed(tokens[max(0, first - 2 * _WINDOW) : first]):
        if token.kind is K.EVERY:
            return True
        if token.kind is K.PUNCT and token.text not in ",،、":
            return False
        if token.kind in (K.YEAR, K.MONTH, K.REL, K.DATE, K.SINCE, K.CUE):
            return False
    return False


def _is_each(tokens: list[Token], end: int) -> bool:
    """Find "сейсенбі мен жұма сайын": each Tuesday and Friday."""
    for token in tokens[end : end + _WINDOW]:
        if token.kind is K.EVERY and token.post:
            return True
        if token.kind not in (K.AND, K.WEEKDAY, K.GLUE, K.OR):
            return False
    return False


def _nearest(tokens: list[Token], index: int, step: int) -> Token | None:
    while 0 <= index < len(tokens):
        if tokens[index].kind is not K.GLUE:
            return tokens[index]
        index += step
    return None


def _is_other_time(
    tokens: list[Token], parts: Parts, before: Token | None, behind: Token | None
) -> bool:
    """Find "that summer", "in March of the same year": whose year is not known.

    Before a month "ол", "o", "ئۇ" is "he": "ол мамырда қоңырау шалды".
    """
    if parts.fixed is not None or parts.days_ago is not None:
        return False
    touching = tokens[parts.first - 1] if parts.first else None
    if touching is not None and touching.kind is K.THAT:
        return touching.value != "he" or parts.month is None
    return any(
        token is not None and token.kind is K.THAT and token.value == "y"
        for token in (before, behind)
    )


def is_of_unknown_year(tokens: list[Token], parts: Parts) -> bool:
    """Find "that summer", "the summer my father died": a time, but of which year?"""
    before = _nearest(tokens, parts.first - 1, -1)
    behind = _nearest(tokens, parts.end, 1)
    if not parts.says_year and _is_other_time(tokens, parts, before, behind):
        return True
    return parts.bare_season and _has_clause(tokens, parts, before, behind)


def is_his_or_that(tokens: list[Token], parts: Parts) -> bool:
    """Find "ол жазда", "o yaz": he in summer, or that summer, of a year that is not known."""
    touching = tokens[parts.first - 1] if parts.first else None
    he = touching is not None and touching.kind is K.THAT and touching.value == "he"
    return he and _is_other_time(tokens, parts, None, None) and not parts.says_year


def _has_clause(
    tokens: list[Token], parts: Parts, before: Token | None, behind: Token | None
) -> bool:
    """Find "the spring before he turned": a season that only a clause would tell."""
    if behind is not None and not behind.post and behind.kind in (K.BEFORE, K.AFTER):
        base = _nearest(tokens, tokens.index(behind, parts.end) + 1, 1)
        if parts.only_weekday and base is not None and base.kind in _BASES:
            return False  # "the Friday before Eid"
        if base is not None and base.kind in _FEASTS:
            return False  # "last winter, before Nowruz"
        return parts.season is not None or behind.kind is K.BEFORE
    if before is not None and before.kind is K.CLAUSE and before.post:
        return before.text not in _HAN_PRONOUNS
    if _is_told_by_clause(tokens, parts):
        return True
    if before is None or not before.post or before.kind not in (K.BEFORE, K.AFTER):
        return False
    index = tokens.index(before) - 1
    return index < 0 or tokens[index].kind in (K.WORD, K.CLAUSE, K.AGE, K.BORN)


def _is_told_by_clause(tokens: list[Token], parts: Parts) -> bool:
    """Find "the summer my father died", not "in the summer my father called"."""
    article = tokens[parts.first - 1] if parts.first else None
    behind = tokens[parts.end] if parts.end < len(tokens) else None
    led = parts.first > 1 and tokens[parts.first - 2].kind is not K.PUNCT
    if article is None or article.text != "the" or led or parts.weekday is not None:
        return False
    return parts.which is None and behind is not None and behind.kind is K.CLAUSE


def _counts_age(tokens: list[Token], index: int) -> bool:
    behind = [token for token in tokens[index : index + 5] if token.kind is not K.GLUE][:2]
    return [token.kind for token in behind] == [K.NUM, K.AGE]


def _is_birth(tokens: list[Token], parts: Parts) -> bool:
    return _in_clause(tokens, parts, K.BORN, parts.first, -1) or (
        _in_clause(tokens, parts, K.BORN, parts.end - 1, 1)
    )


def _is_plan(tokens: list[Token], parts: Parts) -> bool:
    if parts.says_year and parts.finer:
        return False
    return _in_clause(tokens, parts, K.FUTURE, parts.first, -1) or (
        _in_clause(tokens, parts, K.FUTURE, parts.end - 1, 1)
    )


def _in_clause(tokens: list[Token], parts: Parts, kind: Kind, index: int, step: int) -> bool:
    for _ in range(_WINDOW):
        index += step
        if not 0 <= index < len(tokens):
            return False
        token = tokens[index]
        if token.kind is kind:
            return token.text != "就"
        if token.kind is K.PUNCT or token.kind in (K.YEAR, K.MONTH, K.REL, K.DATE, K.AND, K.SINCE):
            return False
        if kind is K.BORN and step > 0 and not token.post and token.kind is not K.GLUE:
            return False
    return False
