"""The web door: pages for families and staff."""

from tracker.web.app import create_app, serve

__all__ = ["create_app", "serve"]
