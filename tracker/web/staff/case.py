"""`/cases/<ref>`: one case, whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from flask import request
from flask.typing import ResponseReturnValue

from tracker.domain.consent import Scope
from tracker.domain.deadlines import un_urgent_window
from tracker.domain.statements import StatementKind
from tracker.engine.cases import duplicates, merging, pictures, reveal, sharing
from tracker.engine.cases import queue as engine_queue
from tracker.engine.cases import timeline as engine
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.engine.clock.policies import title_of
from tracker.engine.desk import Desk
from tracker.engine.staff.people import names_of, posts
from tracker.i18n.dates import whole_date_text
from tracker.i18n.words import apart, ngettext
from tracker.i18n.words import gettext as _
from tracker.store import timeline as store
from tracker.store.schema import Case
from tracker.web import charts, here, months
from tracker.web.access import access
from tracker.web.facts import source_text, value_text
from tracker.web.pages import go, page
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, case_of, desk_actor, keys_wanted
from tracker.web.staff.story import in_brief, is_pending, line
from tracker.web.staff.story_lines import Known

AHEAD: Final = 5
LINES: Final = 200
"""Lines of a timeline that are shown until more are asked for: years of most cases."""
_CHANNEL_KINDS = ("rhythm", "means_state", "rights_withdrawn")


@bp.get("/cases/<ref>")
@access(*DESK)
def case(ref: str) -> ResponseReturnValue:
    """One case. That it was read is audited."""
    with here.looking() as desk:
        found = case_of(desk, ref)
        if found.ref != ref:  # merged into another since
            return go(f"/cases/{found.ref}")
        desk.audit("case.read", "case", found.id, found.id)
        file = open_file(desk, found)
        policy = policy_of(desk.session, found.policy_version_id)
        seen = engine_queue.look_at_silence(file, policy, desk.now)
        story = engine.entries(desk, found)
        known = _known(desk, found, story)
        facts = _statements(desk, found, known)
        heard = engine_queue.heard(file, policy)
        following = list(islice(engine_queue.coming(file, policy, desk.now), AHEAD))
        shares = sharing.live_shares(desk, found)
        consents = {str(scope): sharing.consents(desk, found, scope) for scope in Scope}
        lines = [told for entry in story if (told := line(entry, known))]
        shown = len(lines) if "all" in request.args else LINES
        return page(
            "staff/case.html",
            keys=keys_wanted(),
            case=found,
            names=_names(desk, found, known),
            silence=seen,
            last=words.last_text(seen),
            window=_window(seen),
            ended=_ended(found, facts),
            coming=[(words.moment_text(at), words.notice_text(it, policy)) for at, it in following],
            policy_title=title_of(desk, found.policy_version_id),
            grid=_grid(heard, seen, _detained_on(facts), file.opened_on),
            lines=lines[:shown],
            earlier=len(lines[shown:]),
            person=[fact for fact in facts if fact["kind"] not in _CHANNEL_KINDS],
            means=[fact for fact in facts if fact["kind"] in _CHANNEL_KINDS],
            consents=consents,
            scopes=words.scopes(),
            shares=[(share, known.posts.get(share.post_id, "")) for share in shares],
            until=words.until_text,
            enquirers=[
                (row, known.enquirers[row.id]) for row in store.enquirers(desk.session, found.id)
            ],
            people=known.people,
            day=words.day_text,
            may_see=_may_see(found, shares if consents[Scope.CONSULAR] else (), known),
            waiting=engine.open_alerts(desk, found),
            pictures=len(pictures.of_case(desk, found)),
            pending=[(told.row, in_brief(told)) for told in story if is_pending(told)],
            possible=duplicates.pairs(desk, desk_actor(), found),
            merged=_last_merged(desk, found),
            unread=sum(
                letter.from_family and letter.read_at is None
                for letter in store.letters(desk.session, found.id)
            ),
            snoozed=found.snoozed_until
            if found.snoozed_until and found.snoozed_until > desk.now
            else None,
            is_lead=desk_actor().has("supervisor"),
            moment=words.moment_text,
        )


def _ended(case: Case, facts: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """How a closed case ended: no silence is counted then."""
    told = [fact for fact in facts if fact["kind"] == StatementKind.CLOSING]
    return told[-1] if told and case.state == "closed" else None


def _known(desk: Desk, case: Case, story: Sequence[engine.Entry]) -> Known:
    ids: set[str | None] = {case.caseworker_id, case.supervisor_id}
    for entry in story:
        ids |= {entry.by, getattr(entry.row, "decided_by", None), entry.told.get("to")}
        ids |= {message.person_id for message in entry.messages}
        ids |= {event.person_id for event in entry.events}
    return Known(
        people=names_of(desk, ids),
        posts={row.id: name for row, name in posts(desk, active=False)},
        enquirers=reveal.numbered(desk, case),
        ref=case.ref,
    )


def _last_merged(desk: Desk, case: Case) -> str:
    """The reference of the case merged into this one last, which may come back; "" for none."""
    row = merging.last_merge(desk, case)
    return desk.session.get_one(Case, row.other_id).ref if row else ""


def _names(desk: Desk, case: Case, known: Known) -> list[dict[str, Any]]:
    return [
        {
            "text": desk.safe.open(row, "name"),
            "source": source_text(
                desk.safe.open(row, "source"), known.enquirers.get(row.enquirer_id or "")
            ),
        }
        for row in store.names(desk.session, case.id)
    ]


def _statements(desk: Desk, case: Case, known: Known) -> list[dict[str, Any]]:
    """Facts by kind, in the kinds' own order; what sources tell differently stands together."""
    labels = words.statement_kinds()
    found = []
    for row in store.statements(desk.session, case.id):
        value = desk.safe.open(row, "value")
        number = known.enquirers.get(row.enquirer_id or "")
        found.append(
            {
                "kind": row.kind,
                "label": labels[row.kind],
                "text": value_text(value, row.kind),
                "edtf": value.get("edtf"),
                "source": source_text(desk.safe.open(row, "source"), number),
            }
        )
    order = list(labels)
    return sorted(found, key=lambda fact: order.index(fact["kind"]))


def _detained_on(facts: Sequence[Mapping[str, Any]]) -> date | None:
    return months.detained_on(f["edtf"] for f in facts if f["kind"] in months.DETAINED)


def _grid(
    heard: Sequence[engine_queue.Heard],
    seen: engine_queue.Silence,
    detained_on: date | None,
    opened_on: date,
) -> charts.Picture:
    """The grid twice, for a wide window and for a telephone; the style sheet shows one of them."""
    wide, narrow = (
        months.grid(heard, seen, detained_on, opened_on, narrow=narrow) for narrow in (False, True)
    )
    return wide._replace(svg=wide.svg + narrow.svg)


def _window(seen: engine_queue.Silence) -> str:
    """The UN urgent procedure: shown behind sign-in only."""
    window = un_urgent_window(seen.last, seen.today)
    closes = whole_date_text(window.closes_on)
    if not window.is_open:
        return _("The UN urgent-action window closed on %(date)s.", date=closes)
    return ngettext(
        "The UN urgent-action window closes on %(date)s, %(n)s day left.",
        "The UN urgent-action window closes on %(date)s, %(n)s days left.",
        window.days_left,
        date=closes,
    )


def _may_see(case: Case, shares: Sequence[Any], known: Known) -> str:
    seen_by = [_("supervisors")]
    if case.supervisor_id:
        seen_by = [_("supervisors (%(name)s)", name=apart(known.person(case.supervisor_id)))]
    seen_by += [apart(known.posts.get(share.post_id, "")) for share in shares]
    return _("also seen by: %(who)s", who=" · ".join(seen_by))
