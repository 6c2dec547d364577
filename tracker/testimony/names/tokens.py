"""A written name cut into tokens, each with all its readings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tracker.testimony.names.folding import Reading, fold
from tracker.testimony.names.letters import arabic, cyrillic, latin, plain, script_of
from tracker.testimony.names.pinyin import from_hanzi, from_pinyin, syllables

__all__ = ["LONGEST_NAME", "Token", "name_tokens", "token_of"]

LONGEST_NAME = 160
"""Characters of a name that are looked at; the rest of a longer text is not read."""
_MOST_TOKENS = 5
_LONGEST_TOKEN = 40

_SEPARATOR = re.compile(r"[\W\d_]+")
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
_CHILD_OF = _words(
    "bin bint binti binte ibn ibni ben oghli oghlu oglu oğlu oglı ogly uly uli ulı ұлы улы угли "
    "qizi qyzy qızı kyzy kizi kızı қызы кызы қизи оғли оглы оглу бин бинти ибн ئوغلى قىزى ۇلى "
    "قىزى بىن بىنتى 本 宾 宾提 奥格里 乌勒 克孜"
)


@dataclass(frozen=True, eq=False)
class Token:
    """One word of a name: its plain text, script (ISO 15924) and readings, most usual first."""

    text: str
    script: str
    readings: tuple[Reading, ...]
    title: bool = False

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
    return Token(text, script, tuple(unlike.values()), text in _TITLES)


@lru_cache(maxsize=1 << 15)
def _tokens(name: str) -> tuple[Token, ...]:
    words = [word[:_LONGEST_TOKEN] for word in _SEPARATOR.split(plain(name)) if word]
    if len(words) > 1:
        words = [word for word in words if word not in _CHILD_OF] or words
    tokens = [token for token in map(token_of, words[: 2 * _MOST_TOKENS]) if token]
    tokens = tokens[:_MOST_TOKENS]
    if all(token.title for token in tokens):
        tokens = [Token(each.text, each.script, each.readings) for each in tokens]
    return tuple(tokens)


def name_tokens(name: str) -> tuple[Token, ...]:
    """Tokens of ``name`` in the order written; empty when it holds no name (digits, signs)."""
    return _tokens(name[:LONGEST_NAME])
