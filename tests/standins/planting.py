"""Unique words planted in every field that takes words, and the search for them afterwards (S1).

Every word begins with one mark, so that a file is searched once for all of them; the mark is looked
for in the encodings in which text lies about.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

MARK = "qzxkvjwhtpfb"
STAFF_PHONE, TOLD_PHONE = "+7702666", "+7701555"
DAY = "1997-03-17"
"""The day of a contact, which nothing else has."""
MEANS = "red_cross"
"""The means of that contact, as it is kept."""


@dataclass
class Field:
    """One control of a form."""

    name: str
    kind: str
    value: str = ""
    numeric: bool = False
    chosen: bool = True
    options: list[str] = field(default_factory=list)

    @property
    def takes_words(self) -> bool:
        """Whether somebody types text of their own here."""
        return self.kind in ("text", "textarea", "email", "tel", "search") and not self.numeric


@dataclass
class Filled:
    """A form of a page: where it goes, and its fields."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Filled] = []
        self._select: Field | None = None
        self._text: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Filled(a.get("action", ""), a.get("method", "get").lower()))
        if not self.found or ("name" not in a and tag != "option"):
            return
        fields = self.found[-1].fields
        if tag == "input":
            kind = a.get("type", "text")
            chosen = "checked" in a or kind not in ("radio", "checkbox")
            numeric = a.get("inputmode") == "numeric"
            fields.append(Field(a["name"], kind, a.get("value", ""), numeric, chosen))
        elif tag == "textarea":
            self._text = Field(a["name"], "textarea")
            fields.append(self._text)
        elif tag == "select":
            self._select = Field(a["name"], "select")
            fields.append(self._select)
        elif tag == "option" and self._select is not None:
            self._select.options.append(a.get("value", ""))
            if "selected" in a:
                self._select.value = a.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data.lstrip("\n")


def forms(html: str) -> list[Filled]:
    """The forms of a page, in order."""
    parser = _Forms()
    parser.feed(html)
    return parser.found


@dataclass
class Planter:
    """Fills in forms as a browser does, with a word of its own in each field that takes words."""

    planted: dict[str, str] = field(default_factory=dict)
    """Word -> the rule and field it was typed into."""
    fields: set[tuple[str, str]] = field(default_factory=set)

    def word(self, where: str) -> str:
        """A new word."""
        number = len(self.planted)
        letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        word = f"{MARK}{letters}"
        self.planted[word] = where
        return word

    def typed(self, where: str, one: Field, phone: str) -> str:
        """What is typed into a field."""
        if one.kind == "tel" or one.name == "phone":
            number = f"{phone}{1000 + len(self.planted)}"
            self.planted[number[1:]] = where
            return number
        word = self.word(where)
        return f"{word}@example.org" if one.kind == "email" else word

    def send(
        self,
        browser: FlaskClient,
        page: str,
        action: str = "",
        *,
        phone: str = TOLD_PHONE,
        keep: tuple[str, ...] = (),
        expect: int = 303,
        having: str = "",
        **given: Any,
    ) -> TestResponse:
        """Fill in the form of a page that goes to `action` (and has a field `having`), and send it.

        `given` are choices, and texts that must be of a form; `keep` are fields left as they are.
        """
        shown = browser.get(page, follow_redirects=True)
        assert shown.status_code == 200, f"{page}: {shown.status}"
        return self.resend(
            browser, shown, page, action,
            phone=phone, keep=keep, expect=expect, having=having, **given,
        )  # fmt: skip

    def resend(
        self,
        browser: FlaskClient,
        shown: TestResponse,
        page: str,
        action: str = "",
        *,
        phone: str = TOLD_PHONE,
        keep: tuple[str, ...] = (),
        expect: int = 303,
        having: str = "",
        **given: Any,
    ) -> TestResponse:
        """As `send`, the page being there already."""
        at = action or page
        here = [one for one in forms(shown.text) if one.method == "post"]
        fits = [one for one in here if (one.action or page) == at]
        if having:
            fits = [one for one in fits if having in {each.name for each in one.fields}]
        assert fits, f"no form of {page} goes to {at}: {[one.action for one in here]}"
        data: dict[str, Any] = {}
        for one in fits[0].fields:
            where = f"{kind_of(at)} {one.name}"
            if one.name in given:
                continue
            if one.takes_words and one.name not in keep:
                self.fields.add((kind_of(at), one.name))
                data[one.name] = self.typed(where, one, phone)
            elif one.kind == "select":
                data[one.name] = one.value or next(iter(one.options), "")
            elif one.kind in ("radio", "checkbox"):
                if one.chosen:
                    data.setdefault(one.name, []).append(one.value)
            elif one.kind not in ("submit", "password", "file"):
                data[one.name] = one.value
        answer = browser.post(at, data=data | given)
        assert answer.status_code == expect, (
            f"{at}: {answer.status} {answer.location}\n{_errors(answer.text)}"
        )
        return answer


def kind_of(address: str) -> str:
    """What kind of page an address is of: references and ids are all the same."""
    path = address.partition("?")[0]
    return re.sub(r"/(?=[^/]*\d)[\w.~-]{5,}|/[A-Z0-9]{6}\b", "/*", path)


def _errors(page: str) -> str:
    return "\n".join(re.findall(r"error-(?:summary|message)[^>]*>(.{0,400})", page, re.DOTALL))


def disguises(text: str) -> Mapping[str, bytes]:
    """How text may lie in a file: as it is, in capitals, or encoded."""
    plain = text.encode()
    found = {
        "plain": plain,
        "capitals": text.upper().encode(),
        "utf-16": text.encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "backwards": plain[::-1],
    }
    for shift in range(3):  # base64 looks different at each of three places
        coded = base64.b64encode(b"\0" * shift + plain)
        start, end = -(-shift * 8 // 6), (shift + len(plain)) * 8 // 6
        found[f"base64 at {shift}"] = coded[start:end]
    return found


SOUGHT = {
    f"{what}, {name}": pattern
    for what, text in {
        "a word": MARK,
        "a family's number": TOLD_PHONE[1:],
        "a member of staff's number": STAFF_PHONE[1:],
        "the day of a contact": DAY,
        "the means of a contact": MEANS,
    }.items()
    for name, pattern in disguises(text).items()
}


def hits(content: bytes, planted: Mapping[str, str]) -> Iterator[str]:
    """What of all that was planted stands in some bytes: how, and where it was typed."""
    for name, pattern in SOUGHT.items():
        at = content.find(pattern)
        while at >= 0:
            around = content[at : at + 40]
            word = re.match(rb"[a-z0-9]+", around)
            where = planted.get(word[0].decode(), "") if word else ""
            yield f"{name}: {where!r}" if where else f"{name}: {around!r}"
            at = content.find(pattern, at + len(pattern))
