"""The role matrix of safety.md ("Who may") against every route there is.

A route outside the table fails: whoever adds one says here which row of the matrix it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pytest
from flask import Flask
from werkzeug.routing import Rule as Route

from tracker.domain.actor import ROLES
from tracker.web.access import needs_reauth, rule_of

ALL = frozenset(ROLES)
DESK = frozenset({"caseworker", "supervisor"})


class Row(NamedTuple):
    """At most these roles may read (GET) and act (POST) below an address."""

    reads: frozenset[str]
    acts: frozenset[str] = frozenset()
    reauth: bool = False


def _row(reads: str, acts: str = "", *, reauth: bool = False) -> Row:
    return Row(frozenset(reads.split()), frozenset(acts.split()), reauth)


STAFF: dict[str, Row] = {
    "/account": Row(ALL, ALL),
    "/signout": Row(ALL, ALL),
    "/help": Row(ALL),
    "/start": _row("administrator supervisor"),
    "/demo": Row(ALL, ALL),
    "/queue": Row(DESK, DESK),
    "/work": Row(DESK, DESK),
    "/search": Row(DESK, DESK),
    "/cases": Row(DESK, DESK),
    "/dates": Row(frozenset(), DESK),  # how a date of a case's form is understood
    "/interview": Row(DESK, DESK),
    "/import": Row(DESK, DESK),
    "/exports": Row(DESK, DESK, reauth=True),
    "/queue.csv": Row(frozenset(), DESK, reauth=True),
    "/team": _row("supervisor"),
    "/team.csv": _row("", "supervisor", reauth=True),
    "/shared": _row("consular", "consular"),
    "/digests": Row(ALL),
    "/digests/reader": _row("", "supervisor"),
    "/policies": _row("caseworker supervisor auditor", "supervisor"),
    "/people": _row("administrator supervisor auditor", "administrator", reauth=True),
    "/people/find": _row(
        "", "administrator supervisor auditor"
    ),  # only looks; no name in an address
    "/people/asked": _row("administrator supervisor", "administrator supervisor", reauth=True),
    "/people/<person_id>/cases": _row("supervisor", "supervisor"),  # domain.md 14: handed over
    "/posts": _row("administrator supervisor auditor", "administrator", reauth=True),
    "/settings": _row("administrator auditor", "administrator", reauth=True),
    "/sending": _row("administrator supervisor auditor", "administrator supervisor"),
    "/outbox": _row("administrator supervisor", "administrator supervisor"),
    "/doctor": _row("administrator"),
    "/health": _row("administrator supervisor", "administrator supervisor"),
    "/audit": Row(ALL),
}
PUBLIC = ("/", "/report", "/safety", "/status", "/leave", "/signin", "/welcome", "/enrol", "/a",
          "/demo", "/help/family", "/healthz", "/readyz", "/metrics",
          "/api/v1/openapi.json")  # fmt: skip
FAMILY = ("/status",)


def _below(address: str, prefixes: Iterable[str]) -> str | None:
    """The longest prefix that an address lies at or below."""
    fitting = [p for p in prefixes if address == p or (p != "/" and address.startswith(f"{p}/"))]
    return max(fitting, key=len, default=None)


@pytest.fixture
def routes(app: Flask) -> list[Route]:
    return list(app.url_map.iter_rules())


def test_staff_routes_admit_nobody_the_matrix_does_not(app: Flask, routes: list[Route]) -> None:
    """S9: the matrix decides, the code follows."""
    checked = 0
    for route in routes:
        rule = rule_of(app, route.endpoint)
        if rule is None or rule.kind != "staff":
            continue
        prefix = _below(route.rule, STAFF)
        assert prefix is not None, f"{route.rule} is in no row of the matrix"
        row = STAFF[prefix]
        acts = bool((route.methods or set()) - {"GET", "HEAD", "OPTIONS"})
        allowed = row.acts if acts else row.reads
        assert rule.roles <= allowed, f"{route.rule} admits {set(rule.roles - allowed)}"
        if row.reauth and acts:
            assert needs_reauth(app, route.endpoint), f"{route.rule} asks for no re-authentication"
        checked += 1
    assert checked


@pytest.mark.parametrize(
    "ending", ["/share", "/unshare", "/reveal", "/export"], ids=lambda ending: ending[1:]
)
def test_grave_acts_on_a_case_ask_again(app: Flask, routes: list[Route], ending: str) -> None:
    """S10: sharing, revealing and exporting need a fresh password and code."""
    for route in routes:
        if route.rule.startswith("/cases/") and f"{ending}/" in f"{route.rule}/":
            assert needs_reauth(app, route.endpoint), route.rule


def test_public_routes_are_those_of_the_matrix(app: Flask, routes: list[Route]) -> None:
    """Column "anyone"."""
    for route in routes:
        rule = rule_of(app, route.endpoint)
        if rule is not None and rule.kind == "public":
            assert _below(route.rule, PUBLIC), f"{route.rule} is open to anyone"


def test_family_routes_lie_below_status(app: Flask, routes: list[Route]) -> None:
    for route in routes:
        rule = rule_of(app, route.endpoint)
        if rule is not None and rule.kind == "family":
            assert _below(route.rule, FAMILY), route.rule


def test_hooks_and_files_have_their_own_places(app: Flask, routes: list[Route]) -> None:
    """Whatever needs no form's token lies below `/hooks/` and `/api/`; what asks nobody, below
    `/static/`."""
    places = {"hook": "/hooks/", "bearer": "/api/v1/", "asset": "/static/"}
    for route in routes:
        rule = rule_of(app, route.endpoint)
        if rule is not None and rule.kind in places:
            place = places[rule.kind]
            assert route.rule.startswith(place), route.rule


def test_no_view_of_a_case_is_open_to_administrators_and_auditors(
    app: Flask, routes: list[Route]
) -> None:
    """They keep the office running; whom the families told of is not theirs to read."""
    for route in routes:
        rule = rule_of(app, route.endpoint)
        if route.rule.startswith(("/cases", "/queue", "/work", "/shared")) and rule is not None:
            assert rule.roles.isdisjoint({"administrator", "auditor"}), route.rule
