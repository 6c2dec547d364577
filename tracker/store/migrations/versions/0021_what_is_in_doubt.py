"""What is in doubt is found at once, asked at every tick

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    unknown = sa.text("state = 'unknown'")
    op.create_index(
        "ix_outbox_unknown",
        "outbox",
        ["available_at", "id"],
        sqlite_where=unknown,
        postgresql_where=unknown,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_outbox_unknown", table_name="outbox")
