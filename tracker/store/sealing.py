"""Sealing values into rows and opening them, with the data key of their owner (S1, S2)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.errors import TrackerError
from tracker.security.errors import CannotOpen
from tracker.security.vault import DataKey, Vault, WrappedKey
from tracker.store.schema import Base, DataKeyRow, new_id, owner_of, purpose_of

CASE_PURPOSES = ("content", "clock")
PERSON_PURPOSES = ("contact",)
OFFICE_PURPOSES = ("content", "contact")


class Erased(TrackerError):
    """What is asked for was erased: its key is destroyed."""


class Safe:
    """Opens and seals the sealed columns of one session's rows. Lives as long as the session."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._vault = vault
        self._keys: dict[tuple[str, str], DataKey] = {}

    def create_keys(self, owner_id: str, purposes: Collection[str], now: datetime) -> None:
        """Make the data keys of a new case, person or office."""
        for purpose in purposes:
            key_id = new_id()
            key, wrapped = self._vault.new_data_key(purpose, key_id)
            self._session.add(
                DataKeyRow(
                    id=key_id,
                    owner_id=owner_id,
                    purpose=purpose,
                    kek_id=wrapped.kek_id,
                    wrapped=wrapped.blob,
                    made_at=now,
                )
            )
            self._keys[owner_id, purpose] = key

    def destroy_keys(self, owner_id: str, now: datetime) -> None:
        """Erase: without its keys nothing sealed for this owner can be read again, ever."""
        for row in self._session.scalars(select(DataKeyRow).filter_by(owner_id=owner_id)):
            row.wrapped = None
            row.destroyed_at = now
            self._keys.pop((owner_id, row.purpose), None)

    def preload(self, owner_ids: Collection[str], purpose: str) -> None:
        """Fetch many owners' keys in one query."""
        missing = [owner for owner in owner_ids if (owner, purpose) not in self._keys]
        rows = select(DataKeyRow).where(
            DataKeyRow.owner_id.in_(missing), DataKeyRow.purpose == purpose
        )
        if missing:
            for row in self._session.scalars(rows):
                if row.wrapped is not None:
                    with suppress(CannotOpen):  # one damaged key must not hide the others
                        self._keys[row.owner_id, purpose] = self._unwrap(row, row.wrapped)

    def seal(self, row: Base, column: str, value: Any) -> None:
        """Seal a JSON value into `<column>_sealed` of a row whose id is set; None clears it."""
        blob = None
        if value is not None:
            key = self._key(owner_of(row), purpose_of(row, column))
            blob = key.seal_json(value, table=row.__tablename__, column=column, row_id=_row_id(row))
        setattr(row, f"{column}_sealed", blob)

    def wipe(self, row: Base, column: str) -> None:
        """Throw away what is sealed there, for which no key is needed. It opens as None."""
        setattr(row, f"{column}_sealed", b"")

    def open(self, row: Base, column: str) -> Any:
        """The value sealed into `<column>_sealed`; None where there is none (NULL, or empty).

        Raises Erased when its key was destroyed.
        """
        blob = getattr(row, f"{column}_sealed")
        if not blob:
            return None
        key = self._key(owner_of(row), purpose_of(row, column))
        return key.open_json(blob, table=row.__tablename__, column=column, row_id=_row_id(row))

    def _key(self, owner_id: str, purpose: str) -> DataKey:
        key = self._keys.get((owner_id, purpose))
        if key is None:
            row = self._session.scalars(
                select(DataKeyRow).filter_by(owner_id=owner_id, purpose=purpose)
            ).one_or_none()
            if row is None or row.wrapped is None:
                raise Erased("This was erased; its key is destroyed.")
            key = self._keys[owner_id, purpose] = self._unwrap(row, row.wrapped)
        return key

    def _unwrap(self, row: DataKeyRow, blob: bytes) -> DataKey:
        return self._vault.unwrap(row.purpose, row.id, WrappedKey(row.kek_id, blob))


def _row_id(row: Base) -> str:
    identity: str = row.id  # type: ignore[attr-defined]  # every sealed table has one
    return identity
