"""Without the indexes that nothing asks, or that a constraint's own already answers

Revision: 0017, after 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COVERED = (
    ("outbox", "alert_id"),
    ("outbox", "digest_id"),
    ("outbox_attempts", "outbox_id"),
    ("receipts", "outbox_id"),
)
"""A unique constraint begins with the same column."""

UNASKED = (("outbox", "provider_id"),)
"""A provider's word names our row by a token; nothing is looked for by the provider's id."""


def upgrade() -> None:
    """Apply."""
    for table, column in (*COVERED, *UNASKED):
        op.drop_index(f"ix_{table}_{column}", table_name=table)


def downgrade() -> None:
    """Take back."""
    for table, column in (*COVERED, *UNASKED):
        op.create_index(f"ix_{table}_{column}", table, [column])
