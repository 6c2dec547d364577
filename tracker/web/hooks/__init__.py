"""Where providers call back: signed, idempotent, only ever moving a state forward (S14)."""

from tracker.web.hooks.twilio import bp

__all__ = ["bp"]
