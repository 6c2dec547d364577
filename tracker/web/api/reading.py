"""What programs read: cases, alerts, the state of a week's digests."""

from __future__ import annotations

from flask import abort

from tracker.domain.contact import Silent
from tracker.domain.errors import Refused
from tracker.domain.policy import Band
from tracker.engine.cases.bare import BareCase, bare_case, bare_cases, bare_digest, silent_days
from tracker.engine.clock.aside import read_each
from tracker.engine.desk import Desk
from tracker.i18n.words import gettext as _
from tracker.store import api as store
from tracker.store import queue
from tracker.store.cases import find_case
from tracker.store.schema import Alert, Case
from tracker.web.api import shapes
from tracker.web.api.calls import Call, Wrong


def cases(call: Call) -> shapes.Cases:
    """The queue of the token's owner, page by page."""
    desk, asked = call.desk, call.query
    who, after = desk.actor.at_desk(), None
    if asked.after is not None:
        after = find_case(desk.session, who, asked.after)
        if after is None:
            raise Wrong("after", _no_such_place())
    wanted = queue.Wanted(asked.view, str(asked.band) if asked.band else None)
    found = queue.page_of_cases(
        desk.session, who, wanted, desk.now, after=after, limit=asked.limit + 1
    )
    shown = found[: asked.limit]
    read, unread = bare_cases(desk, shown)
    return shapes.Cases(
        [_case(desk, one) for one in read],
        shown[-1].ref if len(found) > asked.limit else None,
        [one.ref for one in unread],
    )


def case(call: Call) -> shapes.Case:
    """One case."""
    found = one_case(call)
    return _case(call.desk, bare_case(call.desk, found))


def one_case(call: Call) -> Case:
    """The case a request names; 404 where the token's owner sees none (S8)."""
    found = find_case(call.desk.session, call.desk.actor.at_desk(), call.path["ref"])
    if found is None:
        abort(404)
    call.case_id = found.id
    return found


def alerts(call: Call) -> shapes.Alerts:
    """The alerts of these cases, page by page."""
    desk, asked = call.desk, call.query
    who, after = desk.actor.at_desk(), None
    if asked.after is not None:
        place = store.alert_with_case(desk.session, who, asked.after)
        if place is None:
            raise Wrong("after", _no_such_place())
        after = place[0]
    found = store.alerts_page(desk.session, who, asked.state, after, asked.limit + 1)
    shown = found[: asked.limit]
    desk.safe.preload([case.id for _alert, case in shown], "clock")
    read, unread = read_each(shown, lambda one: alert_shape(desk, *one))
    return shapes.Alerts(
        [shape for _one, shape in read],
        shown[-1][0].id if len(found) > asked.limit else None,
        [alert.id for alert, _case in unread],
    )


def digest(call: Call) -> shapes.Digest:
    """Whether a week's digests were made, and how their mails stand."""
    try:
        found = bare_digest(call.desk, call.path["week"])
    except Refused:
        abort(404)
    if found is None:
        abort(404)
    return shapes.Digest(found.week, found.made, found.messages)


def alert_shape(desk: Desk, alert: Alert, case: Case) -> shapes.Alert:
    """An alert as programs see it."""
    return shapes.Alert(
        id=alert.id,
        case=case.ref,
        kind=alert.kind,
        step=alert.step,
        repetition=alert.repetition,
        band=Band(alert.band),
        urgent=alert.urgent,
        state=alert.state,  # type: ignore[arg-type]  # the column's own words
        silent=_days(silent_days(desk, alert)),
        raised_at=alert.raised_at,
        ended_at=alert.ended_at,
    )


def _case(desk: Desk, one: BareCase) -> shapes.Case:
    until = one.case.snoozed_until
    return shapes.Case(
        ref=one.case.ref,
        state=one.case.state,  # type: ignore[arg-type]  # merged and erased ones are not visible
        band=Band(one.case.band),
        silent=_days(one.silence.days),
        next_at=one.next_at,
        snoozed_until=until if until and until > desk.now else None,
        to_confirm=one.to_confirm,
    )


def _days(silent: Silent) -> shapes.Days:
    return shapes.Days(silent.at_least, None if silent.is_more else silent.at_most)


def _no_such_place() -> str:
    return _("There is no such place in the list any more. Begin again without “after”.")
