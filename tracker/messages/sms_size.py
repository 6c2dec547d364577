"""How many parts a text message takes: GSM 03.38 or UCS-2 (3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

from math import ceil

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

GSM_ALONE, GSM_PART = 160, 153
UCS2_ALONE, UCS2_PART = 70, 67


def is_gsm(text: str) -> bool:
    """Whether every character is in the GSM 7-bit alphabet or its extension table."""
    return all(sign in _BASIC or sign in _EXTENDED for sign in text)


def units(text: str) -> int:
    """Septets in GSM 7-bit (an extended character takes two), else UTF-16 code units."""
    if is_gsm(text):
        return len(text) + sum(sign in _EXTENDED for sign in text)
    return len(text.encode("utf-16-be")) // 2


def segments(text: str) -> int:
    """How many parts the text is sent in."""
    alone, part = (GSM_ALONE, GSM_PART) if is_gsm(text) else (UCS2_ALONE, UCS2_PART)
    size = units(text)
    return 1 if size <= alone else ceil(size / part)
