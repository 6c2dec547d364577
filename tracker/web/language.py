"""Which language to speak, for the length of a request."""

from __future__ import annotations

from contextlib import ExitStack
from urllib.parse import urlencode

from flask import g, request

from tracker.i18n.languages import LANGUAGES, SOURCE, known, negotiate
from tracker.i18n.words import speaking, spoken
from tracker.web import cookies, here

COOKIE = "lang"
PARAMETER = "lang"


def choose() -> None:
    """Before each view: asked for in the address, else chosen before, else the browser's.

    Asking for one sets a cookie: a preference of this browser, nothing of ours changes (S3).
    """
    asked = request.args.get(PARAMETER)
    who = here.actor()
    saved = cookies.read(COOKIE) or (who.language if who.kind in ("person", "family") else None)
    code = negotiate(
        asked,
        saved,
        request.headers.get("Accept-Language"),
        here.services().settings.language,
    )
    if known(asked) and code != cookies.read(COOKIE):
        cookies.put(COOKIE, code)
    g.languages = ExitStack()
    g.languages.enter_context(speaking(code))


def switched() -> bool:
    """Whether this form was sent by the button of another language, which is spoken from now on.

    Nothing else is done with what it brings: it is shown again, as it was typed.
    """
    code = known(request.form.get(PARAMETER))
    if code is None:
        return False
    cookies.put(COOKIE, code)
    g.languages.enter_context(speaking(code))
    return True


def release(_error: BaseException | None = None) -> None:
    """After each request."""
    stack: ExitStack | None = g.pop("languages", None)
    if stack is not None:
        stack.close()


def remember(code: str) -> None:
    """Speak this language to this browser from the next page on."""
    cookies.put(COOKIE, code)


def lang_url(code: str) -> str:
    """This page in another language."""
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k != PARAMETER]
    return f"{request.path}?{urlencode([*pairs, (PARAMETER, code)])}"


def choices() -> list[tuple[str, str, str]]:
    """(tag, own name, direction) of each language in which this page can be had.

    None for the answer to a form: asked for anew it would be another page, and a code that is
    shown once would be lost.
    """
    if request.method not in ("GET", "HEAD"):
        return []
    return every()


def every() -> list[tuple[str, str, str]]:
    """(tag, own name, direction) of each language."""
    return [(each.tag, each.own_name, each.direction) for each in LANGUAGES.values()]


def machine_translation() -> dict[str, str] | None:
    """What a page says about words no speaker has checked; None in the language we wrote."""
    if spoken() == SOURCE:
        return None
    source = LANGUAGES[SOURCE]
    return {
        "checked_url": lang_url(source.tag) if choices() else "",
        "checked_name": source.own_name,
        "checked_code": source.tag,
        "checked_text": "Translated by a machine, checked by nobody.",
    }
