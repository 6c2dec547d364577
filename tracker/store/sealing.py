"""Sealing values into rows and opening them, with the data key of their owner (S1, S2)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.errors import TrackerError
from tracker.security.errors import CannotOpen
from tracker.security.text import is_plain, tidy
from tracker.security.vault import DataKey, Vault, WrappedKey, json_text
from tracker.store.bulk import among
from tracker.store.schema import Base, DataKeyRow, new_id, owner_of, purpose_of

CASE_PURPOSES = ("content", "clock")
PERSON_PURPOSES = ("contact",)
OFFICE_PURPOSES = ("content", "contact")


class Erased(TrackerError):
    """What is asked for was erased: its key is destroyed."""


_WRAPPED: Final = select(
    DataKeyRow.owner_id,
    DataKeyRow.purpose,
    DataKeyRow.id,
    DataKeyRow.kek_id,
    DataKeyRow.wrapped,
)

DESTROYED: Final = "keys destroyed"
"""What a session's `info` says when keys were destroyed in it: their traces are to be erased."""

UNREADABLE: Final = (CannotOpen, Erased)
"""What `Safe.open` raises for a row whose key is lost or whose bytes are damaged. A list goes on
without it, and says so."""


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
            self._session.info[DESTROYED] = True
            self._keys.pop((owner_id, row.purpose), None)

    def preload(self, owner_ids: Collection[str], *purposes: str) -> None:
        """Fetch many owners' keys of these purposes in one query."""
        known = self._keys
        missing = [each for each in owner_ids if any((each, one) not in known for one in purposes)]
        wrapped = _WRAPPED.where(
            among(self._session, DataKeyRow.owner_id, missing),
            among(self._session, DataKeyRow.purpose, purposes),
        )
        if missing:
            for owner, purpose, key_id, kek_id, blob in self._session.execute(wrapped).all():
                if blob is None:  # destroyed: whoever opens it is told so
                    continue
                with suppress(CannotOpen):  # one damaged key must not hide the others
                    self._keys[owner, purpose] = self._vault.unwrap(
                        purpose, key_id, WrappedKey(kek_id, blob)
                    )

    def holds(self, owner_id: str, purpose: str) -> bool:
        """Whether an owner's key was fetched, so that sealing and opening ask for nothing more."""
        return (owner_id, purpose) in self._keys

    def forget(self) -> None:
        """Let go of the keys fetched so far: for whoever goes through many owners' rows."""
        self._keys.clear()

    def seal(self, row: Base, column: str, value: Any) -> None:
        """Seal a JSON value into `<column>_sealed` of a row whose id is set; None clears it."""
        blob = None
        if value is not None:
            blob = self.seal_for(type(row), column, _row_id(row), owner_of(row), value)
        setattr(row, f"{column}_sealed", blob)

    def wipe(self, row: Base, column: str) -> None:
        """Throw away what is sealed there, for which no key is needed. It opens as None."""
        setattr(row, f"{column}_sealed", b"")

    def seal_for(
        self, table: type[Base], column: str, row_id: str, owner_id: str, value: Any
    ) -> bytes:
        """A JSON value sealed for exactly this place, for rows that are written in bulk.

        The last door of all words: whichever way they came in, they are kept tidy (S16).
        """
        key = self._key(owner_id, purpose_of(table, column))
        text, where = json_text(value), {"column": column, "row_id": row_id}
        if is_plain(text):
            return key.seal_text(text, table=table.__tablename__, **where)
        return key.seal_json(tidy(value), table=table.__tablename__, **where)

    def open(self, row: Base, column: str) -> Any:
        """The value sealed into `<column>_sealed`; None where there is none (NULL, or empty).

        Raises Erased when its key was destroyed.
        """
        blob = getattr(row, f"{column}_sealed")
        if not blob:
            return None
        return self.open_for(type(row), column, _row_id(row), owner_of(row), blob)

    def open_for(
        self, table: type[Base], column: str, row_id: str, owner_id: str, blob: bytes
    ) -> Any:
        """What `seal_for` sealed. Raises Erased when its key was destroyed."""
        key = self._key(owner_id, purpose_of(table, column))
        return key.open_json(blob, table=table.__tablename__, column=column, row_id=row_id)

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
