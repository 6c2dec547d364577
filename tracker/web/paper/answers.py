"""A file that is saved, never shown in the page: its name says nothing."""

from __future__ import annotations

from flask import Response


def pdf_answer(content: bytes) -> Response:
    """A PDF to save."""
    return _to_save(content, "application/pdf", "sheet.pdf")


def png_answer(content: bytes) -> Response:
    """A PNG to save."""
    return _to_save(content, "image/png", "picture.png")


def _to_save(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
