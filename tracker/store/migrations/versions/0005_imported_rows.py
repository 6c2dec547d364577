"""Imported rows; cases set aside are found at once

Revision: 0005, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_rows",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("content_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("key_hmac", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_imported_rows_case_id")),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["people.id"], name=op.f("fk_imported_rows_imported_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_rows")),
        sa.UniqueConstraint("content_hmac", name=op.f("uq_imported_rows_content_hmac")),
    )
    op.create_index(op.f("ix_imported_rows_key_hmac"), "imported_rows", ["key_hmac"])
    op.create_index(op.f("ix_imported_rows_case_id"), "imported_rows", ["case_id"])
    aside = sa.text("set_aside_at IS NOT NULL")
    op.create_index(
        "ix_cases_set_aside",
        "cases",
        ["set_aside_at"],
        sqlite_where=aside,
        postgresql_where=aside,
    )


def downgrade() -> None:
    op.drop_index("ix_cases_set_aside", "cases")
    op.drop_table("imported_rows")
