"""`/api/v1`: what a token opens, and above all what it does not; each act once; its document."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient
from tests.web.staff_cases import SISTER, alerts, make_case, reports
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR
from tracker.engine.staff import accounts, api_tokens, brakes, grave_acts
from tracker.engine.worker.tick import tick
from tracker.security.errors import KeyWithheld
from tracker.store.schema import AlertEvent, ApiAnswer, ApiToken, AuditRow, Case
from tracker.web.access import rule_of

Ask = Callable[..., TestResponse]
Token = Callable[..., str]


@pytest.fixture
def aigul(client_as: ClientAs) -> StaffClient:
    return client_as("caseworker", name="Aigul")


@pytest.fixture
def token(services: Services) -> Token:
    """`token(aigul)`: a new token of hers, for acts and thirty days unless said otherwise."""

    def make(who: StaffClient, scope: str = "act", days: int = 30) -> str:
        with services.desk(who.actor) as d:
            return api_tokens.make(d, "an invented program", scope, days)

    return make


@pytest.fixture
def ask(app: Flask) -> Ask:
    """`ask(token, "/cases", json=…, key=…)`: as a program does it, without cookies."""

    def send(token: str | None, path: str, **sent: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if (key := sent.pop("key", None)) is not None:
            headers["Idempotency-Key"] = key
        method = sent.pop("method", "POST" if "json" in sent or key else "GET")
        client = app.test_client()
        return client.open(f"/api/v1{path}", method=method, headers=headers, **sent)

    return send


REPORT = {"occurred": "2026-02", "class": "direct", "means": "telephone", "source": "Invented Aunt"}
KEY = "a-key-of-some-length"


def test_a_program_reads_the_queue_and_no_name(
    ask: Ask, token: Token, aigul: StaffClient, client_as: ClientAs, desk: Desks
) -> None:
    """S9: the owner's cases only. S4: references, bands, days, due times; never names or words."""
    mine = make_case(desk, aigul.person_id, last="2025-12-01")
    make_case(desk, client_as("caseworker", name="Bota").person_id)
    made = token(aigul, "read")
    found = ask(made, "/cases")
    assert found.status_code == 200
    assert [item["ref"] for item in found.json["items"]] == [mine]
    assert found.json["items"][0]["silent"] == {"at_least": 91, "at_most": 91}
    one, told = ask(made, f"/cases/{mine}"), ask(made, "/alerts")
    assert one.json == found.json["items"][0]
    assert {item["case"] for item in told.json["items"]} == {mine}
    for answer in (found, one, told):
        for secret in ("Tursun", SISTER, "winter", "2025-12", "7701"):
            assert secret not in answer.text
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_reading_holds_no_key_to_names(app: Flask, services: Services) -> None:
    """S2: not by care of the views; the key is not there."""
    bare = app.extensions["tracker_bare"]
    assert services.ring.active("content")
    with pytest.raises(KeyWithheld):
        bare.ring.active("content")


def test_others_cases_are_as_if_absent(
    ask: Ask, token: Token, aigul: StaffClient, client_as: ClientAs, desk: Desks
) -> None:
    """S8: status and text alike, for reading and for acts, by reference and by id."""
    bota = client_as("caseworker", name="Bota")
    theirs = make_case(desk, bota.person_id, last="2025-12-01")
    alert = alerts(desk, theirs)[0].id
    made = token(aigul)
    for here, nowhere in (
        (f"/cases/{theirs}", "/cases/CDFHJK"),
        (f"/cases?after={theirs}", "/cases?after=CDFHJK"),
        (f"/alerts?after={alert}", f"/alerts?after={'0' * 32}"),
    ):
        absent, other = ask(made, nowhere), ask(made, here)
        assert (other.status_code, other.data) == (absent.status_code, absent.data)
        assert other.status_code in (404, 422)
    for path, body in (
        (f"/cases/{theirs}/reports", REPORT),
        (f"/alerts/{alert}/acknowledge", None),
    ):
        assert ask(made, path, json=body, key=KEY).status_code == 404
    assert alerts(desk, theirs)[0].state == "triggered"
    assert len(reports(desk, theirs)) == 1


def test_roles_and_scopes(ask: Ask, token: Token, client_as: ClientAs, desk: Desks) -> None:
    """The matrix, for programs: the same roles as the pages; acts need a token for acts."""
    aigul = client_as("caseworker", name="Aigul")
    ref = make_case(desk, aigul.person_id)
    alert = alerts(desk, ref)[0].id
    for role in ("consular", "administrator", "auditor"):
        made = token(client_as(role))
        for path in ("/cases", f"/cases/{ref}", "/alerts"):
            assert ask(made, path).status_code == 403, role
        assert ask(made, f"/cases/{ref}/reports", json=REPORT, key=KEY).status_code == 403
        assert ask(made, f"/alerts/{alert}/acknowledge", key=KEY).status_code == 403
        assert ask(made, "/digests/2026-W09").status_code == 404
    reader = token(aigul, "read")
    assert ask(reader, f"/cases/{ref}/reports", json=REPORT, key=KEY).status_code == 403
    assert ask(reader, f"/alerts/{alert}/acknowledge", key=KEY).status_code == 403


def test_only_the_header_counts(
    ask: Ask, token: Token, aigul: StaffClient, app: Flask, desk: Desks
) -> None:
    """No cookie, no address, no form lets a program in; so no other page can send a browser."""
    ref, made = make_case(desk, aigul.person_id), token(aigul)
    assert aigul.get("/api/v1/cases").status_code == 401
    path = f"/api/v1/cases/{ref}/reports"
    assert aigul.post(path, json=REPORT, headers={"Idempotency-Key": KEY}).status_code == 401
    for query in ({"access_token": made}, {"token": made}):
        assert app.test_client().get("/api/v1/cases", query_string=query).status_code == 401
    for wrong in ("", "Basic x", f"bearer{made}", f"Bearer {made}x", "Bearer ctk_é", "Bearer"):
        answer = app.test_client().get("/api/v1/cases", headers={"Authorization": wrong})
        assert answer.status_code == 401, wrong
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == 401 and answer.json["title"] == "Unauthorized"
    assert len(reports(desk, ref)) == 1


def test_s11_what_cannot_be_a_token_holds_up_nobody_who_writes(
    ask: Ask, services: Services, token: Token, aigul: StaffClient
) -> None:
    """Answered while somebody else writes, also where wrong ones are braked already."""
    wrong = f"ctk_{'A' * 43}"
    for _each in range(brakes.SOURCE_TRIES + 1):
        ask(wrong, "/cases")
    with services.desk(OPERATOR):
        assert ask("x", "/cases").status_code == 401
        assert ask(wrong, "/cases").status_code == 429
    assert ask(token(aigul), "/cases").status_code == 200, "others' wrong tokens stop nobody"


def test_a_token_ends(
    ask: Ask, token: Token, aigul: StaffClient, clock: MovableClock, services: Services
) -> None:
    """With its time, the account, the roles, the password; and by its owner's word."""

    def ended(act: Callable[[Any], object]) -> bool:
        made = token(aigul)
        assert ask(made, "/cases").status_code == 200
        with services.desk(OPERATOR) as d:
            act(d)
        return ask(made, "/cases").status_code == 401

    assert ended(lambda d: grave_acts.set_roles(d, aigul.person_id, ["caseworker", "supervisor"]))
    assert ended(lambda d: grave_acts.reset(d, aigul.person_id))
    assert ended(lambda d: accounts.disable(d, aigul.person_id))
    with services.desk(OPERATOR) as d:
        accounts.enable(d, aigul.person_id)
    made = token(aigul, days=7)
    clock.move(timedelta(days=7) - timedelta(seconds=1))
    assert ask(made, "/cases").status_code == 200
    clock.move(timedelta(seconds=1))
    assert ask(made, "/cases").status_code == 401


def test_a_token_on_the_account_page(
    app: Flask, post_form: PostForm, client_as: ClientAs, ask: Ask, desk: Desks
) -> None:
    """S10: made and ended after password and code, shown once, kept as a keyed hash."""
    aigul = client_as("caseworker", name="Aigul")
    data = {"label": "the office's table", "scope": "read", "days": "30"}
    shown = post_form(aigul, "/account/tokens", data)
    made = shown.text.partition("ctk_")[2].partition("<")[0]
    assert len(made) == 43
    assert ask(f"ctk_{made}", "/cases").status_code == 200
    page = aigul.get("/account/tokens").text
    assert made not in page and "the office&#39;s table" in page
    with desk() as d:
        row = d.session.scalars(select(ApiToken)).one()
        assert row.used_at is not None and made.encode() not in row.token_hmac
    bota = client_as("caseworker", name="Bota")
    wrong = post_form(bota, "/account/tokens/end", {"id": row.id}, page="/account/tokens")
    assert wrong.status_code == 404
    post_form(aigul, "/account/tokens/end", {"id": row.id}, page="/account/tokens")
    assert ask(f"ctk_{made}", "/cases").status_code == 401
    for bad in ({"days": "31"}, {"scope": "all"}, {"label": ""}):
        assert post_form(aigul, "/account/tokens", data | bad).status_code == 422
    for _ in range(10):
        post_form(aigul, "/account/tokens", data)
    assert post_form(aigul, "/account/tokens", data).status_code == 422
    again = client_as("caseworker", name="Aigul", confirmed=False)
    assert again.get("/account/tokens").location.startswith("/account/confirm")


def test_s6_an_acknowledgement_by_token_is_one_without_sign_in(
    ask: Ask,
    token: Token,
    aigul: StaffClient,
    desk: Desks,
    clock: MovableClock,
    client_as: ClientAs,
) -> None:
    """It holds for 24 hours, once, and the supervisor is shown it."""
    ref = make_case(desk, aigul.person_id, last="2025-12-01")
    alert = alerts(desk, ref, "step")[0].id
    made = token(aigul)
    first = ask(made, f"/alerts/{alert}/acknowledge", key=KEY)
    assert (first.status_code, first.json["state"]) == (200, "acknowledged")
    again = ask(made, f"/alerts/{alert}/acknowledge", key="another-key-altogether")
    assert again.json == first.json
    with desk() as d:
        event = d.session.scalars(select(AlertEvent).filter_by(kind="acknowledged")).one()
        assert (event.detail, event.person_id) == ("unsigned", aigul.person_id)
    vera = client_as("supervisor", name="Vera")
    assert ref in vera.get("/work").text
    asked = alerts(desk, ref, "to_confirm")
    if asked:
        answer = ask(made, f"/alerts/{asked[0].id}/acknowledge", key="a-third-key")
        assert answer.json["state"] == "triggered"


def test_r14_a_report_enters_unconfirmed_and_silences_nothing(
    ask: Ask, token: Token, aigul: StaffClient, desk: Desks
) -> None:
    ref = make_case(desk, aigul.person_id, last="2025-12-01")
    made = token(aigul)
    before = ask(made, f"/cases/{ref}").json
    answer = ask(made, f"/cases/{ref}/reports", json=REPORT | {"said": "She rang."}, key=KEY)
    assert (answer.status_code, answer.json["state"]) == (201, "pending")
    after = ask(made, f"/cases/{ref}").json
    assert after == before | {"to_confirm": 1, "next_at": after["next_at"]}
    assert alerts(desk, ref, "step")[0].state == "triggered"
    with desk() as d:
        row = d.session.get_one(type(reports(desk, ref)[0]), answer.json["id"])
        assert d.safe.open(row, "details")["said"] == "She rang."
        assert row.entered_by == aigul.person_id


def test_an_act_is_done_once(
    ask: Ask, token: Token, aigul: StaffClient, desk: Desks, services: Services, clock: MovableClock
) -> None:
    """The same key again changes nothing, also at the same instant; another request is refused."""
    ref, made = make_case(desk, aigul.person_id), token(aigul)
    path, answers = f"/cases/{ref}/reports", list[tuple[int, str]]()

    def send() -> None:
        answer = ask(made, path, json=REPORT, key=KEY)
        answers.append((answer.status_code, answer.text))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send()
    assert len(set(answers)) == 1 and answers[0][0] == 201
    assert len(reports(desk, ref)) == 2
    other = ask(made, path, json=REPORT | {"occurred": "2026-01"}, key=KEY)
    assert other.status_code == 422
    future = ask(made, path, json=REPORT | {"occurred": "2031"}, key="a-key-that-fails")
    assert future.status_code == 422
    assert ask(made, path, json=REPORT, key="a-key-that-fails").status_code == 201
    with desk() as d:
        kept = json.dumps([row.answer for row in d.session.scalars(select(ApiAnswer))])
        assert "2026" not in kept and "Aunt" not in kept
    clock.move(timedelta(days=2))
    tick(services)
    with desk() as d:
        assert d.session.scalars(select(ApiAnswer)).all() == []


BAD: dict[str, tuple[str, dict[str, Any], int]] = {
    "no key": ("/cases/REF/reports", {"json": REPORT, "key": ""}, 422),
    "a short key": ("/cases/REF/reports", {"json": REPORT, "key": "x"}, 422),
    "no json": ("/cases/REF/reports", {"data": "x", "key": KEY}, 415),
    "half json": (
        "/cases/REF/reports",
        {"data": '{"occurred": ', "key": KEY, "content_type": "application/json"},
        400,
    ),
    "deep json": (
        "/cases/REF/reports",
        {"data": '{"said":' + "[" * 100_000, "key": KEY, "content_type": "application/json"},
        422,
    ),
    "no utf-8": (
        "/cases/REF/reports",
        {"data": b'{"said": "\xff"}', "key": KEY, "content_type": "application/json"},
        400,
    ),
    "another member": ("/cases/REF/reports", {"json": REPORT | {"confirmed": 1}, "key": KEY}, 422),
    "no date": ("/cases/REF/reports", {"json": REPORT | {"occurred": "winter"}, "key": KEY}, 422),
    "a control": ("/cases/REF/reports", {"json": REPORT | {"said": "a\x00b"}, "key": KEY}, 422),
    "blanks": ("/cases/REF/reports", {"json": REPORT | {"source": " \u200b "}, "key": KEY}, 422),
    "too much": ("/cases?limit=101", {}, 422),
    "no number": ("/cases?limit=x", {}, 422),
    "another parameter": ("/cases?q=name", {}, 422),
    "twice": ("/cases?limit=1&limit=2", {}, 422),
    "another band": ("/cases?band=red", {}, 422),
    "no week": ("/digests/2026-W99", {}, 404),
    "a far week": ("/digests/9999-W53", {}, 404),
    "no reference": ("/cases/'%20OR%201=1", {}, 404),
}


def test_bad_input_is_said_where(ask: Ask, token: Token, aigul: StaffClient, desk: Desks) -> None:
    """RFC 9457, with the member that is wrong; nothing is written."""
    ref, made = make_case(desk, aigul.person_id), token(aigul)
    for what, (path, sent, status) in BAD.items():
        answer = ask(made, path.replace("REF", ref), **{"method": "POST", **sent} if sent else {})
        assert answer.status_code == status, f"{what}: {answer.status} {answer.text}"
        assert answer.mimetype == "application/problem+json", what
        assert answer.json["detail"], what
    wrong = ask(made, f"/cases/{ref}/reports", json=REPORT | {"means": 1}, key=KEY).json
    assert wrong["errors"][0]["at"] == "/means"
    assert len(reports(desk, ref)) == 1
    with desk() as d:
        assert d.session.scalars(select(ApiAnswer)).all() == []


def test_pages_meet_and_miss_nothing(
    ask: Ask, token: Token, aigul: StaffClient, desk: Desks
) -> None:
    """Keyset paging over cases and alerts."""
    days = ["2025-11-01", "2025-12-20", "2026-02-25", "2026-02-28", "2025-10-03"]
    refs = {make_case(desk, aigul.person_id, last=day) for day in days}
    made = token(aigul)
    for path, member in (("/cases", "ref"), ("/alerts", "id")):
        whole = [item[member] for item in ask(made, path).json["items"]]
        found, after = list[str](), ""
        while True:
            page = ask(made, f"{path}?limit=2{after}").json
            assert 0 < len(page["items"]) <= 2
            found += [item[member] for item in page["items"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert found == whole
    assert {item["ref"] for item in ask(made, "/cases").json["items"]} == refs
    critical = ask(made, "/cases?band=critical").json["items"]
    assert critical and all(item["band"] == "critical" for item in critical)


def test_s11_a_token_has_a_pace_and_wrong_ones_another(
    ask: Ask, token: Token, aigul: StaffClient, clock: MovableClock
) -> None:
    made = token(aigul)
    answers = [ask(made, "/cases").status_code for _ in range(api_tokens.CALLS + 1)]
    assert answers == [200] * api_tokens.CALLS + [429]
    slow = ask(made, "/cases")
    assert int(slow.headers["Retry-After"]) >= 1
    wrong = [ask(f"ctk_{'A' * 43}", "/cases").status_code for _ in range(12)]
    assert set(wrong) == {401, 429}
    clock.move(timedelta(seconds=1))
    assert ask(made, "/cases").status_code == 200, "others' wrong tokens stop nobody"


def test_the_state_of_a_week(
    ask: Ask, token: Token, client_as: ClientAs, services: Services, clock: MovableClock
) -> None:
    """Digest: own; all for those who look after the sending; an auditor without states."""
    aigul, vera = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Vera")
    clock.move(timedelta(days=7))
    tick(services)
    week = "2026-W10"
    mine, all_ = ask(token(aigul), f"/digests/{week}").json, ask(token(vera), f"/digests/{week}")
    assert mine["made"] == 1 and all_.json["made"] == 2
    assert sum(all_.json["messages"].values()) == 2
    audited = ask(token(client_as("auditor")), f"/digests/{week}").json
    assert (audited["made"], audited["messages"]) == (2, None)


def test_the_document_is_openapi_and_the_routes_are_it(app: Flask, client: FlaskClient) -> None:
    """One truth: no route without a row, no row without a route; schemas without names."""
    document = client.get("/api/v1/openapi.json")
    assert document.status_code == 200 and "Set-Cookie" not in document.headers
    OpenAPIV31SpecValidator(document.json).validate()
    said = {
        (path, method.upper(), operation["security"][0]["token"][0])
        for path, methods in document.json["paths"].items()
        for method, operation in methods.items()
    }
    there = set()
    for route in app.url_map.iter_rules():
        if route.endpoint.startswith("api.") and not route.endpoint.endswith("openapi"):
            rule = rule_of(app, route.endpoint)
            assert rule is not None and rule.kind == "bearer"
            path = route.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}")
            method = next(iter((route.methods or set()) - {"HEAD", "OPTIONS"}))
            there.add((path, method, rule.scope))
    assert said == there
    members = set(json.dumps(document.json["components"]["schemas"]["Case"]).split('"'))
    assert not members & {"name", "names", "place", "words", "enquirer", "caseworker", "opened_at"}


def test_every_act_by_a_program_is_audited(
    ask: Ask, token: Token, aigul: StaffClient, services: Services, desk: Desks
) -> None:
    """S13: reading too, as its owner, with the token's id."""
    ref = make_case(desk, aigul.person_id)
    made = token(aigul)
    ask(made, f"/cases/{ref}")
    with desk() as d:
        row = d.session.scalars(select(AuditRow).filter_by(act="api.case")).one()
        token_id = d.session.scalars(select(ApiToken.id)).one()
        case_id = d.session.scalars(select(Case.id).filter_by(ref=ref)).one()
        assert (row.actor_id, row.object_id, row.case_id) == (aigul.person_id, token_id, case_id)
