"""The pages of help, as views of one list."""

from __future__ import annotations

from typing import Any

from tracker.i18n.words import gettext as _


def tabs(shown: str) -> list[dict[str, Any]]:
    """The page shown, by its key, and the others."""
    pages = (
        ("desk", "/help/desk", _("The desk")),
        ("consulate", "/help/consulate", _("Consulates")),
        ("office", "/help/office", _("The office")),
        ("alarms", "/help", _("Alarms")),
        ("family", "/help/family", _("Families")),
        ("building", "/help/building", _("Building")),
    )
    return [{"url": url, "label": label, "current": key == shown} for key, url, label in pages]
