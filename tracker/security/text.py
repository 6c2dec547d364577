"""Text that people type, and where it may go (S16).

`clean` is the door for what people type into fields, and says what is wrong; `tidy` stands before
everything that is kept, whichever way it came. `one_line`, `csv_cell` and `header_safe` stand
before a log or subject, a spreadsheet, and a mail or HTTP header.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

from tracker.security.errors import TextRefused

_BIDI: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Unicode's Bidi_Control: marks, embeddings, overrides, isolates."""
_UNSEEN: Final = "\u00ad\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
"""Soft hyphen, zero-width space, word joiner, deprecated and tag characters."""
_STRIPPED: Final = re.compile(f"[{_BIDI}{_UNSEEN}]")
_JOINERS: Final = "\u200c\u200d"
"""ZWNJ and ZWJ are letters' business in Uyghur, Persian, Kazakh Arabic script and emoji: kept."""
_LIKE_NOTHING: Final = re.compile(
    f"[{_JOINERS}\\s\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f"
    "\uffa0\U000e0100-\U000e01ef]*"
)
"""Fillers, variation selectors and the like: at home beside a letter, alone nothing to see."""
_LINE_ENDS: Final = re.compile("\r\n|[\n\r\u0085\u2028\u2029]")
_ODD: Final = re.compile(
    f"[{_BIDI}{_UNSEEN}\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr((plane << 16) + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Whatever `tidy` has to look at more closely, but letters that are not composed."""
_BLANK: Final = re.compile(r"\s+")
_MAX_GROWTH: Final = 4
MOST_MARKS: Final = 30
"""Combining marks in a row (UAX #15, Stream-Safe Text Format); no script has a use for so many."""
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")


def clean(text: str, *, max_chars: int, multiline: bool = False, allow_empty: bool = False) -> str:
    """The text as it is kept: NFC, no bidi controls, no invisible characters but ZWNJ and ZWJ.

    Of more than thirty combining marks in a row the rest is left out. Line ends become "\\n" if
    `multiline`, else a space; blanks at the ends go. Length counts code points of the result.
    Raises `TextRefused` with code `too_long`, `control` or `empty`.
    """
    if len(text) > _MAX_GROWTH * max_chars + 1000:
        raise TextRefused("too_long")  # before any work on it
    text = _nfc(_STRIPPED.sub("", text))
    text = _LINE_ENDS.sub("\n", text)
    if any(_is_control(character) for character in text):
        raise TextRefused("control")
    text = (text if multiline else _BLANK.sub(" ", text)).strip()
    if len(text) > max_chars:
        raise TextRefused("too_long")
    if is_blank(text):
        if not allow_empty:
            raise TextRefused("empty")
        return ""
    return text


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in it: no name, no answer."""
    return _LIKE_NOTHING.fullmatch(_STRIPPED.sub("", text)) is not None


def tidy(value: Any) -> Any:
    """A JSON value with every text in it fit to be kept: as `clean` makes it, without its limits.

    Never raises: what cannot be kept of a text is left out. What is fit already stays as it is.
    """
    if isinstance(value, str):
        return _tidied(value)
    if isinstance(value, dict):
        return {tidy(key): tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    return value


def is_plain(text: str) -> bool:
    """Whether a value written as JSON (unescaped) holds nothing that `tidy` would look at.

    Signs that it would are not ASCII, or not printable, or escaped. Nearly all that a clock writes.
    """
    return text.isascii() and text.isprintable() and "\\" not in text


def _tidied(text: str) -> str:
    if text.isascii() and text.isprintable():  # nearly all that a clock writes, in no time
        return text
    odd = _ODD.search(text) is not None
    if not odd and without_heaps(text) == text and unicodedata.is_normalized("NFC", text):
        return text
    text = _LINE_ENDS.sub("\n", _STRIPPED.sub("", text))
    return _nfc("".join(c for c in text if not _is_control(c)))


def without_heaps(text: str) -> str:
    """The text, of each heap of combining marks the first thirty only.

    Normalising puts a heap's marks in order, which takes the square of its length: without this,
    one field full of marks keeps a processor busy for seconds (S11). Marks are counted as
    compatibility decomposition shows them, so every normal form of the result is as harmless.
    """
    if text.isascii():
        return text
    kept: list[str] = []
    heap = 0
    for character in text:
        if character < "\u00a8":  # the first character that decomposition changes
            heap = 0
        else:
            leading, trailing, whole = _marks(character)
            if leading and heap + leading > MOST_MARKS:
                continue
            heap = heap + leading if whole else trailing
        kept.append(character)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _marks(character: str) -> tuple[int, int, bool]:
    """How many marks its decomposition begins with, ends with, and whether it is marks alone."""
    marks = [bool(unicodedata.combining(c)) for c in unicodedata.normalize("NFKD", character)]
    if all(marks):
        return len(marks), len(marks), True
    return marks.index(False), marks[::-1].index(False), False


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", without_heaps(text))


def one_line(text: str) -> str:
    """The text without bidi controls and control characters, blanks as single spaces. Never raises.

    For logs and subjects: nothing in it can begin a new line.
    """
    text = _BLANK.sub(" ", _LINE_ENDS.sub(" ", _STRIPPED.sub("", text)))
    return "".join(c for c in text if not _is_control(c)).strip()


def csv_cell(value: object) -> str:
    """The value as a spreadsheet cell that is never read as a formula (OWASP, CSV injection).

    A text that begins like one, blanks and invisible characters aside, gets an apostrophe; numbers
    keep their sign; None is empty. Write with every cell quoted.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = str(value).replace("\0", "")
    bare = _STRIPPED.sub("", text).lstrip(" \u00a0\u3000" + _JOINERS)
    return "'" + text if bare.startswith(_FORMULA) else text


def header_safe(value: str) -> str:
    """The value unchanged. Raises `TextRefused("line_break")` if it could begin another header.

    Refuses CR, LF, every other control character and Unicode's line ends.
    """
    if value.isascii() and value.isprintable():  # nearly all that stands in a header
        return value
    if _LINE_ENDS.search(value) or any(_is_control(c) or c == "\t" for c in value):
        raise TextRefused("line_break")
    return value


_NOT_IN_ADDRESSES = frozenset(',;:<>"()[]\\ ')


def mail_address(address: str) -> str:
    """One address in ASCII, its domain as IDNA: no second recipient can hide in it.

    Raises TextRefused or ValueError for anything else.
    """
    local, at, domain = header_safe(address).rpartition("@")
    if not (local and at and domain) or not _NOT_IN_ADDRESSES.isdisjoint(address):
        raise ValueError("this is no mail address")
    local.encode("ascii")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def ascii_digits(text: str) -> str:
    """Decimal digits of every script as 0-9; the rest unchanged."""
    return "".join(
        character if (digit := unicodedata.decimal(character, None)) is None else str(digit)
        for character in text
    )


def _is_control(character: str) -> bool:
    """Cc but tab and line feed, lone surrogates, noncharacters."""
    if character in "\n\t":
        return False
    point = ord(character)
    return (
        unicodedata.category(character) in ("Cc", "Cs")
        or 0xFDD0 <= point <= 0xFDEF
        or point & 0xFFFE == 0xFFFE
    )
