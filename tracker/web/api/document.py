"""The OpenAPI 3.1 document of the table: nothing is said here that the routes do not do."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

import msgspec

from tracker import __version__
from tracker.web.api.shapes import Key, Problem
from tracker.web.api.table import OPERATIONS, PATH, ROOT, Operation

_SCHEMAS: Final = "#/components/schemas/{name}"
_WHAT = (
    "References, bands, days, states and due times of the cases that a member of staff sees; no "
    "names and no words. Make a token on your account page."
)
_FAULTS: Final = {
    400: "It cannot be read.",
    401: "No token, or one that is not good any more.",
    403: "The token or its owner may not do this.",
    404: "As if absent: not there, or not to be seen by the token's owner.",
    413: "Too long.",
    415: "No JSON.",
    422: "A member or parameter cannot be taken, or the act is refused.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    503: "Busy; try again.",
}


@cache
def document() -> dict[str, Any]:
    """The whole document, as JSON types."""
    shapes: set[type[msgspec.Struct]] = {Problem}
    for each in OPERATIONS:
        shapes |= {each.answer, each.query} | ({each.body} if each.body else set())
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    _references, schemas = msgspec.json.schema_components(ordered, ref_template=_SCHEMAS)
    queries = {each.query.__name__ for each in OPERATIONS}
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Contact tracker", "version": __version__, "description": _WHAT},
        "servers": [{"url": ROOT}],
        "paths": paths,
        "components": {
            "schemas": {name: made for name, made in schemas.items() if name not in queries},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(each: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", each.path)
    made: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": f"For {', '.join(each.roles)}.",
        "security": [{"token": [each.scope]}],
        "parameters": [
            *(_parameter(name, "path", _schema(PATH[name]), required=True) for name in names),
            *(
                _parameter(name, "query", schema, required=False)
                for name, schema in schemas[each.query.__name__]["properties"].items()
            ),
        ],
        "responses": {
            str(each.status): {
                "description": (each.answer.__doc__ or "").strip(),
                "content": {"application/json": {"schema": _ref(each.answer)}},
            },
            **{str(status): _fault(status) for status in _faults(each)},
        },
    }
    if each.method == "POST":
        key = _parameter("Idempotency-Key", "header", _schema(Key), required=True)
        made["parameters"].append(key)
    if each.body is not None:
        content = {"application/json": {"schema": _ref(each.body)}}
        made["requestBody"] = {"required": True, "content": content}
    return made


def _faults(each: Operation) -> list[int]:
    """What can go wrong there."""
    never = set() if each.body else {413, 415}
    return [status for status in _FAULTS if status not in never]


def _fault(status: int) -> dict[str, Any]:
    return {
        "description": _FAULTS[status],
        "content": {"application/problem+json": {"schema": _ref(Problem)}},
    }


def _parameter(name: str, place: str, schema: Any, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _schema(kind: Any) -> dict[str, Any]:
    return msgspec.json.schema(kind)


def _ref(shape: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _SCHEMAS.format(name=shape.__name__)}
