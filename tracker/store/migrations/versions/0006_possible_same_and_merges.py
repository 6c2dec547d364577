"""Possible same persons, and merges that can be undone

Revision: 0006, after 0007
"""

import sqlalchemy as sa
from alembic import op

from tracker.store.schema.base import UTCInstant

revision = "0006"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "possible_same",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found_at", UTCInstant(), nullable=False),
        sa.Column("decided_at", UTCInstant()),
        sa.Column("decided_by", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_possible_same")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_possible_same_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["cases.id"], name=op.f("fk_possible_same_other_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_possible_same_decided_by_people")
        ),
        sa.UniqueConstraint("case_id", "other_id", name=op.f("uq_possible_same_case_id_other_id")),
    )
    op.create_index(op.f("ix_possible_same_other_id"), "possible_same", ["other_id"])
    op.create_table(
        "merges",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("merged_at", UTCInstant(), nullable=False),
        sa.Column("merged_by", sa.String()),
        sa.Column("undone_at", UTCInstant()),
        sa.Column("undone_by", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_merges_case_id_cases")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_merges_other_id_cases")),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["people.id"], name=op.f("fk_merges_merged_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["people.id"], name=op.f("fk_merges_undone_by_people")
        ),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_merges_case_id_number")),
    )
    op.create_index(op.f("ix_merges_other_id"), "merges", ["other_id"])


def downgrade() -> None:
    op.drop_table("merges")
    op.drop_table("possible_same")
