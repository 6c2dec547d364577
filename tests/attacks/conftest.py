"""A small office as an attacker finds it: two caseworkers, two posts, a family, and their cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.conftest import (
    ClientAs,
    Desks,
    StaffClient,
    _cheap_argon,
    _made,
    app,
    client,
    client_as,
    clock,
    csrf_of,
    desk,
    environ,
    post_form,
    services,
)
from tests.web.staff_cases import make_post
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.contact import ContactClass
from tracker.domain.edtf import parse_edtf
from tracker.engine.cases import cases, family, pictures, record, sharing
from tracker.engine.digests.digest_form import Facts
from tracker.engine.staff import visits
from tracker.security.pictures import Picture
from tracker.store.schema import (
    ContactPoint,
    Digest,
    OutboxMessage,
    PolicyRow,
    PolicyVersion,
    new_id,
)

__all__ = [
    "_cheap_argon", "_made", "app", "client", "client_as", "clock", "desk", "environ",
    "post_form", "services",
]  # fmt: skip

WEEK = "2026-W09"


@dataclass
class World:
    """Browsers by who holds them, and the ids of two cases: the first Aigul's, the other Bota's."""

    app: Flask
    who: dict[str, FlaskClient] = field(default_factory=dict)
    mine: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)

    def token(self, name: str) -> str:
        """A token for this browser's forms."""
        browser = self.who[name]
        page = {"anyone": "/signin", "family": "/status/message"}.get(name, "/account")
        return csrf_of(browser.get(page))


@pytest.fixture
def world(app: Flask, services: Services, client_as: ClientAs, desk: Desks) -> World:
    found = World(app)
    staff: dict[str, StaffClient] = {}
    for name, roles in {
        "Aigul": ("caseworker",),
        "Bota": ("caseworker",),
        "Vera": ("supervisor",),
        "Consul": ("consular",),
        "Stranger": ("consular",),
        "Admin": ("administrator",),
        "Auditor": ("auditor",),
    }.items():
        staff[name] = client_as(*roles, name=name)
    posts = {name: make_post(desk, staff[name].person_id) for name in ("Consul", "Stranger")}
    with desk() as d:
        found.mine = _case(d, staff["Aigul"], posts["Consul"])
        found.other = _case(d, staff["Bota"], None)
        for ids, owner in ((found.mine, staff["Aigul"]), (found.other, staff["Bota"])):
            ids |= _around(d, owner.person_id)
        row = visits.begin(d, "family", enquirer_id=found.mine["enquirer_id"])
    found.mine["other_ref"], found.other["other_ref"] = found.other["ref"], found.mine["ref"]
    found.who = dict(staff)
    found.who["anyone"] = app.test_client()
    found.who["family"] = app.test_client()
    found.who["family"].set_cookie("session", row.token)
    return found


def _case(d: Any, owner: StaffClient, post_id: str | None) -> dict[str, str]:
    case = cases.open_case(d, zone_name="UTC", caseworker_id=owner.person_id)
    aunt = record.add_enquirer(d, case, {"name": "Invented Aunt"}, language="en")
    name = record.add_name(d, case, "Tursun Hapiz", source="the aunt", enquirer=aunt)
    report = record.report_contact(
        d,
        case,
        occurred=parse_edtf("2026-01-20"),
        cls=ContactClass.DIRECT,
        details={"means": "telephone", "words": "a call"},
        edtf="2026-01-20",
        enquirer=aunt,
        first_report=True,
    )
    family.write(d, aunt, "Is there news?")
    (photo,) = pictures.add(d, case, report, [Picture(b"\xff\xd8 whole", b"\xff\xd8 small")])
    ids = {
        "ref": case.ref, "report_id": report.id, "enquirer_id": aunt.id, "share_id": "0" * 32,
        "picture_id": photo.id, "told_id": name.id,
    }  # fmt: skip
    if post_id is not None:
        sharing.record_consent(
            d, case, aunt, "consular", given=True, language="en", text_checked=True, spoken=True
        )
        d.actor = Actor("person", owner.person_id)
        shared = sharing.share(d, case, post_id, ["name", "dates"], ask="Please ask.")
        d.actor = OPERATOR
        ids["share_id"] = shared.id
    return ids


def _around(d: Any, person_id: str) -> dict[str, str]:
    """Rows that are nobody's case: an account, an address, a message, a policy, a week."""
    version = d.session.scalars(select(PolicyVersion)).first()
    row = d.session.scalars(select(OutboxMessage)).first()
    digest = Digest(
        id=new_id(), person_id=person_id, week=WEEK, covers_from=WEEK, roles=["caseworker"],
        audit_head="0" * 64, decided_at=d.now,
    )  # fmt: skip
    d.safe.seal(digest, "facts", Facts().as_json())
    d.session.add(digest)
    points = select(ContactPoint.id).filter_by(person_id=person_id)
    return {
        "person_id": person_id,
        "point_id": d.session.scalars(points).first(),
        "row_id": row.id if row else "0" * 32,
        "policy_id": d.session.scalars(select(PolicyRow.id)).first(),
        "version_id": version.id,
        "week": WEEK,
        "token": "0" * 43,
        "secret": "0" * 32,
        "request_id": "0" * 32,
        "key": "names",
        "name": "kit.css",
        "sheet": "0" * 43,
        "view_id": "0" * 32,
    }
