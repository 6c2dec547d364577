"""What ``tracker/i18n/glossary.toml`` asks of a translation, said by scripts/translations check."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tracker import i18n

FILE = Path(i18n.__file__).parent / "glossary.toml"


@dataclass(frozen=True)
class Term:
    """A thing, and its one word in each language."""

    name: str
    means: str
    """What the thing is, for a translator."""
    english: re.Pattern[str]
    words: dict[str, re.Pattern[str]]
    """Language -> the word, without the endings that grammar gives it."""


@dataclass(frozen=True)
class Unwanted:
    """What a language does not say here."""

    language: str
    words: re.Pattern[str]
    say: str
    """What is said instead."""


@cache
def terms() -> tuple[Term, ...]:
    """Every term, in the order of the file."""
    return tuple(
        Term(
            name, entry.pop("means"), _pattern(rf"\b(?:{entry.pop('english')})\b"),
            {code: _pattern(word) for code, word in entry.items()},
        )
        for name, entry in _document()["term"].items()
    )  # fmt: skip


@cache
def unwanted() -> tuple[Unwanted, ...]:
    """Everything that a language does not say."""
    return tuple(
        Unwanted(entry["language"], _pattern(entry["words"]), entry["say"])
        for entry in _document()["never"]
    )


def word_faults(code: str, english: str, translation: str) -> Iterator[str]:
    """What the glossary finds wrong with one string of a language, a sentence each."""
    for term in terms():
        word = term.words[code]
        if term.english.search(english) and not word.search(translation):
            yield f"{term.name} is {word.pattern!r} in the glossary: {translation!r}"
    for one in unwanted():
        found = one.words.search(translation) if one.language == code else None
        if found:
            yield f"not {found[0]!r} but {one.say}: {translation!r}"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _document() -> dict[str, dict]:  # type: ignore[type-arg]
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
