"""A written name cut into tokens, each with all its readings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from tracker.testimony.names.folding import Reading, fold
from tracker.testimony.names.letters import arabic, cyrillic, latin, plain, script_of
from tracker.testimony.names.pinyin import SOUNDS, from_hanzi, from_pinyin, syllables

__all__ = ["LONGEST_NAME", "Token", "name_tokens", "token_of"]

LONGEST_NAME = 160
"""Characters of a name that are looked at; the rest of a longer text is not read."""
_MOST_TOKENS = 5
_LONGEST_TOKEN = 40

_SEPARATOR = re.compile(r"[\W\d_]+")
_PARTS_OF_NAME = re.compile(r"[^\w\s\-‐-―]+|\s[\-‐-―]\s")  # dots and commas, not hyphens
_FEWEST_SYLLABLES = 3
_BASIC = {
    ord("ü"): "u", ord("ö"): "o", ord("ä"): "e", ord("é"): "e", ord("ë"): "e", ord("ı"): "i",
}  # fmt: skip


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# Words that stand beside a name and may be left out: pilgrim, reciter, elder, mullah; child of.
_TITLES = _words(
    "haji hajim hajji haci hadji qari qarim kari axun axunum akhun ahun akhunum damolla "
    "damollam molla mullah mulla imam xelpet sheikh mr mrs ms miss dr хаджи қажы кажы қари ахун "
    "молла имам ھاجى ھاجىم قارى ئاخۇن ئاخۇنۇم داموللا داموللام موللا ئىمام قاجى "
    "哈吉 阿吉 哈只 阿洪 阿訇 卡日 卡热 毛拉 大毛拉 伊玛目"
)
_CHILD_OF_NEXT = _words("bin bint binti binte ibn ibni ben бин бинти ибн بىن بىنتى 本 宾 宾提")
_CHILD_OF_LAST = _words(
    "oghli oghlu oglu oğlu oglı ogly uly uli ulı uulu qizi qyzy qızı kyzy kizi kızı ұлы улы угли "
    "уулу қызы кызы қизи оғли оглы оглу ئوغلى قىزى ۇلى 奥格里 乌勒 克孜"
)
_CHILD_ENDING = re.compile(
    r"...(?:(?<![ug])ul[yiı]|uulu|o[gğ]h?l[uiyı]|[qk][iyı]z[iyı]|[oe]vich|[oe]vna"
    r"|ұлы|улы|уулу|[қк][ыи]з[ыи]|о[ғг]л[иыу]|[ое]вич|[ое]вна|ئوغلى|ۇلى|قىزى)$"
)


_GIVEN_NAME_FIRST = ({"Hani"}, {"Arab"})


@dataclass(frozen=True, eq=False)
class Token:
    """One word of a name: its plain text, script (ISO 15924) and readings, most usual first."""

    text: str
    script: str
    readings: tuple[Reading, ...]
    title: bool = False
    child: bool = False
    """It says whose child somebody is: *Sabirqizi*, *Sabir qizi*, *bin Sabir*, *Сабировна*."""
    second: bool = False
    """The second of two words where the father's name stands second: 艾力·买买提, ئەلى مەمەت."""

    @property
    def marks(self) -> tuple[bool, bool]:
        """What a word says only where it stands."""
        return self.child, self.second

    @property
    def initial(self) -> bool:
        """True for a single letter that stands for a name."""
        first = self.readings[0]
        return len(first.sounds) == 1 and not first.chinese


@lru_cache(maxsize=1 << 16)
def token_of(text: str) -> Token | None:
    """The token for one plain word, or None when no letter in it has a sound."""
    script = script_of(text)
    readings: list[Reading] = []
    if script == "Hani":
        readings += fold(from_hanzi(text), True)
    elif script == "Arab":
        readings += fold(arabic(text), False)
    elif script == "Cyrl":
        readings += fold(cyrillic(text), False)
    elif script == "Latn":
        for sounds in latin(text):
            readings += fold(sounds, False)
        cut = syllables(text.translate(_BASIC))
        if cut:
            readings += fold(from_pinyin(cut), True)
    if not readings:
        return None
    unlike = {(each.sounds, each.chinese, each.servant): each for each in readings}
    child = _CHILD_ENDING.search(text) is not None
    return Token(text, script, tuple(unlike.values()), text in _TITLES, child)


def _words_of(name: str) -> Iterator[str]:
    """The words, and syllables that were written apart (*A Bu Du*, *Ai-ke-bai-er*) as one."""
    for part in _PARTS_OF_NAME.split(plain(name)):
        words = [word[:_LONGEST_TOKEN] for word in _SEPARATOR.split(part) if word]
        for apart, run in groupby(words, SOUNDS.__contains__):
            several = list(run)
            yield from (
                ["".join(several)] if apart and len(several) >= _FEWEST_SYLLABLES else several
            )


def _with_children(words: list[str]) -> Iterator[tuple[str, bool]]:
    """Each word of a name, and whether a word beside it says that somebody is the child of it."""
    if len(words) < 2 or all(word in _CHILD_OF_NEXT | _CHILD_OF_LAST for word in words):
        yield from ((word, False) for word in words)
        return
    for at, word in enumerate(words):
        if word not in _CHILD_OF_NEXT and word not in _CHILD_OF_LAST:
            before, after = words[at - 1 : at], words[at + 1 : at + 2]
            yield word, bool(_CHILD_OF_NEXT & set(before) or _CHILD_OF_LAST & set(after))


@lru_cache(maxsize=1 << 15)
def _tokens(name: str) -> tuple[Token, ...]:
    tokens: list[Token] = []
    for word, child in _with_children(list(_words_of(name))[: 2 * _MOST_TOKENS]):
        token = token_of(word)
        if token is not None and len(tokens) < _MOST_TOKENS:
            tokens.append(replace(token, child=True) if child and not token.child else token)
    if all(token.title for token in tokens):
        tokens = [replace(token, title=False) for token in tokens]
    if len(tokens) == 2 and {token.script for token in tokens} in _GIVEN_NAME_FIRST:
        tokens[1] = replace(tokens[1], second=True)
    return tuple(tokens)


def name_tokens(name: str) -> tuple[Token, ...]:
    """Tokens of ``name`` in the order written; empty when it holds no name (digits, signs)."""
    return _tokens(name[:LONGEST_NAME])
