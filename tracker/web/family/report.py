"""`/report`: the safety page, then one question a page; stop at any time and come back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.moments import local_date
from tracker.engine.cases.intake import checked_beside
from tracker.engine.cases.told_dates import WrongDate
from tracker.engine.staff import brakes
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.i18n.words import speaking, spoken
from tracker.web import here, language, limits, notes, told_dates
from tracker.web.access import public
from tracker.web.family import answers as drafts
from tracker.web.family import questions, words
from tracker.web.family.answers import Answers
from tracker.web.family.compiling import told_date
from tracker.web.family.door import bp
from tracker.web.family.questions import PART
from tracker.web.fields import Form
from tracker.web.pages import form_page, go, page

CHECK = "/report/check"


@bp.get("/report")
@public
def safety() -> ResponseReturnValue:
    """What happens to what a family writes, before it writes anything."""
    with here.reading() as desk:
        draft = drafts.find(desk)
        going = draft is not None and draft.sent_case_id is None
    beside = checked_beside(spoken())
    checked: list[str] = []
    if beside:
        with speaking(beside):
            checked = words.safety()
    return page(
        "family/safety.html",
        lines=words.safety(),
        beside=LANGUAGES[beside] if beside else None,
        checked=checked,
        going=going,
    )


@bp.post("/report")
@public
def begin() -> ResponseReturnValue:
    """Begin, or go on where this browser stopped."""
    with here.writing() as desk:
        draft = drafts.find(desk, lock=True)
        if draft is None or draft.sent_case_id is not None or request.form.get("anew"):
            if wait := brakes.share(desk, "report", limits.address()):
                limits.refuse_share(wait)
            drafts.begin(desk)
            return go(_address("relation"))
        key = questions.first_open(drafts.given(desk, draft))
    return go(_address(key))


@bp.post("/report/delete")
@public
def delete() -> ResponseReturnValue:
    """Throw away what was not sent."""
    with here.writing() as desk:
        drafts.discard(desk)
    notes.add("success", _("What you had written is deleted."))
    return go("/report")


@bp.get("/report/<key>")
@public
def question_form(key: str) -> ResponseReturnValue:
    """One question, with what was answered before, or with what is wrong with what was typed last.

    Faults are shown by GET: a browser's Back finds a page, and asks nobody to send a form again.
    """
    _known(key)
    with here.reading() as desk:
        draft = drafts.find(desk)
        if draft is None or draft.sent_case_id is not None:
            return lost()
        given = drafts.given(desk, draft)
    if key == "understood":
        left = drafts.faulty(given, key)
        return _understood(given, left[0] if left else None)
    if (typed := drafts.faulty(given, key)) is not None:
        form, said = typed
        if said is None:
            return ask(key, given, form.raw, {})
        _read(key, form)  # in the language of now
        return ask(key, given, form.raw, form.errors or said, status=200)
    answer = dict(given.get(key, {}))
    if answer.get(drafts.ASKED_AGAIN) and _is_unread(given, key):
        return ask(key, given, answer, {}, unread=True, onwards=onwards(given, key))
    return ask(key, given, answer, {})


@bp.post("/report/<key>")
@public
def question(key: str) -> ResponseReturnValue:
    """Keep one answer and go on.

    It is read before anything is locked: whatever a stranger writes, nobody waits for it (S11).
    """
    _known(key)
    form, switched = Form(request.form), language.switched()
    with here.reading() as desk:
        draft = drafts.find(desk)
        if draft is None or draft.sent_case_id is not None:
            return lost()
        given = drafts.given(desk, draft)
    if key == "understood" and not switched:
        return _agreed(form, given)
    if wait := limits.share("answer"):
        return limits.later(wait, ask(key, given, form.raw, {"": limits.share_is_used(wait)}))
    kept = {} if switched else _read(key, form)
    with here.writing() as desk:
        draft = drafts.find(desk, lock=True)
        if draft is None or draft.sent_case_id is not None:
            return lost()
        given = drafts.given(desk, draft)
        if switched:
            drafts.put_unfinished(given, key, form)
        elif not form:
            drafts.put_faulty(given, key, form)
        else:
            drafts.put(given, key, kept)
        echo = (
            bool(form)
            and not switched
            and not form.checked("dont_know")
            and _wants_echo(given, key)
        )
        if echo and key != "heard":
            given[key][drafts.ASKED_AGAIN] = "1"
        if not drafts.keep(desk, draft, given):
            form.fail("", too_much())
            return ask(key, given, form.raw, form.errors)
    if not form or switched or request.form.get("more_names"):
        return go(_address(key))
    if echo:
        return go(_address("understood" if key == "heard" else key))
    return go(onwards(given, key))


def _read(key: str, form: Form) -> questions.Kept:
    asked = questions.BY_KEY[key]
    return asked.left(form, today()) if form.checked("dont_know") else asked.read(form, today())


def today() -> date:
    """The local day on which a family writes, where the office is."""
    return local_date(here.now(), here.services().settings.timezone)


def _known(key: str) -> None:
    if key not in questions.BY_KEY and key != "understood":
        abort(404)


def _address(key: str | None) -> str:
    return f"/report/{key}" if key else CHECK


def onwards(given: Answers, key: str) -> str:
    """Where to go on from a question that was answered."""
    return _address(questions.after(given, key))


def lost() -> ResponseReturnValue:
    """The draft is gone: begin again."""
    notes.add(
        "warning",
        _("What you wrote is no longer here: it was sent, or deleted, or 24 hours have passed."),
    )
    return go("/report")


def too_much() -> str:
    """Said where a draft would become larger than one may be."""
    return _("This is too much for one form. Shorten it; after sending it you can write more.")


def ask(
    key: str,
    given: Answers,
    values: Mapping[str, Any],
    errors: dict[str, str],
    *,
    status: int | None = None,
    **more: object,
) -> Response:
    """The page of one question; `status` where it is not what forms answer."""
    keys = questions.asked(given)
    previous = questions.before(given, key)
    complete = questions.first_open(given) is None
    made = form_page(
        f"family/ask/{key}.html",
        errors,
        values=values,
        back_url=CHECK if complete else f"/report/{previous}" if previous else "/report",
        number=keys.index(key) + 1 if key in keys else None,
        count=len(keys) + ("means" not in given),
        words=words,
        names=_names_shown(values),
        **told_dates.choices(),
        **_consent_texts(key),
        **more,
    )
    made.status_code = status or made.status_code
    return made


def _names_shown(values: Mapping[str, Any]) -> int:
    """How many name fields to show: those filled, one more, and never fewer than two."""
    filled = [n for n in range(1, questions.MOST_NAMES + 1) if values.get(f"name_{n}")]
    return min(max([*filled, 1]) + 1, questions.MOST_NAMES)


def _consent_texts(key: str) -> dict[str, object]:
    beside = checked_beside(spoken()) if key == "consents" else None
    if beside is None:
        return {}
    with speaking(beside):
        return {"beside": LANGUAGES[beside], "checked": words.consents()}


def _wants_echo(given: Answers, key: str) -> bool:
    """Whether we say how a date was understood: always for the last contact; for another, which
    nobody needs to the day, that it was not, once."""
    if key != "heard":
        return _is_unread(given, key) and not given[key].get(drafts.ASKED_AGAIN)
    told = told_date(given, key)
    return told is not None and (bool(told.words) or told.days is not None)


def _is_unread(given: Answers, key: str) -> bool:
    """Whether words stand there for a date in which we find none."""
    told = told_date(given, key) if key in questions.DATES else None
    return told is not None and bool(told.words) and told.days is None


def _agreed(form: Form, given: Answers) -> ResponseReturnValue:
    """Go on; how long ago it was at most is kept, where the page asked for it and it was said."""
    since = {name: form.text(name, longest=PART) for name in told_dates.start_fields("last")}
    since = {name: value for name, value in since.items() if value}
    heard = {**given.get("heard", {}), **since}
    if not since or "said_on" not in heard:
        return go(onwards(given, "heard"))
    try:
        told_date({"heard": heard}, "heard")
    except WrongDate as wrong:
        form.fail(wrong.field, told_dates.sentence(wrong.fault))
    if wait := limits.share("answer"):
        form.fail("", limits.share_is_used(wait))
        return limits.later(wait, _understood(given, form))
    if not form:
        return _understood(given, form)
    with here.writing() as desk:
        draft = drafts.find(desk, lock=True)
        if draft is None or draft.sent_case_id is not None:
            return lost()
        given = drafts.given(desk, draft)
        given["heard"] = {**given.get("heard", {}), **since}
        drafts.keep(desk, draft, given)
    return go(onwards(given, "heard"))


def _understood(given: Answers, form: Form | None = None) -> Response:
    told = told_date(given, "heard")
    return form_page(
        "family/understood.html",
        form.errors if form is not None else {},
        back_url=_address("heard"),
        when=told_dates.understood(told) if told else "",
        remarks=told_dates.remarks(told) if told else [],
        ask=told_dates.asks_start(told) if told else "",
        told=told.words if told else "",
        values=form.raw if form is not None else {},
        months=told_dates.months(),
    )
