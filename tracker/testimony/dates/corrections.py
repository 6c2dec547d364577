"""What a family takes back while it speaks: "three years, maybe four", "not last week".

Left unread, the first thing said would count alone: a contact put a year or a week too late.
"""

from __future__ import annotations

import re

from tracker.testimony.dates.duration import Duration
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_REACH = 9  # words between a length of time and its second thought
_ELSEWHERE = {K.NUM, K.FEW, K.FUSED, K.UNIT, K.YEAR, K.MONTH, K.DAY, K.WEEKDAY, K.SEASON, K.HOLIDAY,
              K.REL, K.DATE}  # fmt: skip
_CLOSES = {K.PUNCT, K.BEEN, K.AGO, K.SINCE, K.NEGATION, K.CLAUSE, K.WORD, K.BEFORE}
_BOUNDS = {K.SINCE, K.BEFORE, K.UNTIL, K.AFTER, K.EVE}
_NOT_BEFORE = ("not", "не", "不")
_RULED_OUT = re.compile(
    r"\b(?:can ?not|can'?t|could ?n[o']?t|could not) (?:have been|be|have)\b"
    r"|\bне (?:мог(?:ло|ла|ли)?|может|могут) быть\b|\bбыть не мо(?:г|ж)"
    r"|\bolamaz|\bmumkun degil|\bmümkün değil|мүмкін емес|мумкін емес"
    r"|بولمايدۇ|بولالمايدۇ|مۇمكىن ئەمەس|\bbolmaydu\b|\bmumkin emes|不 ?会|不 ?可 ?能"
)
_NOT_BEHIND = ("емес", "değil", "degil", "emes", "ئەمەس")


def or_rather(tokens: list[Token], said: Duration) -> bool:
    """Read "three years, maybe four": both ends count. Tells whether there was such a thought."""
    if said.high is not None or said.few or said.dead or said.mode not in ("", "about"):
        return False
    doubted = False
    for index in range(said.end, min(len(tokens), said.end + _REACH)):
        token = tokens[index]
        if doubted and token.kind is K.NUM and not token.ordinal and not token.weak:
            return _taken(tokens, index, said)
        if token.kind in (K.ABOUT, K.OR):
            doubted = True
        elif token.kind in _ELSEWHERE or (token.kind is K.PUNCT and (doubted or token.text != ",")):
            return False
    return False


def _taken(tokens: list[Token], index: int, said: Duration) -> bool:
    """Widen it to the number at `index`, if that counts the same."""
    number = tokens[index].high or tokens[index].number
    behind = tokens[index + 1] if index + 1 < len(tokens) else None
    same = behind is not None and behind.kind is K.UNIT and behind.name == said.unit
    if not same and behind is not None and behind.kind not in _CLOSES:
        return False
    said.low, said.high = min(said.low, tokens[index].number), max(said.low, number)
    said.end = index + 1 + same
    return True


def leads_another(tokens: list[Token], index: int) -> bool:
    """Tell whether "less than" at `index` is said of the number behind it: "less than a year"."""
    token, behind = tokens[index], tokens[index + 1 : index + 2]
    counted = any(each.kind in (K.NUM, K.HALF, K.FUSED) for each in behind)
    return counted and not token.post


def is_ruled_out(tokens: list[Token], first: int, end: int) -> bool:
    """Find "it can't have been (later than June)", "hazirandan sonra olamaz" around a date."""
    while first > 0 and tokens[first - 1].kind is not K.PUNCT:
        first -= 1
    while end < len(tokens) and tokens[end].kind is not K.PUNCT:
        end += 1
    return _RULED_OUT.search(" ".join(token.text for token in tokens[first:end])) is not None


def is_not(tokens: list[Token], first: int, end: int) -> bool:
    """Find "not last week", "мамырда емес" at what stands from `first` to before `end`."""
    if tokens[first].kind in _BOUNDS:
        return False  # "not since 2016": in 2016
    while first > 0 and tokens[first - 1].kind is K.GLUE:
        first -= 1
    if first > 0 and tokens[first - 1].text in _NOT_BEFORE:
        return True
    return end < len(tokens) and tokens[end].text in _NOT_BEHIND
