"""How long things are kept, and how they are erased for good (safety.md S6, S18).

Every case has a day on which somebody must look at it again. A person who withdrew is erased after
14 days; the days of contact stay, without them, while the case is open, since nobody may end an
alarm by forcing a withdrawal. A case is erased by destroying its keys: at once when it is closed
and all who told of it withdrew, otherwise by a supervisor's word.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from tracker.domain.actor import WORKER
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.engine.cases.cases import review_day
from tracker.engine.cases.family import ERASED_AFTER, erased_on
from tracker.engine.cases.sharing import live_shares
from tracker.engine.desk import Desk
from tracker.engine.power import Power
from tracker.engine.pulse import beat
from tracker.i18n.words import _
from tracker.store import family, sessions
from tracker.store import retention as store
from tracker.store.cases import ERASED
from tracker.store.schema import Attachment, Case, Enquirer, Pulse

PULSE: Final = "retention"
KEEP_AT_MOST: Final = timedelta(days=3660)
"""S18: nothing is put off for longer at a time."""
_DATED_AT_ONCE: Final = 500


def run(services: Power) -> int:
    """Once a calendar day (UTC): erase what is due, then date what has no review date.

    Each erasure is a transaction of its own; one that fails is tried again the next day and costs
    the others nothing. The day counts as done at the end: a worker that is killed meanwhile leaves
    the rest to the next. Raises an ExceptionGroup of what failed.
    """
    with services.reading(WORKER) as desk:
        last = desk.session.get(Pulse, PULSE)
        if last is not None and last.at.date() == desk.now.date():
            return 0
        people = store.withdrawn_before(desk.session, desk.now - ERASED_AFTER)
    done, failed = 0, list[Exception]()
    for enquirer_id in people:
        try:
            with services.desk(WORKER) as desk:
                done += forget(desk, enquirer_id)
        except Exception as error:  # one must not keep the others
            failed.append(error)
    with services.reading(WORKER) as desk:
        cases = store.closed_and_taken_back(desk.session)
    for case_id in cases:
        try:
            with services.desk(WORKER) as desk:
                case = desk.session.get_one(Case, case_id)
                if case.state == "closed":  # another worker was not quicker
                    erase(desk, case)
                    done += 1
        except Exception as error:  # one must not keep the others
            failed.append(error)
    try:
        while dated := _give_dates(services):
            done += dated
    except Exception as error:  # nor does a date that cannot be given
        failed.append(error)
    with services.desk(WORKER) as desk:
        beat(desk, PULSE)
    services.database.erase_traces()  # once a day also of what somebody's reading kept (S1)
    if failed:
        raise ExceptionGroup("erasures failed", failed)
    return done


def _give_dates(services: Power) -> int:
    """Cases from before there were review dates."""
    with services.desk(WORKER) as desk:
        cases = store.undated(desk.session, _DATED_AT_ONCE)
        for case in cases:
            case.review_on = review_day(desk, case)
        return len(cases)


def forget(desk: Desk, enquirer_id: str) -> int:
    """Erase one who withdrew 14 days ago or more: who they are, their words, letters and receipt.

    What the record says of the detained person stays, without its source, until the case goes.
    """
    enquirer = desk.session.get_one(Enquirer, enquirer_id, with_for_update=True)
    withdrawn = enquirer.withdrawn_at
    if enquirer.erased_at is not None or withdrawn is None or withdrawn > desk.now - ERASED_AFTER:
        return 0
    for row in store.told_by(desk.session, enquirer.id):
        for column in ("source", "details"):
            if getattr(row, f"{column}_sealed", None):
                desk.safe.wipe(row, column)
        row.enquirer_id = None
    store.drop_letters(desk.session, enquirer.id)
    store.drop_attachments(desk.session, Attachment.enquirer_id == enquirer.id)
    _forget_who(desk, enquirer)
    desk.audit("enquirer.erased", "enquirer", enquirer.id, enquirer.case_id)
    return 1


def erase(desk: Desk, case: Case) -> None:
    """Destroy the keys of a closed case: nothing told in it can be read again, ever.

    Raises Refused for a case that is not closed: its clock runs on.
    """
    desk.session.refresh(case, with_for_update=True)
    if case.state != "closed":
        raise Refused(_("Only a closed case can be deleted: the clock of an open one runs on."))
    for enquirer in family.enquirers(desk.session, case.id):
        _forget_who(desk, enquirer)
    for share in live_shares(desk, case):
        share.ended_at = desk.now
    store.drop_attachments(desk.session, Attachment.case_id == case.id)
    store.stop_messages(desk.session, case.id, desk.now)
    desk.safe.destroy_keys(case.id, desk.now)
    for other in store.merged_from(desk.session, case.id):  # their clocks, and what undoing needs
        desk.safe.destroy_keys(other.id, desk.now)
        other.state, other.review_on, other.silent_rank = ERASED, None, None
        desk.audit("case.erased", "case", other.id, other.id)
    case.state = ERASED
    case.caseworker_id = case.supervisor_id = None
    case.next_look_at = case.silent_rank = case.review_on = case.snoozed_until = None
    case.next_step_at, case.wants_consent = None, False
    case.set_aside_at = case.set_aside_reason = None
    desk.audit("case.erased", "case", case.id, case.id)


def keep(desk: Desk, case: Case, until: date | None, reason: str) -> None:
    """Look again on another day, with a reason. Raises Refused for a day that cannot be."""
    today = local_date(desk.now, zone(case.zone_name))
    if until is None or until <= today:
        raise Refused(_("Choose a day in the future."))
    if until - today > KEEP_AT_MOST:
        raise Refused(_("Choose a day within the next ten years."))
    if not reason.strip():
        raise Refused(_("Give a reason; others will have to understand it later."))
    desk.note(case.id, "keep", reason.strip())
    case.review_on = until
    desk.audit("case.kept", "case", case.id, case.id, until=until.isoformat())


def stay(desk: Desk, case: Case, enquirer: Enquirer, reason: str) -> None:
    """A withdrawal was not meant, or not free: nothing is erased. Consents stay withdrawn.

    Raises Refused without a reason, and once they are erased.
    """
    desk.session.refresh(enquirer, with_for_update=True)  # the worker may be erasing them
    if enquirer.withdrawn_at is None:
        return
    if enquirer.erased_at is not None:
        raise Refused(_("This was deleted. There is nothing left of it here."))
    if not reason.strip():
        raise Refused(_("Give a reason; others will have to understand it later."))
    desk.note(case.id, "stay", reason.strip())
    enquirer.withdrawn_at = None
    case.review_on = review_day(desk, case)
    desk.audit("enquirer.stayed", "enquirer", enquirer.id, case.id)


def erasures(desk: Desk, case: Case) -> dict[str, date]:
    """The enquirers of a case who withdrew and are not erased yet, with the day they will be."""
    found = {}
    for enquirer in family.enquirers(desk.session, case.id):
        on = erased_on(enquirer, case)
        if on is not None and enquirer.erased_at is None:
            found[enquirer.id] = on
    return found


def _forget_who(desk: Desk, enquirer: Enquirer) -> None:
    desk.safe.wipe(enquirer, "details")
    enquirer.receipt_locator = enquirer.receipt_hash = None
    enquirer.reachable = False
    enquirer.erased_at = enquirer.erased_at or desk.now
    sessions.end_family(desk.session, enquirer.id, desk.now)
