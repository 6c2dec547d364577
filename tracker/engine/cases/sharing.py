"""What the family allowed, and what a consular post is shown and asked (R13, domain.md 14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.exc import OperationalError

from tracker.domain.actor import Actor
from tracker.domain.casefile import CaseFile
from tracker.domain.consent import Answer, Scope, covered
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.domain.statements import for_others
from tracker.engine.clock.aside import set_aside
from tracker.engine.clock.clockwork import enter, hold, open_file, policy_of
from tracker.engine.clock.withdrawing import stop_telling
from tracker.engine.desk import Desk
from tracker.engine.pulse import beat
from tracker.engine.staff.audience import CONSULAR
from tracker.i18n.words import _
from tracker.store import timeline, work
from tracker.store.bulk import among
from tracker.store.cases import lasts
from tracker.store.schema import (
    Alert,
    Case,
    Consent,
    ConsularAction,
    ConsularPost,
    Enquirer,
    Pulse,
    Share,
    Statement,
    new_id,
)
from tracker.store.sealing import UNREADABLE

FIELD_GROUPS = ("name", "dates", "place", "history", "family", "documents")
"""Groups of fields a share may open to a post; the enquirer is never one of them."""

_EXPIRY: Final = "expiry"
"""The pulse of `expire`."""

_A_DAY: Final = timedelta(days=1)
"""By so much the day somewhere may differ from UTC's."""

OUTCOMES = ("asked_authorities", "answered", "no_answer", "cannot")


def record_consent(
    desk: Desk,
    case: Case,
    enquirer: Enquirer,
    scope: str,
    *,
    given: bool,
    language: str,
    text_checked: bool,
    spoken: bool = False,
    until_on: date | None = None,
) -> Consent:
    """Record one answer. It counts at once, and so does its withdrawal, whoever writes it down: a
    no ends what posts are shown. A later yes shows them nothing by itself; somebody shares anew."""
    hold(desk, case)
    consent = Consent(
        id=new_id(),
        case_id=case.id,
        enquirer_id=enquirer.id,
        scope=str(Scope(scope)),
        given=given,
        language=language,
        text_checked=text_checked,
        spoken_at=desk.now if spoken else None,
        recorded_by=desk.person_id,
        recorded_at=_after_earlier_answers(desk, enquirer),
        until_on=until_on,
    )
    desk.session.add(consent)
    desk.session.flush()
    desk.audit("consent.recorded", "consent", consent.id, case.id, scope=scope, given=given)
    if consent.scope == Scope.CONSULAR and not given:
        end_shares(desk, case)
    tell_clock(desk, case)
    return consent


def end_shares(desk: Desk, case: Case) -> None:
    """No post is shown this case any more (S6)."""
    for row in live_shares(desk, case):
        unshare(desk, case, row)


def taken_back_since(desk: Desk, case: Case, since: datetime) -> bool:
    """Whether somebody of this family has said no to a consulate since then."""
    said = select(Consent.id).where(
        Consent.case_id == case.id,
        Consent.scope == Scope.CONSULAR,
        ~Consent.given,
        Consent.recorded_at >= since,
    )
    return desk.session.scalars(said.limit(1)).first() is not None


def _after_earlier_answers(desk: Desk, enquirer: Enquirer) -> datetime:
    """Now, but always after this enquirer's earlier answers: the newest counts, also where the
    clock stands still (demonstration) or was set back."""
    last = desk.session.scalar(
        select(func.max(Consent.recorded_at)).filter_by(enquirer_id=enquirer.id)
    )
    return desk.now if last is None else max(desk.now, last + timedelta(microseconds=1))


def consents(desk: Desk, case: Case, scope: str) -> bool:
    """Whether the family's recorded consent covers a scope today."""
    return case.id in consenting(desk, [case], scope)


def consenting(desk: Desk, cases: Sequence[Case], scope: str) -> set[str]:
    """The ids of those of these cases whose family's recorded consent covers a scope today."""
    ids = [case.id for case in cases]
    answers, enquirers, withdrawn = defaultdict(list), defaultdict(list), set[str]()
    given = select(Consent).where(among(desk.session, Consent.case_id, ids))
    for row in desk.session.scalars(given.order_by(Consent.recorded_at, Consent.id)):
        answers[row.case_id].append(
            Answer(
                row.enquirer_id,
                row.scope,
                row.given,
                row.recorded_at,
                row.text_checked,
                row.spoken_at is not None,
                row.until_on,
            )
        )
    who = select(Enquirer.case_id, Enquirer.id, Enquirer.withdrawn_at)
    for case_id, enquirer_id, withdrawn_at in desk.session.execute(
        who.where(among(desk.session, Enquirer.case_id, ids))
    ):
        enquirers[case_id].append(enquirer_id)
        if withdrawn_at is not None:
            withdrawn.add(case_id)
    return {
        case.id
        for case in cases
        if case.id not in withdrawn
        and covered(answers[case.id], enquirers[case.id], scope, _today(desk, case))
    }


def consents_wanted(desk: Desk, actor: Actor) -> list[tuple[Alert, Case, frozenset[str]]]:
    """What a family could still allow: an alert that could not be told to some role, its case, and
    the roles that consent given now would tell. One a case, by the rule of the digest."""
    found: list[tuple[Alert, Case, frozenset[str]]] = []
    waiting = work.consents_needed(desk.session, actor)
    desk.safe.preload([case.id for _alert, case in waiting], "clock")
    for alert, case in waiting:
        if len(found) == work.SHOWN:
            break
        try:
            policy = policy_of(desk.session, case.policy_version_id)
            wanted = open_file(desk, case).consents_wanted(policy)
        except UNREADABLE:  # then what stands in the trail
            wanted = frozenset(alert.consent_needed)
        if wanted:
            found.append((alert, case, wanted))
    return found


def live_shares(desk: Desk, case: Case) -> list[Share]:
    """The posts that are shown this case today."""
    return shares_of(desk, [case])[case.id]


def shares_of(desk: Desk, cases: Sequence[Case]) -> dict[str, list[Share]]:
    """The posts that are shown these cases today, by case."""
    found: dict[str, list[Share]] = {case.id: [] for case in cases}
    today = {case.id: _today(desk, case) for case in cases}
    standing = select(Share).where(
        among(desk.session, Share.case_id, list(found)), Share.ended_at.is_(None)
    )
    for row in desk.session.scalars(standing):
        if row.until_on is None or row.until_on >= today[row.case_id]:
            found[row.case_id].append(row)
    return found


def told_to_others(desk: Desk, case: Case) -> Iterator[tuple[Statement, dict[str, Any]]]:
    """Standing facts of a case with what may leave the desk of each (`for_others`), oldest first.

    What a family typed into its own form was entered by nobody of the office.
    """
    for row in timeline.statements(desk.session, case.id):
        value = desk.safe.open(row, "value")
        if told := for_others(row.kind, value, by_office=row.entered_by is not None):
            yield row, told


def consular_covered(desk: Desk, case: Case) -> bool:
    """Whether a post may be told: the family consented, and the case is shared with one."""
    return consents(desk, case, Scope.CONSULAR) and bool(live_shares(desk, case))


def tell_clock(desk: Desk, case: Case) -> None:
    """Let the clock know what is covered now; withdrawn consent stops what was not yet sent."""
    allowed = consular_covered(desk, case)
    if (CONSULAR in open_file(desk, case).consents) == allowed:
        return

    def change(file: CaseFile, _policy: object) -> None:
        file.consent(CONSULAR, allowed)

    enter(desk, case, change)
    if not allowed:
        stop_telling(desk, case)


def share(
    desk: Desk,
    case: Case,
    post_id: str,
    fields: Collection[str],
    *,
    until_on: date | None = None,
    ask: str | None = None,
) -> Share:
    """Show a case to a post, within the family's consent, perhaps with a question."""
    hold(desk, case)  # a family that withdraws at this instant comes before or after, not between
    if not consents(desk, case, Scope.CONSULAR):
        raise Refused(
            _("The family has not consented to a consulate. Ask them first, then record it.")
        )
    if desk.session.get(ConsularPost, post_id) is None:
        raise Refused(_("There is no such post. Choose one from the list."))
    if not fields or not set(fields) <= set(FIELD_GROUPS):
        raise Refused(_("Choose what this post may see."))
    for other in live_shares(desk, case):
        if other.post_id == post_id:
            other.ended_at = desk.now  # replaced by the new one
    row = Share(
        id=new_id(),
        case_id=case.id,
        post_id=post_id,
        fields=sorted(fields),
        shared_by=desk.person_id,
        shared_at=desk.now,
        until_on=until_on,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.audit("case.shared", "share", row.id, case.id, post=post_id, fields=sorted(fields))
    if ask and ask.strip():
        ask_post(desk, case, post_id, ask)
    tell_clock(desk, case)
    return row


def unshare(desk: Desk, case: Case, row: Share) -> None:
    """Stop showing a case to a post, at once."""
    hold(desk, case)
    row.ended_at = desk.now
    desk.session.flush()
    desk.audit("case.unshared", "share", row.id, case.id, post=row.post_id)
    tell_clock(desk, case)


def ask_post(desk: Desk, case: Case, post_id: str, question: str) -> ConsularAction:
    """Ask a post to do something about a shared case."""
    action = ConsularAction(
        id=new_id(), case_id=case.id, post_id=post_id, asked_by=desk.person_id, asked_at=desk.now
    )
    desk.safe.seal(action, "asked", question.strip())
    desk.session.add(action)
    desk.session.flush()
    desk.audit("consular.asked", "consular_action", action.id, case.id, post=post_id)
    return action


def answer(desk: Desk, case: Case, action: ConsularAction, outcome: str, words: str) -> None:
    """A post says what it did. It holds nobody else's alarms."""
    if outcome not in OUTCOMES:
        raise Refused(_("Choose what was done."))
    action.outcome, action.answered_by, action.answered_at = outcome, desk.person_id, desk.now
    desk.safe.seal(action, "answer", words.strip() or None)
    desk.audit("consular.answered", "consular_action", action.id, case.id, outcome=outcome)


def expire(desk: Desk) -> int:
    """Shares and consents whose day is over where their case is stop counting; how many cases that
    touched. Whatever else acts on them asks for their day itself: nothing lasts until this ran.
    """
    over = select(Share).join(Case, Case.id == Share.case_id).where(~lasts(Case, desk.now))
    stale = set[str]()
    for row in desk.session.scalars(over.where(Share.ended_at.is_(None))):
        row.ended_at = desk.now
        stale.add(row.case_id)
    stale |= set(desk.session.scalars(_ran_out(desk)))
    desk.session.flush()
    beat(desk, _EXPIRY)
    for case_id in sorted(stale):
        case = desk.session.get_one(Case, case_id)
        try:
            with desk.session.begin_nested():
                tell_clock(desk, case)
        except OperationalError:  # the database's fault, not the case's
            raise
        except Exception as error:  # one bad case must not hold up what else is due today
            set_aside(desk, case, error)
    return len(stale)


def _ran_out(desk: Desk) -> Select[str]:
    """The cases with a consent whose day has passed since this was asked last, somewhere on earth;
    and those that were set aside, on which it may have failed."""
    last = desk.session.get(Pulse, _EXPIRY)
    ended = Consent.until_on < desk.now.date() + _A_DAY
    if last is not None:
        since = min(last.at, desk.now).date() - _A_DAY
        ended &= or_(Consent.until_on >= since, Case.set_aside_at.is_not(None))
    query = select(Consent.case_id).join(Case, Case.id == Consent.case_id)
    return query.where(ended, Consent.given, Case.state.in_(("open", "closed"))).distinct()


def _today(desk: Desk, case: Case) -> date:
    return local_date(desk.now, zone(case.zone_name))
