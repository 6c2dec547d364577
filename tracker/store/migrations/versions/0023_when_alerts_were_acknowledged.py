"""When an alert was first acknowledged stands with it, and an index holds what is counted of it

Revision: 0023, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("alerts", sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE alerts SET acknowledged_at = (SELECT min(e.at) FROM alert_events e "
        "WHERE e.alert_id = alerts.id AND e.kind = 'acknowledged') WHERE EXISTS (SELECT 1 FROM "
        "alert_events e WHERE e.alert_id = alerts.id AND e.kind = 'acknowledged')"
    )
    step = sa.text("kind = 'step'")
    op.create_index(
        "ix_alerts_answers",
        "alerts",
        ["raised_at", "case_id", "state", "acknowledged_at", "ended_at"],
        sqlite_where=step,
        postgresql_where=step,
    )


def downgrade() -> None:
    """Take back. The events say it still."""
    op.drop_index("ix_alerts_answers", table_name="alerts")
    op.drop_column("alerts", "acknowledged_at")
