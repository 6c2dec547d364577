"""Taking in what families tell: a new case from a report or an interview, or one more account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from tracker.domain.actor import Actor
from tracker.domain.contact import ContactClass, Interval
from tracker.domain.edtf import Days
from tracker.domain.errors import Refused
from tracker.domain.means import Means, class_of
from tracker.domain.moments import at_local, local_date, zone
from tracker.engine.cases.cases import open_case
from tracker.engine.cases.record import add_enquirer, add_name, add_statement, report_contact
from tracker.engine.cases.sharing import record_consent
from tracker.engine.cases.told_dates import ToldDate
from tracker.engine.clock.clockwork import together
from tracker.engine.desk import Desk
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.review import review
from tracker.i18n.words import _
from tracker.store.schema import Case, ContactReport, Enquirer

UNSURE: Final = ("yes", "unsure")
"""Answers to "did it seem staged?" that make a report `constrained` (S6)."""

_MIDDAY: Final = time(12)


@dataclass(frozen=True, slots=True)
class ToldContact:
    """When and how the person was heard from, as somebody tells it."""

    when: ToldDate
    means: Means = Means.UNKNOWN
    freely: str | None = None  # yes | no | unsure
    staged: str | None = None  # yes | no | unsure
    said: str = ""  # what was learnt, in the teller's words
    source: str = ""  # from whom the teller has it, where it is second-hand

    @property
    def cls(self) -> ContactClass:
        """The class it enters with (S6)."""
        return class_of(self.means, staged=self.staged in UNSURE)

    @property
    def occurred(self) -> Days:
        """Its days; an open start up to the day it was told where nobody knows them."""
        return self.when.days or Days(None, self.when.said_on)


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement of some kind, perhaps from a source of its own."""

    kind: str
    value: Mapping[str, Any]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What one source tells about the sought person."""

    names: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    contact: ToldContact | None = None
    held_since: ToldDate | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """Who reports, and what they allow. `details`: relation, name, ways and times to reach."""

    details: Mapping[str, Any]
    language: str
    protected: bool = False
    reachable: bool = False
    consents: frozenset[str] = field(default_factory=frozenset)
    spoken: bool = False  # a caseworker spoke with them about the consents
    consents_read_in: str = ""  # the language in which they read what they allow, if another


@dataclass(frozen=True, slots=True)
class Code:
    """What is kept of a receipt (S7)."""

    locator: bytes
    secret_hash: str


def take_in(
    desk: Desk,
    account: Account,
    teller: Teller,
    *,
    zone_name: str,
    caseworker_id: str | None = None,
    confirmed: bool = False,
    told_on: date | None = None,
    code: Code | None = None,
) -> tuple[Case, Enquirer]:
    """Open a case with everything its first report says, in the caller's one transaction.

    The report is always entered, also when nobody knows the date: so somebody is asked to look at
    it at once (R14), and the clock runs from what was told (R2). Where only the day of being
    taken is known, that is the missing-since. Raises Refused, before which nothing was committed.
    """
    contact = account.contact or ToldContact(ToldDate(_today(desk, zone_name)))
    missing = _missing_since(contact, account.held_since)
    case = open_case(desk, zone_name=zone_name, caseworker_id=caseworker_id, missing_since=missing)
    with together(desk, case):
        enquirer = add_enquirer(
            desk,
            case,
            teller.details,
            language=teller.language,
            protected=teller.protected,
            reachable=teller.reachable,
        )
        if code is not None:
            enquirer.receipt_locator, enquirer.receipt_hash = code.locator, code.secret_hash
        _record(desk, case, account, enquirer)
        read_in = teller.consents_read_in or teller.language
        for scope in sorted(teller.consents):
            record_consent(
                desk,
                case,
                enquirer,
                scope,
                given=True,
                language=read_in,
                text_checked=is_checked(read_in),
                spoken=teller.spoken,
            )
        enter_contact(
            desk,
            case,
            contact,
            enquirer=enquirer,
            first_report=missing is None,
            confirmed=confirmed,
            told_on=told_on,
            source=account.source,
        )
    return case, enquirer


def tell(
    desk: Desk,
    case: Case,
    account: Account,
    *,
    confirmed: bool = False,
    told_on: date | None = None,
) -> None:
    """Another source's account of the same person; what conflicts stands side by side."""
    if not account.source:
        raise Refused(_("Say who tells this: conflicting facts are kept apart by their source."))
    with together(desk, case):
        _record(desk, case, account, None)
        if account.contact is not None:
            enter_contact(
                desk,
                case,
                account.contact,
                confirmed=confirmed,
                told_on=told_on,
                source=account.source,
            )
    desk.audit("account.told", "case", case.id, case.id)


def enter_contact(
    desk: Desk,
    case: Case,
    contact: ToldContact,
    *,
    enquirer: Enquirer | None = None,
    first_report: bool = False,
    confirmed: bool = False,
    told_on: date | None = None,
    source: str = "",
) -> ContactReport:
    """Enter a told contact; `told_on` is the local day on which it was said (today if None)."""
    when = contact.when
    details = {
        "words": when.words or None,
        "said_on": when.said_on.isoformat(),
        "means": str(contact.means),
        "freely": contact.freely,
        "staged": contact.staged,
        "said": contact.said or None,
        "source": contact.source or source or None,
    }
    return report_contact(
        desk,
        case,
        occurred=contact.occurred,
        cls=contact.cls,
        details=details,
        edtf=when.edtf,
        flags=when.flags if when.days else {"unknown"},
        reported_at=_told_at(desk, case, told_on),
        enquirer=enquirer,
        first_report=first_report,
        confirmed=confirmed,
    )


def is_checked(language: str) -> bool:
    """Whether a native reader checked what families read in this language."""
    return review(language).states["family"] != "machine"


def checked_beside(language: str) -> str | None:
    """A checked language to set beside an unchecked one; never Chinese for Uyghur or Kazakh."""
    if is_checked(language):
        return None
    never = ("zh_Hans",) if language in ("ug", "kk") else ()
    return next(code for code in LANGUAGES if is_checked(code) and code not in never)


def told_by(actor: Actor) -> str | None:
    """Who gets the case that somebody types: a caseworker keeps it, else nobody has it yet."""
    return actor.id if actor.has("caseworker") else None


def _record(desk: Desk, case: Case, account: Account, enquirer: Enquirer | None) -> None:
    for name in dict.fromkeys(account.names):
        add_name(desk, case, name, source=account.source, enquirer=enquirer)
    for fact in account.facts:
        add_statement(
            desk,
            case,
            fact.kind,
            fact.value,
            source=fact.source or account.source,
            enquirer=None if fact.source else enquirer,
        )


def _missing_since(contact: ToldContact, held: ToldDate | None) -> Interval | None:
    """The days of being taken, where the family knows no later contact."""
    if contact.when.days is not None or held is None or held.days is None:
        return None
    earliest, latest = held.days.earliest, held.days.latest
    if earliest is None or latest is None:
        return None
    return Interval(earliest, latest)


def _told_at(desk: Desk, case: Case, told_on: date | None) -> datetime:
    """The instant a contact was reported: now, or midday of an earlier day."""
    if told_on is None or told_on == _today(desk, case.zone_name):
        return desk.now
    if told_on > _today(desk, case.zone_name):
        raise Refused(_("The day on which it was said cannot lie in the future."))
    return at_local(told_on, _MIDDAY, zone(case.zone_name))


def _today(desk: Desk, zone_name: str) -> date:
    return local_date(desk.now, zone(zone_name))
