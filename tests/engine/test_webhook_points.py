"""A webhook is a contact point like others: real outbox, real retries, the words of S4 (D2, D4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.delivery import Outcome, SendResult
from tracker.domain.errors import Refused
from tracker.engine.staff import colleagues
from tracker.store.schema import Person

HOOK = "https://desk.example.org/hook whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def hook() -> Provider:
    return Provider("webhook")


@pytest.fixture
def office(instance: Path, database_url: str, hook: Provider) -> Iterator[Office]:
    office = Office.opened(instance, database_url, {"email": Provider("email"), "webhook": hook})
    yield office
    office.services.database.engine.dispose()


def add(office: Office, person_id: str, channel: str, address: str) -> None:
    with office.desk() as desk:
        person = desk.session.get_one(Person, person_id)
        colleagues.add_point(desk, person, channel, address)


def test_an_alert_goes_to_a_webhook_too_and_is_tried_again(office: Office, hook: Provider) -> None:
    aigul = office.person("Aigul", "caseworker")
    add(office, aigul, "webhook", HOOK)
    hook.answers = [SendResult(Outcome.NOT_SENT, code="503")] * 2  # the first wait is none
    case_id = office.silent_case(aigul, None)
    office.tick()
    assert office.row(channel="webhook").state == "retry_wait"
    office.clock.move(minutes=1)
    office.tick()
    (sent,) = hook.taken
    assert sent.to == HOOK
    assert sent.text.startswith("Please look at this page.")
    with office.desk() as desk:
        assert office.case(case_id, desk).ref not in sent.text
    assert office.row(channel="webhook").state == "accepted"


@pytest.mark.parametrize(
    "address",
    ["http://desk.example.org/ whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "https://x.example", "x"],
)
def test_an_address_without_tls_or_secret_is_refused(office: Office, address: str) -> None:
    with pytest.raises(Refused):
        add(office, office.person("Aigul", "caseworker"), "webhook", address)


def test_a_service_is_taken_only_where_an_operator_named_it(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker")
    with pytest.raises(Refused):
        add(office, aigul, "service", "tgram://1:x/2")
    settings = replace(office.services.settings, services=("tgram",))
    office.services = replace(office.services, settings=settings)
    add(office, aigul, "service", "tgram://1:x/2")
