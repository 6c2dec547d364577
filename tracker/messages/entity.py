"""What stands inside an encrypted mail: a part of its own, as RFC 3156 wants it."""

from __future__ import annotations

from email.mime.text import MIMEText

from tracker.messages.kinds import Worded


def entity(worded: Worded) -> bytes:
    """The words as a MIME part, plain text only. The subject is outside, for everybody to see."""
    return MIMEText(worded.text, "plain", "utf-8").as_bytes()
