"""`/team`: by caseworker, what they have, what lies, and how soon alerts are answered."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from flask import Response
from flask.typing import ResponseReturnValue

from tracker.domain.answering import Answering, Range
from tracker.engine.staff import team as engine
from tracker.i18n.dates import short_date_text
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.security.text import csv_cell
from tracker.store.queue import NOBODY, Wanted
from tracker.store.waits import ALERTS, ANSWER, CONFIRM, DELIVERY
from tracker.web import here
from tracker.web.access import access, reauth
from tracker.web.pages import page
from tracker.web.staff import words
from tracker.web.staff.door import bp
from tracker.web.staff.queue import url_of

_HOURS_OF_A_DAY = 24


class Figure(NamedTuple):
    """What a cell shows, and the address of the cases behind it; "" where there are none."""

    text: str
    url: str
    notes: tuple[str, ...] = ()


@bp.get("/team")
@access("supervisor")
def team() -> ResponseReturnValue:
    """Figures of cases only; every one leads to the cases it counts."""
    with here.looking() as desk:
        members = engine.look(desk)
        desk.audit("team.read", "queue")
    rows = [row(member) for member in members]
    firsts = list(accumulate((len(under) for _title, under in groups()), initial=0))
    return page("staff/team.html", groups=groups(), head=head(), firsts=firsts, rows=rows)


@bp.post("/team.csv")
@access("supervisor")
@reauth
def team_csv() -> ResponseReturnValue:
    """Exactly what the page shows. It leaves the desk, so no link does it (S3)."""
    with here.looking() as desk:
        members = engine.look(desk)
        desk.audit("team.saved", "queue")
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    table.writerow([csv_cell(each) for each in (_("Caseworker"), _("Leave"), *head())])
    for shown in map(row, members):
        cells = [" · ".join((one.text, *one.notes)) for one in shown["figures"]]
        table.writerow([csv_cell(each) for each in (shown["name"], shown["leave"], *cells)])
    response = Response(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="team.csv"'
    return response


def groups() -> list[tuple[str, list[str]]]:
    """The columns beside whose they are, under what they tell of."""
    weeks = [ngettext("last %(n)s week", "last %(n)s weeks", n) for n in (4, 13)]
    return [
        (_("Open cases"), list(words.bands().values())),
        (_("Waiting"), [words.waits()[what] for what in (ANSWER, CONFIRM, DELIVERY)]),
        (_("How soon half of the alerts were acknowledged"), weeks),
    ]


def head() -> list[str]:
    """Each column's title as it stands alone, in a sheet or on a telephone."""
    *others, (answered, weeks) = groups()
    titles = [title for _group, titles in others for title in titles]
    return [*titles, *(f"{answered}, {title}" for title in weeks)]


def row(member: engine.Member) -> dict[str, Any]:
    """One line of the table, in words."""
    owner = member.person_id or NOBODY

    def counted(number: int, wanted: Wanted) -> Figure:
        return Figure(str(number), url_of(wanted) if number else "")

    figures = [
        *(counted(member.bands[band], Wanted(band=band, owner=owner)) for band in words.bands()),
        *(
            counted(member.waiting[what], Wanted(owner=owner, waits=what))
            for what in (ANSWER, CONFIRM, DELIVERY)
        ),
    ]
    for what in ALERTS:
        figures.append(_answers(member.answers[what], url_of(Wanted(owner=owner, waits=what))))
    return {
        "name": member.name if member.person_id else _("Nobody yet"),
        "is_somebody": bool(member.person_id),
        "person_id": member.person_id,
        "leave": leave_text(member.leave) if member.leave else "",
        "away": bool(member.leave and member.leave.now),
        "figures": figures,
    }


def _answers(seen: Answering, url: str) -> Figure:
    """The middle one, with how many alerts it stands for, and the slowest."""
    if seen.middle is None or seen.slowest is None:
        return Figure(_("no alert"), "")
    notes = [
        _("slowest: %(time)s", time=range_text(seen.slowest)),
        ngettext("%(n)s alert", "%(n)s alerts", seen.alerts),
    ]
    if seen.unanswered:
        notes.append(ngettext("%(n)s not answered", "%(n)s not answered", seen.unanswered))
    return Figure(range_text(seen.middle), url, tuple(notes))


def range_text(seen: Range) -> str:
    """``2–4 hours``, ``under 1 hour``, ``over 2 days``: the range a time lies in, in words."""
    if seen.below is None:
        if not seen.at_least:
            return _("not known yet")
        hours = _hours(seen.at_least)
        if hours % _HOURS_OF_A_DAY:
            return ngettext("over %(n)s hour", "over %(n)s hours", hours)
        return ngettext("over %(n)s day", "over %(n)s days", hours // _HOURS_OF_A_DAY)
    low, high = _hours(seen.at_least), _hours(seen.below)
    if not low:
        if high % _HOURS_OF_A_DAY:
            return ngettext("under %(n)s hour", "under %(n)s hours", high)
        return ngettext("under %(n)s day", "under %(n)s days", high // _HOURS_OF_A_DAY)
    if low % _HOURS_OF_A_DAY or high % _HOURS_OF_A_DAY:
        return ngettext("%(low)s–%(n)s hour", "%(low)s–%(n)s hours", high, low=low)
    low, high = low // _HOURS_OF_A_DAY, high // _HOURS_OF_A_DAY
    return ngettext("%(low)s–%(n)s day", "%(low)s–%(n)s days", high, low=low)


def _hours(lasts: timedelta) -> int:
    return int(lasts.total_seconds()) // 3600


def leave_text(leave: engine.Leave) -> str:
    """Until when or from when somebody is away, and who stands in."""
    first = short_date_text(leave.first_on)
    last = short_date_text(leave.until_on) if leave.until_on else ""
    if leave.now:
        when = _("on leave until %(date)s", date=last) if last else _("on leave")
    else:
        when = _("on leave from %(date)s", date=first)
    deputy = _("%(name)s stands in", name=leave.deputy) if leave.deputy else _("nobody stands in")
    return f"{when} · {deputy}"
