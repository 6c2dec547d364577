"""A disk that is full in the middle costs nobody an alert, and doubles few (D1, D2, D4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.delivery import LEASE

NO_LIMIT = 2**30


@contextmanager
def full_after(office: Office, pages: int) -> Iterator[None]:
    """The database may grow by so many pages; then SQLite says that the disk is full."""
    engine = office.services.database.engine
    with engine.connect() as connection:
        most = connection.scalar(text("PRAGMA page_count")) + pages
    limit = [most]

    def limited(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit[0]}")

    event.listen(engine, "checkout", limited)
    yield
    limit[0] = NO_LIMIT


def _each(errors: BaseExceptionGroup[OperationalError]) -> Iterator[str]:
    """What went wrong, also within groups of groups."""
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _each(error)
        else:
            yield str(error)


@pytest.mark.parametrize("pages", [0, 5, 9])
def test_what_a_full_disk_stopped_goes_on_when_there_is_room(
    office: Office, mail: Provider, sms: Provider, pages: int
) -> None:
    if not office.services.database.is_sqlite:
        pytest.skip("PostgreSQL's server answers for its disk")
    people = [
        office.person(f"Aigul{number}", "caseworker", phone=f"+7701555{1000 + number}")
        for number in range(60)
    ]
    for person_id in people:
        office.silent_case(person_id, None)
    said = list[str]()
    with full_after(office, pages):
        for _ in range(5):
            try:
                office.tick()
            except* OperationalError as error:
                said += _each(error)
            office.clock.move(seconds=10)
    for _ in range(20):
        office.tick()
        office.clock.move(seconds=LEASE.total_seconds() / 2)
    assert said
    assert all("database or disk is full" in one for one in said)
    assert {row.state for row in office.rows(kind="alert")} == {"accepted"}
    assert len(office.alerts()) == 60
    for provider in (mail, sms):
        assert len(provider.times()) == 60
        assert max(provider.times().values()) <= 2
    assert len(sms.taken) == 60, "a text message is looked for"
    assert not [row for row in office.rows() if row.possible_repeat and row.channel == "sms"]
