"""A sentence for the next page ("Saved."), carried by a signed cookie and shown once."""

from __future__ import annotations

from typing import Any, Literal

from flask import g
from itsdangerous import BadSignature, URLSafeSerializer

from tracker.security.keys import derive_key
from tracker.web import cookies, here

Kind = Literal["success", "info", "warning"]


def add(kind: Kind, text: str, *, undo_url: str | None = None, undo_label: str = "") -> None:
    """Say something on the next page, or on this one if it is still to be shown.

    The text stands in a cookie of the reader's own browser until then: names do not belong in it.
    """
    note = {"kind": kind, "text": text}
    if undo_url:
        note |= {"undo_url": undo_url, "undo_label": undo_label}
    _fresh().append(note)
    cookies.put("note", _signer().dumps(_fresh()))


def take() -> list[dict[str, Any]]:
    """What there is to say now; it is not said again."""
    said = [*_carried(), *_fresh()]
    if said:
        cookies.drop("note")
        g.notes = []
    return said


def _carried() -> list[dict[str, Any]]:
    try:
        carried = _signer().loads(cookies.read("note") or "")
    except BadSignature:
        return []
    return carried if isinstance(carried, list) else []


def _fresh() -> list[dict[str, Any]]:
    if "notes" not in g:
        g.notes = []
    fresh: list[dict[str, Any]] = g.notes
    return fresh


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(derive_key(here.services().ring.session, "note"), salt="note")
