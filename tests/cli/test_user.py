"""`tracker user`: grave acts by two people, and the last administrator's way back in (S10)."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select, update

from tests.cli.test_taking_out import Staff
from tracker.domain.actor import OPERATOR
from tracker.security import argon
from tracker.store.people import roles_of
from tracker.store.schema import AuditRow, Person

BOTH = ("caseworker", "supervisor")


class Users(Staff):
    """Commands one after another, without waiting half a minute for each next code."""

    def user(self, *words: str, by: str) -> Result:
        with self.ready.desk(OPERATOR) as desk:
            desk.session.execute(update(Person).values(totp_last_step=None))
        return self.run("user", *words, "--as", f"{by}@example.org", by=(by,))


@pytest.fixture
def users(instance: Path, monkeypatch: pytest.MonkeyPatch) -> Users:
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=1, memory_kib=16))
    users = Users(instance)
    users.add("ada", "administrator")
    users.add("sara", "supervisor")
    users.add("karim", "caseworker")
    return users


def test_a_lost_phone_takes_two_and_the_link_can_be_printed(users: Users) -> None:
    reset = ("reset", "karim@example.org", "--second-factor", "--print-link")
    asked = users.user(*reset, by="ada")
    assert asked.exit_code == 0 and "second person" in asked.output
    assert (
        "Nothing waits for your word" in users.user("agree", "karim@example.org", by="ada").output
    )
    listed = users.user("agree", by="sara").output
    assert "karim <karim@example.org>" in listed and "second_factor (now: caseworker;" in listed
    assert "the link is shown to who asked; asked by ada)" in listed
    agreed = users.user("agree", "karim@example.org", by="sara")
    assert agreed.exit_code == 0 and "Agreed" in agreed.output and "/welcome/" not in agreed.output
    assert "/welcome/" in users.user(*reset, by="ada").stdout
    with users.ready.reading(OPERATOR) as desk:
        acts = list(desk.session.scalars(select(AuditRow.act)))
    assert {"person.reset_asked", "person.change_agreed", "person.link_shown"} <= set(acts)


def test_roles_of_a_new_account_wait(users: Users) -> None:
    roles = [word for role in BOTH for word in ("--role", role)]
    added = users.user("add", "bo@example.org", *roles, by="ada")
    assert "/welcome/" in added.stdout and "second person" in added.stderr
    assert users.user("agree", "bo@example.org", "--refuse", by="sara").output.endswith(
        "Refused.\n"
    )
    with users.ready.reading(OPERATOR) as desk:
        (bo,) = desk.session.scalars(select(Person).order_by(Person.created_at.desc()).limit(1))
        assert roles_of(desk.session, bo.id) == frozenset()


def test_the_last_administrator_is_rescued_on_the_server_only(users: Users) -> None:
    users.add("omar", "administrator")
    words = ("user", "rescue", "ada@example.org")
    refused = users.run(*words, by=())
    assert refused.exit_code == 1 and "another administrator" in refused.output
    assert users.user("disable", "omar@example.org", by="ada").exit_code == 0
    assert "/welcome/" in users.run(*words, by=()).stdout
    with users.ready.reading(OPERATOR) as desk:
        acts = list(desk.session.scalars(select(AuditRow.act)))
    assert "person.rescued" in acts
