"""The answers given so far: a sealed draft that the browser's cookie finds for 24 hours."""

from __future__ import annotations

import json
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from tracker.engine.desk import Desk
from tracker.engine.staff import brakes
from tracker.engine.staff.visits import real_now
from tracker.store import drafts
from tracker.store.schema import Draft
from tracker.web import cookies, csrf, language, limits
from tracker.web.fields import Form

COOKIE: Final = "draft"
KIND: Final = "report"

LARGEST: Final = 64 * 1024
"""Bytes of one draft's answers: no form fills a disk (S11)."""

_FAULTY: Final = "faulty"
ASKED_AGAIN: Final = "asked_again"
"""That words about a date were not understood was said."""

Answers = dict[str, dict[str, Any]]
"""Question -> its fields as they were typed, cleaned."""


def begin(desk: Desk) -> None:
    """A new draft for this browser, in place of the one it may have."""
    discard(desk)
    source = brakes.neighbourhood(desk, limits.address())
    token = drafts.begin(desk.session, desk.safe, KIND, real_now(desk), {}, source=source)
    cookies.put(COOKIE, token, lasts=int(drafts.LASTS.total_seconds()))


def find(desk: Desk, *, lock: bool = False) -> Draft | None:
    """This browser's draft, sent ones too; None when there is none or its day is over."""
    return drafts.find(desk.session, KIND, cookies.read(COOKIE), real_now(desk), lock=lock)


def given(desk: Desk, draft: Draft) -> Answers:
    """What was answered."""
    return drafts.answers(desk.safe, draft)


def keep(desk: Desk, draft: Draft, answers: Answers) -> bool:
    """Keep what was answered; False, and nothing is kept, when it is more than a draft may hold."""
    if len(json.dumps(answers, ensure_ascii=False).encode()) > LARGEST:
        return False
    drafts.keep(desk.safe, draft, answers)
    return True


def put(given: Answers, key: str, answer: dict[str, Any]) -> None:
    """This is the answer now; what was wrong before is forgotten."""
    given[key] = answer | {k: v for k, v in given.get(key, {}).items() if k == ASKED_AGAIN}
    given.pop(_FAULTY, None)


def put_faulty(given: Answers, key: str, form: Form) -> None:
    """What was typed at a question and cannot be taken; the last such form alone is kept."""
    given[_FAULTY] = {"key": key, "typed": form.as_read().to_dict(flat=False), "said": form.errors}


def put_unfinished(given: Answers, key: str, form: Form) -> None:
    """What was typed at a question when another language was chosen: nothing is said of it."""
    typed = form.without((csrf.FIELD, language.PARAMETER)).as_sent()
    given[_FAULTY] = {"key": key, "typed": typed.to_dict(flat=False), "said": None}


def faulty(given: Answers, key: str) -> tuple[Form, dict[str, str] | None] | None:
    """What was typed there last and not taken as an answer; and what was said of it, or None where
    nothing is to be said."""
    left = given.get(_FAULTY, {})
    return (Form(MultiDict(left["typed"])), left["said"]) if left.get("key") == key else None


def discard(desk: Desk) -> None:
    """Delete this browser's draft, unless it was sent: then its row answers a second submit."""
    draft = find(desk, lock=True)
    if draft is not None and draft.sent_case_id is None:
        drafts.discard(desk.session, draft)
    cookies.drop(COOKIE)
