"""Mail through a real post office and back: receipts, bounces, answers (D5, D8)."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.refusing import allow, refuse
from tests.standins.kannel import until
from tests.standins.mail import Mailbox, mail_server
from tests.standins.office import Office
from tests.standins.post import PASSWORD, USER, Post, post_office
from tracker.channels.imap_mailbox import ImapMailbox
from tracker.domain.actor import OPERATOR
from tracker.domain.mailbox import MailAnswer, MailboxClosed, MailIn
from tracker.engine.keeping.doctor import examine
from tracker.engine.pulse import take_lease
from tracker.engine.sending.mailbox import MAILBOX_LEASE, read_mailbox
from tracker.settings import Imap
from tracker.settings.model import Tls
from tracker.store.schema import AuditRow, ContactPoint

pytestmark = pytest.mark.filterwarnings(
    # the neighbour's server leaves its ends of lines to the garbage collector
    r"ignore:Exception ignored in. .(function _SelectorTransport.__del__|socket.socket)"
    ":pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def _world() -> Iterator[tuple[Post, Mailbox]]:
    with mail_server() as (neighbour, port), post_office(port) as post:
        yield post, neighbour


@pytest.fixture
def post(_world: tuple[Post, Mailbox]) -> Post:
    return _world[0]


@pytest.fixture
def neighbour(_world: tuple[Post, Mailbox]) -> Mailbox:
    """The server of `example.net`, where our readers have their mailboxes."""
    mailbox = _world[1]
    mailbox.at_rcpt = None
    mailbox.mails.clear()
    return mailbox


@pytest.fixture
def office(instance: Path, database_url: str, post: Post) -> Iterator[Office]:
    office = Office.opened(
        instance,
        database_url,
        TRACKER_SMTP_URL=f"smtp://127.0.0.1:{post.smtp_port}",
        TRACKER_MAIL_FROM="desk@ngo.test",
        TRACKER_MAIL_RETURN_PATH="desk+*@ngo.test",
        TRACKER_IMAP_URL=f"imap://{USER}:{PASSWORD}@127.0.0.1:{post.imap_port}/INBOX",
    )
    aigul = office.person("Aigul", "caseworker")
    office.person("Berik", "supervisor")
    with office.desk() as desk:
        for point in desk.session.scalars(select(ContactPoint)):
            point.verified_at = desk.now
    office.silent_case(aigul, None)
    yield office
    office.services.channels["email"].close()  # type: ignore[attr-defined]
    office.services.database.engine.dispose()


def read(office: Office) -> int:
    return read_mailbox(office.worker(), "worker-test")


def aigul_s(office: Office) -> str:
    """The state of the mail to Aigul."""
    return office.rows(role="caseworker")[0].state


def test_a_server_that_takes_it_is_a_receipt(
    office: Office, post: Post, neighbour: Mailbox
) -> None:
    """D5: the neighbour promises no reports, so it is `sent`, never shown as delivered."""
    office.tick()
    assert aigul_s(office) == "accepted"
    until("the receipt", lambda: read(office) and aigul_s(office) == "sent")
    assert neighbour.mails[0]["To"] == "aigul@example.net"
    assert post.kept() == []
    with office.services.reading(OPERATOR) as desk:
        findings = examine(desk, office.services.channels)
    assert [one.well for one in findings if one.what == "mailbox"] == [True]


def test_a_bounce_marks_the_address_and_tells_the_supervisor(
    office: Office, neighbour: Mailbox
) -> None:
    """D4, D6: the address is bad, and somebody else is told at once."""
    neighbour.at_rcpt = "550 5.1.1 no such user"
    office.tick()
    until("the bounce", lambda: read(office) and aigul_s(office) == "refused")
    assert office.rows(role="caseworker")[0].error_code == "5.1.1"
    with office.desk() as desk:
        bad = desk.session.scalars(select(ContactPoint).filter_by(disabled_reason="bounced")).one()
        assert desk.safe.open(bad, "address") == "aigul@example.net"
    neighbour.at_rcpt = None
    office.tick()
    until("the supervisor's mail", lambda: neighbour.mails)
    assert neighbour.mails[0]["To"] == "berik@example.net"


def answer_to(office: Office, text: str, sender: str = "aigul@example.net", **more: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, "desk@ngo.test"
    row = office.rows(role="caseworker")[0]
    mail["In-Reply-To"] = row.provider_id
    mail["Message-ID"] = f"<{abs(hash(text + sender))}@example.net>"
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def test_an_answer_by_mail_is_done_answered_and_thrown_away(
    office: Office, post: Post, neighbour: Mailbox
) -> None:
    """D8, S18. Doubled, as a mail server may do it, it counts once."""
    office.tick()
    until("the mail went out", lambda: neighbour.mails)
    until("its receipt", lambda: read(office))
    for _ in range(2):
        post.deliver(answer_to(office, "1\n\n> Please look"))
        read(office)
    assert office.alerts()[0].state == "acknowledged"
    assert post.kept() == []
    neighbour.mails.clear()
    office.tick()
    until("the answer", lambda: neighbour.mails)
    office.tick()
    (mail,) = neighbour.mails
    assert mail["To"] == "aigul@example.net"
    assert "held for 24 hours" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_forged_foreign_and_automatic_mails_do_nothing(
    office: Office, post: Post, neighbour: Mailbox
) -> None:
    """D8: From can be forged, a token cannot; a machine answers nothing. All of it stays."""
    office.tick()
    until("its receipt", lambda: read(office) and aigul_s(office) == "sent")
    mails = [
        answer_to(office, "1", sender="mallory@example.net"),
        answer_to(office, "1 holiday until Monday", Auto_Submitted="auto-replied"),
        answer_to(office, "I will call you tomorrow"),
        answer_to(office, "1 stolen").replace(b"In-Reply-To: <", b"In-Reply-To: <0"),
    ]
    for mail in mails:
        post.deliver(mail)
    until("all are read", lambda: read(office) == 0)
    assert office.alerts()[0].state == "triggered"
    assert len(post.kept()) == 4, "left to people, and not read again"
    with office.desk() as desk:
        acts = [*desk.session.scalars(select(AuditRow.act).where(AuditRow.act.like("reply.%")))]
    assert sorted(acts) == ["reply.from_stranger", "reply.heard"]
    for path in (post.folder / "box").glob("*/*test*"):
        path.unlink()


def test_a_mail_that_cannot_be_taken_holds_up_no_other(post: Post) -> None:
    for subject in (b"one", b"two"):
        post.deliver(b"From: <aigul@example.org>\nSubject: " + subject + b"\n\nx")
    seen = list[MailAnswer]()

    def take(mail: MailIn) -> bool:
        if not isinstance(mail, MailAnswer):
            return True  # a late report about another test's mail
        seen.append(mail)
        if len(seen) == 1:
            raise ValueError("a fault of ours")
        return True

    with pytest.raises(ExceptionGroup):
        ImapMailbox(post.imap).read(take)
    assert len(seen) == 2
    ImapMailbox(post.imap).read(take)
    assert seen[2] == seen[0], "it is given again"
    assert post.kept() == []


def test_d8_a_mail_that_the_database_refuses_is_left_to_people(office: Office, post: Post) -> None:
    """Given again for ever, a hundred such would be all that is ever read of the mailbox."""
    office.tick()
    until("its receipt", lambda: read(office) and aigul_s(office) == "sent")
    refuse(office, "INSERT ON inbound")
    post.deliver(answer_to(office, "1"))
    assert read(office) == 1
    assert len(post.kept()) == 1
    allow(office, "inbound")
    assert read(office) == 0
    for path in (post.folder / "box").glob("*/*test*"):
        path.unlink()


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_the_mailbox_is_read_by_tls_without_a_way_down(post: Post, tls: Tls) -> None:
    """Certificates are checked; an unknown one closes the mailbox."""
    port = post.imaps_port if tls == "implicit" else post.imap_port
    server = Imap("127.0.0.1", port, tls, "INBOX", USER, PASSWORD)
    post.deliver(b"Subject: one\n\nx")
    context = ssl.create_default_context(cafile=str(post.authority))
    assert ImapMailbox(server, context).read(lambda _mail: True) >= 1
    with pytest.raises(MailboxClosed, match="CertVerification"):
        ImapMailbox(server).read(lambda _mail: True)


def test_a_mailbox_that_is_closed_says_so(post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    nobody = Imap("127.0.0.1", port, "none", "INBOX", USER, PASSWORD)
    wrong = Imap("127.0.0.1", post.imap_port, "none", "INBOX", USER, "another-password")
    missing = Imap("127.0.0.1", post.imap_port, "none", 'No "such" folder', USER, PASSWORD)
    for one in (nobody, wrong, missing):
        with pytest.raises(MailboxClosed):
            ImapMailbox(one, timeout=5.0).read(lambda _mail: True)


def test_one_worker_reads_at_a_time(office: Office, post: Post) -> None:
    """On PostgreSQL there may be many: the lease is one's for two minutes."""
    post.deliver(b"Subject: one\n\nx")
    with office.desk() as desk:
        assert take_lease(desk, "first", MAILBOX_LEASE)
    assert read_mailbox(office.worker(), "second") == 0
    office.clock.move(minutes=3)
    assert read_mailbox(office.worker(), "second") >= 1
