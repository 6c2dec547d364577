"""Policies with their versions, and which cases stand under which."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from tracker.store.cases import ERASED, MERGED
from tracker.store.schema import Case, PolicyRow, PolicyVersion


def all_policies(session: Session) -> list[PolicyRow]:
    """Every policy, the default first, then by age."""
    query = select(PolicyRow).order_by(PolicyRow.is_default.desc(), PolicyRow.created_at)
    return list(session.scalars(query))


def versions(session: Session, policy_id: str) -> list[PolicyVersion]:
    """A policy's versions, the newest first."""
    query = select(PolicyVersion).filter_by(policy_id=policy_id)
    return list(session.scalars(query.order_by(PolicyVersion.number.desc())))


def version_in(session: Session, policy_id: str, state: str) -> PolicyVersion | None:
    """The policy's version in this state: draft or active. There is one at most."""
    query = select(PolicyVersion).filter_by(policy_id=policy_id, state=state)
    return session.scalars(query).first()


def active_versions(session: Session) -> list[tuple[PolicyRow, PolicyVersion]]:
    """What a case can stand under: every policy's active version."""
    query = (
        select(PolicyRow, PolicyVersion)
        .join(PolicyVersion, PolicyVersion.policy_id == PolicyRow.id)
        .where(PolicyVersion.state == "active")
        .order_by(PolicyRow.is_default.desc(), PolicyRow.created_at)
    )
    return [(policy, version) for policy, version in session.execute(query)]


def in_use(session: Session) -> list[str]:
    """The ids of every version that a case may stand under."""
    return list(session.scalars(select(PolicyVersion.id).where(PolicyVersion.state != "draft")))


def count_cases(session: Session) -> dict[str, int]:
    """How many open cases stand under each version, by its id."""
    query = (
        select(Case.policy_version_id, func.count())
        .where(Case.state == "open")
        .group_by(Case.policy_version_id)
    )
    return {str(version): int(number) for version, number in session.execute(query)}


def some_of_policy(session: Session, policy_id: str, most: int) -> tuple[list[Case], int]:
    """Open cases under any version of a policy, the longest silent first, and how many there are.

    Of more than `most`, so many by chance: ids are random, and say nothing about a case.
    """
    versions = select(PolicyVersion.id).filter_by(policy_id=policy_id)
    its = select(Case).where(Case.policy_version_id.in_(versions), Case.state == "open")
    found = list(session.scalars(its.order_by(Case.id).limit(most)))
    found.sort(key=lambda case: (case.silent_rank is None, case.silent_rank, case.id))
    counted = len(found)
    if counted == most:
        counted = session.scalar(its.with_only_columns(func.count())) or 0
    return found, counted


def left_behind(session: Session, after: str, limit: int) -> list[tuple[Case, PolicyVersion]]:
    """Cases that still stand under a retired version, closed ones too, and what counts instead.

    By id, from the one after `after`. Not those that were merged into another: no clock of theirs
    runs.
    """
    active = aliased(PolicyVersion)
    its_active = (active.policy_id == PolicyVersion.policy_id) & (active.state == "active")
    query = (
        select(Case, active)
        .join(PolicyVersion, PolicyVersion.id == Case.policy_version_id)
        .join(active, its_active)
        .where(PolicyVersion.state == "retired", Case.state.not_in((ERASED, MERGED)))
        .where(Case.id > after)
        .order_by(Case.id)
        .limit(limit)
    )
    return [(case, version) for case, version in session.execute(query)]
