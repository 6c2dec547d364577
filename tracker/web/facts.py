"""Values as families told them, in words: statements, dates in EDTF, who said so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.domain.edtf import parse_edtf
from tracker.domain.statements import StatementKind
from tracker.i18n.dates import when_text
from tracker.i18n.words import gettext as _
from tracker.web.record_words import closing_reasons

_SAID = ("text", "words")


def edtf_text(edtf: str | None, *, lasting: bool = False) -> str:
    """``about March 2018``: a date of the record in words; what cannot be read stays as it is.

    An open end is said as it was told: ``2017 or later``; ``since 2017`` of what is `lasting`.
    """
    if not edtf:
        return ""
    try:
        days = parse_edtf(edtf)
    except ValueError:
        return edtf
    vague = edtf[-1] in "~?%"
    if days.latest is None:
        start = edtf.partition("/")[0]
        first, bounds = edtf_text(start), parse_edtf(start)
        if not lasting:
            return _("%(date)s or later", date=first)
        if bounds.earliest == bounds.latest:
            return _("since %(date)s", date=first)
        return _("since %(period)s", period=first)
    return when_text(days.earliest, days.latest, approximate=vague)


def value_text(value: Mapping[str, Any], kind: str = "") -> str:
    """What a statement says: the words told, then the day they were taken to mean. The same is not
    said twice, but nothing is left out for being a part of something longer: "15 May 2018" holds
    "5 May 2018", and "not released" holds "released". A date told in figures is said in words
    alone: "1957" is in Chinese "1957年". Only where a statement's `kind` asks since when,
    "since 2017" says all that "2017" does.
    """
    told = [value[name] for name in _SAID if isinstance(value.get(name), str)]
    said = [each for each in told if each != value.get("edtf")]
    ended = closing_reasons().get(value.get("reason", ""), "")
    meant = edtf_text(value.get("edtf"), lasting=kind == StatementKind.HELD_SINCE)
    parts = {part.casefold(): part for part in reversed((ended, *said, meant)) if part}
    if kind == StatementKind.HELD_SINCE:
        for part in list(parts.values()):
            since = _("since %(date)s", date=part), _("since %(period)s", period=part)
            if any(each.casefold() in parts for each in since):
                parts.pop(part.casefold())
    return " · ".join(reversed(parts.values()))


def source_text(source: str | None, enquirer: int | None) -> str:
    """Who said so: a family's member by number only, everybody else as noted."""
    if enquirer is not None:
        return _("Enquirer %(n)s", n=enquirer)
    return source or _("no source given")
