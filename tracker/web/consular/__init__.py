"""The door of consular posts: what was shared with them, what they are asked, their answers."""

from tracker.web.consular import views
from tracker.web.consular.door import bp

__all__ = ["bp", "views"]
