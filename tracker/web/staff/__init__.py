"""The desk of caseworkers, supervisors and administrators."""

from tracker.web.staff import acts, case, contacts, family, policies, queue, sharing
from tracker.web.staff.door import bp

__all__ = ["acts", "bp", "case", "contacts", "family", "policies", "queue", "sharing"]
