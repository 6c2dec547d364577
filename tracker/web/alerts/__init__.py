"""The page behind a message: it says nothing, and lets its holder acknowledge (S6)."""

from tracker.web.alerts.views import bp

__all__ = ["bp"]
