"""Pictures: previews, and those of a form not yet sent; OpenPGP keys of readers

Revision: 0008, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("attachments", sa.Column("preview_sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "draft_pictures",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("picture_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("preview_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["drafts.id"],
            name=op.f("fk_draft_pictures_draft_id_drafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_pictures")),
    )
    op.create_index("ix_draft_pictures_draft_id", "draft_pictures", ["draft_id"])
    op.create_table(
        "openpgp_keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_openpgp_keys_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openpgp_keys")),
    )
    op.create_index("ix_openpgp_keys_person_id", "openpgp_keys", ["person_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("openpgp_keys")
    op.drop_table("draft_pictures")
    op.drop_column("attachments", "preview_sealed")
