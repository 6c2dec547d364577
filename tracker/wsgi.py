"""For a WSGI server: `gunicorn tracker.wsgi:app`. Settings come from the environment."""

import os
import threading

from gunicorn.http.wsgi import Response

from tracker.bootstrap import build, settle
from tracker.engine.cases.comparing import keep_comparing
from tracker.settings import load, refuse_unsafe
from tracker.web import create_app

_lines_of_gunicorn = Response.default_headers


def _say_nothing_of_the_server(self: Response) -> list[str]:
    """gunicorn names itself in every answer, and has no setting against it."""
    lines: list[str] = _lines_of_gunicorn(self)
    return [line for line in lines if not line.startswith("Server:")]


Response.default_headers = _say_nothing_of_the_server
os.umask(0o077)  # whatever is written is for the user it runs as alone (S1)
_services = build(refuse_unsafe(load(os.environ)))
app = create_app(_services)
threading.Thread(
    target=keep_comparing, args=(_services, threading.Event()), name="names", daemon=True
).start()
settle()
