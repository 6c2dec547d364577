"""The family door: report, receipt, and the page behind it. No script, no account."""

from tracker.web.family import pictures, report, sending, start, status, status_acts
from tracker.web.family.door import bp

__all__ = ["bp", "pictures", "report", "sending", "start", "status", "status_acts"]
