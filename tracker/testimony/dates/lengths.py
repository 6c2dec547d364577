"""Lengths of time that several words tell: "from one month to three ago", "the week before it".

Turkic languages say "бір айдан үш айға дейін" and "yılbaşından önceki hafta".
"""

from __future__ import annotations

from dataclasses import replace

from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_DATED = (K.HOLIDAY, K.MONTH, K.SEASON, K.YEAR)
_MOST_COUNTED = 1900  # more is a year: "2018'den önceki yıl"


def join_lengths(tokens: list[Token]) -> list[Token]:
    """Return the tokens with such a pair as one length, "one to three months"."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        joined = _pair(tokens, at)
        if joined is None:
            out.append(tokens[at])
            at += 1
        else:
            number, unit, at = joined
            out += [number, unit]
    return out


def _pair(tokens: list[Token], at: int) -> tuple[Token, Token, int] | None:
    """Read both lengths from `at` on: the number, the unit, and the index behind them.

    Only where "ago" follows, or what makes it a term: then none of its ends is a time.
    """
    led = at > 0 and tokens[at - 1].kind is K.SINCE and not tokens[at - 1].post
    bare = led and tokens[at].kind is K.UNIT and not tokens[at].weak  # "от месяца до трёх"
    near = at if bare else at + 1
    if not bare and (tokens[at].kind is not K.NUM or tokens[at].high is not None):
        return None
    joint = near + 1
    if joint + 2 >= len(tokens) or tokens[near].kind is not K.UNIT:
        return None
    apart = tokens[joint].kind is K.TO or (led and tokens[joint].kind in (K.BEFORE, K.UNTIL))
    if not apart and tokens[near].case != "abl":
        return None
    number, unit = tokens[joint + apart], tokens[joint + apart + 1]
    low = 1.0 if bare else tokens[at].number
    if number.kind is not K.NUM or number.high is not None or not 0 < low < number.number:
        return None
    if unit.kind is not K.UNIT or unit.name != tokens[near].name:
        return None
    end = joint + apart + 2
    if not apart and unit.case != "lim":
        if end >= len(tokens) or tokens[end].kind not in (K.BEFORE, K.UNTIL):
            return None
        end += 1  # "дейін", "kadar"
    term = end < len(tokens) and tokens[end].kind in (K.GIVEN, K.SENTENCE)
    if end >= len(tokens) or not (term or _tells_ago(tokens[end])):
        return None
    whole = replace(number, value=low, high=number.number, start=tokens[at].start)
    return whole, replace(unit, case=""), end


def _tells_ago(token: Token) -> bool:
    return token.kind is K.AGO or (token.kind is K.BEFORE and token.post)


def is_from_to(tokens: list[Token], first: int, joint: int) -> bool:
    """Tell whether it is "от одного до трёх месяцев"; from and to of a date are no numbers."""
    return (
        first > 0
        and tokens[first - 1].kind is K.SINCE
        and tokens[joint].kind in (K.BEFORE, K.UNTIL)
        and joint + 2 < len(tokens)
        and tokens[joint + 2].kind is K.UNIT
    )


def is_between(tokens: list[Token], first: int, last: int) -> bool:
    """Tell whether it is "between one and three months", no list as in "two and three months"."""
    if last + 1 >= len(tokens) or tokens[last + 1].kind is not K.UNIT:
        return False
    behind = tokens[last + 2].kind if last + 2 < len(tokens) else None
    return behind is K.BETWEEN or (first > 0 and tokens[first - 1].kind is K.BETWEEN)


def count_from_date(tokens: list[Token]) -> list[Token]:
    """Return the tokens with "yılbaşından önceki hafta", the week before New Year, as "a week
    before New Year"; by themselves the last two words are the week before last."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        led = bool(out) and out[-1].case == "abl" and _is_dated(out[-1])
        unit = _before_it(tokens, at) if led else None
        if unit is None:
            out.append(token)
            at += 1
            continue
        last = tokens[at + 1] if token.kind is K.WHICH else token
        out += [
            replace(token, kind=K.NUM, value=1.0, end=token.start, text="", case=""),
            replace(last, kind=K.UNIT, value=unit, case=""),
            replace(last, kind=K.BEFORE, value=None, start=last.end, text="", case=""),
        ]
        at += 2 if token.kind is K.WHICH else 1
    return out


def _is_dated(token: Token) -> bool:
    return token.kind in _DATED or (token.kind is K.NUM and token.number > _MOST_COUNTED)


def _before_it(tokens: list[Token], at: int) -> str | None:
    """The unit of "the one before", as of "the day before yesterday", at `at`; None elsewhere."""
    token = tokens[at]
    if token.kind is K.REL and isinstance(token.value, tuple) and token.value[1] == 2:
        return str(token.value[0])
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.kind is K.WHICH and token.number == 2 and behind is not None:
        return behind.name if behind.kind is K.UNIT and behind.value != "h" else None
    return None
