"""Contact tracker: when was each detained person last heard from, and who must be told."""

from importlib import import_module

__version__ = "0.1.0"


def create_app() -> object:
    """The web site, for ``flask --app tracker``; settings come from the environment.

    All is looked up by name when it is called: whoever needs one room does not build the house.
    """
    refused = import_module("tracker.domain.errors").TrackerError
    try:
        app: object = import_module("tracker.wsgi").app
    except refused as error:
        raise import_module("flask.cli").NoAppException(str(error)) from error
    return app
