"""Every page of those who work here, by its route: a case with all there can be to do with it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from tests.web.conftest import ClientAs, Desks, StaffClient
from tests.web.staff_cases import case_row, make_case, make_post, reports, rows
from tracker.domain.consent import Scope
from tracker.engine.cases import cases, merging, sharing
from tracker.engine.clock import policies
from tracker.store.policies import all_policies, version_in
from tracker.store.schema import Enquirer, PersonName
from tracker.web.access import rule_of

NO_PAGES = ("/account/app/code.svg", "/digests/bands.png", "/demo", "/start")
"""Read by GET, but no page that somebody finds by the bar."""

_NOT_MADE = ("<picture_id>", "<week>", "<sheet>", "<row_id>", "/shares/<share_id>", "/sheet")
"""Routes that need more than a scene: pictures, digests, a sheet brought in, a sent message."""

ROLES = ("supervisor", "caseworker", "consular", "administrator", "auditor")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its route, its address, and a role that opens it."""

    route: str
    url: str
    role: str


@dataclass(frozen=True, slots=True)
class Desk:
    """People of each role, each with a name, and the pages that there are."""

    people: dict[str, StaffClient]
    pages: list[Page]


def every_page(app: Flask, client_as: ClientAs, desk: Desks) -> Desk:
    """A case shared, with a question, a likeness, a merge to undo, a closed one, a draft; and
    every page of staff that opens upon it."""
    people = {role: client_as(role, name=role.capitalize()) for role in ROLES}
    worker, consul = people["caseworker"].person_id, people["consular"].person_id
    ref, other, gone, over = (make_case(desk, worker, confirmed=False) for _ in range(4))
    post = make_post(desk, consul)
    report, told_name = reports(desk, ref)[0], rows(desk, ref, PersonName)[0]
    found_cases = [case_row(desk, each) for each in (ref, other, gone, over)]
    with desk(people["supervisor"].actor) as d:
        case, second, third, last = map(d.session.merge, found_cases)
        (enquirer,) = d.session.query(Enquirer).filter_by(case_id=case.id)
        sharing.record_consent(
            *(d, case, enquirer, Scope.CONSULAR),
            given=True, language="en", text_checked=True, spoken=True, until_on=None,
        )  # fmt: skip
        sharing.share(d, case, post, ["name", "dates"], until_on=None, ask="see him")
        merging.merge(d, second, third, "one man")
        cases.close(d, last, "found", d.now.date(), "the aunt", "")
        policy = all_policies(d.session)[0]
        active = version_in(d.session, policy.id, "active")
        policies.draft(d, policy)
        known = {
            "ref": ref,
            "other_ref": other,
            "report_id": report.id,
            "told_id": told_name.id,
            "enquirer_id": enquirer.id,
            "person_id": worker,
            "policy_id": policy.id,
            "version_id": active.id if active else "",
        }
    found = []
    for route in app.url_map.iter_rules():
        rule = rule_of(app, route.endpoint)
        if rule is None or rule.kind != "staff" or "GET" not in (route.methods or ()):
            continue
        if route.rule in NO_PAGES or any(part in route.rule for part in _NOT_MADE):
            continue
        about = {"/cases/<ref>/unmerge": other, "/cases/<ref>/reopen": over}
        about |= {"/cases/<ref>/erase": over, "/shared/<ref>": ref}
        told = known | {"ref": about.get(route.rule, ref)}
        url = route.rule
        for name in route.arguments:
            url = url.replace(f"<{name}>", told[name])
        if route.rule in ("/queue/assign", "/queue/snooze"):
            url += f"?ref={ref}&ref={other}"
        role = next(each for each in ROLES if each in rule.roles)
        found.append(Page(route.rule, url, role))
    return Desk(people, found)
