"""The choices of the interview, in words for members of staff."""

from __future__ import annotations

from tracker.domain.means import Means
from tracker.domain.statements import StatementKind
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.web.record_words import relations

__all__ = ["answers", "consents", "dates", "kinds", "languages", "means", "relations"]

Choices = list[tuple[str, str]]


def languages() -> Choices:
    """The languages we read dates in."""
    return [(language.code, language.own_name) for language in LANGUAGES.values()]


def means() -> Choices:
    """By which means."""
    return [
        (Means.VISIT, _("visit")),
        (Means.TELEPHONE, _("telephone")),
        (Means.VIDEO, _("video call")),
        (Means.LETTER, _("letter")),
        (Means.MESSAGE, _("message")),
        (Means.RED_CROSS_MESSAGE, _("Red Cross message")),
        (Means.SHOWN, _("shown in a published video or picture")),
        (Means.LAWYER_VISIT, _("lawyer’s visit")),
        (Means.CONSULAR_VISIT, _("consular visit")),
        (Means.CO_DETAINEE, _("seen by a released co-detainee")),
        (Means.THROUGH_OTHERS, _("through somebody else")),
        (Means.AUTHORITY, _("authority’s statement")),
        (Means.NEWS, _("news")),
        (Means.TALK, _("talk, origin not known")),
        (Means.ATTEMPT, _("attempt, no answer")),
        (Means.UNKNOWN, _("not known")),
    ]


def answers() -> Choices:
    """Yes, no, not sure; empty is "not asked"."""
    return [("yes", _("yes")), ("no", _("no")), ("unsure", _("not sure"))]


def kinds() -> Choices:
    """What a statement may be about; those with fields of their own in the form come last."""
    words = {
        StatementKind.ARRESTED: _("arrested"),
        StatementKind.CHARGED: _("charged"),
        StatementKind.SENTENCED: _("sentenced (write the term)"),
        StatementKind.MOVED: _("moved"),
        StatementKind.RELEASED: _("released"),
        StatementKind.HEALTH: _("health"),
        StatementKind.RHYTHM: _("rhythm of contact before"),
        StatementKind.MEANS_STATE: _("means of contact that stopped working"),
        StatementKind.RIGHTS_WITHDRAWN: _("right withdrawn: visits, letters, passport"),
        StatementKind.RELATIVE: _("children and other relatives"),
        StatementKind.NEED: _("need"),
        StatementKind.APPEAL: _("appeal"),
        StatementKind.CAMPAIGN: _("letter campaign"),
        StatementKind.DANGER: _("danger to the family"),
        StatementKind.BIRTH: _("birth"),
        StatementKind.NATIONALITY: _("nationality"),
        StatementKind.DESCRIPTION: _("description"),
        StatementKind.HELD_SINCE: _("held since"),
        StatementKind.PLACE: _("place"),
        StatementKind.HELD_BY: _("held by"),
        StatementKind.LAST_SEEN: _("last seen"),
        StatementKind.OTHER: _("something else"),
    }
    return [(str(kind), label) for kind, label in words.items()]


def dates(rows: int) -> dict[str, str]:
    """What each date of the form is about, by the name of its fields."""
    named = {"heard": _("Last heard"), "held": _("Held"), "seen": _("Last seen")}
    return named | {f"when_{n}": _("Statement %(n)s", n=n) for n in range(1, rows + 1)}


def consents() -> Choices:
    """What the family allowed, said aloud."""
    return [
        ("caseworkers", _("other caseworkers of this organisation")),
        ("consular", _("a consulate that can ask; never the holding country’s own")),
        ("un", _("the United Nations")),
        ("public", _("the public")),
    ]
