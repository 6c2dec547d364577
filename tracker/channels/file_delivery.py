"""File delivery: messages are written to a folder instead of being sent (cli.md).

Each message becomes `<name>.eml` (a mail as it would have gone out) or a text message's
`<name>.json`; a mail has a `.json` beside it too, so that programs need not read mail. The name is
the row id, so that a repeat replaces its first copy.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.channels.mail_form import message
from tracker.domain.delivery import (
    EMAIL,
    IN_A_FILE,
    SMS,
    Envelope,
    Fault,
    Outcome,
    SendResult,
    is_denied,
)
from tracker.domain.moments import format_instant

SENDER = "no-reply@localhost"


@dataclass(frozen=True, slots=True)
class FileDelivery:
    """Writes to `folder`, which it makes for its own user alone."""

    kind: str
    folder: Path
    deny: Sequence[str] = ()

    def send(self, envelope: Envelope) -> SendResult:
        """Write the message, whole or not at all. A full or read-only disk is `not_sent`."""
        if self.kind == SMS and is_denied(envelope.to, self.deny):
            return SendResult(
                Outcome.REFUSED, code="denied_country", fault=Fault.DENIED, local=True
            )
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.kind == EMAIL:
                mail = message(envelope, SENDER)
                _write(self.folder / f"{envelope.row_id}.eml", mail)
            _write(self.folder / f"{envelope.row_id}.json", _facts(envelope))
        except OSError as error:
            return SendResult(Outcome.NOT_SENT, code=f"disk_{error.errno}")
        return SendResult(Outcome.ACCEPTED, provider_id=_provider_id(envelope))

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """The message, if it lies in the folder."""
        if (self.folder / f"{envelope.row_id}.json").exists():
            return SendResult(Outcome.ACCEPTED, provider_id=_provider_id(envelope))
        return None


def _provider_id(envelope: Envelope) -> str:
    return f"{IN_A_FILE}{envelope.row_id}"


def _facts(envelope: Envelope) -> bytes:
    facts = {
        "id": envelope.row_id,
        "channel": envelope.channel,
        "to": envelope.to,
        "at": format_instant(envelope.at),
        "language": envelope.language,
        "reference": envelope.reference,
        "subject": envelope.subject or None,
        "text": envelope.text,
        "possible_repeat": envelope.possible_repeat,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def _write(path: Path, content: bytes) -> None:
    """Write under another name, make it safe on the disk, then rename: no half message is seen."""
    unfinished = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
