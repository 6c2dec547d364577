"""A database that refuses what it is told to refuse: a real fault, on either of them."""

from __future__ import annotations

from tests.standins.office import Office


def refuse(office: Office, act: str, when: str = "") -> None:
    """From now on `act` fails, as "DELETE ON inbound"; only where `when` holds, if it is given."""
    trigger = f"CREATE TRIGGER refused BEFORE {act} FOR EACH ROW" + (when and f" WHEN ({when})")
    words = [f"{trigger} BEGIN SELECT RAISE(ABORT, 'no'); END"]
    if not office.services.database.is_sqlite:
        no = "RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'"
        words = [
            f"CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {no}; END $$",
            f"{trigger} EXECUTE FUNCTION refused()",
        ]
    _said(office, words)


def allow(office: Office, table: str) -> None:
    """What was refused of this table is done again."""
    on = "" if office.services.database.is_sqlite else f" ON {table}"
    _said(office, [f"DROP TRIGGER refused{on}"])


def _said(office: Office, words: list[str]) -> None:
    with office.desk() as desk:
        for one in words:
            desk.session.connection().exec_driver_sql(one)
