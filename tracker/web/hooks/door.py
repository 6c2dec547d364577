"""The blueprint of the hooks, and who calls them."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from tracker.domain.actor import Actor

bp = Blueprint("hooks", __name__)

PROVIDER: Final = Actor("provider")
