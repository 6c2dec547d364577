"""S15 at the doors: photos of letters from families and caseworkers, and who may see them."""

from __future__ import annotations

import re
import tempfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.standins.photos import CANARY, large_photo, opened, photo
from tests.web.conftest import ClientAs, Desks, MovableClock, csrf_of
from tests.web.family_reports import answer, code_in, report, send
from tests.web.staff_cases import make_case, make_post
from tracker.domain.actor import OPERATOR, Actor
from tracker.engine.cases import cases, pictures, record, sharing
from tracker.engine.keeping import retention
from tracker.engine.sheets.exporting import cases_of, gather
from tracker.security.pictures import Picture
from tracker.store import drafts, room, timeline
from tracker.store.schema import Attachment, AuditRow, Case, DraftPicture, Enquirer, FamilyMessage

NAME = f"{CANARY.decode()}.jpg"


def upload(browser: FlaskClient, url: str, *files: bytes, **fields: Any) -> TestResponse:
    """Send a page's form with files, all called by the canary."""
    token = csrf_of(browser.get(url, follow_redirects=True))
    sent = [FileStorage(BytesIO(content), NAME) for content in files]
    sent = sent or [FileStorage(BytesIO(), "")]
    boundary, body = encode_multipart({**fields, "csrf_token": token, "pictures": sent})
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.post(url, data=body, content_type=kind)


def count(desk: Desks, kind: Any) -> int:
    with desk() as d:
        return d.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_family_s_photos_go_with_its_report(
    client: FlaskClient, desk: Desks, monkeypatch: pytest.MonkeyPatch, instance: Path
) -> None:
    """Kept beside the draft, taken away again, handed over when it is sent; never in a file in
    clear, and nothing of what the file was called or told is anywhere."""
    monkeypatch.setattr(tempfile, "tempdir", str(instance / "no such folder"))
    answer(client)
    added = upload(client, "/report/pictures", large_photo(), photo(), add="1")
    assert added.location == "/report/pictures"
    page = client.get("/report/pictures").text
    assert page.count('name="remove"') == 2 and NAME not in page
    gone = re.findall(r'name="remove" value="(\w+)"', page)[0]
    assert send(client, "/report/pictures", {"remove": gone}).location == "/report/pictures"
    assert upload(client, "/report/pictures").location == "/report/check"
    assert "1 photo" in client.get("/report/check").text
    sent = client.post("/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))})
    code_in(sent)
    assert count(desk, DraftPicture) == 0
    with desk() as d:
        row = d.session.scalars(select(Attachment)).one()
        assert row.enquirer_id is not None and row.added_by is None
        assert opened(pictures.look(d, row)).size == (320, 240)
        assert d.session.scalars(select(AuditRow.act).filter_by(object_id=row.id)).all()
    for path in (instance, *instance.rglob("*")):
        if path.is_file():
            assert CANARY not in path.read_bytes(), path


def test_what_cannot_be_read_is_said_and_the_others_are_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, "/report", {})
    page = upload(client, "/report/pictures", b"%PDF-1.4", photo(), b"\0\0\0\x18ftypheic")
    assert page.status_code == 422
    assert "Photo 1: this is a PDF" in page.text and "Photo 3: your phone" in page.text
    assert page.text.count('name="remove"') == 1
    assert "five photos at most" in upload(client, "/report/pictures", *[photo()] * 6).text
    monkeypatch.setattr(pictures, "MOST_OF_DRAFT", 1)
    full = upload(client, "/report/pictures", photo())
    assert full.status_code == 422 and "Ten photos can be sent" in full.text
    large = client.post("/report/pictures", data=bytes(31 << 20), content_type="text/plain")
    assert large.status_code == 413
    assert 'href="/report/pictures"' in large.text


def test_an_unsent_form_takes_its_photos_along(
    client: FlaskClient, app: Flask, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleted with the draft, by hand or after a day; and strangers cannot fill the disk."""
    send(client, "/report", {})
    upload(client, "/report/pictures", photo())
    assert count(desk, DraftPicture) == 1
    client.post("/report/delete", data={"csrf_token": csrf_of(client.get("/report"))})
    assert count(desk, DraftPicture) == 0
    send(client, "/report", {})
    monkeypatch.setattr(room, "MOST_PICTURES", 1)
    upload(client, "/report/pictures", photo())
    assert "cannot take photos now" in upload(client, "/report/pictures", photo()).text
    with desk() as d:
        drafts.forget(d.session, d.now + timedelta(hours=25))
    assert count(desk, DraftPicture) == 0
    stranger = app.test_client()
    assert upload(stranger, "/report/pictures", photo()).location == "/report"


def test_photos_added_later_wait_for_the_caseworker_as_a_message(
    app: Flask, client: FlaskClient, desk: Desks
) -> None:
    """S7: behind the code nobody sees them again. A second submit adds nothing."""
    assert send(client, "/status", {"code": report(app.test_client())}).location == "/status"
    assert upload(client, "/status/pictures").status_code == 422
    first = upload(client, "/status/pictures", photo(), once="a")
    assert first.location == "/status"
    upload(client, "/status/pictures", photo(), once="a")
    assert count(desk, Attachment) == 1
    with desk() as d:
        message = d.session.scalars(select(FamilyMessage)).one()
        assert d.safe.open(message, "body") == "Photos were added."
    telling = {
        "last_precision": "words", "last_words": "a letter came three days ago", "means": "letter",
        "staged": "no", "photos": "1", "sure": "1", "once": "b",
    }  # fmt: skip
    assert send(client, "/status/news", telling).location == "/status/pictures"


def test_other_photos_sent_from_the_same_page_are_kept_too(
    app: Flask, client: FlaskClient, desk: Desks
) -> None:
    """After the browser's "back" the form has its old token: what it brings now is something else,
    and the page says that it is here."""
    send(client, "/status", {"code": report(app.test_client())})
    for one in (photo(), photo(), large_photo()):
        went = upload(client, "/status/pictures", one, once="a", text="a letter")
        assert went.location == "/status"
    assert count(desk, Attachment) == 2


def test_what_is_written_with_photos_is_lost_neither_with_a_fault_nor_with_a_refusal(
    app: Flask, client: FlaskClient, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is kept by halves: where the words are not taken the photos are not either."""
    send(client, "/status", {"code": report(app.test_client())})
    long = "word " * 1_001
    shown = upload(client, "/status/pictures", photo(), once="a", text=long)
    assert shown.status_code == 422 and long in shown.text
    assert count(desk, Attachment) == 0
    monkeypatch.setattr(pictures, "MOST_OF_CASE", 0)
    shown = upload(client, "/status/pictures", photo(), once="a", text="On it stands a name.")
    assert shown.status_code == 422 and "On it stands a name." in shown.text
    assert count(desk, Attachment) == count(desk, FamilyMessage) == 0


def test_another_language_takes_nobody_on_from_the_photos(
    app: Flask, client: FlaskClient, desk: Desks
) -> None:
    """The button stands in the form: what was chosen is kept, what was written stands there."""
    answer(client)
    went = upload(client, "/report/pictures", photo(), lang="ru")
    assert went.location == "/report/pictures" and count(desk, DraftPicture) == 1
    assert '<html lang="ru"' in client.get(went.location).text
    other = app.test_client()
    send(other, "/status", {"code": report(app.test_client())})
    shown = upload(other, "/status/pictures", once="a", text="a letter", lang="tr")
    assert shown.status_code == 200 and '<html lang="tr"' in shown.text
    assert "a letter" in shown.text and "govuk-error" not in shown.text
    assert count(desk, FamilyMessage) == 0


def test_a_caseworker_adds_looks_and_deletes(client_as: ClientAs, desk: Desks) -> None:
    """As a file to download that runs nothing; every look is in the audit trail."""
    aigul = client_as("caseworker", name="Aigul")
    ref = make_case(desk, aigul.person_id)
    page = aigul.get(f"/cases/{ref}/pictures").text
    contact = re.findall(r'<option value="(\w{32})"', page)[0]
    added = upload(aigul, f"/cases/{ref}/pictures", photo(), contact=contact)
    assert added.location == f"/cases/{ref}/pictures"
    assert upload(aigul, f"/cases/{ref}/pictures", photo(), contact="0" * 32).status_code == 422
    url = re.findall(r'href="(/cases/[^"]+/pictures/\w{32})"', aigul.get(added.location).text)[0]
    assert "1 photo" in aigul.get(f"/cases/{ref}").text
    assert f"{url}/small" in aigul.get(f"/cases/{ref}/contacts/{contact}").text
    got = aigul.get(url)
    assert got.mimetype == "image/jpeg" and opened(got.data).size == (320, 240)
    assert got.headers["Content-Disposition"] == 'attachment; filename="picture.jpg"'
    assert got.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"
    assert max(opened(aigul.get(f"{url}/small").data).size) <= 320
    with desk() as d:
        acts = d.session.scalars(select(AuditRow.act).order_by(AuditRow.seq)).all()
    assert [act for act in acts if act.startswith("picture.")] == [
        "picture.added", "picture.read", "picture.glanced",
    ]  # fmt: skip
    assert send(aigul, f"{url.rpartition('/')[0]}", {"contact": contact}).status_code == 422
    token = csrf_of(aigul.get(f"/cases/{ref}/pictures"))
    assert aigul.post(f"{url}/delete", data={"csrf_token": token}).status_code == 422
    aigul.post(f"{url}/delete", data={"csrf_token": token, "sure": "1"})
    assert count(desk, Attachment) == 0 and aigul.get(url).status_code == 404


def _with_photo(desk: Desks, ref: str) -> str:
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        contact = timeline.reports(d.session, case.id)[0]
        (row,) = pictures.add(d, case, contact, [Picture(photo(), photo(60, 40))])
        return row.id


def test_a_post_sees_photos_only_where_documents_are_shared(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    aigul, consul = client_as("caseworker", name="Aigul"), client_as("consular", name="Consul")
    ref, post = make_case(desk, aigul.person_id), make_post(desk, consul.person_id)
    photo_id = _with_photo(desk, ref)
    with desk(Actor("person", aigul.person_id)) as d:
        case = d.session.scalars(select(Case)).one()
        sister = d.session.scalars(select(Enquirer)).one()
        sharing.record_consent(
            d, case, sister, "consular", given=True, language="en", text_checked=True, spoken=True
        )
        share = sharing.share(d, case, post, ["name", "dates"])
    url = f"/shared/{ref}/pictures/{photo_id}"
    assert consul.get(f"/shared/{ref}").status_code == 200
    assert consul.get(url).status_code == 404
    clock.move(timedelta(minutes=5))
    with desk(Actor("person", aigul.person_id)) as d:
        case = d.session.scalars(select(Case)).one()
        sharing.unshare(d, case, d.session.merge(share))
        sharing.share(d, case, post, ["documents"])
    assert url in consul.get(f"/shared/{ref}").text
    assert consul.get(url).mimetype == "image/jpeg"
    assert consul.get(f"/cases/{ref}/pictures/{photo_id}").status_code == 403
    with desk() as d:  # taken back: it is no confirmed contact any more
        case = d.session.scalars(select(Case)).one()
        record.retract(d, case, timeline.reports(d.session, case.id)[0], "another person")
    assert consul.get(url).status_code == 404


def test_photos_go_with_the_family_and_with_the_case_and_never_leave_in_a_file(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """S18: a withdrawal erases them after 14 days, an erased case at once."""
    aigul = client_as("caseworker", "supervisor", name="Aigul")
    ref = make_case(desk, aigul.person_id)
    _with_photo(desk, ref)
    with desk(aigul.actor) as d:
        made = gather(d, cases_of(d, None), "json").cases[0].as_json()
        assert made["pictures"] == 1 and CANARY.decode() not in str(made)
    with desk() as d:
        sister = d.session.scalars(select(Enquirer)).one()
        sister.withdrawn_at = d.now
    clock.move(timedelta(days=14, minutes=1))
    with desk() as d:
        retention.forget(d, d.session.scalars(select(Enquirer.id)).one())
    assert count(desk, Attachment) == 0
    with desk(aigul.actor) as d:
        case = d.session.scalars(select(Case)).one()
        contact = timeline.reports(d.session, case.id)[0]
        pictures.add(d, case, contact, [Picture(photo(), photo(60, 40))])
        cases.close(d, case, "released", d.now.date(), "the family", "home")
    with desk(OPERATOR) as d:
        retention.erase(d, d.session.scalars(select(Case)).one())
    assert count(desk, Attachment) == 0
