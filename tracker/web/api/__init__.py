"""`/api/v1`: what programs may ask in a person's name, by one table that is also the document."""

from tracker.web.api.door import bp

__all__ = ["bp"]
