"""All cases together are counted too; what is snoozed, and what wants consent, stands in an index

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_EVERYBODY = "'*'"
_OWNER = "coalesce({}caseworker_id, '')"
_KEPT = "case_counts (caseworker_id, state, band, number)"
_ADD = (
    "ON CONFLICT (caseworker_id, state, band) "
    "DO UPDATE SET number = case_counts.number + excluded.number"
)
_OPEN = "state || '' IN ('triggered', 'acknowledged', 'undelivered')"


def _count_on_sqlite(names: tuple[str, ...]) -> None:
    """A trigger for each way in which a case moves from one count to another. `names`: under which
    a case is counted."""

    def moved(which: str, number: int) -> str:
        rows = ", ".join(
            f"({name.format(f'{which}.')}, {which}.state, {which}.band, {number})" for name in names
        )
        return f"INSERT INTO {_KEPT} VALUES {rows} {_ADD};"

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
        op.execute(f"DROP TRIGGER cases_count_{name}")
        op.execute(f"CREATE TRIGGER cases_count_{name} {when} BEGIN {acts} END")


def _count_on_postgresql(by: str, owner: str) -> None:
    """Once a statement, over all rows it changed. The triggers stay; what they call is another."""
    new, old = (
        f"SELECT {_OWNER.format('')}, state, band, {number} FROM {rows}"
        for number, rows in (("1 AS number", "new_rows"), ("-1 AS number", "old_rows"))
    )

    def kept(rows: str) -> str:
        return (
            f"INSERT INTO {_KEPT} SELECT {owner}, moved.s, moved.b, sum(moved.n) "
            f"FROM ({rows}) AS moved (c, s, b, n) GROUP BY {by} HAVING sum(moved.n) <> 0 {_ADD};"
        )

    op.execute(
        "CREATE OR REPLACE FUNCTION count_cases() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'INSERT' THEN {kept(new)} "
        f"ELSIF TG_OP = 'DELETE' THEN {kept(old)} "
        f"ELSE {kept(f'{new} UNION ALL {old}')} END IF; RETURN NULL; END $$"
    )


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "sqlite":
        _count_on_sqlite((_OWNER, _EVERYBODY))
    else:
        sets = "GROUPING SETS ((moved.c, moved.s, moved.b), (moved.s, moved.b))"
        _count_on_postgresql(sets, f"coalesce(moved.c, {_EVERYBODY})")
    op.execute(
        f"INSERT INTO {_KEPT} SELECT {_EVERYBODY}, state, band, sum(number) FROM case_counts "
        "GROUP BY state, band"
    )
    op.drop_index("ix_cases_snoozed", "cases")
    order = ["band", "silent_rank", "id"]
    _index(
        "ix_cases_snoozed",
        "cases",
        [*order, "snoozed_until", "state", "caseworker_id"],
        "snoozed_until IS NOT NULL",
    )
    _index(
        "ix_alerts_consent",
        "alerts",
        ["raised_at", "id"],
        f"{_OPEN} AND CAST(consent_needed AS VARCHAR) <> '[]'",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_alerts_consent", "alerts")
    op.drop_index("ix_cases_snoozed", "cases")
    _index("ix_cases_snoozed", "cases", ["band", "silent_rank", "id"], "snoozed_until IS NOT NULL")
    op.execute(f"DELETE FROM case_counts WHERE caseworker_id = {_EVERYBODY}")
    if op.get_bind().dialect.name == "sqlite":
        _count_on_sqlite((_OWNER,))
    else:
        _count_on_postgresql("moved.c, moved.s, moved.b", "moved.c")
