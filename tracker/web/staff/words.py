"""Codes in words: what stands in the record as a word of ours, said in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from tracker.domain.evaluate import Kind, Notice
from tracker.domain.moments import local_date
from tracker.domain.policy import Policy, Step
from tracker.engine.cases.queue import Silence
from tracker.i18n.dates import (
    after_text,
    date_text,
    list_text,
    row_text,
    short_clock_text,
    short_date_text,
    short_when_text,
    threshold_text,
    when_text,
)
from tracker.i18n.words import gettext as _
from tracker.messages.alert_words import alert_title
from tracker.web.record_words import (
    field_groups,
    means,
    means_text,
    outbox_state,
    outcomes,
    short_classes,
    statement_kinds,
)
from tracker.web.staff.door import my_zone

__all__ = [
    "alert_title",
    "field_groups",
    "means",
    "means_text",
    "outbox_state",
    "outcomes",
    "short_classes",
    "statement_kinds",
]
"""Said by other doors too."""


def roles() -> dict[str, str]:
    """The roles people hold, and policies name."""
    return {
        "caseworker": _("caseworker"),
        "supervisor": _("supervisor"),
        "consular": _("consular contact"),
        "administrator": _("administrator"),
        "auditor": _("auditor"),
    }


def export_forms() -> dict[str, str]:
    """The kinds of files that cases can be taken out in."""
    return {"csv": _("Table (CSV)"), "json": "JSON", "pfif": "PFIF 1.4"}


def roles_text(names: Iterable[str]) -> str:
    """``caseworker and supervisor``."""
    known = roles()
    ordered = sorted(names, key=lambda name: list(known).index(name) if name in known else 9)
    return list_text([known.get(name, name) for name in ordered])


def resets_text(policy: Policy) -> str:
    """The classes of news that count for a policy's clock."""
    return list_text([name for cls, name in short_classes().items() if cls in policy.resets])


def bands() -> dict[str, str]:
    """How grave a silence is."""
    return {
        "critical": _("Critical"),
        "overdue": _("Overdue"),
        "watch": _("Watch"),
        "in_contact": _("In contact"),
    }


def waits() -> dict[str, str]:
    """What may wait in a case, to narrow the queue to it."""
    return {
        "answer": _("Acknowledgement overdue"),
        "confirm": _("Report to confirm"),
        "delivery": _("Alert not delivered"),
        "alerts4": _("Alerts of the last 4 weeks"),
        "alerts13": _("Alerts of the last 13 weeks"),
    }


def classes() -> dict[str, str]:
    """How somebody was heard from."""
    return {
        "direct": _("direct: spoke, wrote or was seen by the one who tells it"),
        "constrained": _("staged or scripted for others"),
        "third_party": _("through somebody else"),
        "official": _("a statement of an authority"),
        "failed_attempt": _("a try that nobody answered"),
        "rumour": _("talk without a source"),
    }


def report_states() -> dict[str, str]:
    """What became of a report."""
    return {
        "pending": _("reported, not confirmed"),
        "confirmed": _("confirmed"),
        "rejected": _("not confirmed by us"),
        "retracted": _("taken back"),
    }


def alert_states() -> dict[str, str]:
    """What became of an alert."""
    return {
        "triggered": _("waits for an answer"),
        "acknowledged": _("acknowledged"),
        "resolved": _("over: there was contact"),
        "superseded": _("followed by a graver one"),
        "closed": _("over: the case was closed"),
        "withdrawn": _("withdrawn"),
        "undelivered": _("did not reach everybody"),
        "informed": _("told"),
    }


def channels() -> dict[str, str]:
    """Ways to speak."""
    return {
        "email": _("e-mail"),
        "sms": _("SMS"),
        "voice": _("telephone call"),
        "webhook": _("webhook"),
        "service": _("other service"),
    }


def scopes() -> dict[str, str]:
    """With whom a family may let us share."""
    return {
        "caseworkers": _("other caseworkers of this organisation"),
        "consular": _("a consulate"),
        "un": _("the United Nations"),
        "public": _("the public"),
    }


def moment_text(at: datetime) -> str:
    """``5 Mar 2018, 09:00`` on the reader's clocks."""
    return short_clock_text(at, my_zone())


def day_text(at: datetime) -> str:
    """``5 Mar 2018``: the day of an instant on the reader's clocks."""
    return short_date_text(local_date(at, my_zone()))


def until_text(day: date | None) -> str:
    """``until 5 March 2018``, or nothing."""
    return _("until %(date)s", date=date_text(day)) if day else ""


def last_text(seen: Silence) -> str:
    """The last contact in words, with what it rests on (R1, R2)."""
    when = when_text(None if seen.days.is_more else seen.last.earliest, seen.last.latest)
    if seen.source == "contact":
        return when
    if seen.source == "told":
        return _("none confirmed; last heard as told: %(when)s", when=when)
    if seen.source == "missing":
        return _("none confirmed; missing since %(when)s", when=when)
    return _("none yet; counted from the opening, %(when)s", when=when)


def short_last_text(seen: Silence) -> tuple[str, str]:
    """The same for a narrow column, in two: the first says whether it is a confirmed contact."""
    when = short_when_text(None if seen.days.is_more else seen.last.earliest, seen.last.latest)
    if seen.source == "contact":
        return when, ""
    if seen.source == "told":
        return _("None confirmed"), _("as told: %(when)s", when=when)
    if seen.source == "missing":
        return _("None confirmed"), _("missing since %(when)s", when=when)
    return _("None yet"), _("counted from %(when)s", when=when)


def step_text(step: Step) -> str:
    """``after 14 days``."""
    return after_text(step.after_days, step.after_months)


def notice_text(notice: Notice, policy: Policy) -> str:
    """What would be told, in words: ``14-day threshold: tells caseworker and supervisor``."""
    told = roles_text(notice.notify)
    match notice.kind:
        case Kind.STEP:
            step = policy.step(notice.step or 0)
            name = threshold_text(step.after_days, step.after_months)
            return _("%(step)s: tells %(roles)s", step=name, roles=told)
        case Kind.REPEAT:
            return _("Reminder: tells %(roles)s again", roles=told)
        case Kind.HAND_OVER:
            return _("Nobody acknowledged: tells %(roles)s", roles=told)
        case Kind.CONSENT_GRANTED:
            return _("Consent given: tells %(roles)s", roles=told)
        case Kind.RESOLVED:
            return _("All clear: tells %(roles)s", roles=told)
        case Kind.CLOSED:
            return _("Closed: tells %(roles)s", roles=told)
        case Kind.TO_CONFIRM:
            return _("A report waits to be confirmed")


def short_notice_text(notice: Notice, policy: Policy) -> tuple[str, str]:
    """The same for a narrow column: what it is, and who is told."""
    known = {**roles(), "consular": _("consulate")}
    told = row_text([name for role, name in known.items() if role in notice.notify])
    match notice.kind:
        case Kind.STEP:
            step = policy.step(notice.step or 0)
            return threshold_text(step.after_days, step.after_months), told
        case Kind.REPEAT:
            return _("reminder"), told
        case Kind.HAND_OVER:
            return _("nobody acknowledged"), told
        case _:
            return notice_text(notice, policy), ""


def flags() -> dict[str, str]:
    """How sure the reading of a date is."""
    return {
        "year_inferred": _("the year was inferred"),
        "approximate": _("approximate"),
        "more_than": _("at least that long ago"),
        "less_than": _("at most that long ago"),
        "ambiguous": _("the words can mean several dates"),
        "unfinished": _("the period was not over when it was said"),
        "words_differ": _("the words seem to say another date than the one chosen"),
        "unknown": _("nobody knows when"),
    }


def answers() -> dict[str, str]:
    """Answers to a plain question."""
    return {"yes": _("yes"), "no": _("no"), "unsure": _("not sure")}
