"""A person chosen among colleagues: from a list, or where there are many by their name.

A list of hundreds helps nobody who looks for one, and every page that holds it is the slower. So
with more than `LISTED` people the field takes a name, or a part of it; where several bear that, the
form asks which. No script is needed for either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Response, request

from tracker.i18n.words import gettext as _
from tracker.testimony.names import LIKELY, NameIndex
from tracker.web.fields import Form
from tracker.web.pages import form_page

LISTED: Final = 50
"""So many people can be chosen from a list."""

WAS: Final = "-was"
"""Ends the name of a hidden field: who was chosen when the page was made, and need not be looked
for, should two people have one name."""

ONE: Final = "-one"
"""Ends the name of the list that stands below a name that only sounds like somebody's."""

_BETWEEN: Final = re.compile(r"[\s\-\u2010\u2011]+")
"""Spaces and hyphens."""

People = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """What the field shows: people to choose from, or None where a name is typed. `value` is an id
    in the one case, a name in the other; `was` the id that stands behind it, or ""; `alike` are
    people whose name only sounds like it, to be chosen from, where it is not written anew."""

    listed: People | None
    value: str
    was: str = ""
    alike: People = ()


def field(people: People, chosen: str | None = None, typed: str | None = None) -> Field:
    """The field for these people (id, name), empty, with who is chosen now, or as it was sent.

    Who is chosen now but is none of them any more is not shown, as in a list.
    """
    sent = typed if typed is not None else chosen or ""
    names = dict(people)
    if len(people) <= LISTED:
        return Field(people, sent)
    if sent in names:
        return Field(None, names[sent], sent)
    if typed is None:
        return Field(None, "")
    called, written = _called(people, sent)
    if not 0 < len(called) <= LISTED:
        return Field(None, sent)
    if not written:
        return Field(None, sent, alike=called)
    return Field(called, "") if len(called) > 1 else Field(None, sent)


def read(form: Form, name: str, people: People, *, required: str = "") -> str | None:
    """The id of whom the form names; None when it names nobody, or not one, which the form says."""
    names, sent = dict(people), form.raw.get(name, "").strip()
    if len(people) <= LISTED or not sent or sent in names:
        return form.choice(name, names, required=required)
    was = form.raw.get(name + WAS, "")
    typed = form.text(name)
    if names.get(was) == typed:
        return was
    called, written = _called(people, typed)
    if len(called) == 1 and written:
        return called[0][0]
    one = form.raw.get(name + ONE, "")
    if not written and one in dict(called):
        return one
    if not written and 0 < len(called) <= LISTED:
        form.fail(
            name,
            _(
                "Nobody’s name is written like that. If it is somebody whose name sounds like it, "
                "choose them below; else write the name in another way."
            ),
        )
    elif 1 < len(called) <= LISTED:
        form.fail(name, _("Several people are called that. Choose one."))
    elif called:
        form.fail(name, _("Many people are called that. Write more of the name."))
    else:
        form.fail(name, _("Nobody to choose from is called that. A part of the name is enough."))
    return None


def which_person(
    form: Form,
    name: str,
    people: People,
    *,
    heading: str,
    back: tuple[str, str],
    label: str,
    button: str,
    empty: str = "",
    kept: Mapping[str, str] | None = None,
) -> Response:
    """The page that asks which person is meant, where `read` found none. `back` is an address and
    its name, `empty` stands for nobody, `kept` is what else was sent."""
    return form_page(
        "layouts/which_person.html",
        form.errors,
        heading=heading,
        back=back,
        action=request.path,
        kept=kept or {},
        name=name,
        label=label,
        field=field(people, typed=form.raw.get(name)),
        empty=empty or _("Choose"),
        button=button,
    )


def _called(people: People, typed: str) -> tuple[list[tuple[str, str]], bool]:
    """Those who bear exactly this name; else those whose name has, for each word that was typed,
    one that begins so, and those whose name sounds so, in any script ("Aigul" is "Айгүл").

    Letters are compared without their marks and dots ("ibrahim" is "İbrahim"), and each part of a
    double name counts. Whoever sounds alike is asked about, never passed over, nor taken unasked
    ("Aidar" is not "Haidar"): cases would be another's to see. So it is told beside them whether
    any of their names is written as typed.
    """
    wanted = _words(typed)
    if not wanted:
        return [], False
    words = [(each, _words(each[1])) for each in people]
    if same := [each for each, name in words if name == wanted]:
        return same, True
    begun = {
        each[0]
        for each, name in words
        if all(any(word.startswith(part) for word in name) for part in wanted)
    }
    heard = NameIndex(people).search(typed, len(people))
    alike = {person_id for person_id, score, _name in heard if score >= LIKELY}
    return [each for each in people if each[0] in begun | alike], bool(begun)


def _words(name: str) -> list[str]:
    """The words of a name, as they are compared."""
    apart = unicodedata.normalize("NFD", name.casefold())
    plain = "".join(each for each in apart if not unicodedata.combining(each))
    return [word for word in _BETWEEN.split(plain.replace("ı", "i")) if word]
