"""A weekly digest on paper: references, bands and days as in a mail, and no name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.i18n.dates import date_text
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.web.charts import Picture
from tracker.web.paper.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Section:
    """One section with its cases: reference, band, days of silence, and why it stands there."""

    title: str
    count: int
    lines: Sequence[tuple[str, str, str, str]]
    gone: int
    """Cases of the week that are no longer open to the reader: counted, and not shown (S8)."""


def digest_sheet(
    days: str,
    sections: Sequence[Section],
    picture: Picture,
    notes: Sequence[str],
    *,
    summary: Sequence[str],
    on: date,
) -> Sheet:
    """One reader's week. `days` names it; `summary` stands on top, `notes`, the lines on sending
    and the trail, at the end."""
    sheet = Sheet(
        title=_("Weekly digest"),
        heading=_("Weekly digest"),
        lead=days,
        foot=_("Confidential. Printed on %(date)s.", date=date_text(on)),
    )
    for sentence in summary:
        sheet.add_text(sentence)
    sheet.add_heading(_("Open cases"))
    sheet.add_picture(picture, _("Open cases by band; in brackets the week before"))
    sheet.add_table(picture.header, picture.rows)
    told = [section for section in sections if section.count]
    for section in told:
        sheet.add_heading(f"{section.title}\u00a0·\u00a0{section.count}")
        if section.lines:
            header = [_("Case"), _("Band"), _("Silent"), _("Why")]
            filled = [at for at in range(4) if any(line[at] for line in section.lines)]
            rows = [[line[at] for at in filled] for line in section.lines]
            sheet.add_table([header[at] for at in filled], rows, even=True)
        if section.gone:
            sheet.add_text(
                ngettext(
                    "%(num)s case is no longer open to you.",
                    "%(num)s cases are no longer open to you.",
                    section.gone,
                    num=section.gone,
                ),
                small=True,
            )
    if not told:
        sheet.add_text(_("Nothing happened that needs you. The digest comes all the same."))
    if len(told) < len(sections):
        sheet.add_heading(_("Nothing this week"))
        sheet.add_text(" · ".join(section.title for section in sections if not section.count))
    sheet.add_heading(_("Sending"))
    for note in notes:
        sheet.add_text(note, small=True)
    return sheet
