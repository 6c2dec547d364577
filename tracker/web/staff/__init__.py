"""The desk of caseworkers, supervisors and administrators."""

from tracker.web.staff import acts, case, contacts, queue
from tracker.web.staff.door import bp

__all__ = ["acts", "bp", "case", "contacts", "queue"]
