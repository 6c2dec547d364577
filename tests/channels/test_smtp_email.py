"""Mail to a real server with TLS and AUTH, and what each of its faults is taken for (D4)."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.standins.mail import PASSWORD, USER, certificate, mail_server
from tracker.channels.mail_form import message
from tracker.channels.smtp_email import SmtpEmail
from tracker.domain.delivery import Envelope, Fault, Outcome, SendResult
from tracker.settings import Smtp

pytestmark = [
    # aiosmtpd does not see that a line which is TLS from the first byte is TLS
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
    # the server, which runs beside us, leaves its ends of broken lines to the garbage collector
    pytest.mark.filterwarnings(
        r"ignore:Exception ignored in. .(function _SelectorTransport.__del__|socket.socket)"
        ":pytest.PytestUnraisableExceptionWarning"
    ),
]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENDER = "desk@tracker.example.org"


def envelope(**changes: str | None) -> Envelope:
    usual = {
        "row_id": "a" * 32,
        "channel": "email",
        "to": "aigul@example.net",
        "text": "Құрметті әріптес,\n.a line that begins with a dot\n",
        "subject": "Please look: CDFHJK",
        "reference": "CDFHJK",
        "token": "t",
        "html": "<p>Құрметті</p>",
    }
    return Envelope(**(usual | changes), at=NOW)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def trusting(files: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(files[0]))


Made = Callable[..., SmtpEmail]


@pytest.fixture
def channel() -> Iterator[Made]:
    """`channel(port, tls, context, password)`; closed when the test ends."""
    made = []

    def make(
        port: int,
        tls: str = "none",
        context: ssl.SSLContext | None = None,
        password: str = PASSWORD,
    ) -> SmtpEmail:
        user = None if tls == "none" else USER
        server = Smtp("127.0.0.1", port, tls, user, password)  # type: ignore[arg-type]
        made.append(SmtpEmail(server, SENDER, context, timeouts=(2.0, 2.0, 1.0)))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_mail_arrives_whole_by_tls_and_sign_in(
    channel: Made, tls: str, files: tuple[Path, Path], trusting: ssl.SSLContext
) -> None:
    with mail_server(tls, files, auth=True) as (mailbox, port):
        result = channel(port, tls, trusting).send(envelope())
    (mail,) = mailbox.mails
    assert result == SendResult(Outcome.ACCEPTED, provider_id=mail["Message-ID"])
    assert mail["Message-ID"] == f"<{'a' * 32}.CDFHJK@tracker.example.org>"
    assert (mail["From"], mail["To"]) == (SENDER, "aigul@example.net")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == envelope().text
    assert html.get_content().strip() == envelope().html


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_an_unknown_certificate_stops_the_channel(
    channel: Made, tls: str, files: tuple[Path, Path]
) -> None:
    """The account's fault: the operator's business, never the recipient's."""
    with mail_server(tls, files, auth=True) as (mailbox, port):
        result = channel(port, tls).send(envelope())
    assert (result.outcome, result.fault, mailbox.raw) == (Outcome.NOT_SENT, Fault.ACCOUNT, [])
    assert result.code == "tls_certificate_verify_failed"


def test_a_certificate_of_another_host_is_refused(channel: Made, tmp_path: Path) -> None:
    files = certificate(tmp_path, "mail.example.org")
    context = ssl.create_default_context(cafile=str(files[0]))
    with mail_server("implicit", files, auth=True) as (_, port):
        result = channel(port, "implicit", context).send(envelope())
    assert (result.outcome, result.fault) == (Outcome.NOT_SENT, Fault.ACCOUNT)


def test_there_is_no_way_down_from_tls(channel: Made) -> None:
    """A server that does not offer STARTTLS is given no password and no mail."""
    with mail_server("none") as (mailbox, port):
        result = channel(port, "starttls").send(envelope())
    assert (result.outcome, result.code) == (Outcome.NOT_SENT, "tls_or_auth_not_offered")
    assert not mailbox.raw


def test_a_wrong_password_stops_the_channel(
    channel: Made, files: tuple[Path, Path], trusting: ssl.SSLContext
) -> None:
    with mail_server("implicit", files, auth=True) as (_, port):
        result = channel(port, "implicit", trusting, "another").send(envelope())
    assert (result.outcome, result.fault) == (Outcome.NOT_SENT, Fault.ACCOUNT)
    assert result.code == "5.7.8"


ANSWERS = [
    ("at_rcpt", "550 5.1.1 no such user", Outcome.REFUSED, "5.1.1", Fault.ADDRESS),
    ("at_rcpt", "550 no such user", Outcome.REFUSED, "550", Fault.ADDRESS),
    ("at_rcpt", "554 5.7.1 access denied", Outcome.REFUSED, "5.7.1", Fault.ACCOUNT),
    ("at_rcpt", "450 4.2.0 greylisted", Outcome.NOT_SENT, "4.2.0", None),
    ("at_rcpt", "552 5.2.2 mailbox full", Outcome.NOT_SENT, "4.2.2", None),
    ("at_mail", "451 4.3.0 later", Outcome.NOT_SENT, "4.3.0", None),
    ("at_mail", "450 who is [5.75.128.3]?", Outcome.NOT_SENT, "450", None),
    ("at_rcpt", "451 5.7.1 greylisted", Outcome.NOT_SENT, "451", None),
    ("at_rcpt", "550 nobody here, 5.75.128.3", Outcome.REFUSED, "550", Fault.ADDRESS),
    ("at_rcpt", "550 nobody here (5.1.1)", Outcome.REFUSED, "5.1.1", Fault.ADDRESS),
    ("at_data", "554 5.6.0 we dislike it", Outcome.REFUSED, "5.6.0", Fault.CONTENT),
    ("at_data", "452 4.3.1 no space", Outcome.NOT_SENT, "4.3.1", None),
]


@pytest.mark.parametrize(("at", "answer", "outcome", "code", "fault"), ANSWERS)
def test_the_enhanced_code_decides(
    channel: Made, at: str, answer: str, outcome: Outcome, code: str, fault: Fault | None
) -> None:
    with mail_server() as (mailbox, port):
        setattr(mailbox, at, answer)
        speaking = channel(port)
        assert speaking.send(envelope()) == SendResult(outcome, code=code, fault=fault)
        setattr(mailbox, at, None)
        assert speaking.send(envelope()).outcome is Outcome.ACCEPTED, "the line is still good"


@pytest.mark.parametrize("fault", ["drop_at_data", "silent_at_data"])
def test_a_line_lost_after_the_final_dot_is_unknown(channel: Made, fault: str) -> None:
    """D4: the server may have taken it."""
    with mail_server() as (mailbox, port):
        setattr(mailbox, fault, True)
        speaking = channel(port)
        result = speaking.send(envelope())
        assert result.outcome is Outcome.UNKNOWN
        setattr(mailbox, fault, False)
        assert speaking.send(envelope()).outcome is Outcome.ACCEPTED
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1, "a repeat looks like one"


@pytest.mark.parametrize("answer", ["garbage", "354 go on", "99 bottles"])
def test_an_answer_to_the_final_dot_that_is_none_is_unknown(channel: Made, answer: str) -> None:
    """D4: a mail that may have been taken is never "not sent", and its line not used again."""
    with mail_server() as (mailbox, port):
        mailbox.at_data = answer
        speaking = channel(port)
        assert speaking.send(envelope()).outcome is Outcome.UNKNOWN
        assert not speaking._idle


@contextmanager
def _hangs_up_at(word: bytes) -> Iterator[int]:
    """A server that breaks the line when it hears a command."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line, line.makefile("rb") as heard:
                line.sendall(b"220 here\r\n")
                while (command := heard.readline()) and not command.upper().startswith(word):
                    line.sendall(b"250 2.0.0 good\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(timeout=5)


@pytest.mark.parametrize("word", [b"EHLO", b"MAIL", b"RCPT", b"DATA"])
def test_a_line_lost_before_the_final_dot_is_not_sent(channel: Made, word: bytes) -> None:
    """D4: smtplib raises the same exception; only the step tells."""
    with _hangs_up_at(word) as port:
        assert channel(port).send(envelope()).outcome is Outcome.NOT_SENT


@contextmanager
def _answers(*replies: str) -> Iterator[tuple[list[bytes], int]]:
    """A server with PIPELINING that gives these replies, one a line it hears; and what it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line, line.makefile("rb") as coming:
                line.sendall(b"220 here\r\n")
                for reply in ("250-here\r\n250 PIPELINING", *replies):
                    heard.append(coming.readline())
                    line.sendall(reply.encode() + b"\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield heard, server.getsockname()[1]
        thread.join(timeout=5)


PIPELINED = [
    (("250 good", "550 5.1.1 nobody", "503 no recipient", "250 reset"), "5.1.1", Fault.ADDRESS),
    (("250 good", "550 5.1.1 nobody", "354 go on", "554 nobody", "250 reset"), "5.1.1", "."),
    (("451 4.3.0 later", "503 no", "503 no", "250 reset"), "4.3.0", None),
]


@pytest.mark.parametrize(("replies", "code", "more"), PIPELINED)
def test_commands_sent_in_one_go_are_answered_one_by_one(
    channel: Made, replies: tuple[str, ...], code: str, more: object
) -> None:
    """RFC 2920: the first answer that is not good decides; a mail to nobody is ended at once."""
    with _answers(*replies) as (heard, port):
        assert channel(port).send(envelope()).code == code
    commands = [line.split()[0] for line in heard]
    ended = [b"."] if more == "." else []
    assert commands == [b"ehlo", b"MAIL", b"RCPT", b"DATA", *ended, b"rset"]


def test_nobody_listens(channel: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = channel(port).send(envelope())
    assert (result.outcome, result.code) == (Outcome.NOT_SENT, "connect_ConnectionRefusedError")


@pytest.mark.parametrize(
    "to",
    [
        "aigul@example.net, evil@example.com",
        "aigul@example.net\r\nBcc: evil@example.com",
        "no address",
        "айгүл@example.net",
    ],
)
def test_an_address_that_is_none_is_never_sent_to(channel: Made, to: str) -> None:
    with mail_server() as (mailbox, port):
        result = channel(port).send(envelope(to=to))
    assert (result.outcome, result.fault, mailbox.raw) == (Outcome.REFUSED, Fault.ADDRESS, [])
    assert result.local, "it says nothing about the server (D7)"


def test_a_line_break_cannot_begin_a_header(channel: Made) -> None:
    """S16"""
    with mail_server() as (mailbox, port):
        result = channel(port).send(envelope(subject="Look\r\nBcc: evil@example.com"))
    assert (result.outcome, mailbox.raw) == (Outcome.REFUSED, [])


WORDS = st.lists(
    st.text(alphabet="абвгдеёжзқңүұәіөһئۇيغۇرچەتىلaz", min_size=1, max_size=12),
    min_size=1,
    max_size=14,
)


@given(WORDS)
def test_a_subject_in_any_script_keeps_its_spaces(words: list[str]) -> None:
    """Python 3.11 drops some when it folds (research/delivery.md, finding 6)."""
    subject = " ".join(words)
    written = message(envelope(subject=subject), SENDER)
    head = written.split(b"\r\n\r\n", 1)[0].decode("ascii")
    lines = head.split("\r\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("Subject:"))
    folded = [lines[start].removeprefix("Subject:")]
    for line in lines[start + 1 :]:
        if not line.startswith(" "):
            break
        folded.append(line)
    assert str(make_header(decode_header("".join(folded).strip()))) == subject


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=300),
    st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=300),
)
@example("A long line: " + "x" * 1200, "<p>\u0628</p>")
@example(".\n..\n\n", None)
def test_a_mail_of_any_words_is_read_back_as_it_was_written(text: str, html: str | None) -> None:
    """Python's own reader finds no defect, and every sign where it was."""
    written = message(envelope(text=text, html=html), SENDER)
    assert max(map(len, written.split(b"\r\n"))) <= 998
    read = message_from_bytes(written, policy=policy.default)
    parts = [part for part in read.walk() if not part.is_multipart()]
    assert [part.defects for part in (read, *parts)] == [[]] * (1 + len(parts))
    found = [part.get_payload(decode=True).decode().replace("\r\n", "\n") for part in parts]
    assert found == ([text] if html is None else [text, html])
    assert read["Subject"] == envelope().subject


def test_one_line_serves_many_mails(channel: Made) -> None:
    with mail_server() as (mailbox, port):
        speaking = channel(port)
        for number in range(20):
            assert speaking.send(envelope(row_id=f"{number:032x}")).outcome is Outcome.ACCEPTED
    assert len(mailbox.mails) == 20
    assert len(mailbox.peers) == 1
