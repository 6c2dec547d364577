"""Words of the record said at more than one door: means, classes, facts, a post's answers."""

from __future__ import annotations

from tracker.domain.delivery import IN_A_FILE
from tracker.engine.sheets.means_labels import means_labels
from tracker.i18n.words import gettext as _
from tracker.store.schema import OutboxMessage

means = means_labels
"""By which means somebody was heard from."""


def short_classes() -> dict[str, str]:
    """The same in a word or two."""
    return {
        "direct": _("direct"),
        "constrained": _("staged"),
        "third_party": _("second-hand"),
        "official": _("official"),
        "failed_attempt": _("failed attempt"),
        "rumour": _("rumour"),
    }


def class_text(cls: str, staged: str | None) -> str:
    """The class of one account; `staged` is what its teller said of that. Who is not sure whether
    it was staged has not said that it was."""
    if cls == "constrained" and staged == "unsure":
        return _("perhaps staged")
    return short_classes()[cls]


def relations() -> list[tuple[str, str]]:
    """Who tells it, seen from the sought person."""
    return [
        ("spouse", _("wife or husband")),
        ("parent", _("mother or father")),
        ("child", _("son or daughter")),
        ("sibling", _("brother or sister")),
        ("relative", _("another relative")),
        ("friend", _("friend, neighbour or colleague")),
        ("representative", _("lawyer or representative")),
        ("other", _("somebody else")),
    ]


def means_text(code: str | None) -> str:
    """A means in words; codes of other forms of this product are shown as they stand."""
    return means().get(code or "", "")


def outcomes() -> dict[str, str]:
    """What a post answered."""
    return {
        "asked_authorities": _("asked the authorities"),
        "answered": _("got an answer"),
        "no_answer": _("got no answer"),
        "cannot": _("cannot act"),
    }


def field_groups() -> dict[str, str]:
    """What a share may open to a post."""
    return {
        "name": _("names of the person"),
        "dates": _("dates of contact and silence"),
        "place": _("place and custody"),
        "history": _("history of contacts"),
        "family": _("children and family"),
        "documents": _("photos of letters, which may show who wrote and to whom"),
    }


def statement_kinds() -> dict[str, str]:
    """What a statement is about."""
    return {
        "birth": _("Born"),
        "description": _("Description"),
        "nationality": _("Nationality"),
        "held_since": _("Held since"),
        "place": _("Place"),
        "held_by": _("Held by"),
        "last_seen": _("Last seen"),
        "arrested": _("Arrested"),
        "charged": _("Charged"),
        "sentenced": _("Sentenced"),
        "moved": _("Moved"),
        "health": _("Health"),
        "released": _("Released"),
        "rhythm": _("Contact used to be"),
        "means_state": _("Means of contact"),
        "rights_withdrawn": _("Rights withdrawn"),
        "relative": _("Family"),
        "need": _("Needs"),
        "appeal": _("Appeals"),
        "campaign": _("Letter campaign"),
        "danger": _("Danger to the family"),
        "other": _("Other"),
        "closing": _("How it ended"),
    }


def closing_reasons() -> dict[str, str]:
    """How a case ends (R15)."""
    return {
        "found": _("found: we know where and how they are"),
        "released": _("released"),
        "died": _("died"),
        "withdrawn": _("the family withdrew"),
    }


def outbox_state(row: OutboxMessage) -> str:
    """What became of a message. No provider took what was written to a file, also after the day
    on which real sending began."""
    if row.state == "accepted" and (row.provider_id or "").startswith(IN_A_FILE):
        return _("written to a file only")
    return _outbox_states()[row.state]


def _outbox_states() -> dict[str, str]:
    return {
        "pending": _("waits to be sent"),
        "submitting": _("being sent"),
        "accepted": _("taken by the provider"),
        "sent": _("sent on"),
        "delivered": _("delivered"),
        "retry_wait": _("tried again later"),
        "unknown": _("it is not known whether it left"),
        "refused": _("refused"),
        "expired": _("came too late, and was dropped"),
        "suppressed": _("not sent: it may not go there"),
        "cancelled": _("not needed any more"),
        "dead": _("given up"),
    }
