"""Alerts of a case's timeline in words: what was raised, who was told, and what became of it."""

from __future__ import annotations

from tracker.domain.evaluate import Kind
from tracker.engine.cases.timeline import Entry
from tracker.i18n.dates import days_text
from tracker.i18n.words import gettext as _
from tracker.store.schema import Alert, AlertEvent, OutboxMessage
from tracker.web.staff import words
from tracker.web.staff.story_lines import Known, Line


def alert_line(entry: Entry, alert: Alert, known: Known) -> Line:
    """An alert that was raised: how long it was silent, who was told, what became of it."""
    silent = entry.told["silent"]
    title = words.alert_title(alert.kind, alert.band)
    state = words.alert_states().get(alert.state, alert.state)
    meta = state
    if silent and alert.kind == Kind.RESOLVED:
        meta = _("after %(days)s of silence · %(state)s", days=days_text(*silent), state=state)
    elif silent and alert.kind not in (Kind.CLOSED, Kind.TO_CONFIRM):
        meta = _("%(days)s silent · %(state)s", days=days_text(*silent), state=state)
    more = [_sent(message, known) for message in entry.messages]
    more += [text for event in entry.events if (text := _event(event, known))]
    if alert.consent_needed:
        named = words.roles_text(alert.consent_needed)
        more.append(_("Not told, because the family has not consented: %(roles)s", roles=named))
    kind = "event" if alert.kind in (Kind.RESOLVED, Kind.CLOSED) else "alert"
    return Line(
        words.moment_text(entry.at), title, kind, meta, more=[each for each in more if each]
    )


def _sent(message: OutboxMessage, known: Known) -> str:
    return _(
        "%(channel)s to %(name)s: %(state)s",
        channel=words.channels().get(message.channel, message.channel),
        name=known.person(message.person_id),
        state=words.outbox_state(message),
    )


def _event(event: AlertEvent, known: Known) -> str:
    when, name = words.moment_text(event.at), known.person(event.person_id)
    match event.kind:
        case "acknowledged" if event.detail == "unsigned":
            return _("Acknowledged for 24 hours without sign-in, %(when)s", when=when)
        case "acknowledged":
            return _("Acknowledged by %(name)s, %(when)s", name=name, when=when)
        case "seen":
            return _("Seen by %(name)s, %(when)s", name=name, when=when)
        case "passed_on":
            return _("Passed to the next person by %(name)s, %(when)s", name=name, when=when)
        case "told_by_reply":
            return _("%(name)s answered that there is news, %(when)s", name=name, when=when)
        case "unreachable":
            return _("%(name)s has no working contact point", name=name)
        case "undelivered":
            return _("%(name)s could not be reached, %(when)s", name=name, when=when)
        case "handed_to_supervisor":
            return _("Told the supervisor instead, %(when)s", when=when)
        case "handed_to_administrator":
            return _("Told the administrators instead, %(when)s", when=when)
        case "nobody_reached":
            return _("Nobody could be reached, %(when)s", when=when)
        case _:
            return ""
