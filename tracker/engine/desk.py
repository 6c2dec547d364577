"""What every use case works with: one transaction, its keys, its audit trail, its `now`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.moments import local_date
from tracker.security.keys import KeyRing
from tracker.security.tokens import lookup_hmac
from tracker.settings import Settings
from tracker.store.audit import AuditTrail
from tracker.store.schema import Alert, AlertEvent, Note, new_id
from tracker.store.sealing import Safe


@dataclass(slots=True)
class Desk:
    """One transaction of one actor at one instant. Whoever opened it commits."""

    session: Session
    safe: Safe
    trail: AuditTrail
    now: datetime
    actor: Actor
    ring: KeyRing
    settings: Settings
    gathering: set[str] = field(default_factory=set)  # cases of `clockwork.together`

    @property
    def today(self) -> date:
        """The organisation's day: of what neither a case nor a person has a zone of its own for."""
        return local_date(self.now, self.settings.timezone)

    def audit(
        self,
        act: str,
        object_kind: str,
        object_id: str | None = None,
        case_id: str | None = None,
        **detail: Any,
    ) -> None:
        """Write the act into the audit trail, in this transaction. `detail` never holds content."""
        self.trail.append(
            self.now, self.actor, act, object_kind, object_id, case_id, detail or None
        )

    def note(self, case_id: str, kind: str, text: str) -> Note:
        """Keep the words a person gave with an act, sealed."""
        note = Note(
            id=new_id(),
            case_id=case_id,
            kind=kind,
            written_by=self.person_id,
            written_at=self.now,
        )
        self.safe.seal(note, "text", text)
        self.session.add(note)
        return note

    def happened(
        self, alert: Alert, kind: str, person_id: str | None = None, detail: str | None = None
    ) -> None:
        """Write down what happened to an alert, and by whom or to whom; `detail` is a code."""
        self.session.add(
            AlertEvent(
                id=new_id(),
                alert_id=alert.id,
                at=self.now,
                kind=kind,
                person_id=person_id,
                detail=detail,
            )
        )

    @property
    def person_id(self) -> str | None:
        """The acting member of staff; None for a family, the worker or an operator."""
        return self.actor.id if self.actor.kind == "person" else None

    def hmac(self, text: str) -> bytes:
        """A keyed hash by which an address can be found without being readable."""
        return lookup_hmac(text.strip().lower(), kind="address", pepper=self.ring.pepper)
