"""The door of the demonstration: who to be, what to try, and the clock. Absent elsewhere."""

from tracker.web.demo import views
from tracker.web.demo.views import bp

__all__ = ["bp", "views"]
