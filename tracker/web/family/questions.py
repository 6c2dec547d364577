"""The questions, one a page: when each is asked, and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tracker.domain.means import FIRST_HAND, Means
from tracker.i18n.words import gettext as _
from tracker.i18n.words import spoken
from tracker.web import told_dates
from tracker.web.family import words
from tracker.web.family.answers import Answers
from tracker.web.family.reaching import read_reach
from tracker.web.fields import Form

MOST_NAMES: Final = 12
LONG: Final = 3_000
PART: Final = 40
"""Characters of a chosen or numeric part of a date."""

DATES: Final = {"held": "held", "heard": "last", "seen": "seen"}
"""Questions about a date, with the name of their fields."""

Kept = dict[str, Any]
Read = Callable[[Form, date], Kept]


@dataclass(frozen=True, slots=True)
class Question:
    """One page. `asked` says whether it is asked, seen what was answered before it; `lone` is the
    name of its only choice, which cannot be unticked."""

    key: str
    read: Read
    asked: Callable[[Answers], bool] = lambda _answers: True
    lone: str = ""

    def left(self, form: Form, said_on: date) -> Kept:
        """What stays of an answer when "I don't know" is pressed: whatever was typed, and of two
        choices the one that was made; a lone choice is taken back."""
        if self.key in DATES:
            name = DATES[self.key]
            words = form.text(f"{name}_words", longest=told_dates.LONGEST_WORDS, lines=True)
            told = {f"{name}_precision": "unknown", f"{name}_words": words}
            told |= {"said_on": said_on.isoformat(), "language": spoken()}
            return told if words else {"dont_know": "1"}
        told = {name: value for name, value in self.read(form, said_on).items() if value}
        told.pop(self.lone, None)
        form.errors = {name: said for name, said in form.errors.items() if form.raw.get(name)}
        return told or {"dont_know": "1"}


def _codes(choices: list[tuple[str, str]]) -> set[str]:
    return {code for code, _label in choices}


def _relation(form: Form, _said_on: date) -> Kept:
    return {
        "relation": form.choice(
            "relation", _codes(words.relations()), required=_("Choose one of the answers.")
        ),
        "relation_other": form.text("relation_other"),
    }


def _names(form: Form, _said_on: date) -> Kept:
    typed = [form.text(f"name_{n}") for n in range(1, MOST_NAMES + 1)]
    names = [name for name in typed if name]
    description = form.text("description", longest=LONG, lines=True)
    if not names and not description and form and not form.raw.get("more_names"):
        form.fail(
            "name_1",
            _("Write a name as you know it, in any script. If there is none, describe the person."),
        )
    kept = {f"name_{n}": name for n, name in enumerate(names, start=1)}
    return kept | {"description": description}


def _date(name: str) -> Read:
    def read(form: Form, said_on: date) -> Kept:
        told_dates.read(form, name, said_on)
        kept: Kept = {
            key: form.text(key, longest=PART)
            for key in told_dates.field_names(name)
            if key in form.raw and not key.endswith("_words")
        }
        kept[f"{name}_words"] = form.text(
            f"{name}_words", longest=told_dates.LONGEST_WORDS, lines=True
        )
        return kept | {"said_on": said_on.isoformat(), "language": spoken()}

    return read


def _seen(form: Form, said_on: date) -> Kept:
    if form.raw.get("same"):
        return {"same": "1"}
    return _date("seen")(form, said_on)


def _place(form: Form, _said_on: date) -> Kept:
    return {
        "place": form.text("place", longest=500),
        "held_by": form.text("held_by", longest=500),
    }


def _means(form: Form, _said_on: date) -> Kept:
    required = _("Choose one of the answers. “I don’t know” is one too.")
    return {"means": form.choice("means", _codes(words.means()), required=required)}


def _freely(form: Form, _said_on: date) -> Kept:
    return {
        "freely": form.choice("freely", ("yes", "no", "unsure")),
        "staged": form.choice(
            "staged",
            ("yes", "no", "unsure"),
            required=_("Choose one of the answers. “I am not sure” is one too."),
        ),
        "said": form.text("said", longest=LONG, lines=True),
    }


def _through(form: Form, _said_on: date) -> Kept:
    return {
        "source": form.text("source", longest=300),
        "said": form.text("said", longest=LONG, lines=True),
    }


def _rhythm(form: Form, _said_on: date) -> Kept:
    return {
        "rhythm": form.choice("rhythm", _codes(words.rhythms())),
        "rhythm_words": form.text("rhythm_words", longest=500, lines=True),
    }


def _stopped(form: Form, _said_on: date) -> Kept:
    return {
        "stopped": form.choices("stopped", _codes(words.stopped())),
        "stopped_words": form.text("stopped_words", longest=LONG, lines=True),
    }


def _needs(form: Form, _said_on: date) -> Kept:
    return {
        "children": form.text("children", longest=LONG, lines=True),
        "needs": form.text("needs", longest=LONG, lines=True),
    }


def _more(form: Form, _said_on: date) -> Kept:
    return {"more": form.text("more", longest=5_000, lines=True)}


def _pictures(_form: Form, _said_on: date) -> Kept:
    return {"seen": "1"}


def _reach(form: Form, _said_on: date) -> Kept:
    return read_reach(form)


def _consents(form: Form, _said_on: date) -> Kept:
    chosen = form.choices("consents", {code for code, *_rest in words.consents()})
    return {"consents": chosen} | ({"language": spoken()} if chosen else {})


def _means_of(answers: Answers) -> str:
    return str(answers.get("means", {}).get("means") or Means.UNKNOWN)


def is_first_hand(answers: Answers) -> bool:
    """Whether the teller heard or saw the person; then it is asked whether it seemed staged."""
    return _means_of(answers) in FIRST_HAND


def _is_through_others(answers: Answers) -> bool:
    return not is_first_hand(answers) and _means_of(answers) != Means.UNKNOWN


QUESTIONS: Final = (
    Question("relation", _relation, lone="relation"),
    Question("names", _names),
    Question("held", _date("held")),
    Question("place", _place),
    Question("heard", _date("last")),
    Question("seen", _seen),
    Question("means", _means, lone="means"),
    Question("freely", _freely, is_first_hand),
    Question("through", _through, _is_through_others),
    Question("rhythm", _rhythm, lone="rhythm"),
    Question("stopped", _stopped),
    Question("needs", _needs),
    Question("more", _more),
    Question("pictures", _pictures),
    Question("reach", _reach),
    Question("consents", _consents),
)
BY_KEY: Final = {question.key: question for question in QUESTIONS}


def asked(answers: Answers) -> list[str]:
    """The questions that are asked, in order."""
    return [question.key for question in QUESTIONS if question.asked(answers)]


def first_open(answers: Answers) -> str | None:
    """The first question without an answer; None when all are answered."""
    return next((key for key in asked(answers) if key not in answers), None)


def before(answers: Answers, key: str) -> str | None:
    """The question before this one; None for the first."""
    keys = asked(answers)
    place = keys.index(key) if key in keys else 0
    return keys[place - 1] if place else None


def after(answers: Answers, key: str) -> str | None:
    """Where to go on: the next question, or, once all were answered, none."""
    keys = asked(answers)
    if first_open(answers) is None:
        return None
    later = keys[keys.index(key) + 1 :] if key in keys else keys
    return later[0] if later else first_open(answers)
