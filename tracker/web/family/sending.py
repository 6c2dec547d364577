"""Check the answers, send them, and get the receipt (S7)."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from tracker.domain.actor import ANYONE
from tracker.domain.errors import Refused
from tracker.engine.cases import family as behind_receipt
from tracker.engine.cases import pictures
from tracker.engine.cases.intake import take_in
from tracker.engine.desk import Desk
from tracker.i18n.words import gettext as _
from tracker.security.receipts import Receipt
from tracker.store import drafts as draft_rows
from tracker.store import family
from tracker.store.schema import Draft, Enquirer
from tracker.web import here, limits
from tracker.web.access import public
from tracker.web.family import answers as drafts
from tracker.web.family import questions
from tracker.web.family.answers import Answers
from tracker.web.family.compiling import account, teller
from tracker.web.family.door import bp
from tracker.web.family.report import lost
from tracker.web.family.summary import rows
from tracker.web.pages import form_page, go, page
from tracker.web.qr import drawing

_ENQUIRER = "enquirer"
"""What is left in a draft that was sent: who sent it, by id."""


@bp.get("/report/check")
@public
def check() -> ResponseReturnValue:
    """Everything answered, with a way to change each."""
    with here.reading() as desk:
        draft = drafts.find(desk)
        if draft is None:
            return lost()
        if draft.sent_case_id is not None:
            return _received(desk, draft)
        given = drafts.given(desk, draft)
    if unanswered := questions.first_open(given):
        return go(f"/report/{unanswered}")
    return _check_page(given, {})


@bp.post("/report/send")
@public
def send() -> ResponseReturnValue:
    """Send. The clock starts at this instant (R2); the code is shown in this answer only.

    A second submit of the same form says that it was received; it makes no second case.
    """
    with here.reading() as desk:
        draft = drafts.find(desk)
        if draft is None:
            return lost()
        receipt = behind_receipt.new_code(desk)
        if draft.sent_case_id is not None:
            again = request.form.get("lost") and _unseen(desk, draft)
            return _another(receipt) if again else _received(desk, draft)
        given = drafts.given(desk, draft)
    if unanswered := questions.first_open(given):
        return go(f"/report/{unanswered}")
    if wait := limits.share("send"):
        return limits.later(wait, _check_page(given, {"": limits.share_is_used(wait)}))
    code = behind_receipt.code_of(receipt, here.services().ring.pepper)
    settings = here.services().settings
    told, who = account(given, settings.language), teller(given)
    with here.writing(ANYONE) as desk:  # a family's words, whoever is signed in at this screen
        draft = drafts.find(desk, lock=True)
        if draft is None:
            return lost()
        if draft.sent_case_id is not None:
            return _received(desk, draft)
        if drafts.given(desk, draft) != given:  # another window of this browser answered anew
            return go("/report/check")
        try:
            case, enquirer = take_in(desk, told, who, zone_name=settings.timezone.key, code=code)
            pictures.hand_in(desk, draft, case, enquirer)
        except Refused:
            desk.session.rollback()
            problem = _("This could not be taken. Look at the dates again, then send it once more.")
            return _check_page(given, {"": problem})
        draft_rows.sent(desk.safe, draft, case.id, {_ENQUIRER: enquirer.id})
    return _shown(receipt)


def _another(receipt: Receipt) -> ResponseReturnValue:
    """A line that breaks at the last step takes the code with it, and whoever chose never to be
    contacted could not ask a caseworker: once, and only this browser, gets another one."""
    if wait := limits.share("send"):
        limits.refuse_share(wait)
    code = behind_receipt.code_of(receipt, here.services().ring.pepper)
    with here.writing(ANYONE) as desk:
        draft = drafts.find(desk, lock=True)
        if draft is None:
            return lost()
        enquirer = _unseen(desk, draft)
        if enquirer is None:
            return _received(desk, draft)
        behind_receipt.replace_unseen(desk, enquirer, code)
        draft_rows.keep(desk.safe, draft, {})
    return _shown(receipt)


def _unseen(desk: Desk, draft: Draft) -> Enquirer | None:
    """Whose code this browser may never have got; None once that cannot be."""
    whose = drafts.given(desk, draft).get(_ENQUIRER)
    enquirer = family.enquirer(desk.session, str(whose)) if whose else None
    return enquirer if enquirer and behind_receipt.may_be_unseen(desk, enquirer) else None


def _received(desk: Desk, draft: Draft) -> Response:
    return page("family/received.html", unseen=_unseen(desk, draft) is not None)


def _shown(receipt: Receipt) -> Response:
    address = f"{here.services().settings.base_url}/status"
    return page("family/receipt.html", code=receipt.code, address=address, picture=drawing(address))


def _check_page(given: Answers, errors: dict[str, str]) -> Response:
    last = questions.asked(given)[-1]
    return form_page("family/check.html", errors, rows=rows(given), back_url=f"/report/{last}")
