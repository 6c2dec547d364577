"""`/queue`: cases by band, the longest silence first; and `/work`: what waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from tracker.engine.cases import bulk, duplicates
from tracker.engine.cases import queue as engine
from tracker.engine.cases.directory import Found
from tracker.engine.desk import Desk
from tracker.engine.sheets import taking_out
from tracker.engine.staff import saved_views, second_person
from tracker.engine.staff.people import names_of, owners_of
from tracker.i18n.dates import date_text
from tracker.i18n.words import gettext as _
from tracker.store import queue as store
from tracker.store import retention as store_retention
from tracker.store import work as store_work
from tracker.store.cases import find_case
from tracker.store.queue import NOBODY, VIEWS, Wanted
from tracker.store.schema import Case
from tracker.store.waits import WAITS
from tracker.web import here, unread
from tracker.web.access import access
from tracker.web.pages import go, page
from tracker.web.staff import finding, words
from tracker.web.staff.door import DESK, bp, desk_actor, keys_wanted
from tracker.web.staff.queue_rows import by_band

PAGE: Final = 50
LATELY: Final = timedelta(days=14)


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
        people = owners_of(desk, desk_actor())
        counts, in_views = store.count(desk.session, desk_actor(), wanted, desk.now)
        views = _views(wanted, find, in_views)
        kept = [(each, url_of(each.wanted)) for each in saved_views.mine(desk)]
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
        owners=_owner_choices(people),
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
        none_at_all=wanted == Wanted() and not asked and not any(v["count"] for v in views),
    )


@bp.post("/queue/search")
@access(*DESK)
def search() -> ResponseReturnValue:
    """The filters lead to an address; a name does not stand in it."""
    with here.reading() as desk:
        wanted = wanted_of(desk, request.form)
    return go(url_of(wanted, finding.keep()))


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
            (_("Consent needed"), "consent", list(store_work.consents_needed(session, who))),
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
        lists=[entry for entry in lists if entry[2]],
        exports_waiting=exports_waiting,
        accounts_waiting=accounts_waiting,
        names=names,
        people=people,
        moment=words.moment_text,
        day_text=date_text,
        roles=words.roles_text,
        words=words,
    )


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
