"""Providers' faults from the wire to the row (delivery.md D4, D6): real HTTP, real SMTP.

Each fault happens to one person of an office in which everybody is due at once; two hours later
the providers' books and the rows must agree on what became of each. What a channel makes of each
answer is tested in `tests/channels`, what the engine makes of each outcome in
`test_dispatch_faults`; this joins the two.
"""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.standins.books import taken
from tests.standins.fleet import environ
from tests.standins.mail import DROP, PASSWORD, USER, Mailbox, certificate, mail_server
from tests.standins.office import START, Office
from tests.standins.twilio import Fault, Twilio, refusal, twilio_server
from tracker.channels.smtp_email import SmtpEmail
from tracker.settings import Smtp
from tracker.store.schema import ContactPoint, OutboxMessage


@dataclass(frozen=True)
class Told:
    """A fault, and what it must come to: times taken, state, and not before so many seconds."""

    times: int
    state: str
    sms: tuple[Fault, ...] = ()
    mail: tuple[str, ...] = ()
    seconds: int = 0
    repeated: bool = field(default=False)


SMS = {
    "nothing wrong": Told(1, "accepted"),
    "answer lost after taking": Told(1, "accepted", (Fault(take=True, hang_up=True),)),
    "line broken before taking": Told(1, "accepted", (Fault(hang_up=True),), repeated=True),
    "201 with garbage": Told(1, "accepted", (Fault(201, "<html>", take=True),)),
    "201 with nothing in it": Told(1, "accepted", (Fault(201, "{}", take=True),)),
    "500 once": Told(1, "accepted", (Fault(500, "oops"),), repeated=True),
    "500, and taken": Told(1, "accepted", (Fault(500, "oops", take=True),)),
    "a storm of 500": Told(0, "dead", (Fault(500, "oops"),) * 9, repeated=True),
    "503 four times": Told(1, "accepted", (refusal(20503, 503),) * 4, seconds=150),
    "429": Told(1, "accepted", (refusal(20429, 429),)),
    "429 with Retry-After": Told(
        1, "accepted", (refusal(20429, 429, Retry_After="600"),), seconds=600
    ),
    "slow": Told(1, "accepted", (Fault(well=True, silent_seconds=0.5),)),
    "no such number": Told(0, "refused", (refusal(21614),) * 3),
    "opted out": Told(0, "suppressed", (refusal(21610),) * 3),
    "our account": Told(1, "accepted", (refusal(20003, 401),) * 3),
    "our account for this country": Told(0, "refused", (refusal(21408),) * 3),
}
MAIL = {
    "nothing wrong": Told(1, "accepted"),
    "4.x.x twice": Told(1, "accepted", mail=("451 4.7.1 not now",) * 2, seconds=180),
    "mailbox full for long": Told(0, "dead", mail=("452 4.2.2 mailbox full",) * 9),
    "no such mailbox": Told(0, "refused", mail=("550 5.1.1 nobody here",) * 3),
    "policy": Told(0, "refused", mail=("550 5.7.1 we do not like you",) * 3),
    "lost after the final dot": Told(2, "accepted", mail=(DROP,), seconds=120, repeated=True),
}


@dataclass
class Desk:
    office: Office
    twilio: Twilio
    mailbox: Mailbox
    taken_at: dict[str, int]

    def live(self, **time: float) -> None:
        """Tick every half minute, and note when each message was first taken."""
        end = self.office.clock.now + timedelta(**time)
        while self.office.clock.now < end:
            self.office.tick()
            for row_id in taken(self.office, self.twilio, self.mailbox):
                passed = (self.office.clock.now - START).total_seconds()
                self.taken_at.setdefault(row_id, round(passed))
            self.office.clock.move(seconds=30)


@pytest.fixture
def desk(instance: Path, database_url: str) -> Iterator[Desk]:
    if not database_url.startswith("sqlite"):
        pytest.skip("what a provider answers is no matter of the database")
    with twilio_server() as twilio, mail_server() as (mailbox, port):
        office = Office.opened(instance, database_url, **environ(database_url, twilio, port))
        yield Desk(office, twilio, mailbox, {})
        for channel in office.services.channels.values():
            getattr(channel, "close", lambda: None)()
        office.services.database.engine.dispose()


def test_each_fault_comes_to_its_end(desk: Desk) -> None:
    office, rows = desk.office, dict[str, OutboxMessage]()
    berik = office.person("Berik", "supervisor")
    people = dict[str, tuple[str, str]]()
    for number, (name, one) in enumerate(SMS.items()):
        phone = f"+7701555{2000 + number}"
        people[office.person(f"Sms{number}", "caseworker", phone=phone)] = ("sms", name)
        desk.twilio.faults_to[phone] = list(one.sms)
    for number, (name, one) in enumerate(MAIL.items()):
        people[office.person(f"Mail{number}", "caseworker")] = ("email", name)
        desk.mailbox.to[f"mail{number}@example.net"] = list(one.mail)
    for person_id in people:
        office.silent_case(person_id, berik)
    desk.live(minutes=25)
    office.clock.move(hours=8)  # a full mailbox is tried for more than five hours
    for _ in range(20):
        office.tick()
        office.clock.move(hours=1)

    books = taken(office, desk.twilio, desk.mailbox)
    for row in office.rows():
        if row.person_id in people and row.channel == people[row.person_id][0]:
            rows[f"{row.channel}: {people[row.person_id][1]}"] = row
    every = {
        **{f"sms: {k}": v for k, v in SMS.items()},
        **{f"email: {k}": v for k, v in MAIL.items()},
    }
    found = {name: (books[row.id], row.state) for name, row in rows.items()}
    assert found == {name: (one.times, one.state) for name, one in every.items()}
    for name, one in every.items():
        assert rows[name].possible_repeat == one.repeated, name
        assert desk.taken_at.get(rows[name].id, one.seconds) >= (0 if one.repeated else one.seconds)

    lost = {row.alert_id for row in rows.values() if row.channel == "email" and not books[row.id]}
    up = office.rows(person_id=berik, kind="alert")
    told = Counter(row.alert_id for row in up if books[row.id])
    assert told == dict.fromkeys(lost, 1), "who is not reached is handed to the supervisor, once"


@pytest.mark.parametrize("reply", ["530 5.7.0 sign in first", "454 4.7.0 no TLS now"])
def test_a_server_that_lets_nobody_in(desk: Desk, reply: str) -> None:
    """Nothing is lost of it, nobody's address is marked for it; once it is mended all goes."""
    desk.mailbox.at_mail = reply
    aigul = desk.office.person("Aigul", "caseworker", phone="+77015552000")
    desk.office.silent_case(aigul, None)
    desk.live(minutes=2)
    desk.mailbox.at_mail = None
    desk.live(minutes=30)
    assert (desk.office.row(channel="email").state, len(desk.mailbox.mails)) == ("accepted", 1)
    assert desk.office.row(channel="sms").state == "accepted"
    assert not marked(desk.office)


@pytest.mark.parametrize("fault", ["a wrong password", "a certificate nobody vouches for"])
def test_no_way_in_by_tls_or_sign_in(
    instance: Path, database_url: str, tmp_path: Path, fault: str
) -> None:
    """D4, D7: not one word goes in clear, the mail waits, and goes once when it is mended."""
    if not database_url.startswith("sqlite"):
        pytest.skip("what a mail server answers is no matter of the database")
    files = certificate(tmp_path)
    with mail_server("starttls", files, auth=True) as (mailbox, port):

        def way_in(password: str, trusted: bool) -> SmtpEmail:
            server = Smtp("127.0.0.1", port, "starttls", USER, password)
            context = ssl.create_default_context(cafile=str(files[0])) if trusted else None
            return SmtpEmail(server, "desk@tracker.example.org", context)

        wrong = fault == "a wrong password"
        bad = way_in("wrong" if wrong else PASSWORD, trusted=wrong)
        office = Office.opened(instance, database_url, {"email": bad})
        office.silent_case(office.person("Aigul", "caseworker"), None)
        for _ in range(20):
            office.tick()
            office.clock.move(minutes=1)
        row = office.row()
        assert (row.state, mailbox.mails) == ("retry_wait", [])
        good = way_in(PASSWORD, trusted=True)
        office.services = replace(office.services, channels={"email": good})
        office.clock.move(minutes=20)
        office.tick()
        row = office.row()
        assert (row.state, row.possible_repeat, len(mailbox.mails)) == ("accepted", False, 1)
        assert not marked(office)
        good.close()
        office.services.database.engine.dispose()


def test_a_provider_that_refuses_everybody(desk: Desk) -> None:
    """D6: a storm of refusals is handed up, each alert once, in few messages; none is lost."""
    office, berik = desk.office, desk.office.person("Berik", "supervisor")
    settings = replace(office.services.settings, merge_above=5)
    office.services = replace(office.services, settings=settings)
    people = [office.person(f"Aigul{number}", "caseworker") for number in range(60)]
    for number, person_id in enumerate(people):
        desk.mailbox.to[f"aigul{number}@example.net"] = ["550 5.1.1 nobody here"]
        office.silent_case(person_id, berik)
    for _ in range(5):
        office.tick()
        office.clock.move(minutes=5)
    assert {row.state for row in office.rows(person_id=berik, kind="alert")} == {"accepted"}
    assert {alert.state for alert in office.alerts()} == {"undelivered"}
    books = taken(office, desk.twilio, desk.mailbox)
    up = [books[row.id] for row in office.rows(person_id=berik, kind="alert")]
    assert up == [1] * len(people)
    alarms = [row for row in office.rows(person_id=berik, kind="alert") if not row.carrier_id]
    assert len(alarms) <= 12, "merged, and not one for each"


def marked(office: Office) -> list[str]:
    """The contact points that were put out of use."""
    with office.desk() as opened:
        points = opened.session.scalars(select(ContactPoint)).all()
        return [point.channel for point in points if point.disabled_at is not None]
