"""Exported cases as files: a table, JSON, and PFIF 1.4 for registers of missing people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree

from tracker.domain.moments import at_local, format_instant, zone
from tracker.engine.sheets.exporting import Exported
from tracker.security.text import csv_cell
from tracker.settings import Settings

PFIF: Final = "http://zesty.ca/pfif/1.4"
_BIRTH: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

COLUMNS: Final = (
    *("ref", "state", "band", "opened_at", "timezone", "names", "born", "place", "held_since"),
    *("last_contact_earliest", "last_contact_latest", "silent_at_least", "silent_at_most"),
    *("contacts", "to_confirm"),
)


MIMETYPES: Final = {"csv": "text/csv", "json": "application/json", "pfif": "application/xml"}
SUFFIXES: Final = {"csv": "csv", "json": "json", "pfif": "xml"}


def as_file(form: str, cases: Sequence[Exported], settings: Settings, made_at: datetime) -> bytes:
    """The bytes of a file of this form."""
    match form:
        case "csv":
            return as_csv(cases)
        case "json":
            return as_json(cases, made_at)
        case _:
            domain = urlsplit(settings.base_url).hostname or "localhost"
            return as_pfif(cases, made_at, domain, settings.organisation or domain)


def as_csv(cases: Sequence[Exported]) -> bytes:
    """A row a case. No cell is read as a formula (S16); with a byte-order mark for spreadsheets."""
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    for case in cases:
        pending = sum(one["state"] == "pending" for one in case.contacts)
        row: list[object] = [
            *(case.ref, case.state, case.band, format_instant(case.opened_at), case.zone),
            *("; ".join(case.names), case.first("birth"), case.first("place")),
            case.first("held_since"),
            *(day and day.isoformat() for day in case.last_contact),
            *case.silent_days,
            *(len(case.contacts) - pending, pending),
        ]
        table.writerow([csv_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_json(cases: Sequence[Exported], made_at: datetime) -> bytes:
    """Everything, for another program."""
    document = {
        "format": "tracker-export",
        "version": 1,
        "made_at": format_instant(made_at),
        "cases": [case.as_json() for case in cases],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def as_pfif(cases: Sequence[Exported], made_at: datetime, domain: str, organisation: str) -> bytes:
    """PFIF 1.4: a person a case, a note an account. By which means word came is not said.

    Dates with a width have no form of their own there, so notes say them in words. A record
    expires with the family's consent.
    """
    ElementTree.register_namespace("pfif", PFIF)
    root = ElementTree.Element(f"{{{PFIF}}}pfif")
    for case in cases:
        record = f"{domain}/{case.ref}"
        person = ElementTree.SubElement(root, f"{{{PFIF}}}person")
        _tell(person, "person_record_id", record)
        _tell(person, "entry_date", format_instant(made_at.replace(microsecond=0)))
        if case.until is not None:
            ends = at_local(case.until, time(0), zone("UTC"))
            _tell(person, "expiry_date", format_instant(ends))
        _tell(person, "source_name", organisation)
        _tell(person, "source_date", format_instant(case.opened_at.replace(microsecond=0)))
        _tell(person, "full_name", case.names[0] if case.names else "?")
        _tell(person, "alternate_names", "\n".join(case.names[1:]))
        birth = next((o["edtf"] for o in case.statements if o["kind"] == "birth"), None) or ""
        if _BIRTH.fullmatch(birth):
            _tell(person, "date_of_birth", birth)
        for number, contact in enumerate(case.contacts, start=1):
            _note(person, f"{record}.{number}", contact, organisation)
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _note(
    person: ElementTree.Element, name: str, contact: dict[str, object], organisation: str
) -> None:
    note = ElementTree.SubElement(person, f"{{{PFIF}}}note")
    _tell(note, "note_record_id", name)
    _tell(note, "author_name", organisation)
    at = datetime.fromisoformat(str(contact["entered_at"])).replace(microsecond=0)
    _tell(note, "source_date", format_instant(at))
    _tell(note, "status", "believed_alive")
    earliest, latest = contact["earliest"], contact["latest"]
    when = f"on {latest}" if earliest == latest else f"between {earliest} and {latest}"
    _tell(note, "text", f"There was word of this person {when}.")


def _tell(parent: ElementTree.Element, name: str, text: str) -> None:
    if text:
        ElementTree.SubElement(parent, f"{{{PFIF}}}{name}").text = _NOT_XML.sub("", text)
