"""What a caseworker writes down for a family: the interview, later contacts, how it ended."""

from __future__ import annotations

from datetime import date, timedelta

from tracker.demo.families import Family
from tracker.domain.contact import ContactClass
from tracker.domain.edtf import Days, parse_edtf
from tracker.domain.means import Means
from tracker.domain.moments import local_date, zone
from tracker.engine.cases import cases, record, sharing
from tracker.engine.desk import Desk
from tracker.store.schema import Case, Enquirer

_MEANS = (Means.TELEPHONE, Means.LETTER, Means.VIDEO, Means.VISIT, Means.MESSAGE)
_SEASONS = {12: 24, 1: 24, 2: 24, 3: 21, 4: 21, 5: 21, 6: 22, 7: 22, 8: 22, 9: 23, 10: 23, 11: 23}


def interview(family: Family, desk: Desk, case: Case) -> None:
    """The first conversation: who, since when, what was heard over the years, the last contact."""
    enquirer = record.add_enquirer(
        desk,
        case,
        {"name": family.enquirer, "relation": family.relation},
        language=family.language,
        protected=family.number % 7 == 0,
        reachable=family.number % 3 == 0,
    )
    for name in family.names:
        record.add_name(desk, case, name, source=family.relation, enquirer=enquirer)
    _background(family, desk, case, enquirer)
    for edtf in family.history:
        _contact(family, desk, case, parse_edtf(edtf), edtf, confirmed=True)
    agreed = ("caseworkers", "consular") if family.has("consents") else ("caseworkers",)
    for scope in ("caseworkers", "consular", "un", "public"):
        sharing.record_consent(
            desk,
            case,
            enquirer,
            scope,
            given=scope in agreed,
            language=family.language,
            text_checked=family.language == "en",
            spoken=True,
        )
    if family.silent >= family.opened:
        edtf = _as_told(family, _today(desk) - timedelta(days=family.silent - family.opened))
    else:
        edtf = (_today(desk) - timedelta(days=2)).isoformat()
    unassigned = family.caseworker is None
    _contact(family, desk, case, parse_edtf(edtf), edtf, confirmed=not unassigned, first=True)


def _background(family: Family, desk: Desk, case: Case, enquirer: Enquirer) -> None:
    born = 1950 + family.person * 7 % 50
    held = 2017 + family.person % 3
    facts: list[tuple[str, dict[str, str]]] = [
        ("birth", {"text": str(born), "edtf": str(born)}),
        ("held_since", {"text": str(held), "edtf": str(held), "words": str(held)}),
    ]
    if family.number % 2:
        facts.append(("rhythm", {"text": "A visit every month."}))
    if family.number % 4 == 0:
        facts.append(("place", {"text": "A prison; its name is not known."}))
    if family.number % 5 == 0:
        facts.append(("relative", {"text": "A son of nine years, with relatives there."}))
    if family.has("revoked"):
        text = "Visits were stopped as a punishment."
        facts.append(("rights_withdrawn", {"text": text, "edtf": f"{_today(desk).year}-03"}))
    if family.has("conflicting"):
        facts.append(("relative", {"text": "One son."}))
    for kind, value in facts:
        record.add_statement(desk, case, kind, value, enquirer=enquirer)


def tell_more(family: Family, desk: Desk, case: Case) -> None:
    """A second source tells the same story otherwise; both are kept."""
    source = "an organisation that follows the case"
    record.add_name(desk, case, family.elsewhere, source=source)
    record.add_statement(desk, case, "relative", {"text": "Two sons."}, source=source)
    record.add_statement(desk, case, "rhythm", {"text": "Visits now and then."}, source=source)


def hear(family: Family, desk: Desk, case: Case, *, days_ago: int, staged: bool = False) -> None:
    """A contact is logged: confirmed, or unconfirmed where it seemed staged (S6)."""
    edtf = (_today(desk) - timedelta(days=days_ago)).isoformat()
    _contact(family, desk, case, parse_edtf(edtf), edtf, confirmed=not staged, staged=staged)


def close(desk: Desk, case: Case, *, reason: str) -> None:
    """The case ends, with a date and a source."""
    on = _today(desk) - timedelta(days=1)
    cases.close(desk, case, reason, on, "the family, by telephone", "")


def _contact(
    family: Family,
    desk: Desk,
    case: Case,
    days: Days,
    edtf: str,
    *,
    confirmed: bool,
    first: bool = False,
    staged: bool = False,
) -> None:
    record.report_contact(
        desk,
        case,
        occurred=days,
        cls=ContactClass.CONSTRAINED if staged else ContactClass.DIRECT,
        edtf=edtf,
        details={
            "means": Means.VIDEO if staged else _MEANS[(family.number + len(edtf)) % len(_MEANS)],
            "freely": "no" if staged else "yes",
            "staged": "yes" if staged else "no",
            "source": family.relation,
            "said_on": _today(desk).isoformat(),
        },
        first_report=first,
        confirmed=confirmed,
    )


def _as_told(family: Family, day: date) -> str:
    match family.vague:
        case "month":
            return f"{day.year}-{day.month:02d}"
        case "season":
            year = day.year - (day.month < 3)
            return f"{year}-{_SEASONS[day.month]}"
        case "year":
            return f"{day.year}"
        case _:
            return day.isoformat()


def _today(desk: Desk) -> date:
    return local_date(desk.now, zone("Asia/Almaty"))
