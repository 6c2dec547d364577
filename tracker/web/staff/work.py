"""`/work`: what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from flask.typing import ResponseReturnValue

from tracker.domain.actor import Actor
from tracker.engine.cases import duplicates, sharing
from tracker.engine.cases import queue as engine
from tracker.engine.desk import Desk
from tracker.engine.sheets import taking_out
from tracker.engine.staff import second_person
from tracker.engine.staff.people import names_of
from tracker.i18n.dates import date_text
from tracker.i18n.words import gettext as _
from tracker.store import retention as store_retention
from tracker.store import waits
from tracker.store import work as store_work
from tracker.store.schema import Case
from tracker.web import here
from tracker.web.access import access
from tracker.web.pages import page
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, desk_actor

LATELY: Final = timedelta(days=14)


Waiting = tuple[str, str, list[tuple[Any, Case]]]
"""A heading, what kind of thing waits below it, and each with the case it is about."""


@bp.get("/work")
@access(*DESK)
def work() -> ResponseReturnValue:
    """What waits for somebody, each with the case it is about."""
    with here.looking() as desk:
        lists = [each for each in _lists(desk, desk_actor()) if each[2]]
        cases = {case.id: case for _title, _kind, items in lists for _item, case in items}
        alike = [pair for _title, kind, items in lists if kind == "same" for pair, _case in items]
        cases |= {pair.other.id: pair.other for pair in alike}
        lookers = [look for _t, kind, items in lists if kind == "reveal" for look, _c in items]
        names = engine.names_by_case(desk, list(cases))
        owners = [case.caseworker_id for case in cases.values()]
        people = names_of(desk, [*owners, *{look.actor_id for look in lookers}])
        exports_waiting = bool(taking_out.to_agree(desk))
        accounts_waiting = bool(second_person.to_agree(desk))
        late = waits.count_by_owner(desk.session, desk_actor(), waits.ANSWER, desk.now)
        desk.audit("work.read", "queue", cases=len(cases))
    return page(
        "staff/work.html",
        lists=lists,
        places=[
            {"url": f"#{kind}", "label": title, "count": len(items)} for title, kind, items in lists
        ],
        exports_waiting=exports_waiting,
        accounts_waiting=accounts_waiting,
        late=sum(late.values()),
        names=names,
        people=people,
        moment=words.moment_text,
        day_text=date_text,
        roles=words.roles_text,
        words=words,
    )


def _lists(desk: Desk, who: Actor) -> Iterator[Waiting]:
    """Everything that may wait, most pressing first; some lists are empty."""
    session, today, shown = desk.session, desk.now.date(), store_work.SHOWN
    yield _("Reports to confirm"), "report", [*store_work.reports_to_confirm(session, who)]
    yield _("Messages from families"), "message", [*store_work.unread_messages(session, who)]
    yield _("Alerts that did not reach somebody"), "alert", [*store_work.undelivered(session, who)]
    wanted = sharing.consents_wanted(desk, who)
    yield _("Consent missing"), "consent", [((alert, roles), case) for alert, case, roles in wanted]
    yield _("Nobody’s cases"), "case", [(one, one) for one in store_work.unassigned(session, who)]
    aside = [(one, one) for one in store_work.set_aside(session, who)]
    yield _("Set aside by the worker: nothing of these is sent"), "aside", aside
    asked = [*store_work.unanswered(session, who)]
    yield _("Questions a post has not answered"), "question", asked
    alike = [(pair, pair.case) for pair in duplicates.pairs(desk, who)]
    yield _("Possibly the same person"), "same", alike
    withdrawn = [*store_retention.taken_back(session, who, shown)]
    yield _("Withdrawn by a family: deleted after 14 days"), "withdrawn", withdrawn
    review = [(one, one) for one in store_retention.to_review(session, who, today, shown)]
    yield _("Is this still kept?"), "review", review
    if who.has("supervisor"):
        lately = desk.now - LATELY
        unsigned = [*store_work.acknowledged_unsigned(session, who, lately)]
        yield _("Acknowledged without sign-in, last 14 days"), "unsigned", unsigned
        seen = [*store_work.reveals(session, who, lately)]
        yield _("Looked at who reported, last 14 days"), "reveal", seen
