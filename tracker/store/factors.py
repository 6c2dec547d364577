"""Second factors besides the authenticator app: passkeys and recovery codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from tracker.store.schema import Passkey, RecoveryCode


def passkeys(session: Session, person_id: str) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    query = select(Passkey).filter_by(person_id=person_id)
    return list(session.scalars(query.order_by(Passkey.made_at, Passkey.id)))


def passkey(session: Session, credential_id: bytes) -> Passkey | None:
    """The passkey of that id, whoever's it is."""
    return session.scalars(select(Passkey).filter_by(credential_id=credential_id)).one_or_none()


def has_signed(session: Session, passkey_id: str, count: int, at: datetime) -> bool:
    """Set down that a passkey signed; False when it has signed as often before: a copy of it.

    Passkeys that do not count say 0 every time.
    """
    done = session.scalars(
        update(Passkey)
        .where(
            Passkey.id == passkey_id,
            or_(Passkey.sign_count < count, (Passkey.sign_count == 0) & (count == 0)),
        )
        .values(sign_count=count, used_at=at)
        .returning(Passkey.id)
    )
    return done.one_or_none() is not None


def use_recovery_code(session: Session, code_hash: bytes, person_id: str, at: datetime) -> bool:
    """Use a code up; False when there is none such, or it was used."""
    done = session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.person_id == person_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
    )
    return done.one_or_none() is not None


def recovery_codes_left(session: Session, person_id: str) -> int:
    """How many codes a person has not used."""
    query = select(func.count()).select_from(RecoveryCode)
    return session.scalar(query.filter_by(person_id=person_id, used_at=None)) or 0


def drop_recovery_codes(session: Session, person_id: str) -> None:
    """A person's codes open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def drop_passkeys(session: Session, person_id: str) -> None:
    """A person's passkeys open nothing any more."""
    session.execute(delete(Passkey).where(Passkey.person_id == person_id))
