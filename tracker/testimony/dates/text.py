"""Fold text of any script so that spelling habits do not matter, keeping the way back to it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LIMIT = 500  # characters read of a text; a date stands near its beginning or is asked for again

_ASCII_SPACE = re.compile(r"\s")
_FIRST_MARK = "\u0300"
_DASHES = "‐‑‒–—―−﹣－"
_APOSTROPHES = "'’‘ʻʼʹ`´′＇"
_DROPPED = "\u0640\u200b\u200c\u200d\u2060\ufeff\u00ad"  # tatweel, joiners, soft hyphen
_HALF = "½"
_MIXED = re.compile(r"(?=\w*[a-z])(?=\w*[\u0430-\u04ff])\w+")
_LOOK_ALIKE = str.maketrans("aceopxyiht", "асеорхуіһт")
_SIMPLIFIED = dict(
    zip(
        "個後過從開於週兩幾號無間節為與歲舊還來離關書歷陰陽頭聖誕爾邦齋舉軟種臘裡裏約點鐘時將進當這幾餘齊內總數晚劃勞動國慶"
        "長達應該並們歷會見聯繫繼續記憶樂聽說話電給對發現沒據傳淚獄審釋決處準滿終寫業學習組織實際邊禮",
        "个后过从开于周两几号无间节为与岁旧还来离关书历阴阳头圣诞尔邦斋举软种腊里里约点钟时将进当这几余齐内总数晚划劳动国庆"
        "长达应该并们历会见联系继续记忆乐听说话电给对发现没据传泪狱审释决处准满终写业学习组织实际边礼",
        strict=True,
    )
)


@lru_cache(maxsize=4096)
def _fold_cluster(cluster: str) -> str:
    char = cluster[0]
    if char in _DASHES:
        return "-"
    if char == "№":
        return "#"
    if char in _APOSTROPHES:
        return "'"
    if char in _DROPPED:
        return ""
    if char.isspace():
        return " "
    if char in _SIMPLIFIED:
        return _SIMPLIFIED[char]
    folded = []
    for part in unicodedata.normalize("NFKC", cluster).lower():
        digit = unicodedata.decimal(part, None)
        if digit is not None:
            folded.append(str(digit))
        elif part < "\u0250":
            folded.extend(c for c in unicodedata.normalize("NFD", part) if c < "\u0250")
        elif not unicodedata.combining(part):
            folded.append(part)
    return "".join(folded)


def fold(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters and its end, the index in `text`.

    Folding: compatibility forms to plain ones, lower case, decimal digits of every script to
    0-9, Latin letters without marks, traditional to simplified Chinese (the words of dates only),
    one dash, one apostrophe, one space, 2½ to 2,5; a Latin letter that slipped into a Cyrillic
    word to its twin. At most LIMIT characters of the text are read.
    """
    text = text[:LIMIT]
    size = len(text)
    if text.isascii():
        plain = _ASCII_SPACE.sub(" ", text.lower().replace("`", "'"))
        return plain, list(range(size + 1))
    out: list[str] = []
    places: list[int] = []
    start = 0
    while start < size:
        end = start + 1
        while end < size and text[end] >= _FIRST_MARK and unicodedata.combining(text[end]):
            if end - start == 4:
                break
            end += 1
        if text[start] == _HALF:
            while out and out[-1] == " " and len(out) > 1 and out[-2].isdigit():
                out.pop()
                places.pop()
            folded = ",5" if out and out[-1].isdigit() else "0,5"
        else:
            folded = _fold_cluster(text[start:end])
        out.append(folded)
        places.extend([start] * len(folded))
        start = end
    places.append(size)
    return _MIXED.sub(lambda word: word[0].translate(_LOOK_ALIKE), "".join(out)), places
