"""Escalation policies: drafts, activating a version, moving cases to it (R17).

A version never changes once it was active. What a draft would do is `tracker.engine.clock.preview`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from tracker.domain.casefile import CaseFile
from tracker.domain.changing import change_policy
from tracker.domain.errors import Refused
from tracker.domain.moments import zone
from tracker.domain.policy import Policy
from tracker.domain.policy_document import default_policy, read_policy, write_policy
from tracker.engine.clock.aside import set_aside
from tracker.engine.clock.clockwork import enter, policy_of
from tracker.engine.desk import Desk
from tracker.engine.staff.first_run import FIRST
from tracker.i18n.words import _, apart
from tracker.store import policies as store
from tracker.store.health import MOVING
from tracker.store.schema import Case, Flag, PolicyRow, PolicyVersion, new_id

log = logging.getLogger(__name__)

BATCH: Final = 100
"""Cases moved in one transaction."""


def name_of(policy: PolicyRow) -> str:
    """As it was named; the one that every instance begins with, in the reader's language."""
    return _("Default") if policy.name == FIRST else policy.name


def title_of(desk: Desk, version_id: str) -> str:
    """``Default, version 2``, the name isolated: it may run the other way than the language."""
    version = desk.session.get_one(PolicyVersion, version_id)
    policy = desk.session.get_one(PolicyRow, version.policy_id)
    return _("%(name)s, version %(n)s", name=apart(name_of(policy)), n=version.number)


def find_policy(desk: Desk, policy_id: str) -> PolicyRow | None:
    """A policy by its id."""
    return desk.session.get(PolicyRow, policy_id)


def add_policy(desk: Desk, name: str) -> PolicyRow:
    """Another policy beside the default one, with a draft to begin from."""
    if not name.strip():
        raise Refused(_("Give the policy a name, so that others can choose it."))
    policy = PolicyRow(id=new_id(), name=name.strip(), created_at=desk.now)
    desk.session.add(policy)
    desk.session.flush()
    desk.audit("policy.added", "policy", policy.id)
    draft(desk, policy)
    return policy


def draft(desk: Desk, policy: PolicyRow) -> PolicyVersion:
    """The policy's draft; a new one begins as a copy of what is active."""
    version = draft_to_see(desk, policy)
    if version not in desk.session:
        desk.session.add(version)
        desk.session.flush()
        desk.audit("policy.drafted", "policy_version", version.id, number=version.number)
    return version


def draft_to_see(desk: Desk, policy: PolicyRow) -> PolicyVersion:
    """The policy's draft, or the one that would begin, which is not kept."""
    found = store.version_in(desk.session, policy.id, "draft")
    if found is not None:
        return found
    active = store.version_in(desk.session, policy.id, "active")
    numbers = [version.number for version in store.versions(desk.session, policy.id)]
    return PolicyVersion(
        id=new_id(),
        policy_id=policy.id,
        number=max(numbers, default=0) + 1,
        body=active.body if active else write_policy(default_policy()),
        state="draft",
        made_by=desk.person_id,
        made_at=desk.now,
    )


def draft_from(desk: Desk, version: PolicyVersion) -> PolicyVersion:
    """A draft that begins as a copy of an earlier version: the way back to what counted before."""
    policy = desk.session.get_one(PolicyRow, version.policy_id)
    if store.version_in(desk.session, policy.id, "draft") is not None:
        raise Refused(_("There is a draft already. Throw it away before you begin another."))
    begun = draft(desk, policy)
    begun.body = version.body
    desk.session.flush()
    return begun


def save_draft(desk: Desk, version: PolicyVersion, document: Mapping[str, Any]) -> Policy:
    """Keep a draft. Raises MalformedDocument with the wrong member's path, and keeps nothing."""
    if version.state != "draft":
        raise Refused(_("Only a draft can be changed. Begin a new one."))
    policy = read_policy(dict(document))
    version.body = write_policy(policy)
    version.made_by, version.made_at = desk.person_id, desk.now
    desk.session.flush()
    desk.audit("policy.saved", "policy_version", version.id)
    return policy


def discard(desk: Desk, version: PolicyVersion) -> None:
    """Throw a draft away."""
    if version.state != "draft":
        raise Refused(_("Only a draft can be thrown away."))
    desk.audit("policy.discarded", "policy_version", version.id)
    desk.session.delete(version)


def seal_of(version: PolicyVersion) -> str:
    """What tells a draft that was looked at from one that was changed since."""
    return sha256(json.dumps([version.id, version.body], sort_keys=True).encode()).hexdigest()


def activate(desk: Desk, version: PolicyVersion, looked_at: str | None = None) -> None:
    """The draft counts from now on, for new cases too; the version before it retires.

    `looked_at`: the seal of the draft whose effect was seen. Raises Refused where it is another.

    The cases it had are moved by the worker, with `move_batch`, until that moves none: they may be
    very many, and none is left behind though whoever activates goes away.
    """
    if version.state != "draft":
        raise Refused(_("This version was activated already."))
    if looked_at not in (None, seal_of(version)):
        raise Refused(_("Somebody changed the draft meanwhile. See what it would do now."))
    read_policy(version.body)
    before = store.version_in(desk.session, version.policy_id, "active")
    if before is not None:
        before.state = "retired"
        desk.session.flush()
    version.state, version.activated_at = "active", desk.now
    begin_moving(desk)
    desk.audit("policy.activated", "policy_version", version.id, number=version.number)


def begin_moving(desk: Desk) -> None:
    """Have the worker look for cases under retired versions, from the first one on."""
    desk.session.merge(Flag(name=MOVING, value="", set_by=desk.person_id, set_at=desk.now))
    desk.session.flush()


def move_batch(desk: Desk, limit: int = BATCH) -> int:
    """Move cases left under retired versions to the active one of their policy; how many it took.

    A case that cannot be moved holds up no other: an open one is set aside, and every day all are
    tried again. What is told at once is not held as a storm (D7): whoever activates has read in the
    preview how much that is.
    """
    flag = desk.session.get(Flag, MOVING)
    cases = store.left_behind(desk.session, flag.value if flag else "", limit)
    if not cases:
        desk.session.execute(delete(Flag).where(Flag.name == MOVING))
        return 0
    desk.session.merge(Flag(name=MOVING, value=cases[-1][0].id, set_at=desk.now))
    desk.safe.preload([case.id for case, _active in cases], "clock")
    for case, active in cases:
        try:
            with desk.session.begin_nested():
                change_of_policy(desk, case, active)
        except OperationalError:  # the database's fault, not the case's
            raise
        except Exception as error:  # one bad case must not keep the others
            log.error("a case was not moved to its policy's version: %s", type(error).__name__)
            if case.state == "open":
                set_aside(desk, case, error)
                case.next_look_at = desk.now  # every hour from now on, until it is mended
    return len(cases)


def change_of_policy(
    desk: Desk, case: Case, version: PolicyVersion, reason: str | None = None
) -> None:
    """Put a case under another version or policy; its clock goes on (R17)."""
    if version.state != "active":
        raise Refused(_("This policy is not active. Choose another one."))
    desk.session.flush()
    desk.session.refresh(case, with_for_update=True)
    if case.policy_version_id == version.id:
        raise Refused(_("The case has this policy already. Choose another one."))
    if reason:
        desk.note(case.id, "policy", reason)
    was = case.policy_version_id
    old = policy_of(desk.session, was)
    case.policy_version_id = version.id
    enter(desk, case, lambda file, new: change_policy(file, old, new))
    desk.audit("case.policy_changed", "case", case.id, case.id, version=version.id, was=was)


def change_of_zone(desk: Desk, case: Case, zone_name: str, reason: str | None = None) -> None:
    """Count a case's days in another time zone; its clock goes on (R17).

    Raises Refused for a zone nobody knows.
    """
    zone(zone_name)
    if zone_name == case.zone_name:
        raise Refused(_("The case is counted in this time zone already. Choose another one."))
    if reason:
        desk.note(case.id, "zone", reason)

    def change(file: CaseFile, policy: Policy) -> None:
        change_policy(file, policy, policy, zone_name)

    enter(desk, case, change)
    desk.audit("case.zone_changed", "case", case.id, case.id, zone=zone_name)
