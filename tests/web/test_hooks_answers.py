"""Answers by way of the providers: proved theirs, counted once, answered little (S14, S8, D8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.standins.twilio import ACCOUNT, sign
from tests.web.conftest import Desks
from tracker.bootstrap import Services
from tracker.domain.contact import Interval
from tracker.engine.cases import cases
from tracker.engine.sending.row_tokens import callback_token_of, page_token, reply_code
from tracker.engine.staff.accounts import add_person
from tracker.engine.staff.colleagues import add_point
from tracker.store.schema import (
    Alert,
    AlertEvent,
    ContactPoint,
    ContactReport,
    Inbound,
    OutboxMessage,
    Person,
)

SITE = "https://tracker.example.org"
TOKEN, SECRET = "an-invented-auth-token-of-ours", "secret-of-the-gateway-77"
PHONE = "+77012345678"


@pytest.fixture
def environ() -> dict[str, str]:
    return {
        "TRACKER_PUBLIC_URL": SITE,
        "TRACKER_TRUSTED_HOSTS": "tracker.example.org",
        "TRACKER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "TRACKER_TWILIO_AUTH_TOKEN": TOKEN,
        "TRACKER_TWILIO_FROM": "+15005550006",
        "TRACKER_KANNEL_URL": "http://app:password@127.0.0.1:13013/cgi-bin/sendsms",
        "TRACKER_KANNEL_FROM": "500",
        "TRACKER_KANNEL_SECRET": SECRET,
        "TRACKER_KANNEL_PEERS": "192.0.2.7",
    }


class Caller(FlaskClient):
    """A client that calls us by our public name."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"base_url": SITE, **kwargs})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.test_client_class = Caller
    return app.test_client()


@pytest.fixture
def row(desk: Desks) -> OutboxMessage:
    """The text message of an alert that went to Aigul's verified number."""
    with desk() as d:
        aigul = add_person(d, email="aigul@example.net", name="Aigul", roles=["caseworker"])
        add_point(d, aigul, "sms", PHONE).verified_at = d.now
        last = (d.now - timedelta(days=8)).date()
        case = cases.open_case(
            d, zone_name="UTC", caseworker_id=aigul.id, missing_since=Interval(last, last)
        )
        cases.look_now(d, case)
        d.session.execute(update(OutboxMessage).values(attempts=1, state="accepted"))
        return d.session.scalars(select(OutboxMessage).filter_by(channel="sms")).one()


def alert_state(desk: Desks) -> str:
    with desk() as d:
        return d.session.scalars(select(Alert).filter_by(kind="step")).one().state


def twilio(
    client: FlaskClient, path: str, fields: dict[str, str], token: str = TOKEN
) -> TestResponse:
    form = {"AccountSid": ACCOUNT, **fields}
    headers = {"X-Twilio-Signature": sign(SITE + path, form, token)}
    return client.post(path, data=form, headers=headers)


def text(body: str, **more: str) -> dict[str, str]:
    return {"MessageSid": "SM1", "From": PHONE, "To": "+15005550006", "Body": body, **more}


def message_in(response: TestResponse) -> str | None:
    assert response.status_code == 200
    assert response.mimetype == "text/xml"
    return ElementTree.fromstring(response.data).findtext("Message")  # noqa: S314 — our own


def test_an_answer_by_text_message_is_done_and_answered(
    client: FlaskClient, desk: Desks, row: OutboxMessage, services: Services
) -> None:
    code = reply_code(services.ring, row.id)
    answer = message_in(twilio(client, "/hooks/twilio/sms", text(f"１ {code}")))
    assert answer is not None
    assert answer.endswith(row.reference)
    assert alert_state(desk) == "acknowledged"


def test_the_same_call_twice_is_one_answer(
    client: FlaskClient, desk: Desks, row: OutboxMessage
) -> None:
    """S14: idempotent."""
    first = message_in(twilio(client, "/hooks/twilio/sms", text("1")))
    assert message_in(twilio(client, "/hooks/twilio/sms", text("1"))) == first
    with desk() as d:
        assert len(d.session.scalars(select(Inbound)).all()) == 1
        events = d.session.scalars(select(AlertEvent).filter_by(kind="acknowledged"))
        assert len(events.all()) == 1


def test_strangers_hear_nothing(client: FlaskClient, desk: Desks, row: OutboxMessage) -> None:
    """S8: an empty response, whatever was written."""
    for body in ("1", "0", "hello", ""):
        stranger = text(body, From="+77019999999", MessageSid=f"SM{body}")
        assert message_in(twilio(client, "/hooks/twilio/sms", stranger)) is None
    assert alert_state(desk) == "triggered"


def test_twilio_s_own_reading_of_a_stop_counts(
    client: FlaskClient, desk: Desks, row: OutboxMessage
) -> None:
    """`OptOutType` comes with Advanced Opt-Out, in words of the account's choice."""
    stop = text("no more of this", OptOutType="STOP")
    assert message_in(twilio(client, "/hooks/twilio/sms", stop)) is None
    with desk() as d:
        point = d.session.get_one(ContactPoint, row.contact_point_id)
        assert point.opted_out_at is not None
        stopped = d.session.scalars(select(OutboxMessage).filter_by(kind="point")).all()
        assert stopped == [], "there is no supervisor and no administrator here"


def test_what_twilio_did_not_sign_is_refused(
    client: FlaskClient, desk: Desks, row: OutboxMessage, services: Services
) -> None:
    """S14, for text messages and keys alike; a page's token opens no call."""
    voice = f"/hooks/twilio/voice/{callback_token_of(services.ring, row.id)}"
    for path in ("/hooks/twilio/sms", voice):
        good = text("1", Digits="1", CallSid="CA1")
        assert client.post(path, data={"AccountSid": ACCOUNT, **good}).status_code == 403
        assert twilio(client, path, good, "another-token").status_code == 403
        assert twilio(client, path, good | {"AccountSid": "AC" + "f" * 32}).status_code == 403
    assert client.get(voice).status_code == 403
    page = f"/hooks/twilio/voice/{page_token(services.ring, row.id)}"
    assert twilio(client, page, {"CallSid": "CA1", "Digits": "1"}).status_code == 403
    assert twilio(client, "/hooks/twilio/sms", text("1", MessageSid="")).status_code == 403
    assert alert_state(desk) == "triggered"


def call(client: FlaskClient, services: Services, row: OutboxMessage, **fields: str) -> Any:
    path = f"/hooks/twilio/voice/{callback_token_of(services.ring, row.id)}"
    response = twilio(client, path, {"CallSid": "CA1", **fields})
    assert response.status_code == 200
    return ElementTree.fromstring(response.data)  # noqa: S314 — our own


@pytest.mark.parametrize(("language", "voice"), [("en", "en-US"), ("ru", "ru-RU"), ("ug", "en-US")])
def test_a_call_says_what_a_text_message_may_and_gathers_a_key(
    client: FlaskClient,
    desk: Desks,
    row: OutboxMessage,
    services: Services,
    language: str,
    voice: str,
) -> None:
    """S4; the words are in the reader's language where Twilio has a voice for it."""
    with desk() as d:
        d.session.get_one(Person, row.person_id).language = language
    heard = call(client, services, row)
    gathers = heard.findall("Gather")
    assert len(gathers) == 2
    assert gathers[0].get("numDigits") == "1"
    assert gathers[0].get("action", "").startswith(f"{SITE}/hooks/twilio/voice/")
    assert gathers[0].find("Say").get("language") == voice
    assert row.reference not in ElementTree.tostring(heard, "unicode")
    assert alert_state(desk) == "triggered"
    path = f"/hooks/twilio/voice/{callback_token_of(services.ring, row.id)}?AccountSid={ACCOUNT}"
    headers = {"X-Twilio-Signature": sign(SITE + path, {}, TOKEN)}
    assert client.get(path, headers=headers).status_code == 200


def test_a_key_in_a_call_is_an_answer(
    client: FlaskClient, desk: Desks, row: OutboxMessage, services: Services
) -> None:
    """0 and keys that mean nothing say the words again; 3 opens a report; 1 holds."""
    for key in ("0", "9", "#", ""):
        assert call(client, services, row, Digits=key).find("Gather") is not None
    assert alert_state(desk) == "triggered"
    for _ in range(2):
        assert call(client, services, row, Digits="3").find("Hangup") is not None
    with desk() as d:
        assert len(d.session.scalars(select(ContactReport)).all()) == 1
    said = call(client, services, row, Digits="1").findtext("Say")
    assert said.startswith("Thank you.")
    assert alert_state(desk) == "acknowledged"


def test_a_key_on_an_unverified_telephone_does_nothing(
    client: FlaskClient, desk: Desks, row: OutboxMessage, services: Services
) -> None:
    with desk() as d:
        d.session.get_one(ContactPoint, row.contact_point_id).verified_at = None
    assert "sign in" in call(client, services, row, Digits="1").findtext("Say")
    assert alert_state(desk) == "triggered"


def kannel(
    client: FlaskClient, path: str, peer: str = "192.0.2.7", method: str = "GET"
) -> TestResponse:
    """A call as it comes through the reverse proxy."""
    return client.open(path, method=method, headers={"X-Forwarded-For": peer})


def test_kannel_s_reports_move_a_state_forward_only(
    client: FlaskClient, desk: Desks, row: OutboxMessage, services: Services
) -> None:
    """S14: doubled and reordered."""
    path = f"/hooks/kannel/{SECRET}/dlr/{callback_token_of(services.ring, row.id)}"
    for kind in ("1", "8", "4", "1", "16", "99"):
        answer = kannel(client, f"{path}?type={kind}&try=7")
        assert (answer.status_code, answer.data) == (200, b"")
    with desk() as d:
        assert d.session.get_one(OutboxMessage, row.id).state == "delivered"


def test_a_rejected_message_has_failed(
    client: FlaskClient, desk: Desks, row: OutboxMessage, services: Services
) -> None:
    path = f"/hooks/kannel/{SECRET}/dlr/{callback_token_of(services.ring, row.id)}"
    assert kannel(client, f"{path}?type=16&try=7").status_code == 200
    with desk() as d:
        found = d.session.get_one(OutboxMessage, row.id)
        assert (found.state, found.error_code) == ("refused", "rejected")


UTF16 = "%00%31%00%20%04%40%04%30%04%45%04%3C%04%35%04%42"  # "1 рахмет"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("from=%2B77012345678&text=1&id=k1&charset=UTF-8", "+"),
        ("from=77012345678&text=1&id=k1&charset=WINDOWS-1252", "no plus"),
        (f"from=0077012345678&text={UTF16}&id=k1&charset=UTF-16BE", "zeros"),
    ],
)
def test_a_text_message_by_kannel_is_an_answer(
    client: FlaskClient, desk: Desks, row: OutboxMessage, query: str, number: str
) -> None:
    path = f"/hooks/kannel/{SECRET}/sms?{query}"
    answer = kannel(client, path)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text.endswith(row.reference)
    assert kannel(client, path).data == answer.data, "doubled"
    assert alert_state(desk) == "acknowledged"


def test_only_kannel_is_heard(
    client: FlaskClient, desk: Desks, row: OutboxMessage, services: Services
) -> None:
    """cli.md: an allow-listed peer, a secret path, the row's token; HEAD changes nothing."""
    good = f"/hooks/kannel/{SECRET}/sms?from=%2B77012345678&text=1&id=k1"
    assert kannel(client, good, peer="198.51.100.9").status_code == 403
    assert kannel(client, good, peer="").status_code == 403
    assert kannel(client, good, peer="192.0.2.7, 198.51.100.9").status_code == 403
    assert kannel(client, good.replace(SECRET, "x"), method="GET").status_code == 403
    assert kannel(client, good, method="HEAD").status_code == 403
    assert kannel(client, good, method="POST").status_code == 405
    assert kannel(client, good.replace("&id=k1", "")).status_code == 403
    for token in ("x", page_token(services.ring, row.id)):
        report = f"/hooks/kannel/{SECRET}/dlr/{token}?type=1&try=7"
        assert kannel(client, report).status_code == 403
    assert alert_state(desk) == "triggered"
