"""Saved views of the queue; keys that can be switched off

Revision: 0010, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("document_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index("ix_saved_views_person_id", "saved_views", ["person_id"])
    op.add_column(
        "people", sa.Column("shortcuts", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("people", "shortcuts")
    op.drop_table("saved_views")
