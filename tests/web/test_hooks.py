"""Twilio's callbacks: signed, matched by our token, counted once, forward only (S14, D5)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.standins.twilio import ACCOUNT, sign
from tests.web.conftest import Desks
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR
from tracker.engine.sending.row_tokens import callback_token_of, page_token
from tracker.engine.staff.accounts import add_person
from tracker.store.schema import ContactPoint, OutboxMessage, Receipt, new_id

SITE = "https://tracker.example.org"
OLD, NEW = "the-token-before-rotation-1", "the-token-after-rotation-22"


@pytest.fixture
def environ() -> dict[str, str]:
    return {
        "TRACKER_PUBLIC_URL": SITE,
        "TRACKER_TRUSTED_HOSTS": "tracker.example.org",
        "TRACKER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "TRACKER_TWILIO_AUTH_TOKEN": OLD,
        "TRACKER_TWILIO_SECONDARY_AUTH_TOKEN": NEW,
        "TRACKER_TWILIO_FROM": "+15005550006",
    }


@pytest.fixture
def row(services: Services) -> OutboxMessage:
    """A text message that Twilio took."""
    with services.desk(OPERATOR) as d:
        person = add_person(d, email="aigul@example.net", name="Aigul", roles=["caseworker"])
        point = d.session.scalars(select(ContactPoint)).one()
        row = OutboxMessage(
            id=new_id(),
            kind="test",
            person_id=person.id,
            contact_point_id=point.id,
            channel="sms",
            state="accepted",
            reference="CDFHJK",
            provider_id="SM1",
            attempts=1,
            available_at=d.now,
            created_at=d.now,
            handed_over_at=d.now,
        )
        d.session.add(row)
        return row


@pytest.fixture
def path(services: Services, row: OutboxMessage) -> str:
    return f"/hooks/twilio/status/{callback_token_of(services.ring, row.id)}"


class Caller(FlaskClient):
    """A client that calls us by our public name."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"base_url": SITE, **kwargs})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.test_client_class = Caller
    return app.test_client()


def form(status: str, **more: str) -> dict[str, str]:
    usual = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "MessageStatus": status, "To": "+7"}
    return usual | more


def call(
    client: FlaskClient, path: str, fields: dict[str, str], token: str = OLD, url: str | None = None
) -> int:
    signature = sign(url or SITE + path, fields, token)
    headers = {"X-Twilio-Signature": signature}
    return client.post(path, data=fields, headers=headers).status_code


def state(desk: Desks) -> str:
    with desk() as d:
        return d.session.scalars(select(OutboxMessage)).one().state


@pytest.mark.parametrize("token", [OLD, NEW])
def test_a_signed_callback_counts_during_a_rotation_too(
    client: FlaskClient, desk: Desks, path: str, token: str
) -> None:
    assert call(client, path, form("delivered"), token) == 204
    assert state(desk) == "delivered"


def test_receipts_come_in_any_order_and_twice(client: FlaskClient, desk: Desks, path: str) -> None:
    """S14: idempotent, forward only."""
    for status in ("delivered", "sent", "sent", "queued", "delivered", "failed"):
        assert call(client, path, form(status)) == 204
    assert state(desk) == "delivered"
    with desk() as d:
        assert len(d.session.scalars(select(Receipt)).all()) == 4


def test_a_failure_is_read_by_its_code(client: FlaskClient, desk: Desks, path: str) -> None:
    assert call(client, path, form("undelivered", ErrorCode="30005")) == 204
    with desk() as d:
        row = d.session.scalars(select(OutboxMessage)).one()
        assert (row.state, row.error_code) == ("refused", "30005")
        assert d.session.scalars(select(ContactPoint)).one().disabled_at is not None


def test_new_fields_and_statuses_are_no_trouble(
    client: FlaskClient, desk: Desks, path: str
) -> None:
    """Twilio's parameters change without notice; all of them are signed."""
    fields = form("teleported", RawDlrDoneDate="2603020900", Пустое="")
    assert call(client, path, fields) == 204
    assert state(desk) == "accepted"


def test_what_is_not_signed_is_refused(client: FlaskClient, desk: Desks, path: str) -> None:
    """S14: no header, an empty one, another or an empty token, another address or form."""
    good = form("delivered")
    assert client.post(path, data=good).status_code == 403
    assert client.post(path, data=good, headers={"X-Twilio-Signature": ""}).status_code == 403
    assert call(client, path, good, "another-token-altogether") == 403
    assert call(client, path, good, "") == 403
    assert call(client, path, good, url="http://localhost" + path) == 403
    signature = sign(SITE + path, good, OLD)
    changed = client.post(path, data=form("sent"), headers={"X-Twilio-Signature": signature})
    assert changed.status_code == 403
    repeated = MultiDict([*good.items(), ("MessageStatus", "sent")])
    twice = client.post(path, data=repeated, headers={"X-Twilio-Signature": signature})
    assert twice.status_code == 403
    assert state(desk) == "accepted"


def test_the_host_header_is_not_believed(client: FlaskClient, path: str) -> None:
    """The signature is checked at the configured address, whatever host the caller names."""
    fields = form("delivered")
    signature = sign(f"https://evil.example.com{path}", fields, OLD)
    headers = {"X-Twilio-Signature": signature, "X-Forwarded-Host": "evil.example.com"}
    assert client.post(path, data=fields, headers=headers).status_code == 403


def test_another_account_s_callback_is_refused(client: FlaskClient, path: str) -> None:
    assert call(client, path, form("delivered", AccountSid="AC" + "f" * 32)) == 403


def test_a_token_we_did_not_sign_names_no_row(
    client: FlaskClient, services: Services, row: OutboxMessage, desk: Desks
) -> None:
    """The token of the page behind a message is none of a callback."""
    for token in ("x", page_token(services.ring, row.id)):
        assert call(client, f"/hooks/twilio/status/{token}", form("delivered")) == 403
    assert state(desk) == "accepted"


def test_a_callback_is_read_by_post_only(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 405
