"""Making the application: what stands before and after every view, and the doors."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, request

from tracker.bootstrap import Services
from tracker.settings.model import is_loopback
from tracker.web import (
    accounts,
    alerts,
    answers,
    api,
    assets,
    bearer,
    consular,
    cookies,
    csrf,
    demo,
    digests,
    errors,
    family,
    gate,
    headers,
    health,
    help,
    hooks,
    interview,
    language,
    pages,
    session,
    staff,
    uploads,
)

DOORS: Final[tuple[Blueprint, ...]] = (
    assets.bp,
    accounts.bp,
    alerts.bp,
    api.bp,
    consular.bp,
    demo.bp,
    digests.bp,
    family.bp,
    health.bp,
    help.bp,
    hooks.bp,
    interview.bp,
    staff.bp,
)
"""Every door. A new one: `from tracker.web import NAME` above, and its `NAME.bp` here."""

LARGEST_BODY: Final = 256 * 1024
"""Bytes; a view that takes more says so with `@body_up_to`."""


def create_app(services: Services, *, testing: bool = False) -> Flask:
    """The web site over these services."""
    app = Flask("tracker.web", static_folder=None, template_folder="templates")
    app.request_class = uploads.Request
    app.config.update(
        TESTING=testing,
        PROPAGATE_EXCEPTIONS=False,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=500,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    for before in (
        *(_allow_body, session.load, bearer.load, language.choose),
        *(gate.check, csrf.check),
    ):
        app.before_request(before)
    app.after_request(headers.finish)
    app.after_request(cookies.write)
    app.after_request(answers.settle)  # the first of them: Flask takes the last first
    app.teardown_request(language.release)
    pages.install(app)
    errors.install(app)
    for door in DOORS:
        app.register_blueprint(door)
    serve(app, services)
    return app


def serve(app: Flask, services: Services) -> None:
    """Let a site work over these services from now on. (Making its addresses takes longest.)"""
    app.extensions["tracker"] = services
    app.config["TRUSTED_HOSTS"] = _trusted_hosts(services)
    api.serve(app, services)


def _trusted_hosts(services: Services) -> list[str]:
    """The host names we answer to; on a loopback address also its usual names."""
    settings = services.settings
    hosts = [*settings.trusted_hosts, urlsplit(settings.base_url).hostname or ""]
    if is_loopback(settings.bind_host) and not settings.exposed:
        hosts += ["localhost", "127.0.0.1", "::1"]
    return [host for host in hosts if host]


def _allow_body() -> None:
    """Let a view that takes files take them."""
    size = getattr(current_app.view_functions.get(request.endpoint or ""), "body_up_to", None)
    if size is not None:
        request.max_content_length = size
