"""A case's timeline in words: what stands on each line, and what under it."""

from __future__ import annotations

from datetime import date

from tracker.domain.statements import StatementKind
from tracker.engine.cases.timeline import Entry
from tracker.i18n.dates import date_text
from tracker.i18n.words import gettext as _
from tracker.store.schema import (
    Alert,
    Consent,
    ConsularAction,
    ContactReport,
    FamilyMessage,
    Share,
    Statement,
)
from tracker.web.facts import edtf_text, source_text, value_text
from tracker.web.record_words import class_text
from tracker.web.staff import words
from tracker.web.staff.story_alerts import alert_line
from tracker.web.staff.story_lines import Known, Line
from tracker.web.staff.story_sharing import consent_line, question_line, share_line


def line(entry: Entry, known: Known) -> Line | None:
    """One entry in words; None for what is not shown."""
    match entry.row:
        case ContactReport() as report:
            return _contact(entry, report, known)
        case Statement() as fact:
            return _statement(entry, fact, known)
        case Alert() as alert:
            return alert_line(entry, alert, known)
        case Consent() as consent:
            return consent_line(entry, consent, known)
        case Share() as share:
            return share_line(entry, share, known)
        case ConsularAction() as action:
            return question_line(entry, action, known)
        case FamilyMessage() as letter:
            title = _("The family wrote") if letter.from_family else _("Written to the family")
            return Line(
                words.moment_text(entry.at),
                title,
                "note",
                known.person(entry.by),
                url=f"/cases/{known.ref}/messages",
                action=_("Read"),
            )
        case _:
            return _act(entry, known) if entry.what == "act" else _note(entry, known)


def is_pending(entry: Entry) -> bool:
    """Whether it is a contact that waits to be confirmed."""
    return isinstance(entry.row, ContactReport) and entry.row.state == "pending"


def in_brief(entry: Entry) -> str:
    """When and how a contact was, to tell it from others reported on one day."""
    told = entry.told
    cls = class_text(told["class"], told["details"].get("staged"))
    return f"{edtf_text(told['edtf'])} · {words.means_text(told['details'].get('means')) or cls}"


def _contact(entry: Entry, report: ContactReport, known: Known) -> Line:
    told, details = entry.told, entry.told["details"]
    cls = class_text(told["class"], details.get("staged"))
    shown = words.means_text(details.get("means")) or cls
    state = words.report_states()[report.state]
    kind = "other"
    if report.state == "confirmed" and told["class"] == "direct":
        kind = "direct" if told["earliest"] == told["latest"] else "approximate"
    number = known.enquirers.get(report.enquirer_id or "")
    meta = [source_text(details.get("source"), number)]
    if shown != cls:
        meta.append(cls)
    meta.append(_("reported %(when)s", when=words.day_text(report.reported_at)))
    if entry.by:
        meta.append(_("entered by %(name)s", name=known.person(entry.by)))
    if report.decided_by and report.state != "pending":
        name = known.person(report.decided_by)
        day = words.day_text(report.decided_at) if report.decided_at else ""
        meta.append(_("%(state)s by %(name)s, %(when)s", state=state, name=name, when=day))
    more = [words.flags()[flag] for flag in told["flags"] if flag in words.flags()]
    open_to = {"pending": _("Confirm or reject"), "confirmed": _("Take back")}
    return Line(
        when=edtf_text(told["edtf"]),
        title=f"{shown} — {state}",
        kind=kind,
        meta=" · ".join(meta),
        said="\n".join(str(details[key]) for key in ("words", "said") if details.get(key)),
        reason=entry.reason,
        more=more,
        url=f"/cases/{known.ref}/contacts/{report.id}",
        action=open_to.get(report.state, ""),
    )


def _statement(entry: Entry, fact: Statement, known: Known) -> Line:
    number = known.enquirers.get(fact.enquirer_id or "")
    title = words.statement_kinds()[fact.kind]
    url = f"/cases/{known.ref}/wrong/{fact.id}"
    if fact.withdrawn_at is not None:  # what it said stands behind the link alone
        title = f"{title} — {words.report_states()['retracted']}"
        return Line(words.moment_text(entry.at), title, "note", url=url)
    return Line(
        words.moment_text(entry.at),
        title,
        "note",
        source_text(entry.told["source"], number),
        said=value_text(entry.told["value"], fact.kind),
        url=url,
        action="" if fact.kind == StatementKind.CLOSING else _("This was wrong"),
    )


def _day_of(text: str | None) -> str:
    return date_text(date.fromisoformat(text)) if text else ""


def _act(entry: Entry, known: Known) -> Line | None:
    act: str = getattr(entry.row, "act", "")
    name = known.person(entry.by)
    to = known.person(entry.told.get("to"))
    until = _day_of(entry.told.get("until")) if act == "case.kept" else ""
    titles = {
        "case.opened": _("Case opened"),
        "case.assigned": _("Assigned to %(name)s", name=to) if to else _("Assigned to nobody"),
        "case.handed_over": _("Handed over to %(name)s", name=to),
        "case.snoozed": _("Snoozed"),
        "case.closed": _("Case closed"),
        "case.reopened": _("Case opened again"),
        "case.kept": _("To be kept until %(day)s", day=until),
        "enquirer.withdrew": _("A family withdrew"),
        "enquirer.stayed": _("The deletion after a withdrawal was stopped"),
        "enquirer.erased": _("Deleted: who reported, and their words"),
        "case.policy_changed": _("Another policy"),
        "case.zone_changed": _("Another time zone"),
        "case.set_aside": _("Set aside by the worker"),
        "case.merged": _(
            "Merged: what was told of case %(ref)s stands here", ref=entry.told.get("of")
        ),
        "case.unmerged": _("Merge taken back: case %(ref)s", ref=entry.told.get("of")),
        "name.withdrawn": _("Name taken back"),
        "name.restored": _("Name put back"),
        "statement.withdrawn": _("Fact taken back"),
        "statement.restored": _("Fact put back"),
        "enquirer.revealed": _("Looked at who reported"),
        "alert.acknowledged": _("Acknowledged"),
        "alert.acknowledged_unsigned": _("Acknowledged for 24 hours without sign-in"),
    }
    if act not in titles:
        return None
    return Line(words.moment_text(entry.at), titles[act], "event", name, reason=entry.reason)


def _note(entry: Entry, known: Known) -> Line:
    when, name = words.moment_text(entry.at), known.person(entry.by)
    return Line(when, _("Note"), "note", name, reason=entry.reason)
