"""The real application over a real, migrated database; a clock to move; people signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracker.bootstrap import Services, build
from tracker.domain.actor import OPERATOR, Actor
from tracker.engine.desk import Desk
from tracker.engine.staff import first_run, visits
from tracker.engine.staff.accounts import add_person
from tracker.security import argon
from tracker.security.keys import KeyRing
from tracker.settings import load
from tracker.store.schema import Person, WebSession
from tracker.web import create_app, serve

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Desks = Callable[..., AbstractContextManager[Desk]]
ClientAs = Callable[..., "StaffClient"]
PostForm = Callable[..., TestResponse]


@pytest.fixture(autouse=True)
def _cheap_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=1, memory_kib=16))


@dataclass
class MovableClock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def environ() -> dict[str, str]:
    """Settings beyond the usual; a test module may override this fixture."""
    return {}


@pytest.fixture
def services(
    instance: Path, database_url: str, clock: MovableClock, environ: dict[str, str]
) -> Iterator[Services]:
    usual = {"TRACKER_DATABASE_URL": database_url, "TRACKER_DELIVERY": "file"}
    settings = load({**usual, **environ}, instance)
    KeyRing.generate(START).save(settings.keys)
    built = build(settings, clock=clock)
    with built.desk(OPERATOR) as desk:
        first_run.prepare(desk)
    yield built
    built.database.engine.dispose()


@pytest.fixture
def desk(services: Services) -> Desks:
    """`with desk() as d:` a transaction of the operator's, or of the actor given."""
    return lambda actor=OPERATOR: services.desk(actor)


@pytest.fixture(scope="session")
def _made() -> list[Flask]:
    """One site serves all tests in turn: to make one takes longer than most of them."""
    return []


@pytest.fixture
def app(services: Services, _made: list[Flask], request: pytest.FixtureRequest) -> Flask:
    """A test that adds addresses is marked `own_site` (Flask refuses them on one that served)."""
    if request.node.get_closest_marker("own_site"):
        return create_app(services, testing=True)
    if not _made:
        _made.append(create_app(services, testing=True))
    serve(_made[0], services)
    _made[0].test_client_class = None
    return _made[0]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


class StaffClient(FlaskClient):
    """A signed-in member of staff's browser."""

    person_id: str
    visit: visits.Visit
    actor: Actor


@pytest.fixture
def client_as(app: Flask, desk: Desks) -> ClientAs:
    """`client_as("caseworker", "supervisor", name="Aigul")`: another name is another person."""
    known: dict[str, str] = {}

    def sign_in(*roles: str, name: str = "", confirmed: bool = True, **person: Any) -> StaffClient:
        name = name or f"{roles[0].capitalize()} One"
        with desk() as d:
            if name not in known:
                email = f"{re.sub('[^a-z]', '.', name.lower())}@example.org"
                known[name] = add_person(d, email=email, name=name, roles=roles, **person).id
            row = d.session.get_one(Person, known[name])
            visit = visits.begin(d, "staff", person_id=row.id, second_factor=True)
            if not confirmed:
                d.session.get_one(WebSession, visit.id).confirmed_at = None
            actor = visits.actor_of(d, row)
        found = StaffClient(app, app.response_class)
        found.set_cookie("session", visit.token, domain="localhost")
        found.person_id, found.visit, found.actor = row.id, visit, actor
        return found

    return sign_in


def csrf_of(response: TestResponse) -> str:
    """The token in a page's first form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', response.get_data(as_text=True))
    assert found, f"no form in the page at {response.request.path} ({response.status})"
    return found[1]


@pytest.fixture
def post_form() -> PostForm:
    """`post_form(client, "/signin", {"email": …}, page="/signin")`, as a browser does it."""

    def post(
        client: FlaskClient, url: str, data: dict[str, Any] | None = None, page: str | None = None
    ) -> TestResponse:
        token = csrf_of(client.get(page or url, follow_redirects=True))
        return client.post(
            url,
            data={**(data or {}), "csrf_token": token},
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    return post
