"""Writing and checking the audit trail: one hash chain, appended in the act's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.moments import format_instant
from tracker.security.chain import AuditChain, printed_head
from tracker.store.schema import AuditHead, AuditRow

_HEAD = 1
_GENESIS = bytes(32)
_PAGE = 500


class AuditTrail:
    """Appends acts to the chain (safety.md S13)."""

    def __init__(self, session: Session, key: bytes) -> None:
        self._session = session
        self._chain = AuditChain(key)

    def append(
        self,
        now: datetime,
        actor: Actor,
        act: str,
        object_kind: str,
        object_id: str | None = None,
        case_id: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write one act. `detail` holds ids, states and counts; never what a family said."""
        head = self._session.scalars(
            select(AuditHead).where(AuditHead.id == _HEAD).with_for_update()
        ).one_or_none()
        if head is None:
            head = AuditHead(id=_HEAD, seq=0, hash=_GENESIS)
            self._session.add(head)
        row = AuditRow(
            seq=head.seq + 1,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            role=",".join(sorted(actor.roles)) or None,
            act=act,
            object_kind=object_kind,
            object_id=object_id,
            case_id=case_id,
            detail=dict(detail) if detail else None,
            previous=head.hash,
        )
        row.hash = self._chain.link(head.hash, _record(row))
        head.seq, head.hash = row.seq, row.hash
        self._session.add(row)

    def head(self) -> str:
        """The newest link, as printed in digests."""
        head = self._session.get(AuditHead, _HEAD)
        return f"{head.seq}: {printed_head(head.hash)}" if head else f"0: {printed_head(_GENESIS)}"


class AuditLater(AuditTrail):
    """Keeps the acts of a transaction that only reads, for one that may write."""

    def __init__(self, session: Session, key: bytes) -> None:
        super().__init__(session, key)
        self.kept: list[Callable[[AuditTrail], None]] = []

    def append(
        self,
        now: datetime,
        actor: Actor,
        act: str,
        object_kind: str,
        object_id: str | None = None,
        case_id: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep one act."""
        self.kept.append(
            lambda trail: trail.append(now, actor, act, object_kind, object_id, case_id, detail)
        )

    def write(self, trail: AuditTrail) -> None:
        """Write them all, in their order."""
        for one in self.kept:
            one(trail)


def verify(session: Session, key: bytes, heads: Collection[str] = ()) -> int | None:
    """The first row that was changed, moved or removed; None when the whole chain holds.

    `heads` are heads printed earlier, in a digest for instance: with one of these, rows cut from
    the end are noticed too.
    """
    rows = ((_record(row), row.hash) for row in _rows(session))
    broken = AuditChain(key).verify(rows, heads=heads)
    if broken is not None:
        return broken + 1
    head = session.get(AuditHead, _HEAD)
    last = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc()).limit(1)).first()
    written = (head.seq, head.hash) if head else (0, _GENESIS)
    found = (last.seq, last.hash) if last else (0, _GENESIS)
    return None if written == found else found[0] + 1


def _rows(session: Session) -> Iterator[AuditRow]:
    """All rows, oldest first, a page at a time."""
    after = 0
    query = select(AuditRow).order_by(AuditRow.seq).limit(_PAGE)
    while page := session.scalars(query.where(AuditRow.seq > after)).all():
        yield from page
        after = page[-1].seq


def _record(row: AuditRow) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": format_instant(row.at),
        "actor_kind": row.actor_kind,
        "actor_id": row.actor_id,
        "role": row.role,
        "act": row.act,
        "object_kind": row.object_kind,
        "object_id": row.object_id,
        "case_id": row.case_id,
        "detail": row.detail,
    }
