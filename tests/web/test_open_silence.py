"""Where a family said "or earlier", nothing says an exact number of days (clock.md R2, R3)."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm
from tests.web.pdfs import text_of
from tests.web.staff_cases import make_case, make_post
from tracker.bootstrap import Services
from tracker.engine.cases import sharing
from tracker.engine.staff import api_tokens
from tracker.engine.worker.tick import tick
from tracker.store.schema import Case, Enquirer, Person

WEEK = "2026-W10"


def body_of(mail: bytes) -> str:
    """A mail's plain text."""
    told = message_from_bytes(mail, policy=default).get_body(("plain",))
    assert told is not None
    return str(told.get_content())


def test_an_open_silence_is_said_to_be_open_wherever_it_is_said(
    client_as: ClientAs,
    desk: Desks,
    clock: MovableClock,
    services: Services,
    post_form: PostForm,
) -> None:
    """On 2 March 2026 at least 367 days, a week later 374; how many at most nobody knows."""
    dana = client_as("caseworker", name="Dana")
    consul = client_as("consular", name="Consul")
    ref = make_case(desk, dana.person_id, last="../2025-02-28", confirmed=False)
    post = make_post(desk, consul.person_id)
    with desk(dana.actor) as d:
        d.session.get_one(Person, dana.person_id).disclosure = "reference"
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        enquirer = d.session.scalars(select(Enquirer)).one()
        sharing.record_consent(
            d, case, enquirer, "consular", given=True, language="en", text_checked=True
        )
        sharing.share(d, case, post, ("dates",))
        token = api_tokens.make(d, "a program", "read", 30)
    tick(services)

    told = "none confirmed; last heard as told: not after 28 February 2025"
    for who, path in (
        (dana, "/queue"),
        (dana, f"/cases/{ref}"),
        (consul, "/shared"),
        (consul, f"/shared/{ref}"),
        (consul, f"/shared/{ref}/sheet"),
    ):
        page = re.sub(r"<[^>]+>|[\u2066\u2069]", "", who.get(path).text)
        assert "367+ days" in page and told in page and "367 days" not in page, path

    paper = f"/shared/{ref}/sheet"
    sheet = text_of(post_form(consul, paper, {}, paper).data)
    assert "367+ days" in sheet and "not after 28 February 2025" in sheet

    program = {"Authorization": f"Bearer {token}"}
    (item,) = dana.get("/api/v1/cases", headers=program).json["items"]
    assert item["silent"] == {"at_least": 367, "at_most": None}
    alerts = dana.get("/api/v1/alerts", headers=program).json["items"]
    assert {one["silent"]["at_most"] for one in alerts} == {None}

    clock.move(timedelta(days=7))
    tick(services)
    dana = client_as("caseworker", name="Dana")
    page = dana.get(f"/digests/{WEEK}").text.replace("\u00a0", " ")
    assert "374+ days" in page and "374 days" not in page
    assert "374+ days" in text_of(dana.get(f"/digests/{WEEK}/sheet.pdf").data)
    outbox = (services.settings.instance / "outbox").glob("*.eml")
    mails = [body_of(path.read_bytes()) for path in outbox]
    assert any(f"Case {ref} (critical): silent for 367+ days." in mail for mail in mails)
    assert any(f"{ref} · Critical · silent for 374+\u00a0days" in mail for mail in mails)
    assert not any(re.search(r"3(67|74) days", mail) for mail in mails)
    assert "367+ days silent · waits for an answer" in dana.get(f"/cases/{ref}").text
