"""A date that only tells when something else was: "before he was arrested in October 2017".

The contact lies on the far side of the event, and the event anywhere in the days that were named.
Read as those days, a contact before them would count as one in them, and the alert come late.
"""

from __future__ import annotations

from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_WORDS_BETWEEN = 10
_EVENT = {K.WORD, K.CLAUSE, K.GLUE, K.LIFE, K.SENTENCE, K.GIVEN, K.TO_WHOM, K.NEGATION, K.BORN,
          K.COUNT, K.AND, K.THAT, K.BEEN, K.LABEL, K.TO, K.AGE, K.FUTURE, K.PART}  # fmt: skip
"""What an event is told with; anything else is a date of its own, or a length of time."""
_NOT_SAID_OF_EVENTS = ("by", "к", "ко", "later", "afterwards", "через", "позже", "позднее")
_TOLD_OF_EVENTS = ("как", "which", "который", "которая", "которое", "что")
_HAN_AFTER_EVENTS = ("之后", "以后", "后")
_HAN_BEFORE_EVENTS = ("之前", "以前", "前")


def relation_to_event(
    tokens: list[Token], first: int, end: int, case: str = ""
) -> tuple[Kind, int] | None:
    """Find the relation to an event of which the date, or "two years ago", tells the time.

    The date stands from `first` to before `end`; `case` is its ending. Returns BEFORE or AFTER and
    where that word stands; None where the date is no event's.
    """
    led = _led(tokens, first)
    if led is not None or case in ("abl", "lim"):
        return led  # "2017'den bugüne kadar"
    return _followed(tokens, end)


def is_hour(tokens: list[Token], event: int | None, first: int) -> bool:
    """Tell whether "after" only says when on a day: "after Friday prayer on 3 May".

    With whose it was it is an event: "after his release on 3 May".
    """
    if event is None or event > first or tokens[event].value == "from":
        return False
    return all(token.kind is not K.CLAUSE for token in tokens[event:first])


def _led(tokens: list[Token], first: int) -> tuple[Kind, int] | None:
    """Read "before he was taken in": the word stands first, then what happened, then the date."""
    told = False
    for index in range(first - 1, max(-1, first - 1 - _WORDS_BETWEEN), -1):
        token = tokens[index]
        if token.kind in (K.BEFORE, K.UNTIL, K.AFTER) and not token.post:
            named = told and token.text not in _NOT_SAID_OF_EVENTS
            before = tokens[index + 1].kind not in (K.AND, K.PUNCT)
            return (_side(token), index) if named and before else None
        if token.kind is K.PUNCT:
            if _closes_with_before(tokens, index):
                return K.BEFORE, index - 1
            if not _within_event(tokens, index, first):
                return None
        elif token.kind not in _EVENT and not _is_counted(tokens, index):
            return None
        told = told or token.kind not in (K.GLUE, K.PUNCT, K.PART, K.TO)
    return None


def _closes_with_before(tokens: list[Token], index: int) -> bool:
    """Find "tutuklanmadan önce. Ekim'de ...": the mark at `index` ends the words of an event."""
    if index < 2 or tokens[index].text not in (".", "。"):
        return False
    told, before = tokens[index - 2], tokens[index - 1]
    return before.kind is K.BEFORE and before.post and told.kind in (K.WORD, K.CLAUSE)


def _followed(tokens: list[Token], end: int) -> tuple[Kind, int] | None:
    """Read "Ekim'de tutuklanmadan önce", "10月被捕前": date, what happened, then the word."""
    for index in range(end, min(len(tokens), end + _WORDS_BETWEEN)):
        token = tokens[index]
        if token.case == "limit":
            return K.BEFORE, index  # "tutulghuche"
        if token.kind in (K.BEFORE, K.UNTIL, K.AFTER) and token.post:
            return (_side(token), index) if index > end and _is_event(tokens, index) else None
        if token.kind in (K.NUM, K.FEW, K.FUSED) and tokens[index - 1].case == "event":
            return _counted(tokens, index)
        if token.kind not in _EVENT or token.kind in (K.PART, K.AND):
            return None
        if token.kind is K.TO and token.text != "到":
            return None
    return None


def _is_counted(tokens: list[Token], index: int) -> bool:
    """Tell whether a number counts what happened: "his second arrest"."""
    token = tokens[index]
    if token.kind is K.NUM and index and tokens[index - 1].kind in (K.AGE, K.BEEN):
        return True  # "before he turned 5 in May"
    counts = token.kind in (K.NUM, K.DAY, K.FIRST) or token.text == "second"
    return counts and tokens[index + 1].kind in (K.WORD, K.CLAUSE, K.AGE, K.COUNT)


def _side(token: Token) -> Kind:
    return K.AFTER if token.kind is K.AFTER else K.BEFORE


def _counted(tokens: list[Token], index: int) -> tuple[Kind, int] | None:
    """Read "(tutuklanmadan) bir hafta önce": so long before what happened."""
    for place in range(index, min(len(tokens), index + _WORDS_BETWEEN)):
        token = tokens[place]
        if token.kind in (K.BEFORE, K.AGO) and token.post:
            return K.BEFORE, place
        if token.kind not in (K.NUM, K.FEW, K.UNIT, K.HALF, K.GLUE, K.FUSED, K.MORE, K.ABOUT):
            return None
    return None


def _within_event(tokens: list[Token], index: int, first: int) -> bool:
    """Tell whether a comma parts nothing: "до того, как", "before he was taken, in May"."""
    if tokens[index].text == ".":
        return True  # "before his arrest. He was arrested in October"
    if tokens[index].text not in (",", "،", "，", ":"):
        return False
    if tokens[index + 1].text in _TOLD_OF_EVENTS:
        return True
    return all(token.kind is K.GLUE for token in tokens[index + 1 : first])


def _is_event(tokens: list[Token], index: int) -> bool:
    """Tell whether what stands before the word is something that happened."""
    token, told = tokens[index], tokens[index - 1]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.text[:1] > "\u3000":
        sort = _HAN_AFTER_EVENTS if token.kind is K.AFTER else _HAN_BEFORE_EVENTS
        closed = following is None or following.kind in (K.PUNCT, K.CLAUSE, K.NEGATION)
        whole = len(token.text) > 1 and (following is None or following.text != "的")
        return token.text in sort and (closed or whole)
    return token.kind is not K.AFTER or told.case == "event"
