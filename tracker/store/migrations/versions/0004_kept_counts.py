"""Kept counts of cases; indexes that hold the queue's whole order

Revision: 0004, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0005"
branch_labels = None
depends_on = None

_COUNTED = "coalesce(caseworker_id, ''), state, band"
_KEPT = "case_counts (caseworker_id, state, band, number)"
_ADD = (
    "ON CONFLICT (caseworker_id, state, band) "
    "DO UPDATE SET number = case_counts.number + excluded.number"
)


def _count_on_sqlite() -> None:
    """A trigger for each way in which a case moves from one count to another."""

    def moved(which: str, number: int) -> str:
        row = f"coalesce({which}.caseworker_id, ''), {which}.state, {which}.band, {number}"
        return f"INSERT INTO {_KEPT} VALUES ({row}) {_ADD};"

    differs = " OR ".join(
        f"OLD.{name} IS NOT NEW.{name}" for name in ("caseworker_id", "state", "band")
    )
    for name, when, acts in (
        ("insert", "AFTER INSERT ON cases", moved("NEW", 1)),
        ("delete", "AFTER DELETE ON cases", moved("OLD", -1)),
        (
            "update",
            f"AFTER UPDATE OF caseworker_id, state, band ON cases WHEN {differs}",
            moved("OLD", -1) + " " + moved("NEW", 1),
        ),
    ):
        op.execute(f"CREATE TRIGGER cases_count_{name} {when} BEGIN {acts} END")


def _count_on_postgresql() -> None:
    """Once a statement, over all rows it changed: a batch of cases costs one look."""
    new, old = (
        f"SELECT {_COUNTED}, {number} FROM {rows}"
        for number, rows in (("1 AS number", "new_rows"), ("-1 AS number", "old_rows"))
    )

    def kept(rows: str) -> str:
        return (
            f"INSERT INTO {_KEPT} SELECT moved.c, moved.s, moved.b, sum(moved.n) "
            f"FROM ({rows}) AS moved (c, s, b, n) "
            f"GROUP BY moved.c, moved.s, moved.b HAVING sum(moved.n) <> 0 {_ADD};"
        )

    op.execute(
        "CREATE FUNCTION count_cases() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'INSERT' THEN {kept(new)} "
        f"ELSIF TG_OP = 'DELETE' THEN {kept(old)} "
        f"ELSE {kept(f'{new} UNION ALL {old}')} END IF; RETURN NULL; END $$"
    )
    for name, tables in (
        ("insert", "NEW TABLE AS new_rows"),
        ("delete", "OLD TABLE AS old_rows"),
        ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER cases_count_{name} AFTER {name.upper()} ON cases "
            f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION count_cases()"
        )


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "case_counts",
        sa.Column("caseworker_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("caseworker_id", "state", "band", name=op.f("pk_case_counts")),
    )
    op.execute(f"INSERT INTO {_KEPT} SELECT {_COUNTED}, count(*) FROM cases GROUP BY 1, 2, 3")
    if op.get_bind().dialect.name == "sqlite":
        _count_on_sqlite()
    else:
        _count_on_postgresql()
    for name in ("ix_cases_queue", "ix_cases_caseworker"):
        op.drop_index(name, "cases")
    order = ["state", "band", "silent_rank", "id"]
    op.create_index("ix_cases_queue", "cases", order)
    op.create_index("ix_cases_caseworker", "cases", ["caseworker_id", *order])
    snoozed = sa.text("snoozed_until IS NOT NULL")
    op.create_index(
        "ix_cases_snoozed",
        "cases",
        ["band", "silent_rank", "id"],
        sqlite_where=snoozed,
        postgresql_where=snoozed,
    )
    op.create_index("ix_contact_reports_state", "contact_reports", ["state", "entered_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_contact_reports_state", "contact_reports")
    for name in ("ix_cases_snoozed", "ix_cases_queue", "ix_cases_caseworker"):
        op.drop_index(name, "cases")
    order = ["state", "band", "silent_rank"]
    op.create_index("ix_cases_queue", "cases", order)
    op.create_index("ix_cases_caseworker", "cases", ["caseworker_id", *order])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER cases_count_{name}" + ("" if sqlite else " ON cases"))
    if not sqlite:
        op.execute("DROP FUNCTION count_cases()")
    op.drop_table("case_counts")
