"""What was answered, in words, with a link to change each."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from tracker.i18n.dates import list_text
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.web import told_dates
from tracker.web.family import questions, words
from tracker.web.family.answers import Answers
from tracker.web.family.compiling import told_date

Row = dict[str, Any]


def rows(given: Answers) -> list[Row]:
    """One row a question that was asked; what was not answered says so."""
    values = {key: _value(key, given) for key in questions.asked(given)}
    return [
        {"key": titles()[key], "value": value or "", "url": f"/report/{key}"}
        for key, value in values.items()
    ]


def titles() -> dict[str, str]:
    """Short names of the questions."""
    return {
        "relation": _("You are to the person"),
        "names": _("Names"),
        "held": _("Held since"),
        "place": _("Where and by whom"),
        "heard": _("Last heard"),
        "seen": _("Last seen"),
        "means": _("How you heard"),
        "freely": _("Could speak freely"),
        "through": _("Who told it"),
        "rhythm": _("How often before"),
        "stopped": _("What stopped"),
        "needs": _("Children and needs"),
        "more": _("Anything else"),
        "pictures": _("Photos of letters"),
        "reach": _("May we contact you"),
        "consents": _("What may be shared"),
    }


def _value(key: str, given: Answers) -> str | Markup:
    fields = given.get(key, {})
    if fields.get("dont_know"):
        return _("You do not know")
    match key:
        case "relation":
            label = words.label(words.relations(), fields.get("relation"))
            return _lines([label, fields.get("relation_other")])
        case "names":
            names = [fields.get(f"name_{n}") for n in range(1, questions.MOST_NAMES + 1)]
            return _lines([*names, fields.get("description")])
        case "held" | "heard" | "seen":
            return _date(key, given)
        case "means":
            return words.label(words.means(), fields.get("means"))
        case "freely":
            staged = words.label(words.yes_no(), fields.get("staged"))
            return _lines(
                [
                    words.label(words.yes_no(), fields.get("freely")),
                    _("Staged, or told what to say: %(answer)s", answer=staged),
                    fields.get("said"),
                ]
            )
        case "rhythm":
            label = words.label(words.rhythms(), fields.get("rhythm"))
            return _lines([label, fields.get("rhythm_words")])
        case "stopped":
            labels = [words.label(words.stopped(), code) for code in fields.get("stopped", ())]
            return _lines([*labels, fields.get("stopped_words")])
        case "pictures":
            n = int(fields.get("count", 0))
            return ngettext("%(n)s photo", "%(n)s photos", n) if n else _("None")
        case "reach":
            return _reach(fields)
        case "consents":
            return _consents(fields)
        case _:
            return _lines([value for value in fields.values() if isinstance(value, str)])


def _date(key: str, given: Answers) -> str | Markup:
    if given[key].get("same"):
        return _("Then too")
    told = told_date(given, key)
    if told is None:
        return ""
    when = told_dates.understood(told) or _("You do not know the date")
    return _lines([when, told.words, *told_dates.remarks(told)])


def _reach(fields: dict[str, Any]) -> str | Markup:
    lines = [fields.get("called")]
    if fields.get("reach") == "yes":
        lines += [fields.get(name) for name in ("phone", "email", "other_way", "times")]
    else:
        lines.append(_("Never"))
    if fields.get("protected"):
        lines.append(_("In danger: only your caseworker may do it"))
    return _lines(lines)


def _consents(fields: dict[str, Any]) -> str:
    allowed = [label for code, label, _why in words.consents() if code in fields["consents"]]
    return list_text(allowed) if allowed else _("Nothing is shared")


def _lines(lines: list[str | None]) -> Markup:
    """What was written, a line each, each in its own direction."""
    return Markup("<br>").join(
        Markup("<bdi>{}</bdi>").format(escape(line)) for line in lines if line
    )
