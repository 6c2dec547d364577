"""From which neighbourhood a form not yet sent is written, so that none crowds out the others

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("drafts", sa.Column("source", sa.String(), nullable=True))
    unsent = sa.text("sent_case_id IS NULL")
    op.create_index(
        "ix_drafts_room",
        "drafts",
        ["kind", "source", "expires_at"],
        sqlite_where=unsent,
        postgresql_where=unsent,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_drafts_room", table_name="drafts")
    op.drop_column("drafts", "source")
