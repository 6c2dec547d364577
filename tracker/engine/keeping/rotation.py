"""Wrapping every data key anew with the ring's active keys (S1: rotation without downtime)."""

from __future__ import annotations

from sqlalchemy import select

from tracker.engine.desk import Desk
from tracker.security.keys import KeyRing
from tracker.security.vault import Vault, WrappedKey
from tracker.store.schema import DataKeyRow


def rewrap_all(desk: Desk, ring: KeyRing) -> int:
    """Re-wrap all data keys; what they sealed stays as it is. The number wrapped."""
    vault, count = Vault(ring), 0
    for row in desk.session.scalars(select(DataKeyRow).where(DataKeyRow.wrapped.is_not(None))):
        assert row.wrapped is not None
        wrapped = vault.rewrap(row.purpose, row.id, WrappedKey(row.kek_id, row.wrapped))
        row.kek_id, row.wrapped = wrapped.kek_id, wrapped.blob
        count += 1
    desk.audit("keys.rotated", "key_ring", ring.fingerprint(), count=count)
    return count
