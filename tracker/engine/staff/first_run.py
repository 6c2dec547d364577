"""What an instance needs before anybody signs in: the office's keys and a first policy."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from tracker.domain.policy_document import default_policy, write_policy
from tracker.engine.desk import Desk
from tracker.store.schema import DataKeyRow, PolicyRow, PolicyVersion, new_id
from tracker.store.schema.base import OFFICE
from tracker.store.sealing import OFFICE_PURPOSES

FIRST: Final = "Default"
"""What the first policy is called in the record; readers see it in their language."""


def prepare(desk: Desk) -> bool:
    """Make the office's keys and the default policy where they are missing; whether it did."""
    session = desk.session
    made = False
    if session.scalars(select(DataKeyRow.id).filter_by(owner_id=OFFICE)).first() is None:
        desk.safe.create_keys(OFFICE, OFFICE_PURPOSES, desk.now)
        made = True
    if session.scalars(select(PolicyRow.id).filter_by(is_default=True)).first() is None:
        policy = PolicyRow(id=new_id(), name=FIRST, is_default=True, created_at=desk.now)
        session.add(policy)
        session.flush()
        session.add(
            PolicyVersion(
                id=new_id(),
                policy_id=policy.id,
                number=1,
                body=write_policy(default_policy()),
                state="active",
                made_at=desk.now,
                activated_at=desk.now,
            )
        )
        made = True
    if made:
        session.flush()
        desk.audit("instance.prepared", "instance")
    return made
