"""The matrix of safety.md, whole: every route × method × role × whose case it is, asked for real.

A route that is not in the table fails, and one that is gone. The letters: ca(seworker),
su(pervisor), co(nsular), ad(ministrator), au(ditor); R asks for password and code again. Whoever is
not named is refused; a case that is not theirs is as if absent. What a token opens is in
tests/web/test_api.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from flask import Flask, request, template_rendered
from jinja2 import Template
from sqlalchemy import Connection, event, func, select

from tests.attacks.conftest import World
from tests.web.conftest import ClientAs, Desks
from tracker.bootstrap import Services
from tracker.store.schema import Base

TABLE = """
/ | GET public
/a/<token> | GET public | POST public
/account | GET ad au ca co su
/account/app | GET ad au ca co su R | POST ad au ca co su R
/account/app/code.svg | GET ad au ca co su R
/account/confirm | GET ad au ca co su | POST ad au ca co su
/account/keys | POST ad au ca co su
/account/language | POST ad au ca co su
/account/openpgp | GET ad au ca co su R | POST ad au ca co su R
/account/openpgp/remove | POST ad au ca co su R
/account/passkeys | GET ad au ca co su R | POST ad au ca co su R
/account/passkeys/remove | POST ad au ca co su R
/account/password | GET ad au ca co su R | POST ad au ca co su R
/account/recovery | GET ad au ca co su R | POST ad au ca co su R
/account/sessions/end | POST ad au ca co su
/account/unsent/forget | POST ad au ca co su
/account/test-alert | POST ad au ca co su
/account/tokens | GET ad au ca co su R | POST ad au ca co su R
/account/tokens/end | POST ad au ca co su R
/api/v1/alerts | GET bearer
/api/v1/alerts/<alert_id>/acknowledge | POST bearer
/api/v1/cases | GET bearer
/api/v1/cases/<ref> | GET bearer
/api/v1/cases/<ref>/reports | POST bearer
/api/v1/digests/<week> | GET bearer
/api/v1/openapi.json | GET public
/audit | GET ad au ca co su
/cases/<ref> | GET ca su
/cases/<ref>/acknowledge | GET ca su | POST ca su
/cases/<ref>/ask | GET ca su | POST ca su
/cases/<ref>/assign | GET su | POST su
/cases/<ref>/close | GET ca su | POST ca su
/cases/<ref>/code | GET ca su R | POST ca su R
/cases/<ref>/consent | GET ca su | POST ca su
/cases/<ref>/contact | GET ca su | POST ca su
/cases/<ref>/contacts/<report_id> | GET ca su
/cases/<ref>/contacts/<report_id>/confirm | POST ca su
/cases/<ref>/contacts/<report_id>/reject | POST ca su
/cases/<ref>/contacts/<report_id>/retract | POST ca su
/cases/<ref>/enquirers/<enquirer_id> | GET ca su R | POST ca su R
/cases/<ref>/erase | GET su R | POST su R
/cases/<ref>/hand-over | GET ca su | POST ca su
/cases/<ref>/keeping | GET ca su | POST ca su
/cases/<ref>/keeping/stay | POST ca su
/cases/<ref>/messages | GET ca su | POST ca su
/cases/<ref>/messages/read | POST ca su
/cases/<ref>/paper | GET ca su R | POST ca su R
/cases/<ref>/pictures | GET ca su | POST ca su
/cases/<ref>/pictures/<picture_id> | GET ca su
/cases/<ref>/pictures/<picture_id>/delete | POST ca su
/cases/<ref>/pictures/<picture_id>/small | GET ca su
/cases/<ref>/policy | GET ca su | POST ca su
/cases/<ref>/reopen | GET ca su | POST ca su
/cases/<ref>/same | GET ca su | POST ca su
/cases/<ref>/same/<other_ref> | GET ca su | POST ca su
/cases/<ref>/same/<other_ref>/merge | POST ca su
/cases/<ref>/share | GET ca su R | POST ca su R
/cases/<ref>/shares/<share_id>/end | GET ca su R | POST ca su R
/cases/<ref>/snooze | GET ca su | POST ca su
/cases/<ref>/snooze/end | POST ca su
/cases/<ref>/tell | GET ca su | POST ca su
/cases/<ref>/unmerge | GET ca su | POST ca su
/cases/<ref>/wrong | GET ca su
/cases/<ref>/wrong/<told_id> | GET ca su | POST ca su
/cases/<ref>/wrong/<told_id>/back | POST ca su
/cases/new | GET ca su | POST ca su
/dates | POST ca su
/demo | GET public | POST public
/demo/clock | POST public
/demo/enter/<token> | GET public | POST public
/digests | GET ad au ca co su
/digests/<week> | GET ad au ca co su
/digests/bands.png | GET ca co su
/digests/reader | POST su
/digests/<week>/bands.png | GET ca co su
/digests/<week>/sheet.pdf | GET ca co su
/enrol | GET public | POST public
/enrol/code.svg | GET public
/doctor | GET ad
/exports | GET ca su R | POST ca su R
/exports/<request_id>/agree | POST su R
/exports/<request_id>/decline | POST ca su R
/exports/<request_id>/file | POST ca su R
/healthz | GET public
/help | GET ad au ca co su
/help/building | GET ad au ca co su
/help/consulate | GET ad au ca co su
/help/desk | GET ad au ca co su
/help/family | GET public
/help/office | GET ad au ca co su
/hooks/kannel/<secret>/dlr/<token> | GET hook
/hooks/kannel/<secret>/sms | GET hook
/hooks/twilio/sms | POST hook
/hooks/twilio/status/<token> | POST hook
/hooks/twilio/voice/<token> | GET hook | POST hook
/import | GET su | POST su
/import/<sheet> | GET su
/import/<sheet>/apply | POST su R
/import/<sheet>/columns | POST su
/import/<sheet>/discard | POST su
/import/<sheet>/encoding | POST su
/leave | GET public
/metrics | GET public
/outbox | GET ad su
/outbox/<row_id> | GET ad su
/outbox/pause | GET ad su R | POST ad su R
/people | GET ad au su
/people/<person_id> | GET ad au su
/people/<person_id>/cases | GET su | POST su
/people/<person_id>/edit | GET ad R
/people/<person_id>/erase | GET ad R | POST ad R
/people/<person_id>/leave | POST ad R
/people/<person_id>/name | POST ad R
/people/<person_id>/points | POST ad R
/people/<person_id>/points/<point_id> | POST ad R
/people/<person_id>/points/<point_id>/sign-in | POST ad R
/people/<person_id>/reading | POST ad R
/people/<person_id>/reset | POST ad R
/people/<person_id>/roles | POST ad R
/people/<person_id>/state | POST ad R
/people/<person_id>/test | POST ad R
/people/asked | GET ad su R
/people/asked/<request_id>/agree | POST ad su R
/people/asked/<request_id>/decline | POST ad su R
/people/asked/<request_id>/link | POST ad R
/people/find | POST ad au su
/people/invite | GET ad R | POST ad R
/policies | GET au ca su | POST su
/policies/<policy_id>/activate | POST su
/policies/<policy_id>/discard | POST su
/policies/<policy_id>/draft | GET su | POST su
/policies/versions/<version_id> | GET au ca su
/policies/versions/<version_id>/draft | POST su
/posts | GET ad au su
/posts/edit | GET ad R | POST ad R
/queue | GET ca su
/queue.csv | POST ca su R
/queue/assign | GET su | POST su
/queue/search | POST ca su
/queue/snooze | GET ca su | POST ca su
/queue/undo/<token> | POST ca su
/queue/views | POST ca su
/queue/views/<view_id>/remove | POST ca su
/readyz | GET public
/report | GET public | POST public
/report/<key> | GET public | POST public
/report/check | GET public
/report/delete | POST public
/report/pictures | GET public | POST public
/report/send | POST public
/shared | GET co
/shared/<ref> | GET co
/shared/<ref>/answer | POST co
/shared/<ref>/pictures/<picture_id> | GET co
/shared/<ref>/seen | POST co
/shared/<ref>/sheet | GET co | POST co R
/signin | GET public | POST public
/signin/code | GET public | POST public
/signin/passkey | GET public | POST public
/signout | POST ad au ca co su
/start | GET ad su
/static/<name> | GET asset
/status | GET public | POST public
/status/message | GET family | POST family
/status/news | GET family | POST family
/status/out | POST public
/status/permissions | GET family | POST family
/status/reach | GET family | POST family
/status/pictures | GET family | POST family
/status/read | POST family
/status/withdraw | GET family | POST family
/team | GET su
/team.csv | POST su R
/welcome/<token> | GET public | POST public
/work | GET ca su
"""

ROLES = {
    "Aigul": "ca",
    "Bota": "ca",
    "Vera": "su",
    "Consul": "co",
    "Stranger": "co",
    "Admin": "ad",
    "Auditor": "au",
}
ONE_EACH = ("Aigul", "Vera", "Consul", "Admin", "Auditor", "family", "anyone")
OWNERS = {"/cases/": {"Aigul", "Vera"}, "/shared/": {"Consul"}}
"""Who sees the first case, by which door."""

INNER = {"report_id", "enquirer_id", "share_id", "picture_id", "told_id"}
"""Ids of what belongs to a case."""

KEPT_FOR_LAST = {"/signout", "/leave", "/report/delete", "/status/out", "/status/withdraw"}
"""These end the very session that asks: a test of their own has them."""


class Row(NamedTuple):
    """Who may, by one method, at one address."""

    rule: str
    method: str
    kind: str
    roles: frozenset[str]
    reauth: bool


def table() -> list[Row]:
    found = []
    for line in TABLE.strip().splitlines():
        rule, *methods = line.split(" | ")
        for entry in methods:
            method, *words = entry.split()
            roles = frozenset(words) & set(ROLES.values())
            kind = "staff" if roles else words[0]
            found.append(Row(rule, method, kind, roles, "R" in words))
    return found


def filled(rule: str, ids: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: ids[found[1]], rule)


def ask(world: World, name: str, row: Row, ids: dict[str, str], tokens: dict[str, str]) -> int:
    address = filled(row.rule, ids)
    if row.method == "GET":
        response = world.who[name].get(address)
    else:
        if name not in tokens:
            tokens[name] = world.token(name)
        response = world.who[name].post(address, data={"csrf_token": tokens[name]})
    where = f"{name} {row.method} {address}: {response.status}"
    assert response.status_code < 500 or row.rule == "/readyz", where  # no worker ever ran here
    assert b"Traceback" not in response.data, where
    if response.status_code == 303 and response.location.startswith("/account/confirm"):
        return 399  # asked to confirm
    if response.status_code == 303 and response.location.startswith(("/signin", "/status?")):
        return 398  # asked to sign in
    return response.status_code


def counts(desk: Desks) -> dict[str, int]:
    """How many rows every table has that an act could change; brakes and the trail left out."""
    left_out = {"audit", "audit_head", "token_buckets", "web_sessions", "pulses"}
    with desk() as d:
        return {
            table.name: d.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in left_out
        }


def test_the_table_is_all_there_is(app: Flask) -> None:
    known = {(row.rule, row.method) for row in table()}
    there = {
        (route.rule, method)
        for route in app.url_map.iter_rules()
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there - known == set(), "say in the table who may"
    assert known - there == set(), "no such route any more"


def test_s9_nobody_passes_a_door_that_is_not_theirs(world: World, desk: Desks) -> None:
    """Everybody who is not named, at every route and method: refused, and nothing written."""
    before, outcomes, tokens = counts(desk), Counter[str](), dict[str, str]()
    for row in table():
        if row.kind in ("public", "hook", "asset", "bearer"):
            continue
        for name in ONE_EACH:
            role = ROLES.get(name)
            if row.kind == "staff" and role not in row.roles:
                expected = 403 if role else 398
            elif row.kind == "family" and name != "family":
                expected = 303
            else:
                continue
            found = ask(world, name, row, world.mine, tokens)
            assert found == expected, f"{name} {row.method} {row.rule}: {found}"
            outcomes[f"{role or name} {found}"] += 1
    assert counts(desk) == before
    assert outcomes.total() > 500


def test_s9_no_browser_comes_in_by_the_door_of_programs(world: World, desk: Desks) -> None:
    """However somebody is signed in: there a token counts, and nothing else."""
    before, tokens, tried = counts(desk), dict[str, str](), 0
    for row in table():
        if row.kind == "bearer":
            for name in ONE_EACH:
                found = ask(world, name, row, world.mine | {"alert_id": "0" * 32}, tokens)
                assert found == 401, f"{name} {row.method} {row.rule}: {found}"
                tried += 1
    assert counts(desk) == before
    assert tried >= 40


def test_s8_another_s_case_is_as_if_absent(world: World, desk: Desks) -> None:
    """Of those who may come in at all, whoever has not this case: 404, and nothing written."""
    before, tokens, tried = counts(desk), dict[str, str](), 0
    for row in table():
        door = next((door for door in OWNERS if row.rule.startswith(f"{door}<")), None)
        if door is None:
            continue
        for name, role in ROLES.items():
            if role in row.roles and name not in OWNERS[door]:
                found = ask(world, name, row, world.mine, tokens)
                assert found == 404, f"{name} {row.method} {row.rule}: {found}"
                tried += 1
    assert counts(desk) == before
    assert tried >= 50


def test_s8_ids_of_another_case_open_nothing_in_one_s_own(world: World, desk: Desks) -> None:
    """The reference is mine, the report, enquirer, share is not: as if absent."""
    before, tokens, tried = counts(desk), dict[str, str](), 0
    for row in table():
        inner = set(re.findall(r"<(\w+)>", row.rule)) & INNER
        if not row.rule.startswith("/cases/<ref>/") or not inner:
            continue
        mixed = world.other | {"ref": world.other["ref"], inner.pop(): ""}
        for name in ("Bota", "Vera"):
            for key in sorted(INNER):
                mixed[key] = world.mine[key]
            found = ask(world, name, row, mixed, tokens)
            assert found in (404, 422), f"{name} {row.method} {row.rule}: {found}"
            tried += 1
    assert counts(desk) == before
    assert tried >= 16


def test_s10_grave_acts_wait_for_password_and_code(
    world: World, client_as: ClientAs, desk: Desks
) -> None:
    """Whoever signed in long ago is asked again, for what the table marks."""
    asking = {"Aigul": "caseworker", "Vera": "supervisor", "Admin": "administrator"}
    for name, role in asking.items():
        world.who[name] = client_as(role, name=name, confirmed=False)
    before, tokens, tried = counts(desk), dict[str, str](), 0
    for row in table():
        for name in asking:
            if row.reauth and ROLES[name] in row.roles:
                found = ask(world, name, row, world.mine, tokens)
                assert found == 399, f"{name} {row.method} {row.rule}: {found}"
                tried += 1
    assert counts(desk) == before
    assert tried > 40


def made_while_writing(app: Flask, services: Services) -> list[str]:
    """From now on: the pages of GET requests that are made while a writing transaction is open."""
    found: list[str] = []
    writers: set[int] = set()

    def begun(connection: Connection) -> None:
        if not connection.get_execution_options().get("deferred"):
            writers.add(id(connection))

    def ended(connection: Connection) -> None:
        writers.discard(id(connection))

    def made(_app: Flask, template: Template, **_context: object) -> None:
        if writers and request.method == "GET":
            found.append(str(template.name))

    event.listen(services.database.engine, "begin", begun)
    event.listen(services.database.engine, "commit", ended)
    event.listen(services.database.engine, "rollback", ended)
    template_rendered.connect(made, app, weak=False)
    return found


def test_s9_whoever_may_is_let_in_and_an_empty_form_breaks_nothing(
    world: World, desk: Desks, services: Services
) -> None:
    """The other half: nobody who may is refused, no door falls over, and looking writes nothing
    and keeps no writer waiting while a page is made."""
    tokens: dict[str, str] = {}
    before = counts(desk)
    waiting = made_while_writing(world.app, services)
    for row in sorted(table(), key=lambda row: row.method):
        if row.method == "POST" and before:
            assert counts(desk) == before, "S3: nothing changes on GET"
            assert not waiting
            before = {}
        if row.rule in KEPT_FOR_LAST or row.kind in ("hook", "asset", "bearer"):
            continue
        for name in ONE_EACH:
            may = ROLES.get(name) in row.roles or name == "family" == row.kind
            door = next((door for door in OWNERS if row.rule.startswith(f"{door}<")), None)
            if row.kind == "public":
                may = name == "anyone"
            if not may or (door and name not in OWNERS[door]):
                continue
            found = ask(world, name, row, world.mine, tokens)
            assert found != 403, f"{name} {row.method} {row.rule}"
