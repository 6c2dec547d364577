"""What a family does behind its receipt: read, write, add news, say how to be reached, withdraw."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from tracker.domain.consent import Scope
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.engine.cases.intake import Code, ToldContact, enter_contact
from tracker.engine.cases.sharing import end_shares, record_consent, tell_clock
from tracker.engine.clock.clockwork import hold
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.security import receipts
from tracker.store import family, sessions
from tracker.store.cases import visible_cases
from tracker.store.schema import Case, Enquirer, FamilyMessage, new_id

UNSEEN_FOR: Final = timedelta(minutes=10)
"""So long after sending a browser whose answer was lost on the way may ask for another code: enough
to send once more, too short for whoever takes the telephone away later."""

ERASED_AFTER: Final = timedelta(days=14)
"""S6: what a withdrawal erases waits so long."""


def find(desk: Desk, locator: str) -> Enquirer | None:
    """The enquirer behind a receipt's locator."""
    return family.by_locator(desk.session, receipts.locator_hmac(locator, desk.ring.pepper))


def new_code(desk: Desk) -> receipts.Receipt:
    """A receipt whose locator is not taken. Hash its secret outside any transaction."""
    while True:
        receipt = receipts.new_receipt()
        if find(desk, receipt.locator) is None:
            return receipt


def code_of(receipt: receipts.Receipt, pepper: bytes) -> Code:
    """What is kept of a receipt; takes a quarter of a second. Raises Busy."""
    return Code(
        receipts.locator_hmac(receipt.locator, pepper),
        receipts.hash_secret(receipt.secret, pepper),
    )


def replace_code(desk: Desk, enquirer: Enquirer, code: Code, checked: str) -> None:
    """A lost receipt is replaced after an identity check; the old one opens nothing any more.

    `checked` is how the caseworker knows who it is; it is kept, sealed.
    """
    if not checked.strip():
        raise Refused(_("Say how you made sure who this is."))
    desk.note(enquirer.case_id, "code_replaced", checked.strip())
    enquirer.receipt_locator, enquirer.receipt_hash = code.locator, code.secret_hash
    enquirer.checked_at = desk.now
    sessions.end_family(desk.session, enquirer.id, desk.now)
    desk.audit("receipt.replaced", "enquirer", enquirer.id, enquirer.case_id)


def may_be_unseen(desk: Desk, enquirer: Enquirer) -> bool:
    """Whether a code may never have reached its family: it is new, was never used nor replaced."""
    touched = (enquirer.opened_at, enquirer.checked_at, enquirer.withdrawn_at, enquirer.erased_at)
    return not any(touched) and desk.now - enquirer.created_at <= UNSEEN_FOR


def replace_unseen(desk: Desk, enquirer: Enquirer, code: Code) -> None:
    """Another code for the browser that sent the report; the first opens nothing any more (S7).

    Raises Refused where the first was used meanwhile, or ten minutes have passed.
    """
    desk.session.refresh(enquirer, with_for_update=True)
    if not may_be_unseen(desk, enquirer):
        raise Refused(_("The code cannot be shown again."))
    enquirer.receipt_locator, enquirer.receipt_hash = code.locator, code.secret_hash
    desk.audit("receipt.unseen", "enquirer", enquirer.id, enquirer.case_id)


def opened(desk: Desk, enquirer: Enquirer) -> None:
    """The receipt was used; the time before is what the family is shown."""
    enquirer.opened_before_at, enquirer.opened_at = enquirer.opened_at, desk.now
    enquirer.last_heard_at = desk.now
    desk.audit("receipt.opened", "enquirer", enquirer.id, enquirer.case_id)


def mine(desk: Desk) -> tuple[Enquirer, Case]:
    """The signed-in enquirer and their case. Raises Refused when it is gone."""
    enquirer = family.enquirer(desk.session, desk.actor.id)
    case = desk.session.scalars(visible_cases(desk.actor)).one_or_none()
    if enquirer is None or case is None:
        raise Refused(_("This was deleted. There is nothing left of it here."))
    return enquirer, case


def write(desk: Desk, enquirer: Enquirer, text: str) -> FamilyMessage:
    """A message from the family to its caseworker."""
    message = FamilyMessage(
        id=new_id(),
        case_id=enquirer.case_id,
        enquirer_id=enquirer.id,
        from_family=True,
        written_at=desk.now,
    )
    desk.safe.seal(message, "body", text)
    desk.session.add(message)
    enquirer.last_heard_at = desk.now
    desk.audit("message.written", "message", message.id, enquirer.case_id)
    return message


def has_read(desk: Desk, enquirer: Enquirer, up_to: datetime) -> None:
    """The family says that it has read what was on the page."""
    count = family.mark_read(desk.session, enquirer.id, up_to, desk.now)
    if count:
        desk.audit("message.read", "enquirer", enquirer.id, enquirer.case_id, count=count)


def add_news(desk: Desk, enquirer: Enquirer, case: Case, contact: ToldContact) -> None:
    """News from the family: pending until a caseworker confirms it (R14, S6)."""
    enter_contact(desk, case, contact, enquirer=enquirer)
    enquirer.last_heard_at = desk.now


def change_reach(
    desk: Desk,
    enquirer: Enquirer,
    ways: Mapping[str, Any],
    *,
    protected: bool,
    reachable: bool,
) -> None:
    """Other ways or times to be reached, or none (S5). What else is known of them stays."""
    desk.session.refresh(enquirer, with_for_update=True)
    if enquirer.withdrawn_at is not None:
        raise Refused(_("You have withdrawn: nobody will contact you."))
    details = dict(desk.safe.open(enquirer, "details") or {})
    desk.safe.seal(enquirer, "details", details | dict(ways))
    enquirer.protected, enquirer.reachable = protected, reachable
    enquirer.last_heard_at = desk.now
    desk.audit("enquirer.reach_changed", "enquirer", enquirer.id, enquirer.case_id)


def take_back(desk: Desk, enquirer: Enquirer, case: Case, scopes: Collection[str]) -> None:
    """Single permissions end at once, and with a consulate's all that it is shown (S6, R13).

    What this enquirer never allowed, or took back before, changes nothing.
    """
    hold(desk, case)
    taken = [each for each in family.given_scopes(desk.session, enquirer.id) if each in scopes]
    for scope in taken:
        record_consent(
            desk,
            case,
            enquirer,
            scope,
            given=False,
            language=enquirer.language,
            text_checked=True,  # a withdrawal counts in any language
        )
    if taken:
        enquirer.last_heard_at = desk.now


def withdraw(desk: Desk, enquirer: Enquirer, case: Case) -> None:
    """S6: sharing and contact end at once; the clock runs on until a caseworker closes.

    Erasure waits (`erased_on`); until then a caseworker sees that the family withdrew. Doing it
    twice changes nothing.
    """
    hold(desk, case)
    if enquirer.withdrawn_at is not None:
        return
    take_back(desk, enquirer, case, list(Scope))
    enquirer.withdrawn_at = desk.now
    enquirer.reachable = False
    desk.session.flush()
    end_shares(desk, case)
    tell_clock(desk, case)
    desk.audit("enquirer.withdrew", "enquirer", enquirer.id, case.id)


def erased_on(enquirer: Enquirer, case: Case) -> date | None:
    """The day on which a withdrawn enquirer is erased (`retention.forget`); None: not withdrawn."""
    if enquirer.withdrawn_at is None:
        return None
    return local_date(enquirer.withdrawn_at + ERASED_AFTER, zone(case.zone_name))
