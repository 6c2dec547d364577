"""`/work`: what waits for somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask.typing import ResponseReturnValue

from tracker.engine.cases import duplicates, sharing
from tracker.engine.cases import queue as engine
from tracker.engine.sheets import taking_out
from tracker.engine.staff import second_person
from tracker.engine.staff.people import names_of
from tracker.i18n.dates import date_text
from tracker.i18n.words import gettext as _
from tracker.store import retention as store_retention
from tracker.store import work as store_work
from tracker.store.schema import Case
from tracker.web import here
from tracker.web.access import access
from tracker.web.pages import page
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, desk_actor

LATELY: Final = timedelta(days=14)


@bp.get("/work")
@access(*DESK)
def work() -> ResponseReturnValue:
    """What waits for somebody, each with the case it is about."""
    with here.looking() as desk:
        who, session = desk_actor(), desk.session
        lately = desk.now - LATELY
        is_lead = who.has("supervisor")
        lists: list[tuple[str, str, list[tuple[Any, Case]]]] = [
            (
                _("Reports to confirm"),
                "report",
                list(store_work.reports_to_confirm(session, who)),
            ),
            (
                _("Messages from families"),
                "message",
                list(store_work.unread_messages(session, who)),
            ),
            (
                _("Alerts that did not reach somebody"),
                "alert",
                list(store_work.undelivered(session, who)),
            ),
            (
                _("Consent missing"),
                "consent",
                [
                    ((alert, roles), case)
                    for alert, case, roles in sharing.consents_wanted(desk, who)
                ],
            ),
            (
                _("Nobody’s cases"),
                "case",
                [(each, each) for each in store_work.unassigned(session, who)],
            ),
            (
                _("Set aside by the worker: nothing of these is sent"),
                "aside",
                [(each, each) for each in store_work.set_aside(session, who)],
            ),
            (
                _("Questions a post has not answered"),
                "question",
                list(store_work.unanswered(session, who)),
            ),
        ]
        alike = duplicates.pairs(desk, who)
        lists += [
            (_("Possibly the same person"), "same", [(pair, pair.case) for pair in alike]),
            (
                _("Withdrawn by a family: deleted after 14 days"),
                "withdrawn",
                list(store_retention.taken_back(session, who, store_work.SHOWN)),
            ),
            (
                _("Is this still kept?"),
                "review",
                [
                    (each, each)
                    for each in store_retention.to_review(
                        session, who, desk.now.date(), store_work.SHOWN
                    )
                ],
            ),
        ]
        if is_lead:
            lists += [
                (
                    _("Acknowledged without sign-in, last 14 days"),
                    "unsigned",
                    list(store_work.acknowledged_unsigned(session, who, lately)),
                ),
                (
                    _("Looked at who reported, last 14 days"),
                    "reveal",
                    list(store_work.reveals(session, who, lately)),
                ),
            ]
        cases = {case.id: case for _title, _kind, items in lists for _item, case in items}
        cases |= {pair.other.id: pair.other for pair in alike}
        names = engine.names_by_case(desk, list(cases))
        actors = {
            item.actor_id for _t, kind, items in lists if kind == "reveal" for item, _c in items
        }
        people = names_of(desk, [*(c.caseworker_id for c in cases.values()), *actors])
        exports_waiting = bool(taking_out.to_agree(desk))
        accounts_waiting = bool(second_person.to_agree(desk))
        desk.audit("work.read", "queue", cases=len(cases))
    return page(
        "staff/work.html",
        lists=(waiting := [entry for entry in lists if entry[2]]),
        places=[
            {"url": f"#{kind}", "label": title, "count": len(items)}
            for title, kind, items in waiting
        ],
        exports_waiting=exports_waiting,
        accounts_waiting=accounts_waiting,
        names=names,
        people=people,
        moment=words.moment_text,
        day_text=date_text,
        roles=words.roles_text,
        words=words,
    )
