"""What a mail to us is: whoever wrote it, nothing is believed, and nothing raises (D5, D8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.channels.mail_reading import read_mail
from tracker.domain.delivery import Fault, Outcome, State
from tracker.domain.mailbox import Automatic, MailAnswer, MailReport

ROW, TOKEN = "a" * 32, "A" * 22 + "." + "B" * 27
OURS = f"<{ROW}.CDFHJK@tracker.example.org>"


def report(action: str, status: str, envelope_id: str = TOKEN, returned: str = OURS) -> bytes:
    """A report as RFC 3464 draws it."""
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: no-reply@tracker.example.org
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x

It did not arrive.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Original-Envelope-Id: {envelope_id}

Final-Recipient: rfc822; aigul@example.net
Action: {action}
Status: {status}

--x
Content-Type: text/rfc822-headers

Message-ID: {returned}
--x--
""".encode()


@pytest.mark.parametrize(
    ("action", "status", "state", "outcome", "fault"),
    [
        ("failed", "5.1.1", State.REFUSED, Outcome.REFUSED, Fault.ADDRESS),
        ("Failed", "5.2.1 (disabled)", State.REFUSED, Outcome.REFUSED, Fault.ADDRESS),
        ("failed", "5.2.2", State.REFUSED, Outcome.NOT_SENT, None),
        ("failed", "5.7.1", State.REFUSED, Outcome.REFUSED, Fault.ACCOUNT),
        ("failed", "4.4.7", State.REFUSED, Outcome.NOT_SENT, None),
        ("failed", "5.6.0", State.REFUSED, Outcome.REFUSED, Fault.CONTENT),
        ("delayed", "4.4.1", State.ACCEPTED, None, None),
        ("relayed", "2.1.5", State.SENT, None, None),
        ("delivered", "2.0.0", State.DELIVERED, None, None),
        ("read", "2.0.0", None, None, None),
    ],
)
def test_a_report_says_what_became_of_a_mail(
    action: str, status: str, state: State | None, outcome: Outcome | None, fault: Fault | None
) -> None:
    """`relayed` means a server that promises nothing: never shown as delivered (D5)."""
    (read,) = read_mail(report(action, status))
    assert isinstance(read, MailReport)
    assert (read.state, read.outcome, read.fault) == (state, outcome, fault)
    assert read.names.tokens == (TOKEN,)
    assert read.names.message_ids == ((ROW, "CDFHJK"),)


@pytest.mark.parametrize("action", ["fail\0ed", "x" * 9000])
def test_an_action_that_no_database_keeps_is_not_kept(action: str) -> None:
    """PostgreSQL takes no NUL, nor an index so long: the mail would be given again for ever."""
    (read,) = read_mail(report(action, "5.1.1"))
    assert isinstance(read, MailReport)
    assert (read.action, read.state) == ("other", None)


def test_a_report_names_our_mail_in_three_ways() -> None:
    """Servers leave out what they like: the envelope id, the headers, the address's case."""
    (bare,) = read_mail(report("failed", "5.1.1", envelope_id="", returned="<x@y>"))
    assert isinstance(bare, MailReport)
    assert bare.names.tokens == bare.names.message_ids == ()
    sent_back = report("failed", "5.1.1", envelope_id="", returned="<x@y>").replace(
        b"To: no-reply@", f"Delivered-To: bounces+{TOKEN}@".encode()
    )
    (by_address,) = read_mail(sent_back)
    assert isinstance(by_address, MailReport)
    assert by_address.names.tokens == (TOKEN,)


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_the_returned_mail_is_found_however_it_is_packed(kind: str) -> None:
    raw = report("failed", "5.1.1", envelope_id="").replace(b"text/rfc822-headers", kind.encode())
    (read,) = read_mail(raw)
    assert isinstance(read, MailReport)
    assert read.names.message_ids == ((ROW, "CDFHJK"),)


def answer(body: str, **headers: str) -> bytes:
    usual = {
        "From": "Aigul Invented <aigul@example.net>",
        "To": "no-reply@tracker.example.org",
        "Message-ID": "<1@example.net>",
        "In-Reply-To": OURS,
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (usual | headers).items()]
    return ("\n".join(lines) + "\n\n" + body).encode()


def test_an_answer_names_its_message_and_its_writer() -> None:
    (read,) = read_mail(answer("1\n\n> Please look"))
    assert isinstance(read, MailAnswer)
    assert read.sender == "aigul@example.net"
    assert read.names.message_ids == ((ROW, "CDFHJK"),)
    assert read.text == "1\n\n> Please look"
    assert "aigul" not in repr(read)
    (again,) = read_mail(answer("1\n\n> Please look"))
    assert again == read, "the same mail has the same id"


def test_the_newest_reference_counts() -> None:
    other = f"<{'b' * 32}.KMNPQR@tracker.example.org>"
    (read,) = read_mail(answer("1", In_Reply_To="<x@y>", References=f"{other} {OURS}"))
    assert isinstance(read, MailAnswer)
    assert read.names.message_ids[0] == (ROW, "CDFHJK")


def test_an_answer_in_html_only_is_read_without_its_quotation() -> None:
    html = "<style>p{}</style><div>2 4821</div><blockquote><p>1 Please look</p></blockquote>"
    (read,) = read_mail(answer(html, **{"Content-Type": "text/html; charset=utf-8"}))
    assert isinstance(read, MailAnswer)
    assert read.text.strip() == "2 4821"


def test_an_attachment_is_no_answer() -> None:
    body = "--x\nContent-Disposition: attachment\nContent-Type: text/plain\n\n1\n--x--\n"
    (read,) = read_mail(answer(body, **{"Content-Type": "multipart/mixed; boundary=x"}))
    assert isinstance(read, MailAnswer)
    assert read.text == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"X-Autoreply": "yes"},
        {"Return-Path": "<>"},
        {"List-Id": "<x.example.net>"},
        {"Content-Type": "multipart/report; report-type=disposition-notification; boundary=x"},
    ],
)
def test_what_a_machine_wrote_is_never_an_answer(headers: dict[str, str]) -> None:
    """RFC 3834: a holiday notice that quotes a "1" must hold no alarm."""
    assert read_mail(answer("1", **headers)) == [Automatic()]


@pytest.mark.parametrize("html", ["<![foo[bar]]>", "<!x[<![", "<!DOCTYPE [<!A"])
def test_html_that_python_stumbles_over_is_left_to_people(html: str) -> None:
    """Else a hundred such mails, which anybody can send, would be all that is ever read."""
    mail = answer("", **{"Content-Type": "text/html"})
    assert read_mail(mail + html.encode())


def test_tags_that_never_end_hide_no_answer() -> None:
    """Twenty kilobytes of them took the parser seconds, for each mail that a stranger sends."""
    mail = answer("", **{"Content-Type": "text/html"}) + b"<p>1</p>" + b"<a " * 6000
    (read,) = read_mail(mail)
    assert isinstance(read, MailAnswer)
    assert read.text.split()[0] == "1"


@given(st.binary(max_size=400))
def test_nothing_raises(raw: bytes) -> None:
    assert read_mail(raw)


@given(st.integers(0, 600), st.binary(min_size=1, max_size=4))
def test_a_damaged_report_does_not_raise(at: int, junk: bytes) -> None:
    raw = report("failed", "5.1.1")
    assert read_mail(raw[:at] + junk + raw[at + len(junk) :])
