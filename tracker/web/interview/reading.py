"""From the interview form to what the engine takes in, and what we understood of its dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tracker.domain.means import Means
from tracker.domain.statements import StatementKind
from tracker.engine.cases.intake import Account, Fact, ToldContact
from tracker.engine.cases.told_dates import ToldDate, WrongDate, from_bounds, from_words
from tracker.i18n.words import gettext as _
from tracker.security.text import is_blank
from tracker.web import told_dates
from tracker.web.fields import Form
from tracker.web.interview import words

MOST_ROWS: Final = 24
_LONG: Final = 5_000
_ROW: Final = ("kind_{}", "text_{}", "source_{}", "when_{}_words", "when_{}_days")


@dataclass(slots=True)
class Dates:
    """The dates of one form, as they were understood, in the order of their fields."""

    said_on: date
    language: str
    told: dict[str, ToldDate] = field(default_factory=dict)

    def read(self, form: Form, name: str) -> ToldDate | None:
        """The date of the fields `<name>_words` and `<name>_days`; None where both are empty."""
        said = form.text(f"{name}_words", longest=told_dates.LONGEST_WORDS)
        days = form.text(f"{name}_days", longest=60)
        if not said and not days:
            return None
        told = from_words(said, self.said_on, self.language)
        if days:
            try:
                told = from_bounds(days, said, self.said_on, field=f"{name}_days")
            except WrongDate as wrong:
                form.fail(wrong.field, told_dates.sentence(wrong.fault))
        self.told[name] = told
        return told

    @property
    def signature(self) -> str:
        """What was understood; the form carries it once it was shown."""
        return " ".join(f"{name}={told.edtf or '-'}" for name, told in self.told.items())

    @property
    def echoes(self) -> dict[str, str]:
        """What was understood, in words, by the name of the date."""
        return {name: echo(told) for name, told in self.told.items()}

    @property
    def is_plain(self) -> bool:
        """Whether every date was written so that nothing had to be understood."""
        return all(told.edtf in (told.words, None) or not told.words for told in self.told.values())


def echo(told: ToldDate) -> str:
    """One line: the days, and what was taken for granted."""
    when = told_dates.understood(told)
    if not when:
        return _("No date found in these words; they are kept. Write the days beside them.")
    said = _("Understood: %(when)s.", when=when)
    ask = told_dates.asks_start(told)
    return " ".join([said, *told_dates.remarks(told), *([ask] if ask else [])])


def read_account(form: Form, dates: Dates, *, source: str = "") -> Account:
    """Everything about the sought person; faults are said in the form."""
    names = form.text("names", longest=2_000, lines=True).splitlines()
    facts = []
    for kind, name in (
        (StatementKind.DESCRIPTION, "description"),
        (StatementKind.PLACE, "place"),
        (StatementKind.HELD_BY, "held_by"),
    ):
        if text := form.text(name, longest=1_000, lines=name == "description"):
            facts.append(Fact(kind, {"text": text}))
    held, seen = dates.read(form, "held"), dates.read(form, "seen")
    for kind, told in ((StatementKind.HELD_SINCE, held), (StatementKind.LAST_SEEN, seen)):
        if told is not None:
            facts.append(Fact(kind, {"text": told.words or None, **told.document()}))
    return Account(
        names=tuple(name.strip() for name in names if not is_blank(name)),
        facts=(*facts, *_rows(form, dates)),
        contact=_contact(form, dates),
        held_since=held,
        source=source,
    )


def rows_shown(form: Form) -> int:
    """How many rows of statements the page has: one at first, never fewer than are filled in."""
    filled = [
        n for n in range(1, MOST_ROWS + 1) if any(form.raw.get(name.format(n)) for name in _ROW)
    ]
    count = max([form.number("rows", least=1, most=MOST_ROWS) or 1, *filled])
    return min(count + 1, MOST_ROWS) if form.raw.get("more_rows") else count


def _contact(form: Form, dates: Dates) -> ToldContact | None:
    when = dates.read(form, "heard")
    means = form.choice("means", {code for code, _label in words.means()})
    codes = {code for code, _label in words.answers()}
    contact = ToldContact(
        when=when or ToldDate(dates.said_on),
        means=Means(means or Means.UNKNOWN),
        freely=form.choice("freely", codes),
        staged=form.choice("staged", codes),
        said=form.text("said", longest=_LONG, lines=True),
        source=form.text("contact_source", longest=300),
    )
    told = when is not None or means is not None or contact.said
    return contact if told else None


def _rows(form: Form, dates: Dates) -> list[Fact]:
    facts = []
    kinds = {code for code, _label in words.kinds()}
    for n in range(1, rows_shown(form) + 1):
        kind = form.choice(f"kind_{n}", kinds)
        text = form.text(f"text_{n}", longest=_LONG, lines=True)
        source = form.text(f"source_{n}", longest=300)
        told = dates.read(form, f"when_{n}")
        if kind is None:
            if text or told is not None:
                form.fail(f"kind_{n}", _("Choose what this is about."))
            continue
        if not text and told is None:
            form.fail(f"text_{n}", _("Write what was told, or when it was."))
            continue
        value = {"text": text or (told.words if told else None)}
        facts.append(Fact(kind, value | (told.document() if told else {}), source))
    return facts
