"""Invented cases for the tests of the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.conftest import Desks, csrf_of
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.contact import ContactClass
from tracker.domain.edtf import parse_edtf
from tracker.engine.cases import cases, record
from tracker.engine.staff.posts import add_member, add_post
from tracker.store.schema import Alert, Case, ContactReport, Enquirer, Note, OutboxMessage

SISTER = "Invented Sister of Nobody"


def looked_for(
    browser: FlaskClient, words: str, at: str = "/queue/search", page: str = "/queue"
) -> TestResponse:
    """What a search shows, and that no word of it stands in the address."""
    token = csrf_of(browser.get(page))
    answer = browser.post(at, data={"q": words, "csrf_token": token})
    assert answer.status_code == 303, answer.status
    return browser.get(answer.location)


def make_case(
    desk: Desks,
    owner: str | None,
    *,
    name: str = "Tursun Hapiz",
    last: str = "2026-01-20",
    confirmed: bool = True,
    actor: Actor = OPERATOR,
) -> str:
    """A case whose person was last heard from then; its reference."""
    with desk(actor) as d:
        case = cases.open_case(d, zone_name="Asia/Almaty", caseworker_id=owner)
        told = {"name": SISTER, "relation": "sibling", "phone": "+77010000000"}
        enquirer = record.add_enquirer(d, case, told, language="kk")
        record.add_name(d, case, name, source="the family")
        record.report_contact(
            d,
            case,
            occurred=parse_edtf(last),
            cls=ContactClass.DIRECT,
            details={"means": "telephone", "words": "a call in winter", "source": None},
            edtf=last,
            enquirer=enquirer,
            first_report=True,
            confirmed=confirmed,
        )
        return case.ref


def make_post(desk: Desks, person_id: str) -> str:
    """An embassy where one person serves; its id."""
    with desk() as d:
        post = add_post(d, "Embassy of Lorania", "UTC")
        add_member(d, post.id, person_id, date(2027, 1, 1))
        return post.id


def case_row(desk: Desks, ref: str) -> Case:
    """The case as it stands."""
    with desk() as d:
        return d.session.scalars(select(Case).filter_by(ref=ref)).one()


def rows(desk: Desks, ref: str, kind: type[Any]) -> list[Any]:
    """The rows of one kind that belong to a case."""
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        return list(d.session.scalars(select(kind).filter_by(case_id=case.id)))


def alerts(desk: Desks, ref: str, *kinds: str) -> list[Alert]:
    """Its alerts of these kinds, oldest first."""
    found = [alert for alert in rows(desk, ref, Alert) if not kinds or alert.kind in kinds]
    return sorted(found, key=lambda alert: alert.raised_at)


def reports(desk: Desks, ref: str) -> list[ContactReport]:
    """Its contact reports."""
    return rows(desk, ref, ContactReport)


def told(desk: Desks, ref: str, alert: Alert) -> set[str]:
    """Who is sent an alert, by id."""
    return {m.person_id for m in rows(desk, ref, OutboxMessage) if m.alert_id == alert.id}


def enquirer_of(desk: Desks, ref: str) -> Enquirer:
    """Its first enquirer."""
    return rows(desk, ref, Enquirer)[0]


def notes(desk: Desks, ref: str) -> list[str]:
    """The kinds of reasons kept with it."""
    return [note.kind for note in rows(desk, ref, Note)]
