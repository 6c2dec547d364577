"""Ways to a person one after the other, and several messages in one

Revision: 0002, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("outbox", sa.Column("carrier_id", sa.String(length=32), nullable=True))
    op.add_column("outbox", sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
    for name, column in (("ix_outbox_looks", "look_at"), ("ix_outbox_carrier", "carrier_id")):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, "outbox", [column], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_outbox_carrier", "outbox")
    op.drop_index("ix_outbox_looks", "outbox")
    op.drop_column("outbox", "look_at")
    op.drop_column("outbox", "carrier_id")
