"""Reading JSON objects member by member, so that a refusal names the wrong member's path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from tracker.domain.contact import ContactClass
from tracker.domain.edtf import Days, parse_edtf
from tracker.domain.errors import MalformedDocument, Refused
from tracker.domain.moments import parse_instant, zone

Value = TypeVar("Value")
Reader = Callable[[Any, str], Value]
"""Takes a raw JSON value and its path; answers with the value or raises MalformedDocument."""


class Members:
    """The members of one JSON object; unknown and missing ones are refused at once."""

    def __init__(
        self,
        raw: object,
        path: str,
        *,
        required: set[str],
        optional: set[str] | None = None,
    ) -> None:
        if not isinstance(raw, dict):
            raise MalformedDocument(path, "write an object here, in braces.")
        self._raw: dict[str, Any] = raw
        self._path = path
        known = required | (optional or set())
        for name in raw:
            if name not in known:
                raise MalformedDocument(
                    self.path(name),
                    f"there is no such member; use {', '.join(sorted(known))}.",
                )
        for name in sorted(required):
            if name not in raw:
                raise MalformedDocument(self.path(name), "this member is missing; add it.")

    def path(self, name: str) -> str:
        """The path of a member of this object."""
        return f"{self._path}.{name}" if self._path else name

    def has(self, name: str) -> bool:
        """Whether the member is there and not null."""
        return self._raw.get(name) is not None

    def value(self, name: str) -> Any:
        """The raw value of a member; None where it is absent."""
        return self._raw.get(name)

    def need(self, name: str, read: Reader[Value]) -> Value:
        """A member that has to be there."""
        return read(self._raw[name], self.path(name))

    def get(self, name: str, read: Reader[Value]) -> Value | None:
        """A member that may be absent or null."""
        return read(self._raw[name], self.path(name)) if self.has(name) else None

    def items(self, name: str) -> Iterator[tuple[Any, str]]:
        """The items of a list member with their paths; nothing where it is absent."""
        raw = self._raw.get(name, [])
        if not isinstance(raw, list):
            raise MalformedDocument(self.path(name), "write a list here, in brackets.")
        for index, item in enumerate(raw):
            yield item, f"{self.path(name)}[{index}]"

    def texts(self, name: str) -> tuple[str, ...]:
        """A list member of different texts."""
        found: list[str] = []
        for raw, path in self.items(name):
            value = text(raw, path)
            if value in found:
                raise MalformedDocument(path, f"{value} stands here twice; remove one.")
            found.append(value)
        return tuple(found)


def text(raw: Any, path: str) -> str:
    """A text that is not empty."""
    if not isinstance(raw, str) or not raw.strip():
        raise MalformedDocument(path, "write a text here, in quotes, not empty.")
    if any("\ud800" <= character <= "\udfff" for character in raw):
        raise MalformedDocument(path, "this holds half a character (a lone surrogate); retype it.")
    return raw


def flag(raw: Any, path: str) -> bool:
    """true or false."""
    if not isinstance(raw, bool):
        raise MalformedDocument(path, "write true or false.")
    return raw


def whole(least: int, most: int) -> Reader[int]:
    """A whole number between bounds, both inclusive."""

    def read(raw: Any, path: str) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
            raise MalformedDocument(path, f"write a whole number from {least} to {most}.")
        return raw

    return read


def one_of(*allowed: str) -> Reader[str]:
    """One of a closed list of texts."""

    def read(raw: Any, path: str) -> str:
        if text(raw, path) not in allowed:
            raise MalformedDocument(path, f"use one of {', '.join(allowed)}.")
        return str(raw)

    return read


def parsed(parse: Callable[[str], Value]) -> Reader[Value]:
    """A text put through a parser that raises ValueError or Refused with a clause."""

    def read(raw: Any, path: str) -> Value:
        try:
            return parse(text(raw, path))
        except MalformedDocument:
            raise
        except (ValueError, OverflowError, Refused) as error:
            raise MalformedDocument(path, str(error)) from error

    return read


def _zone_name(name: str) -> str:
    zone(name)
    return name


def _entered(text: str) -> datetime:
    moment = parse_instant(text)
    if not 2 <= moment.year <= 9998:
        raise ValueError("write a year from 0002 to 9998")  # every zone has a calendar day there
    return moment


days: Reader[Days] = parsed(parse_edtf)
instant: Reader[datetime] = parsed(parse_instant)
entered: Reader[datetime] = parsed(_entered)
zone_name: Reader[str] = parsed(_zone_name)


def contact_class(raw: Any, path: str) -> ContactClass:
    """One of the classes of contact."""
    return ContactClass(one_of(*ContactClass)(raw, path))
