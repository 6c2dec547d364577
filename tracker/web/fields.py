"""Reading what a form sent: cleaned text, choices, numbers, dates; a sentence for each fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final

from werkzeug.datastructures import MultiDict

from tracker.domain.errors import Refused
from tracker.domain.moments import at_local, parse_instant, zone
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.security.errors import TextRefused
from tracker.security.text import ascii_digits, clean

LINE: Final = 200
"""Characters of a one-line field unless it says otherwise."""

_EMAIL = re.compile(r"[^@\s<>\"(),:;]{1,64}@[^@\s<>\"(),:;.]+(\.[^@\s<>\"(),:;.]+)+")


class Form:
    """One form as it was sent.

    Each reader returns the value, or None (text: "") and a sentence in `errors`, in the order in
    which the fields were read. `raw` gives the fields back to the page as they were typed.
    """

    def __init__(self, sent: MultiDict[str, str]) -> None:
        self.raw: Mapping[str, str] = sent
        self._sent = sent
        self.errors: dict[str, str] = {}
        self._read: set[str] = set()

    def __bool__(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.errors

    def without(self, names: Collection[str]) -> Form:
        """As it was sent, but for some fields."""
        kept = ((name, value) for name, value in self._sent.items(multi=True) if name not in names)
        return Form(MultiDict(kept))

    def as_sent(self) -> MultiDict[str, str]:
        """All fields, as they were typed."""
        return self._sent

    def as_read(self) -> MultiDict[str, str]:
        """The fields that were read, as they were typed; what else was sent is not among them."""
        return MultiDict(pair for pair in self._sent.items(multi=True) if pair[0] in self._read)

    def _named(self, name: str) -> str:
        self._read.add(name)
        return name

    def _get(self, name: str) -> str:
        return self._sent.get(self._named(name), "")

    def fail(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field; the first sentence stays. "" is the form as a whole."""
        self.errors.setdefault(name, sentence)

    def text(
        self, name: str, *, required: str = "", longest: int = LINE, lines: bool = False
    ) -> str:
        """Cleaned text (S16). `required` is the sentence for an empty field."""
        try:
            value = clean(self._get(name), max_chars=longest, multiline=lines, allow_empty=True)
        except TextRefused as refused:
            self.fail(name, _too_long(longest) if refused.code == "too_long" else _unreadable())
            return ""
        if not value and required:
            self.fail(name, required)
        return value

    def secret(self, name: str, *, required: str = "") -> str:
        """A password or code exactly as typed."""
        value = self._get(name)
        if not value and required:
            self.fail(name, required)
        return value

    def email(self, name: str, *, required: str = "") -> str:
        """An address with an @ and a dotted host; whether it exists only a mail can tell."""
        value = self.text(name, required=required, longest=254)
        if value and not _EMAIL.fullmatch(value):
            self.fail(name, _("Write the whole e-mail address, as name@example.org."))
            return ""
        return value

    def choice(self, name: str, allowed: Collection[str], *, required: str = "") -> str | None:
        """One of the allowed values; None when nothing, or something else, was chosen."""
        value = self._get(name)
        if value in allowed:
            return value
        if value or required:
            self.fail(name, required or _("Choose one of the answers."))
        return None

    def choices(self, name: str, allowed: Collection[str], *, required: str = "") -> list[str]:
        """All chosen values, in the order sent, each once."""
        values = list(dict.fromkeys(self._sent.getlist(self._named(name))))
        if any(value not in allowed for value in values):
            self.fail(name, _("Choose from the answers offered."))
            return []
        if not values and required:
            self.fail(name, required)
        return values

    def checked(self, name: str) -> bool:
        """Whether a checkbox was ticked."""
        return bool(self._get(name))

    def number(
        self, name: str, *, least: int = 0, most: int = 1_000_000, required: str = ""
    ) -> int | None:
        """A whole number, in the digits of any script."""
        value = ascii_digits(self.text(name, required=required, longest=20))
        if not value:
            return None
        if not re.fullmatch(r"-?[0-9]{1,12}", value) or not least <= int(value) <= most:
            self.fail(
                name, _("Write a whole number from %(least)s to %(most)s.", least=least, most=most)
            )
            return None
        return int(value)

    def date(self, name: str, *, required: str = "") -> date | None:
        """A day as `<input type=date>` sends it."""
        value = self.text(name, required=required, longest=20)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.fail(name, _("Write the date as year, month, day: 2026-03-21."))
            return None

    def zone(self, name: str) -> str:
        """The name of a time zone that there is."""
        value = self.text(name, required=_("Name a time zone, as Asia/Almaty."))
        if value:
            try:
                zone(value)
            except Refused:
                self.fail(name, _("There is no such time zone. Name one, as Asia/Almaty."))
        return value

    def shown_at(self, name: str, now: datetime) -> datetime:
        """When the page was made from which this was sent, as its hidden field says."""
        try:
            return min(parse_instant(self._get(name)), now)
        except (ValueError, OverflowError):
            return now

    def instant(self, name: str, zone_name: str, *, required: str = "") -> datetime | None:
        """A local time as `<input type=datetime-local>` sends it, in UTC.

        A time that comes twice is the first, one that does not exist moves on (clock.md R4).
        """
        value = self.text(name, required=required, longest=30)
        if not value:
            return None
        try:
            local = datetime.fromisoformat(value)
            if local.tzinfo is not None:
                raise ValueError
        except ValueError:
            self.fail(name, _("Write date and time as 2026-03-21 09:00."))
            return None
        return at_local(local.date(), local.time(), zone(zone_name))


def _too_long(longest: int) -> str:
    return ngettext("Write at most %(n)s character.", "Write at most %(n)s characters.", longest)


def _unreadable() -> str:
    return _("This holds characters that cannot be read. Type it anew.")
