"""The door of the weekly digests: one's own in full; deliveries alone for who may see those."""

from tracker.web.digests import papers, views
from tracker.web.digests.views import bp

__all__ = ["bp", "papers", "views"]
