"""The door of `/api/v1`: reads what a program asks, has it done by the table, answers in JSON.

Reading works with the worker's keys only: whatever is wrong with a view that reads, it holds no key
to a name or a word (safety.md S2).
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final, TypeVar

import msgspec
from flask import Blueprint, Flask, Response, abort, current_app, request

from tracker.bootstrap import Services
from tracker.engine.staff.once import once
from tracker.i18n.words import gettext as _
from tracker.web import here
from tracker.web.access import bearer as bearer_of
from tracker.web.access import public
from tracker.web.api.calls import Call, Wrong
from tracker.web.api.document import document
from tracker.web.api.shapes import Key
from tracker.web.api.table import OPERATIONS, PATH, ROOT, Operation
from tracker.web.bearer import bearer
from tracker.web.errors import problem, sentence

bp = Blueprint("api", __name__)

KEY: Final = "Idempotency-Key"
_BARE: Final = "tracker_bare"
_Shape = TypeVar("_Shape")


@bp.get(f"{ROOT}/openapi.json")
@public
def openapi() -> Response:
    """The OpenAPI 3.1 document, made from the table."""
    return _json(document())


def _carry_out(operation: Operation, **path: str) -> Response:
    """One request: read, done, audited and remembered in one transaction."""
    query, body = _read(operation, path)
    services: Services = current_app.extensions[_BARE] if operation.reads else here.services()
    with services.desk(bearer().actor) as desk:
        call = Call(desk, path, query, body)
        if operation.reads:
            answer: Any = operation.view(call)
        else:
            answer = once(
                desk,
                bearer().token_id,
                _key(),
                f"{request.method} {request.path}\n".encode() + request.get_data(),
                lambda: msgspec.to_builtins(operation.view(call)),
            )
        desk.audit(f"api.{operation.name}", "token", bearer().token_id, call.case_id)
    return _json(answer, operation.status)


def _read(operation: Operation, path: dict[str, str]) -> tuple[Any, Any]:
    """Parameters and body in the shapes that the table declares."""
    for name, value in path.items():
        try:
            msgspec.convert(value, PATH[name])
        except msgspec.ValidationError:
            abort(404)
    if any(len(request.args.getlist(name)) > 1 for name in request.args):
        raise Wrong("", _("Each parameter may stand there once."))
    query = _shaped(partial(msgspec.convert, dict(request.args), strict=False), operation.query, "")
    body = None
    if operation.body is not None:
        if request.mimetype != "application/json":
            abort(415)
        body = _shaped(partial(msgspec.json.decode, request.get_data()), operation.body, "/")
    return query, body


def _shaped(read: Any, shape: type[_Shape], root: str) -> _Shape:
    """What was sent, in the shape declared. Raises Wrong for anything else."""
    try:
        found: _Shape = read(type=shape)
    except msgspec.ValidationError as error:
        said, _at, where = str(error).partition(" - at `$")
        raise Wrong(root + where.strip("`.").replace(".", "/"), said) from error
    except (msgspec.MsgspecError, RecursionError, ValueError):
        abort(400)
    return found


def _key() -> str:
    try:
        return msgspec.convert(request.headers.get(KEY, ""), Key)
    except msgspec.ValidationError:
        raise Wrong(
            KEY,
            _("Send a new random text of 8 to 64 characters with each act, the same to repeat it."),
        ) from None


def _json(answer: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, content_type="application/json")


@bp.app_errorhandler(Wrong)
def _wrong(wrong: Wrong) -> Response:
    return problem(422, sentence(422), [{"at": wrong.at, "detail": str(wrong)}])


def serve(app: Flask, services: Services) -> None:
    """Hold no more keys than are needed."""
    app.extensions[_BARE] = services.restricted_to("clock", "contact")


for _operation in OPERATIONS:
    bp.add_url_rule(
        ROOT + _operation.path.replace("{", "<").replace("}", ">"),
        endpoint=_operation.name,
        view_func=bearer_of(_operation.scope, *_operation.roles)(
            _operation.named(partial(_carry_out, _operation))
        ),
        methods=[_operation.method],
    )
