"""The words of the product in the language being spoken.

``with speaking("ru"): _("Report a contact")``. The language belongs to the running thread or task;
where nobody has said, it is English. A missing translation shows the English words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from tracker.i18n.languages import LANGUAGES, SOURCE

DOMAIN = "messages"

_spoken: ContextVar[str] = ContextVar("spoken_language", default=SOURCE)


def spoken() -> str:
    """The code of the language being spoken."""
    return _spoken.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speaks a language until the block ends. Raises KeyError for a code that is not ours."""
    token = _spoken.set(LANGUAGES[code].code)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str, **values: object) -> str:
    """The message in the spoken language, with ``%(name)s`` filled in from ``values``."""
    return _filled(_catalogue(spoken()).gettext(message), values)


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The form that fits the number ``n``, which fills ``%(n)s``."""
    return _filled(_catalogue(spoken()).ngettext(one, many, n), {"n": n, **values})


def pgettext(context: str, message: str, **values: object) -> str:
    """As ``gettext``, for words that mean several things: ``context`` tells them apart."""
    return _filled(_catalogue(spoken()).pgettext(context, message), values)


def npgettext(context: str, one: str, many: str, n: int, **values: object) -> str:
    """As ``ngettext``, with a context."""
    return _filled(_catalogue(spoken()).npgettext(context, one, many, n), {"n": n, **values})


_ = gettext


def apart(text: str) -> str:
    """Isolated (UAX 9): a name or figure in a sentence leaves the order of its neighbours alone."""
    return f"\u2068{text}\u2069" if text else ""


def as_code(text: str) -> str:
    """A reference or check value in a line of ours: isolated where the language runs from right to
    left, so that neither turns the other round; plain elsewhere."""
    return apart(text) if LANGUAGES[spoken()].direction == "rtl" else text


def catalogue() -> NullTranslations:
    """The catalogue of the spoken language, for templates, which fill in values themselves."""
    return _catalogue(spoken())


@cache
def _catalogue(code: str) -> NullTranslations:
    """The compiled catalogue, read once a process; English has none."""
    if code == SOURCE:
        return NullTranslations()
    folder = files("tracker.i18n").joinpath("translations", code, "LC_MESSAGES")
    with folder.joinpath(f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)


def _filled(text: str, values: dict[str, object]) -> str:
    return text % values if values else text
