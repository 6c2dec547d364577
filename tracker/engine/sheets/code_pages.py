"""In which encoding a CSV file is: what it says itself, else UTF-8, else the likeliest code page.

Spreadsheets of offices still save text in the code page of their country, and do not say so. A code
page fits when every byte is a sign in it and its words look like words of those who use it: whole
words of one script, capitals only in front or throughout. What the columns are called counts most.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENOUGH: Final = 64 * 1024
"""Signs of a text that are looked at for their likeness."""

_LEAST: Final = 0.5
"""Of the words that tell, as many must look right; else it is no text, or a damaged one."""

_WORD: Final = re.compile(r"[^\s\d\x21-\x40\[-`{-~«»“”„‘’‹›–—…№·•、。，；：？！（）《》]+")
_NO_TEXT: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd-\uffff]")


def _cased(small: str, large: str) -> str:
    return f"[{large}]?[{small}]+|[{large}]+"


_RUSSIAN: Final = _cased("а-яё", "А-ЯЁ")
_KAZAKH: Final = _cased("а-яёәғқңөұүһі", "А-ЯЁӘҒҚҢӨҰҮҺІ")
_TURKISH: Final = _cased("a-zçğıöşüâîû", "A-ZÇĞİÖŞÜÂÎÛ")
_WESTERN: Final = _cased("a-zà-öø-ÿœšž", "A-ZÀ-ÖØ-ÞŒŠŽ")
_HAN: Final = "[\u4e00-\u9fff]+"


@dataclass(frozen=True, slots=True)
class CodePage:
    """One way to write letters as bytes: `name` as people call it, of which of our languages."""

    codec: str
    name: str
    language: str
    word: str  # what a word of it looks like


CODE_PAGES: Final = {
    page.codec: page
    for page in (
        CodePage("cp1251", "Windows-1251", "ru", _RUSSIAN),
        CodePage("kz1048", "KZ-1048", "kk", _KAZAKH),
        CodePage("cp866", "CP866", "ru", _RUSSIAN),
        CodePage("mac_cyrillic", "Macintosh", "ru", _RUSSIAN),
        CodePage("gb18030", "GB18030", "zh_Hans", _HAN),
        CodePage("cp1254", "Windows-1254", "tr", _TURKISH),
        CodePage("cp1252", "Windows-1252", "en", _WESTERN),
    )
}
"""Codec -> code page; of two that fit alike the first is taken."""


class NoText(Exception):
    """These bytes are no text that we know how to read."""


def certain(content: bytes) -> str | None:
    """The text, where the file itself says how it is written; None where it has to be guessed.

    Raises NoText for what contradicts itself.
    """
    try:
        for mark, codec in _BOMS:
            if content.startswith(mark):
                return content.decode(codec)
        if b"\0" in content:  # no code page writes a letter so
            little = content[1::2].count(0) >= content[::2].count(0)
            return _whole(content.decode("utf-16-le" if little else "utf-16-be"))
    except UnicodeDecodeError:
        raise NoText from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def likeliest(content: bytes, columns_known: Callable[[str], int]) -> str:
    """The codec of the code page that fits best. Raises NoText where none does.

    `columns_known` says of a text how many columns of ours its first line names.
    """
    fits = []
    for codec in CODE_PAGES:
        try:
            text = read_as(content, codec)
        except NoText:
            continue
        likeness = _likeness(text, CODE_PAGES[codec])
        if likeness >= _LEAST:
            fits.append(((columns_known(text), likeness), codec))
    if not fits:
        raise NoText
    return max(fits, key=lambda fit: fit[0])[1]  # the first of those alike


def read_as(content: bytes, codec: str) -> str:
    """The text in this code page. Raises NoText where it cannot be."""
    try:
        return _whole(content.decode(codec))
    except UnicodeDecodeError:
        raise NoText from None


def _whole(text: str) -> str:
    if _NO_TEXT.search(text):
        raise NoText
    return text


def _likeness(text: str, page: CodePage) -> float:
    """How many of the words with letters beyond ASCII look like words of this code page."""
    words = [word for word in _WORD.findall(text[:_ENOUGH]) if not word.isascii()]
    looks = re.compile(page.word)
    good = sum(1 for word in words if looks.fullmatch(word) and (page.word != _HAN or _usual(word)))
    return round(good / len(words), 2) if words else 1.0


def _usual(word: str) -> bool:
    """Whether a word is of GB 2312, and half of it of that standard's 3,755 usual characters."""
    pairs = [character.encode("gb18030") for character in word]
    in_standard = all(pair[0] <= 0xF7 and pair[1] >= 0xA1 for pair in pairs)
    return in_standard and 2 * sum(0xB0 <= pair[0] <= 0xD7 for pair in pairs) >= len(pairs)
