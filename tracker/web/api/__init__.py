"""`/api/v1`: what programs may ask in a person's name, by one table that is also the document."""

from tracker.web.api.door import bp, serve

__all__ = ["bp", "serve"]
