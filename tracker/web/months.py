"""Contacts by month in words: the grid of a case's page and of paper, the strip for a slide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from tracker.domain.edtf import parse_edtf
from tracker.engine.cases.queue import Heard, Silence
from tracker.i18n.dates import month_names
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.i18n.words import spoken
from tracker.web import charts

DETAINED: Final = ("held_since", "arrested")
"""Kinds of statement that say when somebody was taken."""


def detained_on(told: Iterable[str | None]) -> date | None:
    """The earliest day that these dates (EDTF) leave open; None where none says one."""
    days = []
    for text in told:
        try:
            days.append(parse_edtf(text).earliest if text else None)
        except ValueError:
            continue
    return min((day for day in days if day is not None), default=None)


def grid(
    heard: Sequence[Heard],
    seen: Silence,
    detained: date | None,
    opened_on: date,
    *,
    narrow: bool = False,
) -> charts.Picture:
    """Contacts by month since detention, or since the first of what is known."""
    earliest = min([opened_on, seen.last.earliest, *(h.earliest for h in heard)])
    return charts.month_grid(
        [charts.Heard(h.earliest, h.latest, h.direct) for h in heard],
        since=min(detained or earliest, seen.today),
        today=seen.today,
        words=charts.GridWords(
            months=month_names(short=True),
            year=_("Year"),
            exact=_("heard from"),
            about=_("about then"),
            other=_("second-hand, or not confirmed"),
            none=_("nothing heard"),
            held=_("held") if detained else "",
        ),
        title=_("Contact by month"),
        rtl=LANGUAGES[spoken()].direction == "rtl",
        narrow=narrow,
    )


def strip(heard: Sequence[Heard], seen: Silence) -> charts.Drawing:
    """The last five years as the queue draws them, with years and a key."""
    return charts.strip_sheet(
        [charts.Heard(h.earliest, h.latest, h.direct) for h in heard],
        today=seen.today,
        since=seen.last.earliest,
        words=charts.StripWords(
            exact=_("heard from, day known"),
            about=_("heard from, about then"),
            span=_("some time in these months"),
            other=_("news through others"),
            silent=_("silent: the longer, the taller"),
            past=_("grey: silence that is over, or short"),
        ),
        title=_("Contact in the last five years"),
        rtl=LANGUAGES[spoken()].direction == "rtl",
    )
