"""Looking left and right in the tokens: what may stand where in a date."""

from __future__ import annotations

from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_PREPOSITIONS = {K.GLUE, K.SINCE, K.BEFORE, K.UNTIL, K.AFTER, K.ABOUT, K.PART, K.BETWEEN, K.WHICH}
_LASTING = {K.MONTH, K.WEEKDAY, K.SEASON, K.HOLIDAY, K.UNIT, K.YEAR, K.NUM, K.PART}
_COUNTED = 4  # words from "one" to "a": "one short phone call a week"
_APART = ("in", ",", ";", "!", "?", "。")


def abbreviates(tokens: list[Token], index: int) -> bool:
    """Tell whether a full stop ends "Jan." or ties "12.Mar.2018", rather than a sentence."""
    before = tokens[index - 1]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None or before.end != tokens[index].start:
        return False
    if following.start == tokens[index].end:
        return True
    return before.kind is K.MONTH and following.kind in (K.NUM, K.YEAR, K.MONTH)


def bounds(tokens: list[Token], index: int) -> bool:
    """Tell whether a word behind a month or feast makes it a bound: "Nevruz'dan önce"."""
    token = tokens[index]
    if token.kind not in (K.MONTH, K.HOLIDAY, K.SEASON, K.YEAR):
        return False
    behind = next((t for t in tokens[index + 1 : index + 3] if t.kind is not K.GLUE), None)
    relation = behind is not None and behind.kind in (K.BEFORE, K.UNTIL, K.AFTER) and behind.post
    return relation or token.case == "lim"


def widens(tokens: list[Token], index: int) -> bool:
    """Tell whether "about" within a date is said of a month or day, not of the hour."""
    following = tokens[index] if index < len(tokens) else None
    if following is None:
        return False
    if following.kind is K.NUM:
        return month_follows_day(tokens, index + 1)
    return following.kind in (K.MONTH, K.DAY, K.PART, K.SEASON)


def is_rate(tokens: list[Token], index: int) -> bool:
    """Tell whether an article and a unit say how often: "one call a week", "two visits a year"."""
    if not tokens[index].weak or tokens[index].kind is not K.NUM:
        return False
    for token in reversed(tokens[max(0, index - _COUNTED) : index]):
        if token.kind is K.NUM and not token.weak:
            return token.end < tokens[index - 1].end
        if token.kind not in (K.WORD, K.COUNT):
            return False
    return False


def is_span(tokens: list[Token], index: int) -> bool:
    """Tell whether the token names two years: "2016-2017"."""
    following = tokens[index] if index < len(tokens) else None
    return following is not None and following.kind is K.YEAR and following.high is not None


def joins_parts(tokens: list[Token], index: int) -> bool:
    """Tell whether the joint only ties parts: "mid-2017", "early to mid March"."""
    if index == 0 or index + 1 >= len(tokens) or tokens[index - 1].kind is not K.PART:
        return False
    following = tokens[index + 1]
    if following.kind is K.PART:
        return True
    touching = tokens[index - 1].end == tokens[index].start
    return touching and following.kind in (K.YEAR, K.MONTH, K.SEASON)


def is_before_last(tokens: list[Token], index: int) -> bool:
    """Read "(the autumn) before last", but not "(in May) before last summer"."""
    if index + 1 >= len(tokens) or tokens[index].kind is not K.BEFORE or tokens[index].post:
        return False
    last = tokens[index + 1]
    if last.kind is not K.WHICH or last.number != 1 or last.post:
        return False
    following = tokens[index + 2] if index + 2 < len(tokens) else None
    return following is None or following.kind not in _LASTING


def month_follows_day(tokens: list[Token], index: int) -> bool:
    """Tell whether the month that a day belongs to comes next."""
    for place, token in enumerate(tokens[index : index + 3], index):
        if token.kind is K.MONTH:
            return not token.weak or beside_date(tokens, place)
        if token.kind is K.REL and isinstance(token.value, tuple) and token.value[0] == "m":
            return True
        if token.kind not in (K.GLUE, K.WEEKDAY, K.PUNCT) or token.text in _APART:
            return False
    return False


def stands_alone(tokens: list[Token], index: int) -> bool:
    """Read "on the 14th": an ordinal behind "the", with nothing behind it that it could count."""
    token = tokens[index]
    if not token.ordinal or token.case not in ("ord", "") or token.post or index == 0:
        return False
    before = tokens[index - 1]
    if before.kind not in (K.GLUE, K.SINCE, K.UNTIL, K.BEFORE, K.AFTER):
        return False
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return following is None or following.kind in (K.PUNCT, K.CLAUSE)


def of_the_month(tokens: list[Token], index: int) -> bool:
    """Read Turkish "ayın 14'ünde"."""
    before = tokens[index - 1] if index else None
    return bool(
        before is not None
        and before.kind is K.UNIT
        and before.value == "m"
        and before.case == "gen"
        and tokens[index].ordinal
    )


def beside_date(tokens: list[Token], index: int) -> bool:
    """Tell whether "may", "march", "fall" stands where only a month or season can."""
    before = tokens[index - 1] if index else None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if before is not None and before.text in ("the", ".") and index > 1:
        before = tokens[index - 2]
    if before is not None and before.kind in _PREPOSITIONS:
        return True
    if before is not None and before.kind is K.THAT and tokens[index].kind is K.SEASON:
        return True  # "o yaz"
    if len(tokens) == 1:
        return True
    if before is not None and before.text == ":" and index > 1:
        before = tokens[index - 2]
    closed = following is None or following.kind is K.PUNCT
    if before is not None and before.kind is K.CUE and closed:
        return True  # "last call March.", not "last call may have been"
    if before is not None and before.kind in (K.NUM, K.DAY, K.YEAR, K.REL, K.OR, K.TO, K.MONTH):
        return True
    if (
        before is not None
        and before.text == ","
        and index > 1
        and tokens[index - 2].kind is K.WEEKDAY
    ):
        return True
    if (
        before is not None
        and before.kind is K.AND
        and index > 1
        and tokens[index - 2].kind is K.MONTH
    ):
        return True  # "between March and May"
    if following is not None and following.text in (",", "of") and index + 2 < len(tokens):
        following = tokens[index + 2]
    if following is None:
        return False
    if following.kind is K.PART and tokens[index].post:
        return True  # "yaz sonunda"
    if following.kind in (K.OR, K.TO) and index + 2 < len(tokens):
        return tokens[index + 2].kind is K.MONTH  # "either May or June"
    return following.kind in (K.YEAR, K.REL) or (
        following.kind in (K.NUM, K.DAY) and following.number <= 31
    )


def may_be_a_name(tokens: list[Token], first: int, end: int) -> bool:
    """Tell whether a month stands as a name does: "my sister April wrote"."""
    before = tokens[first - 1] if first else None
    following = tokens[end] if end < len(tokens) else None
    bare = end == first + 1 and tokens[first].kind is K.MONTH and not tokens[first].case
    told = following is not None and following.kind is K.WORD
    return bare and told and (before is None or before.kind is K.WORD)


def is_adverb(tokens: list[Token], index: int, before: set[Kind]) -> bool:
    """Tell whether an unknown word only stands between two parts of a length of time."""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None or tokens[index].text[:1] > "\u3000":
        return False
    if following.kind in (K.BEFORE, K.SINCE) and not following.post:
        return False
    return following.kind in before


def is_round(number: Token) -> bool:
    """Tell whether "odd" may follow: twenty-odd, a hundred-odd, but not three-odd."""
    step = 10 if number.number < 100 else 100
    return number.high is None and number.number > 0 and number.number % step == 0


def is_planned(tokens: list[Token], first: int) -> bool:
    """Find "he would be freed in 3 years" before a length of time that begins there."""
    for token in reversed(tokens[max(0, first - 4) : first]):
        if token.kind in (K.PUNCT, K.SINCE):
            return False
        if token.kind is K.FUTURE and not is_han(token):
            return True
    return False


def is_relative(tokens: list[Token], first: int, end: int, *, ago: bool) -> bool:
    """Find "two months before his arrest": before something whose date is not known."""
    for token in tokens[end : end + 3]:
        if token.kind is K.BEFORE and not token.post:
            return not ago
        if token.kind is not K.GLUE:
            break
    before = tokens[first - 1] if first else None
    if not ago or before is None or before.kind not in (K.WORD, K.CLAUSE):
        return False
    return before.case == "event" or (before.post and before.kind is K.CLAUSE)


def is_han(token: Token) -> bool:
    """Tell whether a word is written in Chinese characters."""
    return "\u3400" <= token.text[:1] <= "\u9fff"
