"""The interview door: a caseworker types what families and others tell, as fast as it is told."""

from tracker.web.interview import code, echo, new, tell
from tracker.web.interview.door import bp

__all__ = ["bp", "code", "echo", "new", "tell"]
