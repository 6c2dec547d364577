"""`/digests` and `/digests/<week>`: own in full, all for a supervisor, states for others (D9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.digest import monday_of
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date
from tracker.engine.desk import Desk
from tracker.engine.digests import digest_reading as engine
from tracker.engine.digests.digest import READERS
from tracker.engine.staff.people import names_of
from tracker.i18n.dates import date_text, short_date_text, span_text, whole_datetime_text
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.i18n.words import spoken
from tracker.messages.digest import as_of, seal_words, summary, worker_words
from tracker.messages.digest_lines import band_names, days_words, may_have, titles, why
from tracker.store import digest as store
from tracker.web import charts, here, record_words, whom
from tracker.web.access import access
from tracker.web.fields import Form
from tracker.web.pages import go, page

bp = Blueprint("digests", __name__)

ANY = ("caseworker", "supervisor", "consular", "administrator", "auditor")


@bp.get("/digests")
@access(*ANY)
def digests() -> ResponseReturnValue:
    """My digests by week; a supervisor may choose another reader."""
    with here.looking() as desk:
        reader = reader_asked(desk)
        mine = store.of_reader(desk.session, reader) if reader else []
        desk.audit("digest.listed", "digest")
        return page(
            "digests/list.html",
            weeks=[
                (row.week, days(row.covers_from, row.week), moment(row.decided_at)) for row in mine
            ],
            picture=weeks_picture(desk, reader) if len(mine) > 1 else None,
            made=[(week, days(week, week), count) for week, count in _made(desk)],
            readers=_reader_field(desk, reader),
            reader=reader,
            suffix=_suffix(reader),
        )


@bp.post("/digests/reader")
@access("supervisor")
def choose_reader() -> ResponseReturnValue:
    """Whose digests: a name stands in no address (S12), and of several it is asked which."""
    form = Form(request.form)
    week = form.text("week", longest=10)
    with here.reading() as desk:
        known = engine.readers_by_name(desk)
    reader = whom.read(form, "reader", known, required=_("Choose whose digests."))
    if reader is None:
        return whom.which_person(
            form,
            "reader",
            known,
            heading=_("Whose digests?"),
            back=("/digests", _("Weekly digests")),
            label=_("Reader"),
            button=_("Show"),
            kept={"week": week},
        )
    address = f"/digests/{week}" if _is_week(week) else "/digests"
    return go(address + _suffix(reader))


@bp.get("/digests/<week>")
@access(*ANY)
def digest(week: str) -> ResponseReturnValue:
    """One week: the reader's page in full, or who got one."""
    if not _is_week(week):
        abort(404)
    with here.looking() as desk:
        reader = reader_asked(desk)
        opened = engine.open_digest(desk, reader, week) if reader else None
        made = engine.made_for(desk, week) if _sees_deliveries() else []
        if opened is None and not made:
            abort(404)
        if opened is None:
            desk.audit("digest.deliveries_read", "digest", week=week)
        return page(
            "digests/week.html",
            week=week,
            days=days(opened.digest.covers_from if opened else week, week),
            opened=opened,
            since=_missed_since(opened),
            as_of=as_of(opened.digest.decided_at, zone()) if opened else "",
            picture=picture(opened) if opened else None,
            sections=sections(opened) if opened else [],
            messages=messages(opened.facts) if opened else (0, 0),
            worker=worker_words(opened.facts, zone()) if opened else "",
            summary=summary(opened.facts) if opened else [],
            seal=seal_words(opened.digest.audit_head) if opened else "",
            made=made,
            state=record_words.outbox_state,
            moment=moment,
            with_states=here.actor().has("administrator", "supervisor"),
            readers=_reader_field(desk, reader),
            reader=reader,
            suffix=_suffix(reader),
        )


def opened_week(desk: Desk, week: str) -> engine.Opened:
    """A reader's own digest, or another's for a supervisor; 404 where there is none to read."""
    if not _is_week(week):
        abort(404)
    reader = reader_asked(desk)
    found = engine.open_digest(desk, reader, week) if reader else None
    if found is None:
        abort(404)
    return found


def reader_asked(desk: Desk) -> str:
    """Whose digests are asked for; empty for those who read none themselves."""
    who = here.actor()
    asked = request.args.get("reader", "")
    if asked and who.has("supervisor"):
        return asked if store.is_reader(desk.session, asked) else ""
    return who.id or "" if who.has(*READERS) else ""


def _is_week(text: str) -> bool:
    try:
        monday_of(text)
    except Refused:
        return False
    return True


def _reader_field(desk: Desk, reader: str) -> whom.Field | None:
    """Who can be chosen, by a supervisor; nothing where nobody has got a digest yet."""
    if not here.actor().has("supervisor"):
        return None
    few = engine.few_readers(desk, whom.LISTED)
    if few is not None:
        return whom.field(few, reader) if few else None
    return whom.Field(None, names_of(desk, [reader or None]).get(reader, ""), reader)


def _sees_deliveries() -> bool:
    return here.actor().has("administrator", "auditor", "supervisor")


def _made(desk: Desk) -> list[tuple[str, int]]:
    only_states = here.actor().has("administrator", "auditor")
    return store.weeks(desk.session) if only_states else []


def _suffix(reader: str) -> str:
    return f"?reader={reader}" if reader and reader != here.actor().id else ""


def sections(opened: engine.Opened) -> list[dict[str, Any]]:
    """Every section that its reader could have a line in; a case that is no longer the asking
    person's is counted, and not shown (S8)."""
    found = []
    for key, title in titles().items():
        items = opened.facts[key]
        if not items and not may_have(key, opened.digest.roles):
            continue
        shown = [
            {
                "ref": item["ref"],
                "behind": opened.cases[item["ref"]],
                "band": item["band"],
                "days": days_words(key, item),
                "why": why(key, item),
            }
            for item in items
            if item["ref"] in opened.cases
        ]
        found.append(
            {
                "key": key,
                "title": title,
                "count": len(items) + opened.facts.get("more", {}).get(key, 0),
                "lines": shown,
                "gone": len(items) - len(shown),
                "more": opened.facts.get("more", {}).get(key, 0),
            }
        )
    return found


def picture(opened: engine.Opened) -> charts.Picture:
    """The bands on the day it was made against those a week before."""
    facts, names = opened.facts, band_names()
    before, made_on = facts["bands_before"], local_date(opened.digest.decided_at, zone())
    return charts.digest_bars(
        [
            charts.Bar(code, names[code], now, None if before is None else before.get(code, 0))
            for code, now in facts["bands"].items()
        ],
        now_word=short_date_text(made_on),
        before_word=_("The week before"),
        band_word=_("Band"),
        title=_("Open cases by band; in brackets the week before"),
        rtl=LANGUAGES[spoken()].direction == "rtl",
    )


def weeks_picture(desk: Desk, reader: str) -> charts.Picture:
    """The reader's open cases by band, week by week, as their digests counted them."""
    names = band_names()
    return charts.bands_over_weeks(
        [
            charts.Week(short_date_text(monday_of(week) + timedelta(days=6)), counts)
            for week, counts in engine.bands_by_week(desk, reader)
        ],
        bands=[(code, names[code]) for code in ("critical", "overdue", "watch", "in_contact")],
        week_word=_("Week until"),
        title=_("Open cases by band, week by week"),
        rtl=LANGUAGES[spoken()].direction == "rtl",
    )


def messages(facts: Any) -> tuple[int, int]:
    """How many messages of the week were sent, and how many failed."""
    sent: dict[str, int] = facts["messages"]
    failed = sum(sent.get(state, 0) for state in ("refused", "expired", "dead", "suppressed"))
    return sum(sent.values()) - failed, failed


def _missed_since(opened: engine.Opened | None) -> str:
    """The first day that it covers, where that lies in a week before its own."""
    if opened is None or opened.digest.covers_from == opened.digest.week:
        return ""
    return date_text(monday_of(opened.digest.covers_from))


def days(first: str, week: str) -> str:
    """The days that these weeks have."""
    return span_text(monday_of(first), monday_of(week) + timedelta(days=6))


def moment(at: datetime) -> str:
    """An instant on this reader's clocks, in words."""
    return whole_datetime_text(at, zone())


def zone() -> ZoneInfo:
    """The zone in which this reader sees instants."""
    return ZoneInfo(here.actor().zone_name)
