"""The weekly digest in words (D9, S4): text and HTML that say the same, without pictures.

At *notice* level a fixed form of counts: every reader's has the same lines, an empty week's too.
At *reference* level the same, then case references with bands, days and reasons, and at *full*
level that, encrypted. Names never.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from tracker.domain.digest import monday_of
from tracker.domain.moments import local_date
from tracker.i18n.dates import date_text, datetime_text, list_text, span_text
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import as_code, ngettext, speaking, spoken
from tracker.i18n.words import gettext as _
from tracker.messages.digest_lines import band_names, is_of_desk, line, may_have, titles
from tracker.messages.kinds import NOTICE, Worded

AT_MOST = 25
"""Lines of a section; the page behind sign-in has all that are kept."""


@dataclass(frozen=True, slots=True)
class DigestMessage:
    """What to word. `facts` holds counts, and lines of references, bands and days."""

    week: str
    covers_from: str
    language: str
    zone_name: str
    level: str  # notice | reference | full
    audit_head: str
    decided_at: datetime
    url: str  # at notice level without the week: no date leaves
    facts: Mapping[str, Any]
    roles: frozenset[str]
    """Of its reader, when it was decided."""


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with its count, and its lines where the level allows them."""

    title: str
    count: int
    lines: tuple[str, ...] = ()
    more: str = ""


def digest_mail(message: DigestMessage) -> Worded:
    """The mail of one digest, in its reader's language."""
    with speaking(message.language):
        roles = None if message.level == NOTICE else message.roles
        sections = digest_sections(message.facts, roles)
        opening = _opening(message)
        closing = _closing(message)
        subject = _("Your weekly page")
        text = _text(opening, sections, closing, message.url)
        language = LANGUAGES[spoken()]
        html = _template("digest.html").render(
            lang=language.tag,
            dir=language.direction,
            subject=subject,
            opening=opening,
            sections=sections,
            closing=closing,
            url=message.url,
            open_label=_("Open the page"),
        )
        return Worded(text, subject, html)


def _opening(message: DigestMessage) -> list[str]:
    opening = [_("This page comes every week, also when there is nothing new.")]
    if message.level != NOTICE:
        first, last = monday_of(message.week), monday_of(message.week) + timedelta(days=6)
        opening.append(_("Days reported: %(days)s", days=span_text(first, last)))
        if message.covers_from != message.week:
            since = date_text(monday_of(message.covers_from))
            opening.append(
                _(
                    "It covers the days since %(day)s: weeks before this one were missed.",
                    day=since,
                )
            )
        opening.append(as_of(message.decided_at, ZoneInfo(message.zone_name)))
        opening += summary(message.facts)
    return opening


def as_of(decided_at: datetime, where: ZoneInfo) -> str:
    """Which day's state a digest tells: it is a dated paper, read on other days too."""
    return _("As things stood on %(date)s.", date=date_text(local_date(decided_at, where)))


def summary(facts: Mapping[str, Any]) -> list[str]:
    """What is to be done first, and what happened: a sentence each, where there is any.

    Cases are counted, for a line of a digest is one.
    """
    nobody, waiting, asked, away, crossed = (
        _count(facts, key)
        for key in ("undelivered", "unacknowledged", "to_confirm", "standing_in", "crossed")
    )
    coming = len({item["ref"] for item in facts["coming"]}) + _beyond(facts, "coming")
    todo = [
        nobody
        and ngettext(
            "%(n)s case whose alert did not reach everybody",
            "%(n)s cases whose alert did not reach everybody",
            nobody,
        ),
        waiting
        and ngettext(
            "%(n)s case with an alert to acknowledge",
            "%(n)s cases with an alert to acknowledge",
            waiting,
        ),
        asked
        and ngettext(
            "%(n)s case with reports to confirm", "%(n)s cases with reports to confirm", asked
        ),
        away
        and ngettext(
            "%(n)s thing to see to for somebody who is away",
            "%(n)s things to see to for somebody who is away",
            away,
        ),
    ]
    happens = [
        crossed
        and ngettext("%(n)s case crossed a threshold", "%(n)s cases crossed a threshold", crossed),
        coming
        and ngettext(
            "%(n)s case will cross a threshold within seven days",
            "%(n)s cases will cross a threshold within seven days",
            coming,
        ),
    ]
    sentences = []
    if listed := [part for part in todo if part]:
        sentences.append(_("To do: %(what)s.", what=list_text(listed)))
    if listed := [part for part in happens if part]:
        sentences.append(_("%(what)s.", what=list_text(listed)))
    return sentences


def _count(facts: Mapping[str, Any], section: str) -> int:
    return len(facts[section]) + _beyond(facts, section)


def _beyond(facts: Mapping[str, Any], section: str) -> int:
    """Lines of a section that are counted only."""
    return int(facts.get("more", {}).get(section, 0))


def seal_words(head: str) -> str:
    """The head of the audit trail, and what it is for (S13)."""
    return _(
        "For an administrator, to check that the record was not changed: %(head)s",
        head=as_code(head),
    )


def _closing(message: DigestMessage) -> list[str]:
    closing = [_("Details are on the page, after you sign in.")]
    if message.level != NOTICE:
        made = datetime_text(message.decided_at, ZoneInfo(message.zone_name))
        closing.append(_("Made %(when)s.", when=made))
        closing.append(worker_words(message.facts, ZoneInfo(message.zone_name)))
    closing.append(seal_words(message.audit_head))
    return closing


def worker_words(facts: Mapping[str, Any], where: ZoneInfo) -> str:
    """When the worker was last seen before the digest was made (D10)."""
    seen: str | None = facts["worker_at"]
    if seen is None:
        return _("The worker was not seen before this was made.")
    return _(
        "The worker was seen %(when)s.", when=datetime_text(datetime.fromisoformat(seen), where)
    )


def digest_sections(facts: Mapping[str, Any], roles: Collection[str] | None) -> list[Section]:
    """The sections in their fixed order; each is there even when it counts nothing.

    For a reader in `roles` with lines, and without those they could have nothing in; with None the
    form that is the same for all.
    """
    lines = roles is not None
    sections = [_bands(facts, lines=lines)]
    for key, title in titles().items():
        found: Sequence[Mapping[str, Any]] = facts[key]
        shown = tuple(line(key, item) for item in found[:AT_MOST]) if lines else ()
        count = _count(facts, key)
        if roles is not None and not count and not may_have(key, roles):
            continue
        hidden = count - len(shown)
        more = ngettext("and %(n)s more", "and %(n)s more", hidden) if lines and hidden > 0 else ""
        sections.append(Section(title, count, shown, more))
    if roles is not None and not is_of_desk(roles):
        return sections
    sent: Mapping[str, int] = facts["messages"]
    failed = sum(sent.get(state, 0) for state in ("refused", "expired", "dead", "suppressed"))
    sections.append(Section(_("Messages sent"), sum(sent.values()) - failed))
    sections.append(Section(_("Messages that failed"), failed))
    sections.append(Section(_("Cases that could not be read"), int(facts.get("unreadable", 0))))
    sections.append(Section(_("Changes of accounts"), int(facts.get("accounts", 0))))
    return sections


def _bands(facts: Mapping[str, Any], *, lines: bool) -> Section:
    now, before = facts["bands"], facts["bands_before"]
    names = band_names()
    shown = []
    for band, count in now.items():
        if lines and before is not None:
            shown.append(
                _(
                    "%(band)s: %(now)s (the week before: %(before)s)",
                    band=names[band],
                    now=count,
                    before=before.get(band, 0),
                )
            )
        else:
            shown.append(_("%(band)s: %(now)s", band=names[band], now=count))
    return Section(_("Open cases"), sum(now.values()), tuple(shown))


def _text(
    opening: Sequence[str], sections: Sequence[Section], closing: Sequence[str], url: str
) -> str:
    parts = [*opening, ""]
    for section in sections:
        parts.append(f"{section.title}: {section.count}")
        parts += [f"  {line}" for line in section.lines]
        parts += [f"  {section.more}"] if section.more else []
    return "\n".join([*parts, "", url, "", *closing]) + "\n"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("tracker.messages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
