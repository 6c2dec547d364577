"""Finding at once what a worker that died left behind, and the newest digests

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    submitting = sa.text("state = 'submitting'")
    op.create_index(
        "ix_outbox_submitting",
        "outbox",
        ["lease_until"],
        sqlite_where=submitting,
        postgresql_where=submitting,
    )
    op.create_index("ix_digests_decided_at", "digests", ["decided_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_digests_decided_at", table_name="digests")
    op.drop_index("ix_outbox_submitting", table_name="outbox")
