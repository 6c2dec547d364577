"""A digest on paper, and its pictures alone for a slide or a report: counts, and no name."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from tracker.domain.moments import local_date
from tracker.engine.digests import digest_reading as engine
from tracker.engine.digests.digest import READERS
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.messages.digest import as_of, seal_words, summary, worker_words
from tracker.messages.digest_lines import band_names
from tracker.web import here, paper
from tracker.web.access import access
from tracker.web.digests import views
from tracker.web.digests.views import bp


@bp.get("/digests/<week>/sheet.pdf")
@access(*READERS)
def sheet(week: str) -> ResponseReturnValue:
    """One week on paper, for who may read that page; names are left out."""
    with here.writing() as desk:
        opened = views.opened_week(desk, week)
        desk.audit("digest.printed", "digest", opened.digest.id, week=week)
        names = band_names()
        sections = [
            paper.Section(
                section["title"],
                section["count"],
                [
                    (line["ref"], names.get(line["band"], ""), line["days"], line["why"])
                    for line in section["lines"]
                ],
                section["gone"],
            )
            for section in views.sections(opened)
        ]
        made = paper.digest_sheet(
            views.days(opened.digest.covers_from, week),
            sections,
            views.picture(opened),
            _notes(opened),
            summary=[as_of(opened.digest.decided_at, views.zone()), *summary(opened.facts)],
            on=local_date(desk.now, views.zone()),
        )
    return paper.pdf_answer(paper.pdf(made))


@bp.get("/digests/<week>/bands.png")
@access(*READERS)
def bands(week: str) -> ResponseReturnValue:
    """The picture of that week alone, for a slide or a report: counts, and nothing else."""
    with here.writing() as desk:
        opened = views.opened_week(desk, week)
        desk.audit("digest.picture_saved", "digest", opened.digest.id, week=week)
        picture = views.picture(opened)
    return paper.png_answer(paper.png(picture))


@bp.get("/digests/bands.png")
@access(*READERS)
def all_bands() -> ResponseReturnValue:
    """The picture of the last half year."""
    with here.writing() as desk:
        reader = views.reader_asked(desk)
        picture = views.weeks_picture(desk, reader)
        if not picture.rows:
            abort(404)
        desk.audit("digest.picture_saved", "digest")
    return paper.png_answer(paper.png(picture))


def _notes(opened: engine.Opened) -> list[str]:
    """How the week's messages went, and where the audit trail stood."""
    sent, failed = views.messages(opened.facts)
    counted = [
        ngettext("%(num)s message sent", "%(num)s messages sent", sent, num=sent),
        ngettext("%(num)s message failed", "%(num)s messages failed", failed, num=failed),
    ]
    return [
        *(counted if opened.facts["messages"] else []),
        worker_words(opened.facts, views.zone()),
        _("Made %(when)s.", when=views.moment(opened.digest.decided_at)),
        seal_words(opened.digest.audit_head),
    ]
