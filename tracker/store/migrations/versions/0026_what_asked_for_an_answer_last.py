"""When a case's newest alert that asked for an answer was raised stands beside it

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_COLUMNS = "case_id, kind, state, raised_at, acknowledged_at"
_ORDER = ["state", "band", "silent_rank", "id"]


def _asks(row: str) -> str:
    """As `tracker.store.waits` has it: a step's, unless what ended it came before anybody
    acknowledged it."""
    return (
        f"({row}.kind = 'step' AND ({row}.acknowledged_at IS NOT NULL OR {row}.state IN "
        "('triggered', 'undelivered', 'acknowledged', 'superseded')))"
    )


_NEWEST = f"(SELECT max(a.raised_at) FROM alerts a WHERE a.case_id = cases.id AND {_asks('a')})"
_CHANGES = (
    f"({_asks('OLD')} OR {_asks('NEW')}) AND NOT ({_asks('OLD')} AND {_asks('NEW')} "
    "AND NEW.case_id = OLD.case_id AND NEW.raised_at = OLD.raised_at)"
)
"""An alert asks no longer, or only now; what is acknowledged, or followed by a graver one, asked
before and asks still."""
_AGAIN = f"UPDATE cases SET asked_at = {_NEWEST} WHERE id IN "


def _keep_on_sqlite() -> None:
    """A trigger for each way in which the newest one becomes another."""
    newer = "id = NEW.case_id AND (asked_at IS NULL OR asked_at < NEW.raised_at)"
    for name, when, act in (
        (
            "insert",
            f"AFTER INSERT ON alerts WHEN {_asks('NEW')}",
            f"UPDATE cases SET asked_at = NEW.raised_at WHERE {newer}",
        ),
        (
            "update",
            f"AFTER UPDATE OF {_COLUMNS} ON alerts WHEN {_CHANGES}",
            f"{_AGAIN} (OLD.case_id, NEW.case_id)",
        ),
        ("delete", f"AFTER DELETE ON alerts WHEN {_asks('OLD')}", f"{_AGAIN} (OLD.case_id)"),
    ):
        op.execute(f"CREATE TRIGGER alerts_asked_{name} {when} BEGIN {act}; END")


def _keep_on_postgresql() -> None:
    """Once a statement for what is new: a batch of alerts costs one look at their cases."""
    op.execute(
        "CREATE FUNCTION ask_anew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE cases SET asked_at = newest.at FROM (SELECT case_id, max(raised_at) AS at "
        f"FROM new_rows WHERE {_asks('new_rows')} GROUP BY case_id) AS newest "
        "WHERE cases.id = newest.case_id AND (asked_at IS NULL OR asked_at < newest.at); "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE FUNCTION ask_again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_AGAIN} (OLD.case_id); "
        f"IF TG_OP = 'UPDATE' AND NEW.case_id <> OLD.case_id THEN {_AGAIN} (NEW.case_id); END IF; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER alerts_asked_insert AFTER INSERT ON alerts "
        "REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ask_anew()"
    )
    op.execute(
        f"CREATE TRIGGER alerts_asked_update AFTER UPDATE OF {_COLUMNS} ON alerts "
        f"FOR EACH ROW WHEN ({_CHANGES}) EXECUTE FUNCTION ask_again()"
    )
    op.execute(
        f"CREATE TRIGGER alerts_asked_delete AFTER DELETE ON alerts FOR EACH ROW "
        f"WHEN ({_asks('OLD')}) EXECUTE FUNCTION ask_again()"
    )


def upgrade() -> None:
    """Apply."""
    op.add_column("cases", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"UPDATE cases SET asked_at = {_NEWEST} WHERE {_NEWEST} IS NOT NULL")
    op.drop_index("ix_cases_queue", "cases")
    op.create_index("ix_cases_queue", "cases", [*_ORDER, "asked_at"])
    op.create_index("ix_cases_asked", "cases", ["state", "band", "asked_at"])
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def downgrade() -> None:
    """Take back. The alerts say it still."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER alerts_asked_{name}" + ("" if sqlite else " ON alerts"))
    if not sqlite:
        op.execute("DROP FUNCTION ask_anew()")
        op.execute("DROP FUNCTION ask_again()")
    op.drop_index("ix_cases_asked", "cases")
    op.drop_index("ix_cases_queue", "cases")
    op.create_index("ix_cases_queue", "cases", _ORDER)
    op.drop_column("cases", "asked_at")
