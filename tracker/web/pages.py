"""What every template is given, and how a view answers with a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from tracker.domain.actor import Actor
from tracker.engine.keeping.alarms import FOR_ADMINISTRATORS, SHOWN_APART, Alarm, ringing
from tracker.engine.staff.first_steps import steps_done
from tracker.i18n import words
from tracker.i18n.dates import days_text, list_text, whole_datetime_text
from tracker.i18n.languages import LANGUAGES
from tracker.web import assets, csrf, here, language, notes, unsent
from tracker.web.alarm_names import bars

_ANY_STAFF = ("caseworker", "supervisor", "consular", "administrator", "auditor")
NAVIGATION: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("queue", "/queue", ("caseworker", "supervisor")),
    ("work", "/work", ("caseworker", "supervisor")),
    ("shared", "/shared", ("consular",)),
    ("digests", "/digests", _ANY_STAFF),
    ("team", "/team", ("supervisor",)),
    ("policies", "/policies", ("caseworker", "supervisor", "auditor")),
    ("import", "/import", ("supervisor",)),
    ("outbox", "/outbox", ("administrator", "supervisor")),
    ("people", "/people", ("administrator", "supervisor", "auditor")),
    ("audit", "/audit", ("administrator", "supervisor", "auditor")),
    ("health", "/health", ("administrator", "supervisor")),
    ("help", "/help/desk", ("caseworker", "supervisor", "auditor")),
    ("help", "/help/office", ("administrator",)),
    ("help", "/help/consulate", ("consular",)),
)
"""Key, address and roles, in the order shown; of two with one key the first that fits. A door not
built yet is left out by itself."""

BELONGS: Final = {"cases": "queue", "posts": "people", "doctor": "outbox", "exports": "work"}
"""The first part of an address -> the key under which its pages are found; else that of the door
whose address begins alike."""


def page(template: str, status: int = 200, /, **context: Any) -> Response:
    """A page. `page("staff/queue.html", cases=cases)`."""
    return make_response(render_template(template, **context), status)


def form_page(template: str, errors: Mapping[str, str], /, **context: Any) -> Response:
    """A form: 200 when it is first shown, 422 when `errors` say what to mend.

    Where it answers a form, a browser reads it by GET (`web.answers`): what is shown only once is
    no such page.
    """
    g.form_shown = True
    return page(template, 422 if errors else 200, errors=errors, **context)


def go(address: str) -> BaseResponse:
    """After a POST: on to a page (303), which can be reloaded without doing anything twice."""
    return redirect(address, 303)


def home_of(who: Actor) -> str:
    """Where a person begins: the first page of their desk."""
    nav = _nav(who) if who.kind == "person" else []
    return str(nav[0]["url"]) if nav else "/account" if who.kind == "person" else "/"


def first_page_of(who: Actor) -> str:
    """Where a person goes after signing in: who keeps a new instance, to what is still to do."""
    if who.has("administrator") and not who.has("caseworker", "supervisor"):
        with here.reading() as desk:
            if not all(steps_done(desk).values()):
                return "/start"
    return home_of(who)


def install(app: Flask) -> None:
    """Give the templates their words, their assets and what stands around every page."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: words.catalogue().gettext(text),
        lambda one, many, n: words.catalogue().ngettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: words.catalogue().pgettext(context, text),
        npgettext=lambda context, one, many, n: words.catalogue().npgettext(context, one, many, n),
    )
    env.globals.update(
        asset=assets.asset,
        csrf_token=csrf.token,
        days_text=days_text,
        lang_url=language.lang_url,
        list_text=list_text,
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    spoken = LANGUAGES[words.spoken()]
    settings = here.services().settings
    who = here.actor()
    staff = who.kind == "person" and not g.get("bare", False)
    return {
        "lang": spoken.tag,
        "dir": spoken.direction,
        "languages": language.choices(),
        "every_language": language.every(),
        "site_name": settings.organisation if staff else None,
        "actor": who if staff else None,
        "nav": _nav(who) if staff else [],
        "account_url": "/account",
        "notices": _notices(who) if staff else _quiet_notices(),
        **unsent.context(),
    }


def _nav(who: Actor) -> list[dict[str, Any]]:
    built = _built()
    doors: dict[str, str] = {}
    for key, url, roles in NAVIGATION:
        if url in built and who.has(*roles):
            doors.setdefault(key, url)
    at = request.path.split("/")[1]
    place = BELONGS.get(at) or next((k for k, url in doors.items() if at == url.split("/")[1]), "")
    return [
        {"key": key, "url": url, "current": _current(url) if key == place else ""}
        for key, url in doors.items()
    ]


def _current(url: str) -> str:
    """What `aria-current` says of the door under which the shown page is found."""
    return "page" if request.path == url else "true"


def _built() -> set[str]:
    """The addresses there are."""
    return {rule.rule for rule in current_app.url_map.iter_rules()}


def _quiet_notices() -> dict[str, Any]:
    return {"flash": notes.take(), "machine_translation": language.machine_translation()}


def _notices(who: Actor) -> dict[str, Any]:
    """The bars of the desk: what is wrong with sending, and what kind of instance this is."""
    services = here.services()
    with here.asking() as desk:
        now = ringing(desk, here.refused_channels())
    hidden = SHOWN_APART if who.has("administrator") else SHOWN_APART | FOR_ADMINISTRATORS
    notices = _quiet_notices() | {
        "health": bars({alarm: n for alarm, n in now.items() if alarm not in hidden}),
        "paused": Alarm.PAUSED in now,
        "file_delivery": services.settings.file_delivery,
    }
    if services.settings.demo:
        notices["demo"] = {
            "now": whole_datetime_text(here.now(), ZoneInfo(who.zone_name)),
            "url": "/demo/clock",
        }
    if who.has("administrator", "supervisor") and "/outbox" in _built():
        notices["outbox_url"] = "/outbox"
    return notices
