"""The door of the runbook: what each alarm means, and what to do."""

from tracker.web.help import views
from tracker.web.help.views import bp

__all__ = ["bp", "views"]
