"""`/audit`: who did what, in words, and narrowed to a kind of act or to a case (S13)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from tracker.engine.desk import Desk
from tracker.engine.staff.people import names_of
from tracker.i18n.words import gettext as _
from tracker.security.text import one_line
from tracker.store import trail
from tracker.store.cases import find_case
from tracker.store.schema import AuditRow
from tracker.web import here
from tracker.web.access import access
from tracker.web.act_words import act_text, groups
from tracker.web.pages import page
from tracker.web.staff import words
from tracker.web.staff.door import bp, desk_actor

LINES: Final = 100


@bp.get("/audit")
@access("caseworker", "supervisor", "consular", "administrator", "auditor")
def audit() -> ResponseReturnValue:
    """Own acts; the whole team's for a supervisor, administrator or auditor."""
    who = here.actor()
    everybody = who.has("supervisor", "administrator", "auditor")
    kinds = groups()
    chosen, acts = _acts(request.args.get("act", ""))
    ref = one_line(request.args.get("case", ""))[:20].strip().upper() if _may_see_cases() else ""
    before = request.args.get("before", "")
    with here.reading() as desk:
        case = find_case(desk.session, desk_actor(), ref) if ref else None
        rows = (
            trail.audit_page(
                desk.session,
                actor_id=None if everybody else who.id,
                acts=acts,
                case_id=case.id if case else None,
                before=int(before) if before.isdecimal() and len(before) < 16 else None,
                limit=LINES + 1,
            )
            if case or not ref
            else []
        )
        shown = rows[:LINES]
        return page(
            "staff/audit.html",
            rows=shown,
            names=names_of(desk, [row.actor_id for row in shown if row.actor_kind == "person"]),
            cases=_cases(desk, shown),
            actors=_actor_kinds(),
            act_text=act_text,
            kinds=kinds,
            chosen=chosen,
            ref=ref,
            unknown=bool(ref) and case is None,
            may_see_cases=_may_see_cases(),
            moment=words.moment_text,
            head=desk.trail.head(),
            next_url=_url(chosen, ref, shown[-1].seq) if len(rows) > LINES else "",
            first_url=_url(chosen, ref) if before else "",
            everybody=everybody,
        )


def _acts(asked: str) -> tuple[str, Collection[str]]:
    """What was chosen, an act or a whole kind of them, and the acts to show; all when neither."""
    kinds = groups()
    if asked in kinds:
        return asked, kinds[asked][1]
    return (asked, (asked,)) if any(asked in acts for _t, acts in kinds.values()) else ("", ())


def _url(act: str, ref: str, before: int | None = None) -> str:
    asked = {"act": act, "case": ref, "before": before}
    kept = {name: value for name, value in asked.items() if value}
    return f"/audit?{urlencode(kept)}" if kept else "/audit"


def _may_see_cases() -> bool:
    return here.actor().has("supervisor", "caseworker")


def _cases(desk: Desk, rows: list[AuditRow]) -> dict[int, list[str]]:
    """References of the cases each row is about, for those who may see cases; nobody else learns
    which it was. A row of the worker may be about many."""
    who = here.actor()
    if not _may_see_cases():
        return {}
    mine = [row for row in rows if who.has("supervisor") or row.actor_id == who.id]
    ids = {row.seq: trail.cases_of(row) for row in mine}
    refs = trail.refs_of(desk.session, {one for some in ids.values() for one in some})
    return {seq: [refs[one] for one in some if one in refs] for seq, some in ids.items()}


def _actor_kinds() -> dict[str, str]:
    return {
        "person": _("somebody"),
        "family": _("a family"),
        "worker": _("the worker"),
        "provider": _("a provider"),
        "operator": _("the operator"),
        "anyone": _("a stranger"),
    }
