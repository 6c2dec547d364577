"""From the answers of a draft to what the engine takes in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from tracker.domain.means import Means
from tracker.domain.statements import StatementKind
from tracker.engine.cases.intake import Account, Fact, Teller, ToldContact, is_checked
from tracker.engine.cases.told_dates import ToldDate, from_parts
from tracker.i18n.words import speaking, spoken
from tracker.web.family import words
from tracker.web.family.answers import Answers
from tracker.web.family.questions import DATES, MOST_NAMES, is_first_hand

_STOPPED: dict[str, tuple[StatementKind, dict[str, str]]] = {
    "visits": (StatementKind.RIGHTS_WITHDRAWN, {"means": Means.VISIT, "state": "revoked"}),
    "letters": (StatementKind.RIGHTS_WITHDRAWN, {"means": Means.LETTER, "state": "blocked"}),
    "telephone": (StatementKind.MEANS_STATE, {"means": Means.TELEPHONE, "state": "blocked"}),
    "messages": (StatementKind.MEANS_STATE, {"means": Means.MESSAGE, "state": "blocked"}),
    "parcels": (StatementKind.RIGHTS_WITHDRAWN, {"means": "parcel", "state": "revoked"}),
    "passport": (StatementKind.RIGHTS_WITHDRAWN, {"right": "passport", "state": "revoked"}),
    "silence": (StatementKind.MEANS_STATE, {"state": "unknown"}),
}


def told_date(answers: Answers, key: str) -> ToldDate | None:
    """The date told at a question; None where it was not asked, not known, or passed over."""
    fields = answers.get(key, {})
    if not fields or "said_on" not in fields:
        return None
    said_on = date.fromisoformat(fields["said_on"])
    return from_parts(fields, DATES[key], said_on, fields["language"])


def account(answers: Answers, office_language: str) -> Account:
    """What the family tells. Coded answers get their words in the office's language."""
    with speaking(office_language):
        facts = tuple(_facts(answers))
    names = answers.get("names", {})
    return Account(
        names=tuple(name for n in range(1, MOST_NAMES + 1) if (name := names.get(f"name_{n}", ""))),
        facts=facts,
        contact=_contact(answers),
        held_since=told_date(answers, "held"),
    )


def teller(answers: Answers) -> Teller:
    """Who tells it, how to reach them, and what they allow."""
    relation, reach = answers.get("relation", {}), answers.get("reach", {})
    allowed = answers.get("consents", {})
    return Teller(
        details={
            "relation": relation.get("relation"),
            "relation_other": relation.get("relation_other") or None,
            **reach_details(reach),
        },
        language=spoken(),
        protected=bool(reach.get("protected")),
        reachable=reach.get("reach") == "yes",
        consents=frozenset(allowed.get("consents", ())),
        consents_read_in=_least_checked(allowed.get("language", spoken()), spoken()),
    )


def _least_checked(answered: str, sent: str) -> str:
    """Who read what they allow in two languages may have understood it in either."""
    return sent if is_checked(answered) else answered


def reach_details(reach: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the ways to reach somebody; None where nothing was given."""
    names = {"called": "name", "phone": "phone", "email": "email"} | {
        "other_way": "other_way",
        "times": "safe_times",
    }
    return {kept: reach.get(typed) or None for typed, kept in names.items()}


def _contact(answers: Answers) -> ToldContact | None:
    when = told_date(answers, "heard")
    if when is None:
        return None
    first_hand = is_first_hand(answers)
    about = answers.get("freely" if first_hand else "through", {})
    staged = about.get("staged") or ("unsure" if first_hand else None)
    return ToldContact(
        when=when,
        means=Means(answers.get("means", {}).get("means") or Means.UNKNOWN),
        freely=about.get("freely"),
        staged=staged,
        said=about.get("said", ""),
        source=about.get("source", ""),
    )


def _facts(answers: Answers) -> Iterator[Fact]:
    yield from _text(StatementKind.DESCRIPTION, answers, "names", "description")
    for kind, key in ((StatementKind.HELD_SINCE, "held"), (StatementKind.LAST_SEEN, "seen")):
        told = told_date(answers, key)
        if told is not None and (told.words or told.days is not None):
            yield Fact(kind, {"text": told.words or None, **told.document()})
    yield from _text(StatementKind.PLACE, answers, "place", "place")
    yield from _text(StatementKind.HELD_BY, answers, "place", "held_by")
    rhythm = answers.get("rhythm", {})
    if rhythm.get("rhythm") or rhythm.get("rhythm_words"):
        text = words.label(words.rhythms(), rhythm.get("rhythm"))
        yield Fact(
            StatementKind.RHYTHM,
            {
                "code": rhythm.get("rhythm"),
                "text": text or rhythm.get("rhythm_words"),
                "words": rhythm.get("rhythm_words") or None,
            },
        )
    yield from _what_stopped(answers.get("stopped", {}))
    yield from _text(StatementKind.RELATIVE, answers, "needs", "children")
    yield from _text(StatementKind.NEED, answers, "needs", "needs")
    yield from _text(StatementKind.OTHER, answers, "more", "more")


def _what_stopped(stopped: dict[str, Any]) -> Iterator[Fact]:
    told = stopped.get("stopped_words") or None
    for code in stopped.get("stopped", ()):
        kind, value = _STOPPED[code]
        text = words.label(words.stopped(), code)
        yield Fact(kind, {"code": code, "text": text, "words": told, **value})
    if told and not stopped.get("stopped"):
        yield Fact(StatementKind.MEANS_STATE, {"text": told, "state": "unknown"})


def _text(kind: StatementKind, answers: Answers, key: str, field: str) -> Iterator[Fact]:
    if text := answers.get(key, {}).get(field):
        yield Fact(kind, {"text": text})
