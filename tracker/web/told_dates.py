"""The approximate-date question: its choices, its faults in words, and what we understood."""

from __future__ import annotations

from datetime import date

from tracker.engine.cases.told_dates import (
    EVENTS,
    FIRST_YEAR,
    PARTS,
    SEASONS,
    Fault,
    ToldDate,
    WrongDate,
    from_parts,
)
from tracker.i18n.dates import month_names, when_text, year_text
from tracker.i18n.words import gettext as _
from tracker.i18n.words import spoken
from tracker.web.fields import Form

Choices = list[tuple[str, str]]
LONGEST_WORDS = 500


def months() -> Choices:
    """1 to 12 with their names as they stand alone in a list."""
    return [(str(number), name) for number, name in enumerate(month_names(), start=1)]


def seasons() -> Choices:
    """The four seasons."""
    words = {
        "spring": _("Spring"),
        "summer": _("Summer"),
        "autumn": _("Autumn"),
        "winter": _("Winter"),
    }
    return [(code, words[code]) for code in SEASONS]


def events() -> Choices:
    """Feasts that families date by."""
    words = {
        "nowruz": _("Nowruz (21 March)"),
        "ramadan": _("Ramadan"),
        "eid_fitr": _("Eid al-Fitr, the end of Ramadan"),
        "eid_adha": _("Eid al-Adha, the feast of sacrifice"),
        "spring_festival": _("Chinese New Year"),
        "new_year": _("New Year (1 January)"),
        "china_national_day": _("China’s National Day (1 October)"),
    }
    return [(code, words[code]) for code in EVENTS]


def choices() -> dict[str, Choices]:
    """What the macro `approx_date` wants: `**choices()`."""
    return {"months": months(), "seasons": seasons(), "events": events()}


def read(form: Form, name: str, said_on: date, *, choose: str = "") -> ToldDate | None:
    """The date a form holds; None with a sentence in the form where it cannot be taken.

    `choose` says that nothing was chosen where the choices are worded for members of staff.
    """
    words = form.text(f"{name}_words", longest=LONGEST_WORDS, lines=True)
    if form.errors.get(f"{name}_words"):
        return None
    fields = {key: form.raw[key][:40] for key in field_names(name) if key in form.raw}
    fields[f"{name}_words"] = words
    try:
        return from_parts(fields, name, said_on, spoken())
    except WrongDate as wrong:
        nothing = choose if wrong.fault == "choose" else ""
        form.fail(wrong.field, nothing or sentence(wrong.fault))
        return None


def field_names(name: str) -> list[str]:
    """The fields of the approximate-date question called `name`: a form may bring any others."""
    return [f"{name}_{part}" for part in PARTS]


def sentence(fault: Fault) -> str:
    """What is wrong with a date, and what to do."""
    match fault:
        case "choose":
            return _("Choose one of the answers. “I don’t know” is one too.")
        case "missing":
            return _("Something is missing here. If you do not know it, choose another answer.")
        case "number":
            return _("Write the day as a number from 1 to 31, and choose the month.")
        case "no_such_day":
            return _("There is no such day in that month. Look at the day and the month again.")
        case "future":
            return _("This lies in the future. Look at the year again.")
        case "order":
            return _("This lies after the time we understood. Look at the year again.")
        case "year":
            return _("Write the year with four digits, %(year)s or later.", year=FIRST_YEAR)
        case "unread":
            return _("Write it as 2018-01-22, 2018-01, 2018 or 2017-10/2018-01.")


def understood(told: ToldDate) -> str:
    """The days in words, as "between 1 and 31 March 2018"; empty where nobody knows them."""
    if told.days is None or told.days.latest is None:
        return ""
    approximate = "approximate" in told.flags
    return when_text(told.days.earliest, told.days.latest, approximate=approximate)


def remarks(told: ToldDate) -> list[str]:
    """What we took for granted, a sentence each, so that it can be corrected."""
    said = []
    days = told.days
    if days is None or days.latest is None:
        return []
    if "year_inferred" in told.flags:
        year = year_text(days.latest)
        said.append(_("No year was named. We took the year to be %(year)s.", year=year))
    if "ambiguous" in told.flags:
        said.append(_("This can mean more than one date. We kept them all."))
    if "unfinished" in told.flags:
        said.append(_("That time was not over yet. We count up to the day you tell us."))
    if "words_differ" in told.flags:
        said.append(_("Your own words seem to say another date than the one you chose."))
    return said


def asks_start(told: ToldDate) -> str:
    """The sentence that asks how long ago it was at most, where that is open; else empty."""
    if told.days is None or told.days.latest is None or told.days.earliest is not None:
        return ""
    return _("If you can, say how long ago it was at most.")


def start_fields(name: str) -> list[str]:
    """The fields that answer `asks_start`."""
    return [f"{name}_since_month", f"{name}_since_year"]
