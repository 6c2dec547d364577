"""Lengths of time in the tokens: "for nearly two years", "five months ago", "екі жылдан бері"."""

from __future__ import annotations

from tracker.testimony.dates import neighbours
from tracker.testimony.dates.corrections import leads_another, or_rather
from tracker.testimony.dates.duration import Duration, opens_range
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_QUALIFIERS = {K.AGO, K.MORE, K.LESS, K.NEARLY, K.BEFORE, K.SINCE}
_AFTER_INVERTED = {K.AGO, K.CLAUSE, K.PUNCT, K.NEGATION, K.BEEN}
_REACH = 5  # words looked at before and behind
_SMALLER = {"decade": "y", "y": "m", "m": "wd", "w": "d"}
_MONTHS = {"decade": 120, "y": 12, "m": 1}


def find_durations(tokens: list[Token]) -> list[Duration]:
    """Find every length of time; those that tell no date are among them, marked dead."""
    found: list[Duration] = []
    at = 0
    while at < len(tokens):
        duration = _quantity(tokens, at)
        if duration is None:
            at += 1
            continue
        floor = found[-1].end if found else 0
        _look_back(tokens, duration, floor)
        _look_ahead(tokens, duration)
        if or_rather(tokens, duration):
            _look_ahead(tokens, duration)
        dead = _is_handed_out(tokens, duration) or neighbours.is_rate(tokens, duration.first)
        duration.dead = duration.dead or (dead and not duration.strong)
        if duration.mode in ("nearly", "less") and not duration.dead:
            duration.strong = True  # "скоро три года, он звонил осенью"
        if duration.unit == "h":
            duration.dead = True
        bare = duration.end > duration.first and tokens[at].kind is K.UNIT
        said = duration.strong or duration.mode or duration.dead or duration.relative
        if bare and not said and duration.low == 1:
            at += 1
            continue
        found.append(duration)
        at = max(duration.end, at + 1)
    return found


def _quantity(tokens: list[Token], at: int) -> Duration | None:
    """Read number, unit and halves from `at` on."""
    token = tokens[at]
    if token.kind is K.FUSED and isinstance(token.value, tuple):
        count, unit = token.value
        result = Duration(at, at + 1, count, unit)
        _case_mode(token, result)
        return result
    if token.kind is K.UNIT:
        return _bare(tokens, at)
    if (running := _running(tokens, at)) is not None:
        return running
    if token.kind not in (K.NUM, K.FEW, K.HALF):
        return None
    count, few, half, mode = token.number, token.kind is K.FEW, 0.0, ""
    odd = False
    if token.kind is K.HALF:
        count, half = 0.0, 0.5
    index = at + 1
    while index < len(tokens) and index < at + _REACH:
        following = tokens[index]
        if following.kind is K.UNIT:
            break
        if following.kind is K.HALF:
            half = 0.5
        elif following.kind is K.MORE and following.value == "odd" and neighbours.is_round(token):
            odd = True
        elif following.kind is K.FEW and neighbours.is_round(token) and index == at + 1:
            odd = True  # "yigirme nechche kün"
        elif following.text == "-" and neighbours.is_round(token) and index + 1 < len(tokens):
            odd = tokens[index + 1].kind is K.FEW or tokens[index + 1].value == "odd"
            if not odd:
                return None
            index += 1
        elif following.kind is K.MORE:
            if not following.post or following.text[:1] > "\u3000" or not following.text:
                mode = "more"  # but Turkish "iki uzun yıl" is two long years
        elif following.kind is K.ABOUT:
            mode = mode or "about"
        elif (
            following.kind is K.PAST
            or following.kind is K.GLUE
            or (following.kind is K.NUM and following.weak)
            or (
                following.kind is K.WORD
                and index == at + 1
                and neighbours.is_adverb(tokens, index, {K.UNIT})
            )
        ):
            pass  # "two long years"
        else:
            return None
        index += 1
    else:
        return None
    unit_token = tokens[index]
    result = Duration(at, index + 1, count + half, unit_token.name, token.high, few, mode)
    if odd:
        result.low, result.high = count + 1, count + (9 if count < 100 else 99)
    if not few and result.low <= 0:
        return None
    if token.ordinal or (token.hyphen and unit_token.post is False):
        result.dead = True  # the third year, a five-month plan
    _case_mode(unit_token, result)
    return result


def _running(tokens: list[Token], at: int) -> Duration | None:
    """Read "it is the sixth month": five to six months, "уже третий год", "altıncı aydır"."""
    token = tokens[at]
    unit = tokens[at + 1] if at + 1 < len(tokens) else None
    nth = (token.kind is K.DAY and token.spelled) or token.ordinal
    if not nth or unit is None or unit.kind is not K.UNIT or unit.value == "h":
        return None
    led = at > 0 and tokens[at - 1].kind is K.BEEN
    behind = tokens[at + 2] if at + 2 < len(tokens) else None
    told = behind is not None and behind.kind is K.BEEN
    if not (led or told or unit.case == "been"):
        return None
    return Duration(at - led, at + 2 + told, token.number, unit.name, mode="running", strong=True)


def _case_mode(unit: Token, result: Duration) -> None:
    if unit.case == "liq":
        result.dead = True
    elif unit.case == "like":
        result.mode = result.mode or "about"
    elif unit.case == "been":
        result.strong = True
    elif unit.case == "lim":
        result.until = True


def _bare(tokens: list[Token], at: int) -> Duration | None:
    """Read a unit without a number: "месяц назад", and "месяца два назад"."""
    before = tokens[at - 1].kind if at else None
    if tokens[at].post:
        return None  # Turkic always says "one year"
    if before in (K.YEAR, K.MONTH, K.DAY, K.EVERY, K.WHICH, K.THAT, K.FIRST, K.FINAL, K.DAYWORD):
        return None
    number = tokens[at + 1] if at + 1 < len(tokens) else None
    if (
        number is not None
        and number.kind is K.NUM
        and tokens[at].text[:1] > "\u0400"
        and (at + 2 == len(tokens) or tokens[at + 2].kind in _AFTER_INVERTED)
    ):
        return Duration(at, at + 2, number.number, tokens[at].name, number.high, mode="about")
    if tokens[at].weak:
        return None  # "years ago", "много лет": how many is not said
    return Duration(at, at + 1, 1.0, tokens[at].name)


def _look_back(tokens: list[Token], result: Duration, floor: int) -> None:
    """Read what stands before: more than, for, since, after, sentenced to, aged."""
    first = result.first
    for index in range(first - 1, max(floor, first - _REACH) - 1, -1):
        token = tokens[index]
        kind = token.kind
        if index == first - 1 and opens_range(token, result):
            continue
        if kind is K.MORE:
            result.mode = "more"
        elif kind is K.LESS:
            result.mode = "less"
        elif kind is K.NEARLY:
            result.mode = "nearly"
        elif kind is K.ABOUT:
            result.mode = result.mode or "about"
        elif (
            kind in (K.BEEN, K.PAST, K.SINCE)
            or kind is K.FINAL
            or (kind is K.WHICH and token.number == 1)
        ):
            result.strong = True
        elif kind is K.BEFORE and not token.post:
            result.strong = result.ago = True
        elif kind is K.UNTIL and not token.post:
            result.until = True
        elif (
            kind in (K.EVERY, K.TIMES, K.GIVEN, K.AGE, K.FIRST)
            or (kind is K.AFTER and not token.post)
            or (kind is K.DAY and token.weak)
        ):
            result.dead = True  # "every three months", "the first three months"
            break
        elif kind is K.TO_WHOM and result.unit in ("y", "m"):
            behind = tokens[result.end].text if result.end < len(tokens) else ""
            result.dead = behind not in ("не", "нет")
            break
        elif kind is K.FUTURE:
            led = [other.text for other in tokens[max(0, index - 4) : index]]
            result.future = token.text != "就" or "到" in led  # 到三月就两年了
        elif kind is K.COUNT and tokens[first].weak:
            result.dead = True  # "3000 tenge a month"
            break
        elif kind is K.THAT or kind is K.GLUE or (kind is K.NUM and token.weak):
            pass
        else:
            break
        result.first = index


def _is_handed_out(tokens: list[Token], result: Duration) -> bool:
    """Find "gave her seven years": a term, with whom it was given between verb and length."""
    first = result.first
    first -= first > 0 and opens_range(tokens[first - 1], result)
    if result.unit not in ("y", "m") or first < 2:
        return False
    whom, verb = tokens[first - 1], tokens[first - 2]
    return whom.kind in (K.WORD, K.TO_WHOM, K.CLAUSE) and verb.kind is K.GIVEN


def _look_ahead(tokens: list[Token], result: Duration) -> None:
    """Read what stands behind: and a half, and two months, ago, later, old."""
    index = result.end
    while index < len(tokens) and index < result.end + _REACH:
        token = tokens[index]
        kind = token.kind
        if kind is K.HALF:
            result.low += 0.5
        elif kind in (K.MORE, K.LESS, K.NEARLY) and leads_another(tokens, index):
            break  # "more than six months but less than a year"
        elif kind is K.MORE:
            result.mode = "more"
        elif kind is K.LESS:
            result.mode = "less"
        elif kind is K.NEARLY:
            result.mode = "nearly"
        elif kind is K.ABOUT or (kind is K.UNTIL and token.post and _names(tokens, result)):
            result.mode = result.mode or "about"
        elif kind is K.BEFORE and token.value == "left":
            result.dead = True  # "a week was left": until what, the dates tell
        elif kind is K.AGO or (kind is K.BEFORE and token.post):
            result.strong = result.ago = True
        elif kind is K.WHICH and token.post and token.number == 2:
            result.strong = result.ago = True  # "iki yıl önceki"
        elif (kind is K.SINCE and token.post) or kind is K.BEEN:
            result.strong = True
            if kind is K.BEEN and tokens[result.end - 1].case == "object":
                result.mode = "more"  # "iki ayı geçti"
        elif kind is K.UNTIL and token.post:
            result.until = True
        elif kind is K.FUTURE:
            result.future = token.text != "就"
        elif kind in (K.AGE, K.TIMES, K.EVERY) or (kind is K.AFTER and not result.ago):
            result.dead = True
        elif kind is K.BEFORE:
            result.relative = True  # "two weeks before": of what, is decided with the dates
            return
        elif kind is K.SENTENCE and not result.strong:
            result.dead = True
        elif kind is K.GIVEN and index == result.end and not result.strong:
            result.dead = True  # "оған жеті жыл берді": a term, when the verb stands behind
        elif (kind is K.AND or kind is K.NUM) and _compound(tokens, index, result):
            index = result.end
            continue
        elif (
            kind is K.WORD
            and index == result.end
            and neighbours.is_adverb(tokens, index, _QUALIFIERS)
        ):
            pass  # "бір жылдан сәл-ақ астам"
        elif kind is not K.GLUE:
            break
        index += 1
        if kind not in (K.GLUE, K.WORD):
            result.end = index


def _names(tokens: list[Token], result: Duration) -> bool:
    """Turkish "iki yıl kadar": about, when the unit has no dative ending."""
    return tokens[result.end - 1].kind is K.UNIT and not tokens[result.end - 1].case


def _compound(tokens: list[Token], index: int, result: Duration) -> bool:
    """Add "and two months" to "a year"."""
    if tokens[index].kind is K.AND:
        index += 1
    if index + 1 >= len(tokens) or tokens[index].kind is not K.NUM:
        return False
    unit = tokens[index + 1]
    if unit.kind is not K.UNIT or unit.name not in _SMALLER.get(result.unit, ""):
        return False
    if result.unit in _MONTHS and unit.name in _MONTHS:
        result.low = result.low * _MONTHS[result.unit] + tokens[index].number
        result.unit = unit.name
    result.end = index + 2  # smaller than a month: within the slack
    _case_mode(unit, result)
    return True
