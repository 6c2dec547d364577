"""Where providers call back: proved theirs, idempotent, only moving a state forward (S14)."""

from tracker.web.hooks import kannel, twilio, twilio_answers
from tracker.web.hooks.door import bp

__all__ = ["bp", "kannel", "twilio", "twilio_answers"]
