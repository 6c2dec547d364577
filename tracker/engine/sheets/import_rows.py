"""One row of an imported sheet, understood: a case, or one more account of a case.

Which case that is, its `id` or `ref` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from tracker.domain.errors import Refused
from tracker.domain.means import Means
from tracker.domain.moments import zone
from tracker.domain.statements import StatementKind
from tracker.engine.cases.intake import Account, Fact, Teller, ToldContact
from tracker.engine.cases.told_dates import ToldDate, WrongDate, from_bounds, from_words
from tracker.engine.sheets.import_columns import COLUMNS, Fault, labels
from tracker.engine.sheets.means_labels import means_labels
from tracker.engine.sheets.sheet_words import answer_in, means_in
from tracker.engine.sheets.sheets import SheetRow
from tracker.i18n.languages import called, known
from tracker.i18n.words import gettext as _
from tracker.security.errors import TextRefused
from tracker.security.text import ascii_digits, clean, is_blank

_NAME_PARTS: Final = ("surname", "name", "patronymic")
_A_YEAR_ON: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row, understood."""

    number: int
    cells: Mapping[str, str]
    account: Account
    teller: Teller
    zone_name: str
    confirmed: bool
    told_already: bool
    told_on: date | None


class RowReader:
    """Reads the rows of one sheet; what is wrong with them gathers in `faults`."""

    def __init__(
        self, columns: Mapping[str, str], *, today: date, language: str, zone_name: str, told: bool
    ) -> None:
        self._sheet_name = {ours: theirs for theirs, ours in columns.items()}
        self._columns = columns
        self._today = today
        self._language = language
        self._zone_name = zone_name
        self._told = told
        self.faults: list[Fault] = []
        self.looks: list[Fault] = []
        """Nothing is wrong with these, but somebody should look at them before they come in."""
        self._number = 0
        self._cells: dict[str, str] = {}

    def fail(self, number: int, column: str, says: str, cell: str = "") -> None:
        """Note a fault of a row, and what stands in its cell; a column the sheet lacks is named as
        people call it."""
        self.faults.append(Fault(number, self.called(column), says, cell))

    def called(self, column: str) -> str:
        """What the sheet calls a column of ours."""
        return self._sheet_name.get(column) or labels()[column]

    def read(self, row: SheetRow) -> ImportRow | None:
        """One row; None where something is wrong with it."""
        before = len(self.faults)
        self._number, self._cells = row.number, {}
        self._cells = {
            ours: text
            for theirs, cell in row.cells.items()
            if (ours := self._columns.get(theirs)) and (text := self._clean(ours, cell))
        }
        cells = self._cells
        language = self._known_language()
        said_on = self._said_on()
        held = self._date("held_since", said_on, language)
        contact = self._contact(said_on, language)
        read = ImportRow(
            number=row.number,
            cells=dict(cells),
            account=Account(
                names=self._names(),
                facts=self._facts(held, said_on, language),
                contact=contact,
                held_since=held,
                source=cells.get("source", ""),
            ),
            teller=self._teller(language),
            zone_name=self._zone(),
            confirmed=self._answer("confirmed", default=False)
            and not self._is_unknown(contact),  # R14: without bounds nobody can
            told_already=self._answer("told_already", default=self._told),
            told_on=said_on if "said_on" in cells else None,
        )
        if not set(cells) - {"id", "ref"}:
            self._fault("name", _("This row says nothing. Fill it in, or delete it."))
        return read if len(self.faults) == before else None

    def _fault(self, column: str, says: str) -> None:
        self.fail(self._number, column, says, self._cells.get(column, ""))

    def _clean(self, column: str, cell: str) -> str:
        lines = column in ("name", "said", "description")
        try:
            return clean(cell, max_chars=COLUMNS[column], multiline=lines, allow_empty=True)
        except TextRefused as refused:
            self._fault(
                column,
                _("This text is too long.")
                if refused.code == "too_long"
                else _("This text holds signs that cannot be kept."),
            )
            return ""

    def _names(self) -> tuple[str, ...]:
        """The names of a cell; of a name in several columns all parts, in the sheet's order."""
        parts = [ours for ours in self._columns.values() if ours in _NAME_PARTS]
        found = []
        for line in self._cells.get("name", "").replace(";", "\n").splitlines() or [""]:
            said = (line if part == "name" else self._cells.get(part, "") for part in parts)
            found.append(" ".join(filter(None, map(str.strip, said))))
        return tuple(dict.fromkeys(name for name in found if not is_blank(name)))

    def _facts(self, held: ToldDate | None, said_on: date, language: str) -> tuple[Fact, ...]:
        facts = [
            Fact(kind, {"text": self._cells[column]})
            for kind, column in (
                (StatementKind.DESCRIPTION, "description"),
                (StatementKind.PLACE, "place"),
            )
            if column in self._cells
        ]
        if "born" in self._cells:
            born = from_words(self._cells["born"], said_on, language)
            facts.append(Fact(StatementKind.BIRTH, {"text": born.words, "edtf": born.edtf}))
        if held is not None:
            facts.append(Fact(StatementKind.HELD_SINCE, {"text": held.words, **held.document()}))
        return tuple(facts)

    def _contact(self, said_on: date, language: str) -> ToldContact | None:
        when = self._date("last_contact", said_on, language)
        told = {name for name in ("means", "freely", "staged", "said") if name in self._cells}
        if when is None and not told:
            return None
        return ToldContact(
            when=when or ToldDate(said_on),
            means=self._means(),
            freely=self._yes_no_unsure("freely"),
            staged=self._yes_no_unsure("staged"),
            said=self._cells.get("said", ""),
        )

    @staticmethod
    def _is_unknown(contact: ToldContact | None) -> bool:
        return contact is not None and contact.when.days is None and bool(contact.when.words)

    def _date(self, column: str, said_on: date, language: str) -> ToldDate | None:
        """A date as EDTF or in words of the row's language. Words in which none is found are kept,
        as a family's are that does not know when; figures that are no date are a fault.

        A date of import is not confirmed by anybody who told it, so nothing is guessed quietly.
        """
        words = self._cells.get(column)
        if words is None:
            return None
        try:
            return from_bounds(ascii_digits(words), words, said_on)
        except WrongDate as wrong:
            if wrong.fault == "future":
                self._fault(column, _("This day lies after the day on which it was said."))
                return None
        told = from_words(words, said_on, language)
        if told.days is None and not any(sign.isdigit() for sign in words):
            self.looks.append(
                Fault(
                    self._number,
                    self.called(column),
                    _(
                        "No date is understood in these words. They are kept as they stand, as of "
                        "a day that nobody knows, and a caseworker is asked. If you know it, write "
                        "it as 2018-01-22, 2018-01 or 2018."
                    ),
                    words,
                )
            )
        elif told.days is None:
            self._fault(
                column,
                _(
                    "This date was not understood, or there is no such day. Write it as "
                    "2018-01-22, 2018-01 or 2018; where nobody knows it, leave it empty."
                ),
            )
            return None
        return told

    def _said_on(self) -> date:
        text = ascii_digits(self._cells.get("said_on", ""))
        if not text:
            return self._today
        day = self._one_day(text)
        if day is None:
            self._fault("said_on", _("Write this day as 2018-04-21."))
            return self._today
        if day > self._today:
            self._fault("said_on", _("The day on which it was said cannot lie in the future."))
            return self._today
        return day

    def _one_day(self, text: str) -> date | None:
        """A day as `2018-04-21`, or as sheets show it (21.04.2018); never one to count from now."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            read = [
                from_words(text, day, self._language)
                for day in (self._today, self._today + _A_YEAR_ON)
            ]
        first, second = read
        if first != replace(second, said_on=first.said_on) or first.flags or first.days is None:
            return None
        return first.days.latest if first.days.earliest == first.days.latest else None

    def _means(self) -> Means:
        if (means := means_in(self._cells.get("means", Means.UNKNOWN))) is not None:
            return means
        self._fault(
            "means", _("Say one of: %(choices)s.", choices=", ".join(means_labels().values()))
        )
        return Means.UNKNOWN

    def _yes_no_unsure(self, column: str) -> str | None:
        said = self._cells.get(column, "")
        answer = answer_in(said)
        if said and not answer:
            self._fault(column, _("Say one of: %(choices)s.", choices="yes, no, unsure"))
        return answer or None

    def _answer(self, column: str, *, default: bool) -> bool:
        said = self._cells.get(column, "")
        answer = answer_in(said)
        if answer in ("yes", "no"):
            return answer == "yes"
        if said:
            self._fault(column, _("Say one of: %(choices)s.", choices="yes, no"))
        return default

    def _known_language(self) -> str:
        said = self._cells.get("language", self._language)
        if (spoken := known(said) or called(said)) is None:
            self._fault("language", _("We do not speak this language yet. Choose one of the list."))
        return spoken or self._language

    def _zone(self) -> str:
        name = self._cells.get("zone", self._zone_name)
        try:
            zone(name)
        except Refused as refused:
            self._fault("zone", str(refused))
        return name

    def _teller(self, language: str) -> Teller:
        """Who told it is never contacted because a sheet said so (S5)."""
        told = {"enquirer": "name", "relation": "relation", "phone": "phone", "email": "email"}
        details = {
            ours: self._cells[column] for column, ours in told.items() if column in self._cells
        }
        return Teller(details, language)
