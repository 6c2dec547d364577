"""Style sheets, icons, one script: built files, held in memory, never changing under one name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Blueprint, Response, abort, request

from tracker.web.access import asset as open_to_all

bp = Blueprint("static", __name__)

_TYPES = {
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
    "woff2": "font/woff2",
}
_ENCODINGS = (("br", "br"), ("gzip", "gz"))


@dataclass(frozen=True, slots=True)
class _Built:
    """What the front-end build left: logical name -> file name, and each file's bytes."""

    names: dict[str, str]
    bodies: dict[str, bytes]


def asset(name: str) -> str:
    """The address of a built file by its logical name. Raises KeyError for one never built."""
    return f"/static/{_built().names[name]}"


@bp.get("/static/<name>")
@open_to_all
def file(name: str) -> Response:
    """A file by its hashed name, compressed as the browser likes."""
    built = _built()
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None or name not in built.bodies:
        abort(404)
    response = Response(built.bodies[name], content_type=kind)
    for encoding, ending in _ENCODINGS:
        packed = built.bodies.get(f"{name}.{ending}")
        if packed is not None and request.accept_encodings[encoding] > 0:
            response = Response(packed, content_type=kind)
            response.headers["Content-Encoding"] = encoding
            break
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@cache
def _built() -> _Built:
    folder: Traversable = files("tracker.web") / "static"
    manifest = json.loads((folder / "MANIFEST.json").read_text("utf-8"))
    return _Built(
        names=dict(manifest["names"]),
        bodies={
            name: (folder / name).read_bytes() for name in manifest["files"] if "/" not in name
        },
    )
