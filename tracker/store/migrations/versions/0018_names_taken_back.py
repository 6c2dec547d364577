"""A name that was written down wrongly can be taken back, as a fact can

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "person_names", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Take back. Names that were taken back stand again: the older program knows no others."""
    op.drop_column("person_names", "withdrawn_at")
