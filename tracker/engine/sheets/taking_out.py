"""Taking cases out, by one person or by two: asked, agreed to, made once (safety.md, "Who may").

Up to fifty different cases a day one person takes out alone, in files of every form, on paper and
as pictures together, each that is merged in another counted too; from the 51st on a second one, a
supervisor, has to agree within 24 hours. The page and the command line share the same requests.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.sheets import exporting
from tracker.engine.sheets.exporting import Export, Progress
from tracker.engine.staff import second_person
from tracker.engine.staff.account_news import refuse_while_held
from tracker.i18n.words import gettext as _
from tracker.store import asking as store
from tracker.store.merged import with_merged
from tracker.store.schema import AuditRow, Case, Enquirer, ExportRequest, new_id

ALONE_AT_MOST: Final = 50
LASTS: Final = timedelta(hours=24)
FORMS: Final = ("csv", "json", "pfif")

LEAVING: Final = ("case.exported", "case.printed", "shared.printed", "picture.read")
"""The acts by which a case, or a part of it, leaves the desk as a file."""


def ask(desk: Desk, form: str, ref: str | None = None) -> ExportRequest:
    """Ask for a file of one case, or of all that the actor sees.

    What a second person has to agree to, or has agreed to, is not asked for twice: the same request
    comes back while it holds. Raises Refused for an actor who may not, and for a case not theirs.
    """
    refuse_while_held(desk)
    found = exporting.cases_of(desk, ref)
    many = _too_many(desk, {case.id for case in found})
    case_id = found[0].id if ref is not None else None
    for each in mine(desk):
        if (each.form, each.case_id) != (form, case_id):
            continue
        agreed = waits(each) or each.agreed_by is not None
        if agreed and _holds(desk, each, found):
            return each
        store.move(desk.session, each, store.OPEN, store.DECLINED, desk.now)
    request = ExportRequest(
        id=new_id(),
        form=form,
        case_id=case_id,
        case_count=_number(desk, found),
        state=store.WAITING if many else store.READY,
        asked_by=desk.person_id,
        asked_at=desk.now,
        ends_at=desk.now + LASTS,
    )
    desk.session.add(request)
    desk.session.flush()
    desk.audit("export.asked", "export", request.id, case_id, form=form, cases=request.case_count)
    return request


def agree(desk: Desk, request_id: str) -> None:
    """The second person's word. Raises Refused for anyone but another supervisor, or too late, and
    for one whose word does not count yet (`second_person.refuse_without_word`).
    """
    request = _request(desk, request_id)
    if request.asked_by == desk.person_id or not desk.actor.has("supervisor"):
        raise Refused(_("A second person, a supervisor, has to agree."))
    second_person.refuse_without_word(desk)
    if not store.move(desk.session, request, store.WAITING, store.READY, desk.now):
        raise Refused(_("This is no longer waiting."))
    request.agreed_by, request.agreed_at = desk.person_id, desk.now
    desk.audit("export.agreed", "export", request.id, request.case_id, asked_by=request.asked_by)


def decline(desk: Desk, request_id: str) -> None:
    """Take one's own request back, or refuse another's that waits. Raises Refused for anyone else,
    and for what was answered or taken.
    """
    request = _request(desk, request_id)
    own = request.asked_by == desk.person_id
    if not own and not desk.actor.has("supervisor"):
        raise Refused(_("This is no longer waiting."))
    was = store.OPEN if own else store.WAITING
    if not store.move(desk.session, request, was, store.DECLINED, desk.now):
        raise Refused(_("This is no longer waiting."))
    desk.audit("export.declined", "export", request.id, request.case_id, asked_by=request.asked_by)


def prepare(
    desk: Desk, request_id: str, progress: Progress = lambda done, of: None
) -> tuple[ExportRequest, Export]:
    """What goes into the file: reads only, so that nobody waits for it. `take` counts.

    Only cases that were there when it was asked for. Raises Refused where nobody agreed, it was
    taken already, or more cases became the actor's since than were agreed to.
    """
    refuse_while_held(desk)
    request = _mine(desk, request_id)
    if waits(request):
        if request.case_count <= ALONE_AT_MOST:
            raise Refused(_beyond())
        raise Refused(
            _(
                "These are %(n)s cases. From 51 on a second person, a supervisor, has to agree.",
                n=request.case_count,
            )
        )
    if request.state != store.READY or request.ends_at <= desk.now:
        raise Refused(_used_up())
    found = exporting.cases_of(desk, _ref(desk, request))
    if not _holds(desk, request, found):
        raise Refused(_("More cases are yours than when you asked. Ask again."))
    return request, exporting.gather(desk, _covered(request, found), request.form, progress)


def take(desk: Desk, request_id: str, export: Export) -> None:
    """Use the request up and write each case into the record; the file may leave after this.

    Raises Refused when it was used meanwhile, and when so many cases left with this person since
    it was asked for that a second one has to agree.
    """
    request = _mine(desk, request_id)
    if request.agreed_by is None and _too_many(desk, set(export.case_ids)):
        raise Refused(_beyond())
    if not store.move(desk.session, request, store.READY, store.TAKEN, desk.now):
        raise Refused(_used_up())
    for case_id in sorted(_whole(desk, export.case_ids)):
        desk.audit(
            "case.exported",
            "case",
            case_id,
            case_id,
            form=request.form,
            second=request.agreed_by,
        )
    desk.audit(
        "export.made",
        "export",
        request.id,
        form=request.form,
        cases=len(export.cases),
        withheld=export.withheld,
        second=request.agreed_by,
    )


def waits(request: ExportRequest) -> bool:
    """Whether somebody has to agree to it first."""
    return request.state == store.WAITING


def mine(desk: Desk) -> list[ExportRequest]:
    """What the actor asked for and can still take, or waits for."""
    return store.of_person(desk.session, ExportRequest, desk.person_id or "", desk.now)


def to_agree(desk: Desk) -> list[ExportRequest]:
    """What waits for the actor's word, where the actor may give it."""
    if not desk.actor.has("supervisor"):
        return []
    return store.waiting_for(desk.session, ExportRequest, desk.person_id or "", desk.now)


def _covered(request: ExportRequest, found: Sequence[Case]) -> list[Case]:
    """Those that were there when it was asked for."""
    return [case for case in found if case.opened_at <= request.asked_at]


def _holds(desk: Desk, request: ExportRequest, found: Sequence[Case]) -> bool:
    """Whether what was asked for is not less than what would leave now."""
    return _number(desk, _covered(request, found)) <= request.case_count


def _number(desk: Desk, found: Sequence[Case]) -> int:
    return len(_whole(desk, {case.id for case in found}))


def _whole(desk: Desk, ids: Collection[str]) -> set[str]:
    """These cases and all that stand merged in them."""
    return with_merged(desk.session, [(case_id, desk.now) for case_id in ids])


def _mine(desk: Desk, request_id: str) -> ExportRequest:
    request = _request(desk, request_id)
    if request.asked_by != desk.person_id:
        raise Refused(_used_up())
    return request


def _request(desk: Desk, request_id: str) -> ExportRequest:
    request = desk.session.get(ExportRequest, request_id)
    if request is None:
        raise Refused(_("This is no longer waiting."))
    return request


def _ref(desk: Desk, request: ExportRequest) -> str | None:
    return desk.session.get_one(Case, request.case_id).ref if request.case_id else None


def _used_up() -> str:
    return _("This was taken out already, or a day has passed. Ask again.")


def let_print(desk: Desk, case: Case) -> None:
    """A case leaves on paper. Raises Refused beyond what may leave with one person in a day, and
    for an account that is held.
    """
    refuse_while_held(desk)
    let_out(desk, case)


def let_out(desk: Desk, case: Case) -> None:
    """A letter of a case, or what a post is shown of it, leaves as a file.

    For a desk that writes: two asked for at once stand in line, the second counts the first.

    Raises Refused beyond what may leave with one person in a day.
    """
    if _too_many(desk, {case.id}):
        raise Refused(_beyond())


def let_leave(desk: Desk, found: Sequence[Case]) -> set[str]:
    """Cases shown on a page leave as a file; the ids of those whose names may go with them.

    Raises Refused where more than fifty different cases would leave with one person in a day: page
    after page is no way around a second person.
    """
    refuse_while_held(desk)
    ids = {case.id for case in found}
    if _too_many(desk, ids):
        raise Refused(_beyond())
    whole = _whole(desk, ids)
    desk.audit("export.made", "export", form="queue", cases=len(whole))
    for case_id in sorted(whole):
        desk.audit("case.exported", "case", case_id, case_id, form="queue")
    withdrew = select(Enquirer.case_id).where(
        Enquirer.case_id.in_(ids), Enquirer.withdrawn_at.is_not(None)
    )
    return ids - set(desk.session.scalars(withdrew))


def _too_many(desk: Desk, ids: set[str]) -> bool:
    """Whether, with these, more different cases than one may take alone leave within 24 hours.

    Every way out counts: case after case, or a file here and paper there, is no way around the
    second person. Nor is merging: all that stood merged in a case when it left went with it. What
    that one agreed to does not count.
    """
    query = select(AuditRow.case_id, AuditRow.at, AuditRow.detail).where(
        AuditRow.at > desk.now - LASTS,
        AuditRow.actor_id == desk.actor.id,
        AuditRow.act.in_(LEAVING),
    )
    went = {
        (case_id, at)
        for case_id, at, how in desk.session.execute(query)
        if case_id is not None and not (how or {}).get("second")
    }
    going = {(case_id, desk.now) for case_id in ids}
    return len(with_merged(desk.session, went | going)) > ALONE_AT_MOST


def _beyond() -> str:
    return _(
        "More than %(n)s cases would leave with you in one day. For so many a second "
        "person has to agree.",
        n=ALONE_AT_MOST,
    )
