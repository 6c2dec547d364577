"""Attacks by name, each with what must come of it. Others have files of their own:

authorisation   test_matrix: doors, other people's cases, ids of other cases
forms, hooks    test_fuzz: every form, every hook
races           test_races
second factors  tests/web/test_factors: stolen, copied, replayed, foreign passkeys
receipts        tests/web/test_family_status, tests/security/test_receipts
key and chain   tests/security/test_vault, test_chain; tests/store/test_audit
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.attacks.conftest import World
from tests.attacks.nasty import NASTY
from tests.attacks.test_matrix import counts
from tests.web.conftest import ClientAs, Desks
from tests.web.staff_cases import looked_for
from tracker.bootstrap import Services
from tracker.domain.errors import Refused
from tracker.engine.cases import record
from tracker.engine.staff.accounts import invite
from tracker.security.errors import TextRefused
from tracker.security.text import header_safe, tidy
from tracker.store.schema import Case, PersonName, WebSession

MARKS = ["markup", "attribute", "template", "percent", "fullwidth", "bidi", "decomposed"]


def test_s16_what_was_told_is_shown_as_text(world: World, desk: Desks) -> None:
    """Stored markup, templates and format strings come out as they went in, harmless; what turns
    other text round is left out."""
    for what in MARKS:
        text = NASTY[what]
        with desk() as d:
            case = d.session.scalars(select(Case).filter_by(ref=world.mine["ref"])).one()
            record.add_name(d, case, text, source=text)
        for name, path in (("Aigul", ""), ("Aigul", "/contact"), ("Vera", "/keeping")):
            page = world.who[name].get(f"/cases/{world.mine['ref']}{path}")
            assert page.status_code == 200
            assert "<script" not in page.text.replace("<script src=", "")
            assert not re.search(r"<[^>]+\sonfocus=", page.text)
            if not path:
                assert str(escape(tidy(text).strip())) in page.text, what
        assert world.who["Consul"].get(f"/shared/{world.mine['ref']}").status_code == 200
        assert looked_for(world.who["Vera"], text).status_code == 200


PATHS = [
    "/static/../../../etc/passwd",
    "/static/%2e%2e%2f%2e%2e%2fkeys.json",
    "/static/..%5c..%5ckeys.json",
    "/static//etc/passwd",
    "/static/MANIFEST.json",
    "/static/LICENSES",
    "/cases/%00",
    "/queue/%00",
    "/queue?after=%00&find=%00",
    "/cases/..%2fqueue",
    "/cases/%E2%80%AE",
    "/cases/%ff%fe",
    "/cases/" + "A" * 4_000,
    "/digests/2026-W99",
    "/digests/9999-W53",
    "/digests/%0d%0aSet-Cookie:x",
    "/a/%0d%0aLocation:%20https:%2f%2fevil.example",
    "/welcome/" + "A" * 4_000,
    "/demo/enter/x",
    "/.git/config",
    "/instance/keys.json",
    "/api/v1/cases",
    "/console",
]


def test_addresses_that_lead_nowhere(world: World) -> None:
    for path in PATHS:
        for name in ("anyone", "Vera"):
            answer = world.who[name].get(path)
            assert answer.status_code in (303, 400, 401, 403, 404, 414), answer.status
            assert "keyring" not in answer.text and "root:" not in answer.text
            assert not {"\r", "\n"} & set("".join(answer.headers.values()))


NEXT = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example",
    "/%09/evil.example", "/\t/evil.example", "javascript:alert(1)", "/queue\r\nSet-Cookie: a=b",
    "https:evil.example", "/@evil.example", "//evil.example/%2f..", "/./..//evil.example",
]  # fmt: skip


def test_nobody_is_led_to_another_site(world: World) -> None:
    for target in NEXT:
        browser = world.who["Vera"]
        answer = browser.get("/signin", query_string={"next": target})
        assert answer.status_code == 303
        location = answer.location
        assert location.startswith("/") and not location.startswith(("//", "/\\")), location
        assert "\t" not in location and "\n" not in location


HEADERS: dict[str, dict[str, str]] = {
    "forged host": {"Host": "evil.example"},
    "host with port": {"Host": "localhost:99999"},
    "two hosts": {"Host": "localhost, evil.example"},
    "forwarded host": {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    "forwarded for": {"X-Forwarded-For": "127.0.0.1"},
    "method override": {"X-HTTP-Method-Override": "DELETE"},
    "rewrite": {"X-Original-URL": "/queue", "X-Rewrite-URL": "/queue"},
    "range": {"Range": "bytes=0-0,-1,0-"},
    "languages": {"Accept-Language": ",".join(["en;q=0.0001"] * 500)},
    "language path": {"Accept-Language": "../../etc, *;q=NaN"},
    "encodings": {"Accept-Encoding": "gzip;q=-1, br;q=9, ../x"},
    "cookie": {"Cookie": "session=" + "A" * 4_000},
    "cookie null": {"Cookie": "session=%00; visitor=\\; note=%7B%22a%22"},
    "length": {"Content-Length": "-1"},
    "type": {"Content-Type": "multipart/form-data; boundary="},
}


def test_headers_change_nothing(world: World) -> None:
    """No link to another host, no other method, no fault."""
    for what in HEADERS:
        client = world.app.test_client()
        answer = client.get("/signin", headers=HEADERS[what])
        assert answer.status_code in (200, 303, 400), answer.status
        assert "evil.example" not in answer.text + str(answer.headers)
        assert client.get("/queue", headers=HEADERS[what]).status_code in (303, 400)


def test_other_methods_are_not_there(world: World, desk: Desks) -> None:
    before = counts(desk)
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X"):
        for path in ("/report", f"/cases/{world.mine['ref']}", "/hooks/twilio/sms", "/signin"):
            answer = world.who["Vera"].open(path, method=method)
            assert answer.status_code in (405, 501), f"{method} {path}"
    assert counts(desk) == before


BODIES: dict[str, Callable[[FlaskClient, str], TestResponse]] = {
    "json": lambda c, t: c.post("/report", json={"csrf_token": t, "a": {"b": [1] * 1000}}),
    "token in the address": lambda c, t: c.post(f"/report?csrf_token={t}"),
    "large": lambda c, t: c.post("/report", data={"csrf_token": t, "x": "x" * 5_000_000}),
    "many fields": lambda c, t: c.post(
        "/report", data={"csrf_token": t} | {f"f{n}": "1" for n in range(5_000)}
    ),
    "wrong coding": lambda c, t: c.post(
        "/report", data=b"csrf_token=" + t.encode() + b"&a=%ff%fe%80",
        content_type="application/x-www-form-urlencoded; charset=utf-7",
    ),
    "broken multipart": lambda c, t: c.post(
        "/report", data=b"--x\r\nContent-Disposition: form-data; name=\"a",
        content_type="multipart/form-data; boundary=x",
    ),
    "file for a field": lambda c, t: c.post(
        "/report", data={"csrf_token": t, "names": (BytesIO(b"x"), "../x.py")}
    ),
}  # fmt: skip


def test_bodies_of_a_wrong_kind(world: World, desk: Desks) -> None:
    for what in BODIES:
        before = counts(desk)
        answer = BODIES[what](world.who["anyone"], world.token("anyone"))
        assert answer.status_code in (303, 400, 413, 422), answer.status
        after = counts(desk)
        assert {table for table in after if after[table] != before[table]} <= {"drafts"}


@pytest.mark.parametrize("what", ["header", "escape", "null"])
def test_s16_headers_refuse_line_breaks(what: str) -> None:
    with pytest.raises(TextRefused):
        header_safe(NASTY[what])


ADDRESSES = ["a@b\r\nBcc: c@d.example", "a@b, c@d.example", "a b@c.example", "<a@b.example>", "@"]


def test_an_address_brings_no_second_one(world: World, client: FlaskClient, desk: Desks) -> None:
    """Injection into mail: an invitation goes to one address, or to none."""
    for email in ADDRESSES:
        before = counts(desk)
        token = world.token("Admin")
        answer = world.who["Admin"].post(
            "/people/invite",
            data={"csrf_token": token, "email": email, "name": "X", "roles": "caseworker"},
        )
        assert answer.status_code == 422
        assert counts(desk) == before


FIXATION = ["A" * 43, "0" * 64, "../../x", "%00", "' OR 1=1 --"]


def test_s10_a_session_given_by_an_attacker_is_never_taken_up(world: World, desk: Desks) -> None:
    """Fixation: the token after signing in is ours, and another one."""
    for token in FIXATION:
        client = world.app.test_client()
        client.set_cookie("session", token)
        assert client.get("/queue").status_code == 303
        with desk() as d:
            assert d.session.scalars(select(WebSession).filter_by(kind="anonymous")).all() == []


def test_a_name_is_found_by_no_key_of_its_own(world: World, desk: Desks) -> None:
    """S1: two rows with one name have nothing in common that a thief could compare."""
    with desk() as d:
        first, second = d.session.scalars(select(PersonName)).all()[:2]
        assert d.safe.open(first, "name") == d.safe.open(second, "name")
        left, right = bytes(first.name_sealed), bytes(second.name_sealed)
        assert len(left) == len(right)
        same = sum(a == b for a, b in zip(left[-40:], right[-40:], strict=True))
        assert same < 12


def test_only_an_administrator_invites(services: Services, client_as: ClientAs) -> None:
    """Whichever door a caseworker finds, the engine asks again."""
    who = client_as("caseworker").actor
    with services.desk(who) as d, pytest.raises(Refused):
        invite(d, email="x@example.org", name="X", roles=["administrator"])
