"""How many messages wait for one person, asked at every claim

Revision: 0016, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    waiting = sa.text("state IN ('pending', 'retry_wait')")
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["contact_point_id", "available_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_outbox_waiting", table_name="outbox")
