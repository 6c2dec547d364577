"""Text messages by a real Kannel: sent, reported, answered, and kept while a telephone is off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.standins.kannel import PASSWORD, SHORT, USER, Kannel, free_port, kannel_gateway, until
from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.channels.kannel_codes import read_answer, read_report
from tracker.channels.kannel_sms import KannelSms
from tracker.channels.spare import Spare
from tracker.domain.delivery import Envelope, Fault, Outcome, SendResult, State
from tracker.engine.sending.row_tokens import reply_code
from tracker.settings import Kannel as Settings
from tracker.store.schema import AuditRow, ContactPoint, OutboxAttempt, OutboxMessage
from tracker.web import create_app

SECRET = "secret-of-the-gateway-77"
PHONE = "+77015550101"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@dataclass
class Desk:
    """An office whose site Kannel can call, and the gateway."""

    office: Office
    gateway: Kannel

    def state(self) -> str:
        return self.office.row(channel="sms").state


@pytest.fixture
def desk(instance: Path, database_url: str, tmp_path: Path) -> Iterator[Desk]:
    port = free_port()
    folder = tmp_path / "kannel"
    folder.mkdir()
    with kannel_gateway(folder, f"http://127.0.0.1:{port}", SECRET) as gateway:
        office = Office.opened(
            instance,
            database_url,
            TRACKER_PUBLIC_URL=f"http://127.0.0.1:{port}",
            TRACKER_TRUSTED_HOSTS="127.0.0.1",
            TRACKER_BIND=f"127.0.0.1:{port}",
            TRACKER_KANNEL_URL=gateway.url,
            TRACKER_KANNEL_FROM=SHORT,
            TRACKER_KANNEL_SECRET=SECRET,
            TRACKER_SMS_REPLIES="+7",
        )
        app = create_app(office.services)
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Silent)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            aigul = office.person("Aigul", "caseworker", phone=PHONE, language="kk")
            with office.desk() as d:
                for point in d.session.scalars(select(ContactPoint).filter_by(channel="sms")):
                    point.verified_at = d.now
            office.silent_case(aigul, None)
            yield Desk(office, gateway)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            close = getattr(office.services.channels["sms"], "close", None)
            if close is not None:
                close()
            office.services.database.engine.dispose()


def test_an_alert_goes_out_is_reported_and_answered(desk: Desk) -> None:
    """D5, D8: the whole way of a Kazakh message (UCS-2), its receipt, and the answer to it."""
    office, gateway = desk.office, desk.gateway
    gateway.phone_on()
    office.tick()
    until("the receipt", lambda: desk.state() == "delivered")
    row = office.row(channel="sms")
    assert row.provider_id is not None
    assert row.provider_id.startswith("kannel-")
    code = reply_code(office.services.ring, row.id)
    gateway.phone_on(f"{PHONE.removeprefix('+')} {SHORT} text 1 {code}")
    until("the answer counts", lambda: office.alerts()[0].state == "acknowledged")
    until("it is answered", lambda: row.reference in gateway.seen().replace("%00", ""))
    assert [one.outcome for one in _tries(office)] == ["accepted"], "taken, not only reported"


def _tries(office: Office) -> list[OutboxAttempt]:
    with office.desk() as desk:
        sms = select(OutboxMessage.id).filter_by(channel="sms")
        return list(
            desk.session.scalars(select(OutboxAttempt).where(OutboxAttempt.outbox_id.in_(sms)))
        )


def test_a_telephone_that_is_off_gets_it_when_it_is_on(desk: Desk) -> None:
    """D5: taken by the gateway, no receipt; then the telephone is switched on."""
    desk.office.tick()
    until("it is handed over", lambda: desk.state() in ("accepted", "sent"))
    assert desk.office.row(channel="sms").error_code is None
    desk.gateway.phone_on()
    until("the receipt", lambda: desk.state() == "delivered")


def test_nobody_else_is_answered(desk: Desk) -> None:
    """S8: a stranger's message brings silence, not a word."""
    office, gateway = desk.office, desk.gateway
    gateway.phone_on(f"77019990000 {SHORT} text 1")
    until("the stranger was heard", lambda: _audited(office) == ["reply.from_stranger"])
    gateway.phone_on(f"{PHONE} {SHORT} text hello there")
    until("one is answered", lambda: "Got message" in gateway.seen())
    assert sorted(_audited(office)) == ["reply.from_stranger", "reply.heard"]
    assert "Got message 2" not in gateway.seen()
    assert f"<{SHORT} {PHONE}" in gateway.seen()


def _audited(office: Office) -> list[str]:
    with office.desk() as desk:
        acts = select(AuditRow.act).where(AuditRow.act.startswith("reply."))
        return list(desk.session.scalars(acts))


def test_what_the_gateway_refuses(tmp_path: Path) -> None:
    """D4: each refusal of the real gateway, and nobody there at all."""
    with kannel_gateway(tmp_path, "http://127.0.0.1:1", SECRET) as gateway:
        right = channel(gateway.send_port)
        assert right.send(envelope()) == SendResult(
            Outcome.ACCEPTED, provider_id="kannel-1772442000"
        )
        wrong = channel(gateway.send_port, password="another-password")
        result = wrong.send(envelope())
        assert (result.outcome, result.fault) == (Outcome.NOT_SENT, Fault.ACCOUNT)
        assert right.send(envelope(to="")).fault is Fault.CONTENT
        assert right.send(envelope(to="+8613800138000")).fault is Fault.DENIED
        for one in (right, wrong):
            one.close()
    assert right.send(envelope()).outcome is Outcome.NOT_SENT
    right.close()


def channel(port: int, password: str = PASSWORD) -> KannelSms:
    url = f"http://127.0.0.1:{port}/cgi-bin/sendsms"
    gateway = Settings(url, USER, password, SHORT, SECRET)
    return KannelSms(gateway, "https://tracker.example.org", ("+86",), timeout=(2.0, 2.0))


def envelope(to: str = PHONE) -> Envelope:
    return Envelope(
        row_id="a" * 32,
        channel="sms",
        to=to,
        text="Мына бетті қараңыз.",
        reference="CDFHJK",
        token="t",
        at=NOW,
        valid_for=timedelta(hours=2),
    )


@pytest.mark.parametrize(
    ("status", "body", "outcome", "fault"),
    [
        (202, "0: Accepted for delivery", Outcome.ACCEPTED, None),
        (202, "3: Queued for later delivery", Outcome.ACCEPTED, None),
        (202, "Sent. Message splits: 2", Outcome.ACCEPTED, None),
        (202, "<html>", Outcome.UNKNOWN, None),
        (403, "Not routable. Do not try again.", Outcome.REFUSED, Fault.ACCOUNT),
        (403, "Authorization failed for sendsms", Outcome.NOT_SENT, Fault.ACCOUNT),
        (503, "Temporal failure, try again later.", Outcome.NOT_SENT, None),
        (500, "", Outcome.UNKNOWN, None),
        (418, "", Outcome.REFUSED, Fault.ACCOUNT),
    ],
)
def test_what_its_answers_mean(
    status: int, body: str, outcome: Outcome, fault: Fault | None
) -> None:
    result = read_answer(status, body, "kannel-1")
    assert (result.outcome, result.fault) == (outcome, fault)


def test_a_report_of_no_known_type_is_no_news() -> None:
    assert [read_report(kind) for kind in ("", "x", "32", "-1", "١", "99999")] == [None] * 6
    delivered = read_report("1")
    assert delivered is not None
    assert delivered.state is State.DELIVERED


LOST = SendResult(Outcome.UNKNOWN, code="lost")
DOWN = SendResult(Outcome.NOT_SENT, code="net")
CLOSED = SendResult(Outcome.NOT_SENT, code="20003", fault=Fault.ACCOUNT)
NOBODY = SendResult(Outcome.REFUSED, code="21211", fault=Fault.ADDRESS)


@pytest.mark.parametrize(
    ("first", "second", "asked", "outcome"),
    [
        (DOWN, None, 1, Outcome.ACCEPTED),
        (CLOSED, None, 1, Outcome.ACCEPTED),
        (LOST, None, 0, Outcome.UNKNOWN),
        (NOBODY, None, 0, Outcome.REFUSED),
        (CLOSED, DOWN, 1, Outcome.NOT_SENT),
        (DOWN, LOST, 1, Outcome.UNKNOWN),
    ],
)
def test_the_spare_takes_only_what_certainly_did_not_leave(
    first: SendResult, second: SendResult | None, asked: int, outcome: Outcome
) -> None:
    """D4: nothing of unknown fate is sent again by another provider."""
    main, spare = Provider("sms", [first]), Provider("sms", [second] if second else [])
    both = Spare(main, spare)
    assert both.send(envelope()).outcome is outcome
    assert len(spare.asked) == asked
    assert (both.find(envelope(), NOW) is not None) == bool(spare.taken)
    assert replace(both, first=spare).kind == "sms"
