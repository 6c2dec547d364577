"""Pages of the desk, timed through the application itself: the queue, a case, the work list."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median, quantiles

from flask.testing import FlaskClient
from sqlalchemy import select

from tracker.bootstrap import Services, settle
from tracker.domain.actor import OPERATOR
from tracker.engine.staff import visits
from tracker.store.schema import Case, Person, PersonRole
from tracker.store.waits import WAITS
from tracker.web import create_app

TIMES = 40
FEWER = 20
NAME = "Gulnar Serikjan 77"


def desk(services: Services, say: Callable[[str, str], None]) -> None:
    """For a supervisor, who sees all cases, and a caseworker, who sees their own."""
    app = create_app(services, testing=True)
    settle()  # as the site does before it serves
    with services.reading(OPERATOR) as reading:
        query = select(Case.ref).where(Case.state == "open").order_by(Case.id).limit(TIMES)
        refs = list(reading.session.scalars(query))
        middle = reading.session.scalars(
            select(Case.ref).where(Case.band == "overdue").order_by(Case.silent_rank).limit(1)
        ).one()
    for role in ("supervisor", "caseworker"):
        client = _signed_in(services, app.test_client(), role)
        for what, address in (
            ("queue, first page", "/queue"),
            ("queue, a page farther on", f"/queue?after={middle}"),
            ("queue, one band", "/queue?band=watch"),
        ):
            _time(client, [address] * TIMES, f"{what}, {role}", say)
        if role == "supervisor":
            _time(client, [f"/cases/{ref}" for ref in refs], f"a case page, {role}", say)
        for address in ("/work", "/digests", *(["/team"] if role == "supervisor" else [])):
            _time(client, [address] * FEWER, f"{address}, {role}", say)
        for what in WAITS:
            _time(client, [f"/queue?waits={what}"] * FEWER, f"queue, waits={what}, {role}", say)
        _time(client, [_searched(client)] * FEWER, f"queue, a name, {role}", say)


def _searched(client: FlaskClient) -> str:
    """The address of a search for a name; the names are learnt when it is first opened."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/queue").text)
    assert found, "no form at /queue"
    return client.post("/queue/search", data={"q": NAME, "csrf_token": found[1]}).location


def _signed_in(services: Services, client: FlaskClient, role: str) -> FlaskClient:
    with services.desk(OPERATOR) as desk:
        wanted = select(Person.id).join(PersonRole, PersonRole.person_id == Person.id)
        person_id = desk.session.scalars(
            wanted.where(PersonRole.role == role).order_by(Person.id).limit(1)
        ).one()
        visit = visits.begin(desk, "staff", person_id=person_id, second_factor=True)
    client.set_cookie("session", visit.token, domain="localhost")
    return client


def _time(
    client: FlaskClient, addresses: list[str], what: str, say: Callable[[str, str], None]
) -> None:
    found = []
    for number, address in enumerate([addresses[0], *addresses]):
        started = time.perf_counter()
        answer = client.get(address)
        took = (time.perf_counter() - started) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status}")
        if number:  # the first one compiles templates
            found.append(took)
    say(what, f"{median(found):9.2f} ms   p95 {quantiles(found, n=20)[-1]:9.2f} ms")
