"""What a family does behind its code: news, messages, ways to be reached, withdrawing."""

from __future__ import annotations

from datetime import date

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tracker.domain.consent import Scope
from tracker.domain.errors import Refused
from tracker.domain.means import FIRST_HAND, Means
from tracker.domain.moments import local_date, zone
from tracker.engine.cases import family as behind_receipt
from tracker.engine.cases.intake import ToldContact
from tracker.engine.cases.told_dates import ToldDate
from tracker.i18n.words import gettext as _
from tracker.security.tokens import new_token
from tracker.web import here, language, limits, notes, once, told_dates
from tracker.web.access import family
from tracker.web.family import words
from tracker.web.family.compiling import reach_details
from tracker.web.family.door import bp
from tracker.web.family.reaching import read_reach
from tracker.web.fields import Form
from tracker.web.once import is_first
from tracker.web.pages import form_page, go, page

ONCE = "news"
"""Whatever a family sends from behind its code."""


@bp.get("/status/news")
@family
def news_form() -> ResponseReturnValue:
    """When, how, and what was heard."""
    return _news_page(Form(request.form), {"once": new_token()})


@bp.post("/status/news")
@family
def news() -> ResponseReturnValue:
    """First what we understood; once that is agreed to, it is entered, pending (R14)."""
    form, start = Form(request.form), told_dates.start_fields("last")
    if language.switched():
        return _news_page(form, form.raw)
    if request.form.get("change"):
        form = form.without(start)  # the page it goes back to does not ask for them
    with here.reading() as desk:
        _enquirer, case = behind_receipt.mine(desk)
        today = local_date(desk.now, zone(case.zone_name))
    if wait := limits.share("answer"):
        form.fail("", limits.share_is_used(wait))
        return limits.later(wait, _news_page(form, form.raw))
    contact = _read_news(form, today)  # before anything is locked (S11)
    if form.errors.keys() & set(start):
        told = told_dates.read(form.without(start), "last", today)
        return _news_echo(form, told) if told else _news_page(form, form.raw)
    if not form or contact is None or request.form.get("change"):
        return _news_page(form, form.raw)
    if not request.form.get("sure"):
        return _news_echo(form, contact.when)
    with here.writing() as desk:
        enquirer, case = behind_receipt.mine(desk)
        if is_first(desk, ONCE, request.form.get(once.FIELD, ""), case):
            try:
                behind_receipt.add_news(desk, enquirer, case, contact)
            except Refused:
                desk.session.rollback()
                form.fail("last_precision", told_dates.sentence("future"))
    if not form:
        return _news_page(form, form.raw)
    notes.add("success", _("We have your news. A caseworker was told."))
    return go("/status/pictures" if request.form.get("photos") else "/status")


@bp.get("/status/message")
@family
def message_form() -> ResponseReturnValue:
    """Write to the caseworker."""
    return _message_page(Form(request.form), {"once": new_token()})


@bp.post("/status/message")
@family
def message() -> ResponseReturnValue:
    """Keep it for the caseworker, once."""
    form = Form(request.form)
    if language.switched():
        return _message_page(form, form.raw)
    text = form.text("text", required=_("Write your message."), longest=5_000, lines=True)
    wait = limits.share("answer")
    if wait:
        form.fail("", limits.share_is_used(wait))
    if not form:
        shown = _message_page(form, form.raw)
        return limits.later(wait, shown) if wait else shown
    with here.writing() as desk:
        enquirer, case = behind_receipt.mine(desk)
        if is_first(desk, ONCE, request.form.get(once.FIELD, ""), case):
            behind_receipt.write(desk, enquirer, text)
    notes.add("success", _("Your message is here for the caseworker."))
    return go("/status")


@bp.post("/status/read")
@family
def read() -> ResponseReturnValue:
    """The family says it has read what was on the page."""
    if wait := limits.share("answer"):
        limits.refuse_share(wait)
    with here.writing() as desk:
        enquirer, _case = behind_receipt.mine(desk)
        up_to = Form(request.form).shown_at("up_to", desk.now)
        behind_receipt.has_read(desk, enquirer, up_to)
    return go("/status")


@bp.get("/status/reach")
@family
def reach_form() -> ResponseReturnValue:
    """Ways to be reached, written anew: what was given before is not shown (S7)."""
    return _reach_page(Form(request.form), {})


@bp.post("/status/reach")
@family
def reach() -> ResponseReturnValue:
    """The new ways take the place of the old."""
    form = Form(request.form)
    if language.switched():
        return _reach_page(form, form.raw)
    if wait := limits.share("answer"):
        form.fail("", limits.share_is_used(wait))
        return limits.later(wait, _reach_page(form, form.raw))
    kept = read_reach(form)
    if form:
        with here.writing() as desk:
            enquirer, _case = behind_receipt.mine(desk)
            try:
                behind_receipt.change_reach(
                    desk,
                    enquirer,
                    reach_details(kept),
                    protected=bool(kept["protected"]),
                    reachable=kept["reach"] == "yes",
                )
            except Refused as refused:
                form.fail("", str(refused))
    if not form:
        return _reach_page(form, form.raw)
    notes.add("success", _("We have noted it. What you gave before counts no longer."))
    return go("/status")


@bp.get("/status/permissions")
@family
def permissions_form() -> ResponseReturnValue:
    """Which permission is taken back; what was given is not shown (S7)."""
    return _permissions_page(Form(request.form))


@bp.post("/status/permissions")
@family
def permissions() -> ResponseReturnValue:
    """S6: what is ticked is shared no more, at once, whether or not it ever was (S7, S8)."""
    form = Form(request.form)
    if language.switched():
        return _permissions_page(form)
    scopes = form.choices("scope", list(Scope), required=_("Choose what you take back."))
    if not form:
        return _permissions_page(form)
    with here.writing() as desk:
        enquirer, case = behind_receipt.mine(desk)
        behind_receipt.take_back(desk, enquirer, case, scopes)
    notes.add("success", _("It is taken back. Nothing more is shared with whom you chose."))
    return go("/status")


@bp.get("/status/withdraw")
@family
def withdraw_form() -> ResponseReturnValue:
    """What withdrawing does, before it is done."""
    return page("family/withdraw.html")


@bp.post("/status/withdraw")
@family
def withdraw() -> ResponseReturnValue:
    """S6: sharing and contact end at once, the clock runs on, erasure waits 14 days."""
    with here.writing() as desk:
        enquirer, case = behind_receipt.mine(desk)
        behind_receipt.withdraw(desk, enquirer, case)
    notes.add("success", _("You have withdrawn. Nothing is shared any more."))
    return go("/status")


def _read_news(form: Form, today: date) -> ToldContact | None:
    when = told_dates.read(form, "last", today)
    means = form.choice(
        "means",
        {code for code, _label in words.news_means()},
        required=_("Say how you heard."),
    )
    first_hand = means in FIRST_HAND
    freely = form.choice("freely", ("yes", "no", "unsure"))
    staged = form.choice("staged", ("yes", "no", "unsure")) or ("unsure" if first_hand else None)
    said = form.text("said", longest=5_000, lines=True)
    if not form or when is None or means is None:
        return None
    return ToldContact(when, Means(means), freely, staged, said)


def anew(path: str, written: MultiDict[str, str]) -> Response:
    """A form as it was written before the code was asked for once more; nothing of it is sent."""
    shown = {"/status/message": _message_page, "/status/news": _news_page}.get(path, _reach_page)
    notes.add("info", _("Here is what you wrote. It is not sent yet."))
    return shown(Form(written), written)


def _message_page(form: Form, values: object) -> Response:
    return form_page("family/message.html", form.errors, values=values)


def _reach_page(form: Form, values: object) -> Response:
    return form_page("family/reach.html", form.errors, values=values, words=words)


def _permissions_page(form: Form) -> Response:
    ticked = request.form.getlist("scope")
    shown = [(code, label) for code, label, _why in words.consents()]
    return form_page("family/permissions.html", form.errors, scopes=shown, ticked=ticked)


def _news_page(form: Form, values: object) -> Response:
    return form_page(
        "family/news.html", form.errors, values=values, words=words, **told_dates.choices()
    )


def _news_echo(form: Form, when: ToldDate) -> Response:
    ask = told_dates.asks_start(when)
    shown_anew = {"csrf_token", "sure", *(told_dates.start_fields("last") if ask else [])}
    return form_page(
        "family/news_echo.html",
        form.errors,
        fields=[(name, value) for name, value in form.raw.items() if name not in shown_anew],
        when=told_dates.understood(when),
        remarks=told_dates.remarks(when),
        ask=ask,
        told=when.words,
        values=form.raw,
        months=told_dates.months(),
    )
