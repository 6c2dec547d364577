"""For a WSGI server: `gunicorn tracker.wsgi:app`. Settings come from the environment."""

import os

from tracker.bootstrap import build
from tracker.settings import load
from tracker.web import create_app

app = create_app(build(load(os.environ)))
