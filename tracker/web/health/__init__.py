"""Whether the process lives (`/healthz`), can work (`/readyz`), and how (`/metrics`)."""

from tracker.web.health import metrics
from tracker.web.health.views import bp

__all__ = ["bp", "metrics"]
