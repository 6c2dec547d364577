"""Whether the process lives (`/healthz`) and can do its work (`/readyz`), for machines."""

from tracker.web.health.views import bp

__all__ = ["bp"]
