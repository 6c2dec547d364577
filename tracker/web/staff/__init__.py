"""The desk of caseworkers, supervisors and administrators."""

from tracker.web.staff import (
    account_edit,
    acts,
    case,
    contacts,
    exports,
    family,
    keeping,
    office,
    people,
    pictures,
    policies,
    posts,
    queue,
    same,
    sharing,
)
from tracker.web.staff.door import bp

__all__ = [
    "account_edit",
    "acts",
    "bp",
    "case",
    "contacts",
    "exports",
    "family",
    "keeping",
    "office",
    "people",
    "pictures",
    "policies",
    "posts",
    "queue",
    "same",
    "sharing",
]
