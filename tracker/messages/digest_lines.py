"""The lines of a weekly digest: one case each, and why it stands there (D9, S4).

A digest is a dated paper: what it says of a case is as things stood when it was made, and days are
named, so that it reads right years later too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from tracker.i18n.dates import days_text, short_date_text, threshold_text, unbroken
from tracker.i18n.words import as_code, ngettext
from tracker.i18n.words import gettext as _

_OF_A_POST: Final = frozenset(("crossed", "coming", "unanswered", "good_news", "closed"))
"""Sections in which a post's cases can stand; the others are the desk's."""

_SETTLED: Final = frozenset(("good_news", "closed"))
"""Sections of what is over: no silence is counted there."""


def titles() -> dict[str, str]:
    """The sections that list cases, in their fixed order: what needs a decision comes first."""
    return {
        "undelivered": _("Alerts that did not reach everybody"),
        "unacknowledged": _("Not acknowledged"),
        "crossed": _("Crossed a threshold"),
        "coming": _("Will cross a threshold within seven days"),
        "to_confirm": _("Reports to confirm"),
        "consent_needed": _("Consent missing"),
        "windows": _("UN windows closing soon"),
        "unanswered": _("Asked, not answered"),
        "snoozed": _("Snoozed"),
        "standing_in": _("Cases you stand in for"),
        "good_news": _("Heard from again"),
        "closed": _("Closed"),
    }


def may_have(section: str, roles: Collection[str]) -> bool:
    """Whether a reader in these roles could have a line in a section; for others it is no news
    that there is none. A supervisor sees all cases, and so stands in for nobody's."""
    if section == "standing_in":
        return "caseworker" in roles and "supervisor" not in roles
    return is_of_desk(roles) or section in _OF_A_POST


def is_of_desk(roles: Collection[str]) -> bool:
    """Whether a reader in these roles works on cases; who only serves at a post does not."""
    return "caseworker" in roles or "supervisor" in roles


def band_names() -> dict[str, str]:
    """The bands in words."""
    return {
        "critical": _("Critical"),
        "overdue": _("Overdue"),
        "watch": _("Watch"),
        "in_contact": _("In contact"),
        "closed": _("Closed"),
    }


def silence_words(section: str, item: Mapping[str, Any]) -> str:
    """Band and days of a line; nothing where the reader's post is not shown dates."""
    if not item["band"] or item["band"] == section:  # what is closed stands under that name
        return ""
    band, days = band_names()[item["band"]], days_words(section, item)
    return _("%(band)s · silent for %(days)s", band=band, days=days) if days else band


def days_words(section: str, item: Mapping[str, Any]) -> str:
    """The days of a line alone, where its band stands beside them; none of what is over."""
    if item["band"] in ("", "closed") or (item.get("about") or section) in _SETTLED:
        return ""
    return unbroken(days_text(item["at_least"], item["at_most"], item.get("is_more", False)))


def why(section: str, item: Mapping[str, Any]) -> str:
    """Why a case stands in a section, and since or until when. No line ends within a date."""
    if section == "standing_in":
        reason = why(item["about"], item)
        return f"{titles()[item['about']]} · {reason}" if reason else titles()[item["about"]]
    number, days, months = item["number"], item.get("after_days"), item.get("after_months")
    on = unbroken(short_date_text(date.fromisoformat(item["on"]))) if item["on"] else ""
    match section:
        case "unanswered" if number is not None:
            return ngettext("no answer for %(n)s day", "no answer for %(n)s days", number)
        case "to_confirm":
            return ngettext("%(n)s report", "%(n)s reports", number)
        case _ if not on:  # the reader's post is not shown dates
            return ""
        case "crossed" | "coming" if (days, months) != (None, None):
            step = unbroken(threshold_text(days, months))
            return _("%(threshold)s on %(date)s", threshold=step, date=on)
        case "snoozed":
            return _("until %(date)s", date=on)
        case "undelivered" | "unacknowledged":
            return _("since %(date)s", date=on)
        case "windows":
            return _("closes on %(date)s", date=on)
        case "good_news":
            return _("contact confirmed on %(date)s", date=on)
        case "closed":
            return _("closed on %(date)s", date=on)
        case _:
            return on


def line(section: str, item: Mapping[str, Any]) -> str:
    """One case as it may stand in a mail at reference level: no name, no place."""
    ref = as_code(item["ref"])  # a plain text's line runs as its first word does
    return " · ".join(
        part for part in (ref, silence_words(section, item), why(section, item)) if part
    )
