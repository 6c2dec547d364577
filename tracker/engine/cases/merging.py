"""Two cases of one person made one, and taken apart again. Only ever by a person.

Everything told of either stays as it was told, with its source. The clocks are merged by R17, the
alerts by R5–R7, and a post sees afterwards only what it was shown of both.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from tracker.domain import memory
from tracker.domain.alerts import STANDING
from tracker.domain.casefile import CaseFile
from tracker.domain.changing import merge as merge_clocks
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.domain.policy import Policy
from tracker.engine.cases import moving, sharing
from tracker.engine.clock.clockwork import (
    enter,
    hold_all,
    open_file,
    policy_of,
    together,
)
from tracker.engine.clock.policies import begin_moving
from tracker.engine.clock.rereading import read_contacts
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.store.cases import MERGED
from tracker.store.schema import Alert, Case, Merge, PersonName, Share, new_id
from tracker.store.sealing import Erased


def may_merge(case: Case, other: Case) -> str:
    """Why `other` cannot be merged into `case`, a sentence; "" when it can."""
    if case.id == other.id:
        return _("This is one and the same case.")
    if MERGED in (case.state, other.state):
        return _("One of these cases was merged already.")
    if case.state == "closed" and other.state == "open":
        return _("Keep the open case: a closed one has no clock. Or open it again first.")
    return ""


def merge(desk: Desk, case: Case, other: Case, reason: str) -> Merge:
    """Merge `other` into `case`. Raises Refused where that cannot be, or without a reason."""
    hold_all(desk, {case, other})
    if why := may_merge(case, other):
        raise Refused(why)
    if not reason.strip():
        raise Refused(_("Give a reason; others will have to understand it later."))
    theirs, their_policy = open_file(desk, other), _policy(desk, other)
    before = _standing(desk, case, other, theirs)
    try:
        _after_mine(desk, case, other)
        before["moved"] = moving.move_all(desk, other, case)
    except Erased:
        raise Refused(_("A part of this was erased; it cannot be merged any more.")) from None
    before["ended_shares"], before["made_shares"] = _narrow_shares(desk, case)
    other.state, other.next_look_at, other.snoozed_until = MERGED, None, None
    case.all_clear_at = _earlier(case, other)
    row = Merge(
        id=new_id(),
        case_id=case.id,
        other_id=other.id,
        number=1 + (_last_number(desk, case) or 0),
        merged_at=desk.now,
        merged_by=desk.person_id,
    )
    desk.safe.seal(row, "before", before)
    desk.session.add(row)
    desk.note(case.id, "merge", reason.strip())
    with together(desk, case):
        # A consent of either is first taken for one of both, so that what a post was not yet
        # sent of either stops where it does not hold for both (R13).
        enter(desk, case, lambda file, _policy: file.consents.update(theirs.consents))
        sharing.tell_clock(desk, case)
        enter(
            desk,
            case,
            lambda file, policy: merge_clocks(file, theirs, policy, their_policy),
        )
    for each in (case, other):
        desk.audit("case.merged", "case", each.id, each.id, into=case.ref, of=other.ref)
    return row


def last_merge(desk: Desk, case: Case) -> Merge | None:
    """The merge into this case that may be undone now; None where there is none."""
    query = select(Merge).filter_by(case_id=case.id, undone_at=None).order_by(Merge.number.desc())
    return desk.session.scalars(query).first()


def undo(desk: Desk, case: Case, row: Merge, reason: str) -> Case:
    """Take the last merge into a case back: two records, two clocks; the case that comes back.

    What was entered since stays with `case`, except what came from the other one's enquirers.
    Where nothing was told since, clocks and alerts are what they were; where something was, both
    clocks are armed anew, so that nobody relies on an alert that was about two cases at once.
    """
    other = desk.session.get_one(Case, row.other_id)
    hold_all(desk, {case, other})
    desk.session.refresh(row)
    if row.undone_at is not None or row.case_id != case.id:
        raise Refused(_("This was taken back already."))
    if last_merge(desk, case) is not row:
        raise Refused(_("Undo the later merge first."))
    if not reason.strip():
        raise Refused(_("Give a reason; others will have to understand it later."))
    before = desk.safe.open(row, "before")
    merged = open_file(desk, case)
    is_quiet = _is_quiet(desk, case, before)
    moving.move_back(desk, case, other, before["moved"])
    _restore_rows(desk, case, other, before, is_quiet)
    desk.safe.seal(case, "clock", before["clock"])
    row.undone_at, row.undone_by = desk.now, desk.person_id
    begin_moving(desk)  # what comes back may stand under a version that retired meanwhile
    desk.note(case.id, "unmerge", reason.strip())
    for each in (case, other):
        _wake(desk, each, merged, is_quiet)
        desk.audit("case.unmerged", "case", each.id, each.id, into=case.ref, of=other.ref)
    return other


def _policy(desk: Desk, case: Case) -> Policy:
    return policy_of(desk.session, case.policy_version_id)


def _last_number(desk: Desk, case: Case) -> int | None:
    return desk.session.scalar(select(func.max(Merge.number)).filter_by(case_id=case.id))


def _earlier(case: Case, other: Case) -> Any:
    """The earlier all-clear: whoever was told of either after its own is told of the next (R5)."""
    if case.all_clear_at is None or other.all_clear_at is None:
        return None
    return min(case.all_clear_at, other.all_clear_at)


def _after_mine(desk: Desk, case: Case, other: Case) -> None:
    """The other's names stand behind this one's."""
    last = desk.session.scalar(select(func.max(PersonName.position)).filter_by(case_id=case.id))
    for name in desk.session.scalars(select(PersonName).filter_by(case_id=other.id)):
        name.position += 1 + (-1 if last is None else last)


# -- what has to be known to take it back -----------------------------------------------------


def _standing(desk: Desk, case: Case, other: Case, theirs: CaseFile) -> dict[str, Any]:
    file = open_file(desk, case)
    both = (case.id, other.id)
    alerts = desk.session.scalars(
        select(Alert).where(Alert.case_id.in_(both), Alert.state.in_(STANDING))
    )
    names = desk.session.scalars(select(PersonName).filter_by(case_id=other.id))
    return {
        "clock": memory.dump(file),
        "episode": max(file.episode, theirs.episode),
        "alerts": [[row.id, row.state, _iso(row.ended_at)] for row in alerts],
        "positions": {row.id: row.position for row in names},
        "all_clear": _iso(case.all_clear_at),
        "policy": case.policy_version_id,
        "state": other.state,
    }


def _iso(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


def _is_quiet(desk: Desk, case: Case, before: dict[str, Any]) -> bool:
    """Whether no alert was raised, no all-clear given and no policy changed since the merge.

    Alerts of the merged clock belong to episodes of its own (R7).
    """
    since = select(Alert.id).where(
        Alert.case_id == case.id,
        Alert.episode > before["episode"],
        Alert.kind != "to_confirm",
    )
    return (
        desk.session.scalars(since).first() is None
        and case.policy_version_id == before["policy"]
        and case.state == "open"
    )


def _restore_rows(
    desk: Desk, case: Case, other: Case, before: dict[str, Any], is_quiet: bool
) -> None:
    other.state = before["state"]
    for name_id, position in before["positions"].items():
        desk.session.get_one(PersonName, name_id).position = position
    if is_quiet:
        case.all_clear_at = memory.moment(before["all_clear"])
        for alert_id, state, ended_at in before["alerts"]:
            alert = desk.session.get_one(Alert, alert_id)
            alert.state, alert.ended_at = state, memory.moment(ended_at)
    taken_back = set()
    for share_id in before["made_shares"]:
        made = desk.session.get_one(Share, share_id)
        if made.ended_at is not None:  # by a person, or by its day: that holds for both records
            taken_back.add(made.post_id)
        made.ended_at = made.ended_at or desk.now
    desk.session.flush()
    for share_id in before["ended_shares"]:
        ended = desk.session.get_one(Share, share_id)
        owner = case if ended.case_id == case.id else other
        assert ended.ended_at is not None  # by the merge
        if ended.post_id in taken_back or sharing.taken_back_since(desk, owner, ended.ended_at):
            continue
        live = {share.post_id for share in sharing.live_shares(desk, owner)}
        if ended.post_id not in live and (
            ended.until_on is None or ended.until_on >= _today(desk, owner)
        ):
            ended.ended_at = None
            desk.session.flush()


def _wake(desk: Desk, case: Case, merged: CaseFile, is_quiet: bool) -> None:
    """Let a clock that is as it was see what its own record says now, and look at the case."""

    def change(file: CaseFile, policy: Policy) -> None:
        read_contacts(desk, case, file, policy, merged)
        file.zone_name, file.closed = case.zone_name, case.state == "closed"
        if not is_quiet:  # armed anew: what is due is told again (R6, R8), under numbers of its own
            file.episode = merged.episode + 1
            file.firings.clear()
            file.told |= merged.told

    with together(desk, case):
        enter(desk, case, change)
        sharing.tell_clock(desk, case)


def _today(desk: Desk, case: Case) -> date:
    return local_date(desk.now, zone(case.zone_name))


# -- what a post sees -------------------------------------------------------------------------


def _narrow_shares(desk: Desk, case: Case) -> tuple[list[str], list[str]]:
    """End the shares of both records; a post that had both keeps what it was shown of each."""
    by_post: dict[str, list[Share]] = {}
    live = sharing.live_shares(desk, case)
    for row in live:
        by_post.setdefault(row.post_id, []).append(row)
        row.ended_at = desk.now
    made = []
    for post_id, rows in sorted(by_post.items()):
        fields = set.intersection(*(set(row.fields) for row in rows))
        if len(rows) > 1 and fields:
            untils = [row.until_on for row in rows if row.until_on is not None]
            both = Share(
                id=new_id(),
                case_id=case.id,
                post_id=post_id,
                fields=sorted(fields),
                shared_by=rows[0].shared_by,
                shared_at=desk.now,
                until_on=min(untils, default=None),
            )
            desk.session.add(both)
            made.append(both.id)
    desk.session.flush()
    return [row.id for row in live], made
