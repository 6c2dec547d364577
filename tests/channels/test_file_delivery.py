"""File delivery: whole files, for us alone, and never in a country on the deny list (cli.md)."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tracker.channels import build_channels
from tracker.channels.file_delivery import FileDelivery
from tracker.channels.refusing import Refusing
from tracker.channels.smtp_email import SmtpEmail
from tracker.channels.twilio_sms import TwilioSms
from tracker.domain.delivery import Envelope, Fault, Outcome
from tracker.settings import load

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MAIL = Envelope(
    row_id="c" * 32,
    channel="email",
    to="aigul@example.net",
    text="Қараңыз\n",
    subject="Қараңыз: CDFHJK",
    reference="CDFHJK",
    token="t",
    at=NOW,
    language="kk",
    html="<p>Қараңыз</p>",
)
TEXT = replace(MAIL, channel="sms", to="+77015550101", subject="", html=None)


def test_a_mail_can_be_opened_by_a_mail_program(tmp_path: Path) -> None:
    result = FileDelivery("email", tmp_path / "outbox").send(MAIL)
    assert result.outcome is Outcome.ACCEPTED
    mail = message_from_bytes(
        (tmp_path / "outbox" / f"{MAIL.row_id}.eml").read_bytes(), policy=default
    )
    assert mail["Subject"] == MAIL.subject
    assert mail["To"] == MAIL.to
    facts = json.loads((tmp_path / "outbox" / f"{MAIL.row_id}.json").read_text("utf-8"))
    assert (facts["to"], facts["text"], facts["reference"]) == (MAIL.to, MAIL.text, "CDFHJK")


def test_only_our_own_user_reads_the_outbox(tmp_path: Path) -> None:
    FileDelivery("sms", tmp_path / "outbox").send(TEXT)
    assert (tmp_path / "outbox").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "outbox").iterdir()} == {0o600}


def test_a_repeat_replaces_its_first_copy(tmp_path: Path) -> None:
    channel = FileDelivery("sms", tmp_path)
    channel.send(TEXT)
    channel.send(replace(TEXT, possible_repeat=True))
    assert [path.name for path in tmp_path.iterdir()] == [f"{TEXT.row_id}.json"]


def test_what_was_written_is_found(tmp_path: Path) -> None:
    channel = FileDelivery("sms", tmp_path)
    assert channel.find(TEXT, NOW) is None
    sent = channel.send(TEXT)
    assert channel.find(TEXT, NOW) == sent


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in the way")
    assert FileDelivery("sms", tmp_path / "outbox").send(TEXT).outcome is Outcome.NOT_SENT


def test_a_denied_country_gets_no_file_either(tmp_path: Path) -> None:
    """S5: the demo behaves as the real thing."""
    result = FileDelivery("sms", tmp_path, ("+86",)).send(replace(TEXT, to="+8613800138000"))
    assert (result.outcome, result.fault) == (Outcome.REFUSED, Fault.DENIED)
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize(
    ("environ", "mail", "sms"),
    [
        ({}, Refusing, Refusing),
        ({"TRACKER_DELIVERY": "file"}, FileDelivery, FileDelivery),
        (
            {"TRACKER_SMTP_URL": "smtp://127.0.0.1:25", "TRACKER_MAIL_FROM": "a@example.org"},
            SmtpEmail,
            Refusing,
        ),
        (
            {
                "TRACKER_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
                "TRACKER_TWILIO_AUTH_TOKEN": "0" * 32,
                "TRACKER_TWILIO_FROM": "+15005550006",
            },
            Refusing,
            TwilioSms,
        ),
    ],
)
def test_a_channel_without_settings_refuses(
    environ: dict[str, str], mail: type, sms: type, instance: Path
) -> None:
    """cli.md: never quietly filed."""
    channels = build_channels(load(environ, instance))
    assert type(channels["email"]) is mail
    assert type(channels["sms"]) is sms
    if sms is Refusing:
        result = channels["sms"].send(TEXT)
        assert (result.outcome, result.code) == (Outcome.REFUSED, "not_configured")
