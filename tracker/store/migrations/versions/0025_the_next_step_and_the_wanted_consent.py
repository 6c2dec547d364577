"""When a case's next step fires, and whether it wants a consent, stand beside it

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply.

    What both say is sealed: the worker looks at each open case once, and keeps it. A look at which
    nothing is due changes nothing else; no digest is made while a case waits for its look.
    """
    op.add_column("cases", sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "cases",
        sa.Column("wants_consent", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    there = sa.text("next_step_at IS NOT NULL")
    op.create_index(
        "ix_cases_next_step_at",
        "cases",
        ["next_step_at", "state"],
        sqlite_where=there,
        postgresql_where=there,
    )
    op.create_index(
        "ix_cases_silence",
        "cases",
        ["state", "silent_rank", "wants_consent", "policy_version_id", "zone_name"],
    )
    op.drop_index("ix_alerts_raised_at", "alerts")
    op.create_index("ix_alerts_raised_at", "alerts", ["raised_at", "kind", "case_id"])
    # as if due when the worker last lived: behind what fell due before, and no look is put off
    lived = "coalesce((SELECT max(at) FROM pulses), opened_at)"
    op.execute(
        f"UPDATE cases SET next_look_at = {lived} "
        f"WHERE state = 'open' AND (next_look_at IS NULL OR next_look_at > {lived})"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_alerts_raised_at", "alerts")
    op.create_index("ix_alerts_raised_at", "alerts", ["raised_at"])
    op.drop_index("ix_cases_silence", "cases")
    op.drop_index("ix_cases_next_step_at", "cases")
    op.drop_column("cases", "wants_consent")
    op.drop_column("cases", "next_step_at")
