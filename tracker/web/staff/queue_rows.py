"""What a row of the queue shows besides names: the picture, and the words for dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Final

from markupsafe import Markup

from tracker.domain.evaluate import Notice
from tracker.domain.policy import Policy
from tracker.engine.cases.queue import Row, Silence
from tracker.i18n.dates import days_figures
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext, spoken
from tracker.web import charts
from tracker.web.staff import words


@dataclass(frozen=True, slots=True)
class Cells:
    """The words of one row. `next_on` is the day of what fires next, `snoozed` until when.

    The `short` ones say the same in a narrow column, in two parts each.
    """

    silent: tuple[str, str, str]
    last: str
    short_last: tuple[str, str]
    next: str
    short_next: tuple[str, str]
    next_on: str
    snoozed: str


_HERE: Final = "\0"

_Next = tuple[str, tuple[str, str]]
_NOTHING: Final[_Next] = "", ("", "")


@dataclass(slots=True)
class Wording:
    """Puts the rows of one page into words; what many of them say is worded once."""

    now: datetime
    _notices: dict[tuple[str, int | None, tuple[str, ...], int], _Next] = field(
        default_factory=dict
    )

    def cells(self, row: Row) -> Cells:
        """One row in words."""
        until = row.case.snoozed_until
        whole, short = self._notice(row.next_notice, row.policy) if row.next_notice else _NOTHING
        return Cells(
            silent=_silent(row.silence),
            last=words.last_text(row.silence),
            short_last=words.short_last_text(row.silence),
            next=whole,
            short_next=short,
            next_on=words.day_text(row.next_at) if row.next_at else "",
            snoozed=words.day_text(until) if until and until > self.now else "",
        )

    def _notice(self, notice: Notice, policy: Policy) -> _Next:
        alike = (str(notice.kind), notice.step, tuple(notice.notify), id(policy))
        if alike not in self._notices:
            whole = words.notice_text(notice, policy)
            self._notices[alike] = whole, words.short_notice_text(notice, policy)
        return self._notices[alike]


def _silent(seen: Silence) -> tuple[str, str, str]:
    """The days of silence, both bounds where they differ (R3), with the words around them."""
    text = ngettext("%(range)s day", "%(range)s days", seen.days.at_most, range=_HERE)
    before, _number, after = text.partition(_HERE)
    return before, days_figures(*seen.days), after


def by_band(
    rows: Iterable[Row], now: datetime
) -> list[tuple[str, list[tuple[Row, Cells, Markup]]]]:
    """The rows of a page by band, in words."""
    wording, title = Wording(now), _("Contact in the last five years")
    rtl = LANGUAGES[spoken()].direction == "rtl"

    def drawn(row: Row, cells: Cells) -> Markup:
        return charts.silence_strip(
            [charts.Heard(h.earliest, h.latest, h.direct) for h in row.heard],
            today=row.silence.today,
            since=row.silence.last.earliest,
            title=title,
            desc=_("Last confirmed contact: %(when)s", when=cells.last),
            rtl=rtl,
        )

    worded = [(row, wording.cells(row)) for row in rows]
    shown = [(row, cells, drawn(row, cells)) for row, cells in worded]
    return [(band, list(group)) for band, group in groupby(shown, key=lambda one: one[0].case.band)]
