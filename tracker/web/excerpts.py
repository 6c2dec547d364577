"""An excerpt of a case in words: what a post is shown, and what a case sheet prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.engine.cases.shared import Shared
from tracker.i18n.dates import when_text
from tracker.i18n.words import gettext as _
from tracker.web import record_words
from tracker.web.facts import edtf_text, value_text


def last_text(found: Shared) -> str:
    """The last contact in words, where dates are shared."""
    if found.silence is None:
        return ""
    last, is_more = found.silence.last, found.silence.days.is_more
    when = when_text(None if is_more else last.earliest, last.latest)
    if found.silence.source == "contact":
        return when
    if is_more:
        return _("none confirmed; last heard as told: %(when)s", when=when)
    return _("none confirmed since %(when)s", when=when)


def facts_told(found: Shared) -> list[tuple[str, str]]:
    """Label and words of each statement, in their own order."""
    labels = record_words.statement_kinds()
    return [(labels[kind], value_text(value, kind)) for kind, value in found.statements]


def heard_rows(found: Shared) -> list[dict[str, str]]:
    """The history of contacts, newest first: when, means, class."""
    return [_heard(row) for row in found.heard]


def _heard(row: Mapping[str, Any]) -> dict[str, str]:
    kind = record_words.class_text(row["class"], row["staged"])
    means = record_words.means_text(row["means"])
    return {"when": edtf_text(row["edtf"]), "means": means or kind, "class": kind}
