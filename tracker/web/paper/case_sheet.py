"""The case sheet: an excerpt of a case on paper, for a meeting at a ministry or a consulate.

Who reported, sources, words of reports, notes, alerts and members of staff are on no sheet: it is
made from the same excerpt that posts are shown (`engine.cases.shared`), which has no place for
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tracker.domain.errors import BrokenPromise
from tracker.engine.cases.queue import Silence
from tracker.engine.cases.shared import Shared
from tracker.i18n.dates import date_text, days_text
from tracker.i18n.words import gettext as _
from tracker.web import charts, excerpts, months
from tracker.web.paper.sheet import Fact, Pair, Sheet


def case_sheet(
    found: Shared,
    *,
    on: date,
    asked: Sequence[tuple[str, str, str, str]] = (),
    only_inside: bool = False,
) -> Sheet:
    """One case. `on` is the day it is printed, in the reader's zone.

    `asked` are questions to a post: when, the question, what became of it, the answer's words.
    `only_inside`: the family has not agreed that others see it, and the sheet says so.
    """
    ref = found.case.ref
    sheet = Sheet(
        title=_("Case sheet"),
        heading=found.names[0] if found.names else ref,
        name=ref if found.names else "",
        lead=_("Case sheet, %(date)s", date=date_text(on)),
        foot=_("Confidential. Keep the paper as safe as the case."),
    )
    if only_inside:
        sheet.add_warning(
            _(
                "The family has not agreed to show this to a consulate or an authority. "
                "Keep this paper inside the organisation."
            )
        )
    if found.silence is not None:
        sheet.add_facts(
            [
                Fact(_("Silent"), days_text(*found.silence.days)),
                Fact(_("Last confirmed contact"), excerpts.last_text(found)),
            ]
        )
        if found.months or "history" in found.fields:
            sheet.add_heading(_("Contact by month"))
            sheet.add_picture(months_of(found), _("Contact by month"))
    _add_person(sheet, found)
    for when, question, outcome, answer in asked:
        sheet.add_heading(_("Asked on %(when)s", when=when))
        sheet.add_words(question)
        if outcome:
            sheet.add_text(outcome)
        if answer:
            sheet.add_words(answer)
    _add_history(sheet, found)
    sheet.add_text(
        _("Printed on %(date)s. The time of silence is counted to this day.", date=date_text(on)),
        small=True,
    )
    return sheet


def months_of(found: Shared) -> charts.Picture:
    """Contacts by month. Raises BrokenPromise where no dates are in the excerpt."""
    seen = _silence(found)
    detained = months.detained_on(
        value.get("edtf") for kind, value in found.statements if kind in months.DETAINED
    )
    opened_on = min([seen.last.earliest, *(h.earliest for h in found.months)])
    return months.grid(found.months, seen, detained, opened_on)


def years_of(found: Shared) -> charts.Drawing:
    """The last five years. Raises BrokenPromise where no dates are in the excerpt."""
    return months.strip(found.months, _silence(found))


def _silence(found: Shared) -> Silence:
    if found.silence is None:
        raise BrokenPromise("a picture of contacts needs their dates")
    return found.silence


def _add_person(sheet: Sheet, found: Shared) -> None:
    told: dict[str, list[str]] = {}
    for label, text in excerpts.facts_told(found):
        told.setdefault(label, []).append(text)
    pairs = [Pair(_("Reference"), [found.case.ref])]
    if found.names:
        pairs.append(Pair(_("Names"), found.names))
    pairs += [Pair(label, texts) for label, texts in told.items()]
    sheet.add_heading(_("Person"))
    sheet.add_pairs(pairs)
    if any(len(texts) > 1 for texts in told.values()):
        sheet.add_text(
            _("Different sources may tell differently; each is shown as it was told."), small=True
        )


def _add_history(sheet: Sheet, found: Shared) -> None:
    rows = excerpts.heard_rows(found)
    if rows:
        sheet.add_heading(_("History of contacts"))
        sheet.add_table(
            [_("When"), _("How"), _("Kind")],
            [[row["when"], row["means"], row["class"]] for row in rows],
        )
