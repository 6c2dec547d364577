"""`/queue`: cases by band, the longest silence first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from tracker.engine.cases import bulk
from tracker.engine.cases import queue as engine
from tracker.engine.cases.directory import Found
from tracker.engine.desk import Desk
from tracker.engine.staff import saved_views, standing
from tracker.engine.staff.people import few_owners_of, names_of, owners_of
from tracker.i18n.words import gettext as _
from tracker.store import queue as store
from tracker.store.cases import find_case
from tracker.store.queue import NOBODY, VIEWS, Wanted
from tracker.store.schema import Case
from tracker.store.waits import WAITS
from tracker.web import here, unread, whom
from tracker.web.access import access
from tracker.web.fields import Form
from tracker.web.pages import go, page
from tracker.web.staff import finding, words
from tracker.web.staff.door import DESK, bp, desk_actor, keys_wanted
from tracker.web.staff.queue_rows import by_band

PAGE: Final = 50


@bp.get("/queue")
@access(*DESK)
def queue() -> ResponseReturnValue:
    """One page of the queue, as the address asks for it."""
    find, asked, found, only = searched()
    with here.looking() as desk:
        wanted = wanted_of(desk, request.args)
        if finding.is_over(find):
            return go(url_of(wanted))
        cases = page_of(desk, wanted, only)
        more = len(cases) > PAGE
        rows, unread_cases = engine.rows(desk, cases[:PAGE])
        people, owners = _owners(desk, wanted, cases)
        counts, in_views = store.count(desk.session, desk_actor(), wanted, desk.now)
        views = _views(wanted, find, in_views)
        kept = [(each, url_of(each.wanted)) for each in saved_views.mine(desk)]
        told_for, told_instead = standing.told_for(desk), standing.told_instead(desk)
        waiting, keys = bulk.waiting(desk, cases[:PAGE]), keys_wanted()
        desk.audit("queue.read", "queue", cases=len(rows), searched=bool(asked))
    unread.tell(unread_cases)
    return page(
        "staff/queue.html",
        groups=by_band(rows, here.now()),
        unread=unread_cases,
        unread_words=unread.sentence(),
        matched=found.matched if found else {},
        people=people,
        owners=owners,
        waits=list(words.waits().items()),
        narrowed=_narrowed(wanted, people),
        wanted=wanted,
        asked=asked,
        sure=found is None or found.sure,
        meant=found.meant if found else [],
        views=views,
        kept=kept,
        may_keep=wanted != Wanted() and not asked,
        may_assign=desk_actor().has("supervisor"),
        waiting=waiting,
        ticked=bool(request.args.get("ticked")),
        shown=url_of(wanted, find, after=request.args.get("after", "")),
        keys=keys,
        counts=counts,
        bands=words.bands(),
        band_url=lambda band: url_of(wanted, find, band=band),
        next_url=url_of(wanted, find, after=cases[PAGE - 1].ref) if more else "",
        first_url=url_of(wanted, find) if request.args.get("after") else "",
        told_for=[(each, url_of(Wanted(owner=each.person_id))) for each in told_for],
        told_instead=told_instead,
        until=words.until_text,
        none_at_all=wanted == Wanted() and not asked and not any(v["count"] for v in views),
    )


@bp.post("/queue/search")
@access(*DESK)
def search() -> ResponseReturnValue:
    """The filters lead to an address; a name does not stand in it, be it an owner's."""
    form = Form(request.form)
    with here.reading() as desk:
        wanted = wanted_of(desk, form.raw)
        if form.raw.get("owner", "").strip() and wanted.owner is None:
            people = _owner_choices(owners_of(desk, desk_actor()))
            if len(people) > whom.LISTED:  # else it is somebody who has no case any more
                wanted = replace(wanted, owner=whom.read(form, "owner", people))
            if not form:
                return whom.which_person(
                    form,
                    "owner",
                    people,
                    heading=_("Whose cases?"),
                    back=("/queue", _("Queue")),
                    label=_("Owner"),
                    button=_("Filter"),
                    empty=_("Anyone"),
                    kept={each: form.raw.get(each, "") for each in ("view", "band", "waits", "q")},
                )
    return go(url_of(wanted, finding.keep()))


def wanted_of(desk: Desk, args: Mapping[str, str]) -> Wanted:
    """What is asked for; a filter that means nothing here is left out."""
    view = args.get("view", "open")
    band = args.get("band")
    owner = args.get("owner") or None
    waits = args.get("waits")
    if owner not in (None, NOBODY) and not store.is_owner(desk.session, desk_actor(), owner):
        owner = None
    return Wanted(
        view if view in VIEWS else "open",
        band if band in store.BANDS else None,
        owner,
        waits if waits in WAITS else None,
    )


def searched() -> tuple[str, str, Found | None, list[str] | None]:
    """The address' word for the search, the words looked for, what they found, and the cases to
    which the page is narrowed."""
    find, asked = finding.asked()
    found = _found(asked) if asked else None
    return find, asked, found, list(found.case_ids) if found else None


def _found(asked: str) -> Found:
    """The cases this person sees that bear this name or reference; read before any writing."""
    with here.reading() as desk:
        return here.services().directory.find(desk, desk_actor(), asked)


def page_of(desk: Desk, wanted: Wanted, only: list[str] | None) -> list[Case]:
    """The cases of the page that the address asks for, and one more where there is a next one."""
    after = request.args.get("after")
    return store.page_of_cases(
        desk.session,
        desk_actor(),
        wanted,
        desk.now,
        only=only,
        after=find_case(desk.session, desk_actor(), after) if after else None,
        limit=PAGE + 1,
    )


def _narrowed(wanted: Wanted, people: Mapping[str, str]) -> list[str]:
    """The filters that are set, in words: said where they are folded away."""
    owner = _("Nobody yet") if wanted.owner == NOBODY else people.get(wanted.owner or "", "")
    band, waits = words.bands().get(wanted.band or ""), words.waits().get(wanted.waits or "")
    return [each for each in (band, owner, waits) if each]


def _owners(
    desk: Desk, wanted: Wanted, cases: Sequence[Case]
) -> tuple[Mapping[str, str], whom.Field]:
    """The names of those who own the cases of a page, at least, and the field that asks for one."""
    few = few_owners_of(desk, desk_actor(), whom.LISTED - 1)
    if few is not None:
        return few, whom.field(_owner_choices(few), wanted.owner)
    people = names_of(desk, [wanted.owner, *(case.caseworker_id for case in cases)])
    if wanted.owner == NOBODY:
        return people, whom.Field(None, _("Nobody yet"), NOBODY)
    return people, whom.Field(None, people.get(wanted.owner or "", ""), wanted.owner or "")


def _owner_choices(people: Mapping[str, str]) -> list[tuple[str, str]]:
    known = sorted(people.items(), key=lambda pair: pair[1].casefold())
    return [(NOBODY, _("Nobody yet")), *known]


def _views(wanted: Wanted, find: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    labels = {
        "open": _("All open"),
        "mine": _("Mine"),
        "unassigned": _("Unassigned"),
        "snoozed": _("Snoozed"),
        "closed": _("Closed"),
    }
    return [
        {
            "url": url_of(Wanted(view), find),
            "label": label,
            "count": counts[view],
            "current": view == wanted.view,
        }
        for view, label in labels.items()
    ]


def url_of(wanted: Wanted, find: str = "", *, band: str | None = "", after: str = "") -> str:
    """The queue's address with these filters; `band` "" keeps the band, None drops it.

    `find` is the word that stands for a name (`finding`).
    """
    chosen = wanted.band if band == "" else band
    query = {
        "view": wanted.view if wanted.view != "open" else "",
        "band": chosen or "",
        "owner": wanted.owner or "",
        "waits": wanted.waits or "",
        finding.PARAMETER: find,
        "after": after,
    }
    kept = {name: value for name, value in query.items() if value}
    return f"/queue?{urlencode(kept)}" if kept else "/queue"
