"""The door of help: a page for each kind of reader, and the runbook of alarms."""

from tracker.web.help import guides, views
from tracker.web.help.views import bp

__all__ = ["bp", "guides", "views"]
