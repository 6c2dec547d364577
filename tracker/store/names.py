"""What the directory of names reads: every name once, then only the cases whose names changed.

The audit trail is written in the transaction of each act, and its writers stand in line (S13), so
its numbers are the order of what was committed: a reader that remembers the last one misses none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.security.tokens import REFERENCE_ALPHABET
from tracker.store.cases import visible_cases
from tracker.store.schema import AuditHead, AuditRow, Case, PersonName

_AT_ONCE = 1000
_LETTERS_OF_A_REFERENCE = 3
_SHOWN = 100

CHANGING_ACTS = ("case.merged", "case.unmerged")
"""Acts after which a case has other names, besides `name.…` and whatever is erased."""


def head(session: Session) -> tuple[int, bytes]:
    """The number and the link of the newest act; (0, b"") before the first."""
    found = session.execute(select(AuditHead.seq, AuditHead.hash)).first()
    return (found.seq, found.hash) if found else (0, b"")


def link_at(session: Session, seq: int) -> bytes:
    """The link of one act, b"" where there is none: a restored database has another."""
    return session.scalar(select(AuditRow.hash).where(AuditRow.seq == seq)) or b""


def changed_since(session: Session, seq: int) -> set[str]:
    """Cases whose sought person's names may be others since act number `seq`."""
    touched = or_(
        AuditRow.act.startswith("name."),
        AuditRow.act.endswith(".erased"),
        AuditRow.act.in_(CHANGING_ACTS),
    )
    query = select(AuditRow.case_id).where(AuditRow.seq > seq, touched).distinct()
    return {case_id for case_id in session.scalars(query) if case_id is not None}


def all_names(session: Session) -> Iterator[Sequence[PersonName]]:
    """Every standing name there is, many at a time, the one shown first first."""
    query = _standing().execution_options(yield_per=_AT_ONCE)
    for rows in session.scalars(query).partitions():
        yield rows
        for row in rows:
            session.expunge(row)


def names_of(session: Session, case_ids: Collection[str]) -> list[PersonName]:
    """The standing names of these cases, the one shown first first."""
    return list(session.scalars(_standing().where(PersonName.case_id.in_(list(case_ids)))))


def _standing() -> Select[PersonName]:
    """Names that nobody took back."""
    query = select(PersonName).where(PersonName.withdrawn_at.is_(None))
    return query.order_by(PersonName.case_id, PersonName.position, PersonName.id)


def begun_refs(session: Session, actor: Actor, typed: str) -> list[str]:
    """Ids of the cases this actor sees whose reference begins so (three characters at least)."""
    beginning = typed.strip().upper()
    if len(beginning) < _LETTERS_OF_A_REFERENCE or not set(beginning) <= set(REFERENCE_ALPHABET):
        return []  # a name: hardly one is without a vowel
    query = visible_cases(actor).where(Case.ref.startswith(beginning, autoescape=True))
    return list(session.scalars(query.with_only_columns(Case.id).order_by(Case.ref).limit(_SHOWN)))
