"""For a WSGI server: `gunicorn tracker.wsgi:app`. Settings come from the environment."""

import os
import threading

from tracker.bootstrap import build
from tracker.engine.comparing import keep_comparing
from tracker.settings import load
from tracker.web import create_app

_services = build(load(os.environ))
app = create_app(_services)
threading.Thread(
    target=keep_comparing, args=(_services, threading.Event()), name="names", daemon=True
).start()
