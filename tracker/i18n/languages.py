"""The languages we speak, and which of them to speak to somebody."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from babel import Locale


@dataclass(frozen=True)
class Language:
    """One language of the product."""

    code: str
    """As in file names, settings and the database: ``zh_Hans``."""
    own_name: str
    direction: Literal["ltr", "rtl"]
    tag: str
    """For ``<html lang>`` and Content-Language (BCP 47): ``zh-Hans``."""
    cldr: str
    """The CLDR locale whose dates and numbers we write."""

    @property
    def locale(self) -> Locale:
        """Babel's locale."""
        return Locale.parse(self.cldr)


LANGUAGES = {
    language.code: language
    for language in (
        Language("en", "English", "ltr", "en", "en_GB"),
        Language("kk", "Қазақша", "ltr", "kk", "kk"),
        Language("ug", "ئۇيغۇرچە", "rtl", "ug", "ug"),
        Language("ru", "Русский", "ltr", "ru", "ru"),
        Language("zh_Hans", "简体中文", "ltr", "zh-Hans", "zh_Hans"),
        Language("tr", "Türkçe", "ltr", "tr", "tr"),
    )
}
"""Code -> language, in the order in which the choice is offered."""

SOURCE = "en"
"""The language the words are written in first, and shown in where a translation is missing."""

ALIASES = {
    "eng": "en",
    "kaz": "kk",
    "uig": "ug",
    "rus": "ru",
    "tur": "tr",
    "zh": "zh_Hans",
    "zho": "zh_Hans",
    "cmn": "zh_Hans",
    "yue": "zh_Hans",
}
"""Other names of a language."""

INSTEAD = {"ky": "ru", "uz": "ru"}
"""Languages we do not speak -> the one of ours that most of those who set them read: Russian is an
official language of Kyrgyzstan and learnt at school in both countries. Kazakh is nearer to Kyrgyz
in speech, but who has not learnt it does not read a form in it with certainty. It is our guess: a
language of ours that the reader names, however low, is their own word and comes before it. English
is no such word: browsers add it unasked."""

LONGEST_HEADER = 1_000
_QUALITY = re.compile(r"\s*q\s*=\s*(0(\.\d{0,3})?|1(\.0{0,3})?)\s*", re.IGNORECASE | re.ASCII)


@lru_cache(maxsize=256)
def known(text: str | None) -> str | None:
    """Our code for a language tag, however written (``zh-CN``, ``zh_Hans``, ``KK-kz``), or None."""
    if not text:
        return None
    tag = text.strip().replace("_", "-").lower()
    if not re.fullmatch(r"[a-z]{2,8}(-[a-z0-9]{1,8})*", tag):
        return None
    for language in LANGUAGES.values():
        if tag == language.tag.lower():
            return language.code
    primary = tag.partition("-")[0]
    return primary if primary in LANGUAGES else ALIASES.get(primary) or INSTEAD.get(primary)


def negotiate(
    explicit: str | None,
    saved: str | None,
    accept_language: str | None,
    default: str = SOURCE,
) -> str:
    """The code of the language to speak: asked for, else chosen before, else the browser's.

    What makes no sense is passed over; nothing that a stranger sends raises an error.
    """
    for text in (explicit, saved):
        if code := known(text):
            return code
    spoken = [tag for tag in _by_preference(accept_language or "") if known(tag)]
    if spoken and _is_guess(spoken[0]):
        theirs = (tag for tag in spoken if not _is_guess(tag) and known(tag) != SOURCE)
        return known(next(theirs, spoken[0])) or SOURCE
    return known(spoken[0] if spoken else default) or SOURCE


@cache
def _by_name() -> dict[str, str]:
    return {
        str(name).casefold(): code
        for code, language in LANGUAGES.items()
        for name in (
            language.own_name,
            *(other.locale.languages.get(language.locale.language) for other in LANGUAGES.values()),
        )
        if name
    }


def called(name: str) -> str | None:
    """Our code for a language by its name, in any of our languages, or None."""
    return _by_name().get(name.strip().casefold())


def _is_guess(tag: str) -> bool:
    return tag.replace("_", "-").lower().partition("-")[0] in INSTEAD


def _by_preference(header: str) -> list[str]:
    """The tags of an Accept-Language header (RFC 9110, 12.5.4), best first, no refused ones."""
    weighed = []
    for item in header[:LONGEST_HEADER].split(","):
        tag, semicolon, parameter = item.partition(";")
        quality = _QUALITY.fullmatch(parameter)
        if semicolon and not quality:
            continue
        weight = float(quality[1]) if quality else 1.0
        if weight > 0:
            weighed.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]
