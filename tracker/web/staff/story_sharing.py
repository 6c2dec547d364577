"""Of a case's timeline: what the family allowed, what posts were shown, asked, and answered."""

from __future__ import annotations

from tracker.engine.cases.timeline import Entry
from tracker.i18n.dates import list_text
from tracker.i18n.words import gettext as _
from tracker.store.schema import Consent, ConsularAction, Share
from tracker.web.facts import source_text
from tracker.web.staff import words
from tracker.web.staff.story_lines import Known, Line


def consent_line(entry: Entry, consent: Consent, known: Known) -> Line:
    """A family's answer about sharing."""
    scope = words.scopes().get(consent.scope, consent.scope)
    title = (
        _("Consent given: %(scope)s", scope=scope)
        if consent.given
        else _("No consent: %(scope)s", scope=scope)
    )
    meta = [source_text(None, known.enquirers.get(consent.enquirer_id))]
    if consent.spoken_at:
        meta.append(_("spoken with by a caseworker"))
    elif not consent.text_checked:
        meta.append(_("read in an unchecked translation: counts after a talk"))
    meta += [known.person(entry.by), words.until_text(consent.until_on)]
    return Line(
        words.moment_text(entry.at), title, "event", " · ".join(part for part in meta if part)
    )


def share_line(entry: Entry, share: Share, known: Known) -> Line:
    """A post is shown the case, or no longer."""
    post = known.post(share.post_id)
    if entry.what == "unshare":
        return Line(
            words.moment_text(entry.at), _("No longer shared with %(post)s", post=post), "event"
        )
    groups = words.field_groups()
    meta = [
        list_text([groups.get(name, name) for name in share.fields]),
        words.until_text(share.until_on),
        known.person(entry.by),
    ]
    return Line(
        words.moment_text(entry.at),
        _("Shared with %(post)s", post=post),
        "event",
        " · ".join(part for part in meta if part),
    )


def question_line(entry: Entry, action: ConsularAction, known: Known) -> Line:
    """A post was asked, or answered."""
    post = known.post(action.post_id)
    title = _("Asked %(post)s", post=post)
    if entry.what == "answer":
        outcome = words.outcomes().get(action.outcome or "", "")
        title = _("%(post)s answered: %(outcome)s", post=post, outcome=outcome)
    return Line(
        words.moment_text(entry.at),
        title,
        "event",
        known.person(entry.by),
        said=str(entry.told["words"]),
    )
