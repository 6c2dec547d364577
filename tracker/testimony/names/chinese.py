"""Names of Chinese and Hui people, told syllable by syllable.

A name of three syllables has no sounds to spare: 马秀兰 and 马秀莲 are sisters, 孙 and 宋 two
families, though the ear that forgives transcriptions of longer names takes each pair for one.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.testimony.names.palladius import SYLLABLES as IN_RUSSIAN
from tracker.testimony.names.pinyin import SOUNDS, cut, pinyin_of
from tracker.testimony.names.tokens import Token

__all__ = ["chinese_syllables"]

_MOST_GIVEN = 2
# The commonest families; those with which transcribed names often begin (叶尔兰) are left out.
_FAMILIES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙周吴吳徐孙孫马馬朱郭何林高郑鄭梁宋唐邓鄧冯馮韩韓曹曾彭肖蔡潘田董袁余"
    "蒋蔣杜程魏吕呂丁任沈姚卢盧钟鐘谭譚范汪石廖方邹鄒熊陆陸郝孔崔邱秦史顾顧侯邵孟龙龍段钱錢汤湯尹易常"
    "武乔喬贺賀赖賴龚龔白章严嚴阎閻"
)
_NO_FAMILY_BEFORE = frozenset("木穆合尔爾力哈米依丽克")  # 马木提, 马依拉, 白克力 are given names
_SOUNDED = """
wang li zhang liu chen yang huang zhao zhou wu xu sun ma zhu guo he lin gao zheng liang song tang
deng feng han cao zeng peng xiao cai pan tian dong yuan yu jiang du cheng wei lu lv ding ren shen
yao zhong tan fan shi liao fang zou xiong hao kong cui qiu qin gu hou shao meng long duan qian yin
yi chang qiao lai gong bai yan
"""
_FAMILIES_SOUNDED = frozenset(_SOUNDED.split())


def chinese_syllables(tokens: Sequence[Token]) -> tuple[str, ...] | None:
    """The toneless pinyin of a Chinese person's name, family first; None when it is not one."""
    if len(tokens) == 1:
        return _characters(tokens[0])
    words = [_syllables(token) for token in tokens]
    if not all(words):
        return None
    whole = [syllable for word in words for syllable in word]
    family_last = len(words[-1]) == 1 and len(words[0]) > 1 and len(words) == _MOST_GIVEN
    if family_last:
        whole = [*words[-1], *words[0]]
    alone = len(words[-1] if family_last else words[0]) == 1
    fits = 1 < len(whole) <= 1 + _MOST_GIVEN
    return tuple(whole) if alone and fits and whole[0] in _FAMILIES_SOUNDED else None


def _characters(token: Token) -> tuple[str, ...] | None:
    text = token.text
    if token.script != "Hani" or not 1 < len(text) <= 1 + _MOST_GIVEN or text[0] not in _FAMILIES:
        return None
    return None if text[1] in _NO_FAMILY_BEFORE else pinyin_of(text)


def _syllables(token: Token) -> tuple[str, ...]:
    if token.script == "Latn":
        return cut(token.text, SOUNDS) or ()
    if token.script == "Cyrl":
        found = cut(token.text, IN_RUSSIAN) or ()
        return tuple(IN_RUSSIAN[each] for each in found)
    return ()
