"""`/dates`: how a date told in words is understood, while it is being typed (`echo.js`)."""

from __future__ import annotations

from flask import Response, request

from tracker.domain.moments import local_date
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import spoken
from tracker.web import here, told_dates
from tracker.web.access import access
from tracker.web.fields import Form
from tracker.web.interview import reading
from tracker.web.interview.door import bp


@bp.post("/dates")
@access("caseworker", "supervisor")
def understood() -> Response:
    """One line of text; empty where there is nothing to say yet. Nothing is kept.

    `date` names the date's fields, which are those of the interview or of the approximate-date
    question; `said_on` is the day from which relative words count.
    """
    form = Form(request.form)
    name = form.text("date", longest=20)
    said_on = form.date("said_on") or local_date(here.now(), here.services().settings.timezone)
    if f"{name}_precision" in form.raw:
        told = told_dates.read(form, name, said_on)
        line = reading.echo(told) if told and told.days else ""
    else:
        language = form.choice("language", LANGUAGES) or spoken()
        told = reading.Dates(said_on, language).read(form, name)
        line = reading.echo(told) if told and form else ""
    return Response(line, content_type="text/plain; charset=utf-8")
