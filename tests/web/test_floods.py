"""Floods through the forms that need no sign-in: nothing a stranger sends stops others (S11)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.web.conftest import Desks, MovableClock, csrf_of
from tests.web.family_reports import answer, refused, send
from tracker.bootstrap import Services
from tracker.domain.errors import Refused
from tracker.engine.cases import pictures
from tracker.engine.staff import brakes
from tracker.security.pictures import Picture
from tracker.store import drafts as draft_rows
from tracker.store import dump, room
from tracker.store.schema import Case, Draft, DraftPicture
from tracker.web import told_dates
from tracker.web.family import answers

AWAY = {"REMOTE_ADDR": "198.51.100.9"}


def _kept(desk: Desks) -> dict[str, dict[str, str]]:
    with desk() as d:
        return draft_rows.answers(d.safe, d.session.scalars(select(Draft)).one())


def test_s11_answers_have_a_share_and_what_was_typed_stays(
    client: FlaskClient, desk: Desks, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(brakes.SHARES, "answer", 2)
    send(client, "/report", {})
    for name in ("Sabina", "Sabina O."):
        assert send(client, "/report/names", {"name_1": name}).status_code == 303
    braked = send(client, "/report/names", {"name_1": "Sabina Orazova"})
    assert braked.status_code == 429
    assert int(braked.headers["Retry-After"]) == 1800
    assert "Wait 30 minutes" in braked.text and 'value="Sabina Orazova"' in braked.text
    assert _kept(desk)["names"]["name_1"] == "Sabina O."
    elsewhere = client.post(
        "/report/names",
        data={"name_1": "Sabina Or.", "csrf_token": csrf_of(braked)},
        environ_base=AWAY,
    )
    assert elsewhere.status_code == 303, "who writes from elsewhere is not kept out"
    clock.move(timedelta(minutes=31))
    assert send(client, "/report/names", {"name_1": "Sabina Orazova"}).status_code == 303


def test_s11_reports_have_a_share_and_a_draft_waits_for_its_turn(
    client: FlaskClient, desk: Desks, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(brakes.SHARES, "send", 1)
    for number in range(2):
        answer(client)
        sent = client.post(
            "/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))}
        )
        assert sent.status_code == (429 if number else 200), sent.text
    assert "Nothing you wrote is lost" in sent.text
    with desk() as d:
        assert d.session.scalar(select(func.count()).select_from(Case)) == 1
    clock.move(timedelta(hours=1))
    assert client.post("/report/send", data={"csrf_token": csrf_of(sent)}).status_code == 200


def test_s11_one_neighbourhood_begins_so_many_reports(client: FlaskClient, desk: Desks) -> None:
    most = brakes.SHARES["report"]
    statuses = [send(client, "/report", {"anew": "1"}).status_code for _ in range(most + 1)]
    assert statuses == [303] * most + [429]
    with desk() as d:
        assert d.session.scalar(select(func.count()).select_from(Draft)) == 1


def test_s11_a_draft_holds_the_fields_of_its_question_and_no_others(
    client: FlaskClient, desk: Desks
) -> None:
    send(client, "/report", {})
    invented = {f"held_{n}": "x" * 2_000 for n in range(80)}
    sent = send(client, "/report/held", {"held_precision": "unknown", **invented})
    assert sent.status_code == 303
    assert set(_kept(desk)["held"]) <= {*told_dates.field_names("held"), "said_on", "language"}
    long_part = {"held_precision": "unknown", "held_year": "9" * 900, **invented}
    refused(client, "held", long_part)
    left = set(_kept(desk)["faulty"]["typed"])
    assert left <= {*told_dates.field_names("held"), "dont_know"}


def test_s11_a_draft_is_never_larger_than_one_may_be(
    client: FlaskClient, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says so, with what was typed still in the field."""
    monkeypatch.setattr(answers, "LARGEST", 4_000)
    send(client, "/report", {})
    assert send(client, "/report/place", {"place": "the second prison"}).status_code == 303
    said = "字" * 1_400
    refused = send(client, "/report/more", {"more": said})
    assert refused.status_code == 422
    assert "Shorten it" in refused.text and said in refused.text
    assert "more" not in _kept(desk)


def test_every_part_of_a_date_that_the_page_asks_for_is_taken(client: FlaskClient) -> None:
    """The closed list is that of the page, and of the one that reads an open start back."""
    send(client, "/report", {})
    asked = client.get("/report/heard").text
    send(client, "/report/heard", {"last_precision": "words", "last_words": "before 2018"})
    asked += client.get("/report/understood").text
    shown = set(re.findall(r' name="(last_[a-z_]+)"', asked))
    assert shown == set(told_dates.field_names("last"))


def test_s11_who_fills_the_room_makes_room(
    client: FlaskClient, app: Flask, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood from one neighbourhood crowds out itself; the family that began long before finds
    its form, its letters, and room for more."""
    monkeypatch.setattr(room, "MOST", 5)
    monkeypatch.setattr(room, "MOST_PICTURES", 4)
    monkeypatch.setitem(brakes.SHARES, "report", 100)
    client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    send(client, "/report", {})

    def waiting() -> dict[str, Draft]:
        with desk() as d:
            return {row.id: row for row in d.session.scalars(select(Draft))}

    def add(draft_id: str) -> None:
        with desk() as d:
            pictures.wait(d, d.session.get_one(Draft, draft_id), [Picture(b"whole", b"small")])

    (family,) = waiting()
    add(family)
    for number in range(9):
        before, flood = waiting(), app.test_client()
        flood.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        assert send(flood, "/report", {}).status_code == 303
        (new,) = set(waiting()) - set(before)
        if number < 3:
            add(new)
    add(new)
    for _each in range(3):
        with suppress(Refused):  # "We cannot take pictures now", and nothing of the family's goes
            add(new)
    assert client.get("/report/names").status_code == 200
    add(family)
    kept = waiting()
    assert len(kept) <= 5
    with desk() as d:
        assert (d.session.scalar(select(func.count()).select_from(DraftPicture)) or 0) <= 4
        mine = select(func.count()).select_from(DraftPicture).filter_by(draft_id=family)
        assert d.session.scalar(mine) == 2
    sources = {row.source for row in kept.values()}
    assert len(sources) == 2 and not any("." in (one or ".") for one in sources)


@pytest.mark.parametrize("widest", ["2001:db8:{:x}::1", "2001:{:x}::1", "198.51.{}.9"])
def test_s11_many_neighbourhoods_of_one_holder_count_together(
    desk: Desks, monkeypatch: pytest.MonkeyPatch, widest: str
) -> None:
    """Each keeps as little as a family; together they crowd out themselves, not the family."""
    monkeypatch.setattr(room, "MOST", 8)
    monkeypatch.setattr(room, "MOST_PICTURES", 8)
    with desk() as d:

        def begun(address: str) -> Draft:
            source = brakes.neighbourhood(d, address)
            token = draft_rows.begin(d.session, d.safe, "report", d.now, {}, source=source)
            found = draft_rows.find(d.session, "report", token, d.now)
            assert found is not None
            return found

        def add(draft: Draft) -> None:
            pictures.wait(d, draft, [Picture(b"whole", b"small")])

        family = begun("203.0.113.9")
        add(family)
        for number in range(7):
            add(begun(widest.format(number if "198" in widest else 0xD80 + number)))
        for number in range(7, 12):
            begun(widest.format(number if "198" in widest else 0xD80 + number))
        add(family)
        add(begun("192.0.2.7"))
        d.session.flush()
        assert d.session.get(Draft, family.id) is not None
        assert len(pictures.waiting(d, family)) == 2


def test_s1_where_a_report_came_from_is_forgotten_when_it_is_sent(
    client: FlaskClient, desk: Desks, services: Services
) -> None:
    """Nothing joins the case with a neighbourhood; and no backup keeps it even of a draft."""
    answer(client)
    with desk() as d:
        assert d.session.scalars(select(Draft.source)).one()
    client.post("/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))})
    with desk() as d:
        draft = d.session.scalars(select(Draft)).one()
        assert draft.sent_case_id and draft.source is None
    (about,) = [each for each in dump.tables() if each["table"] == "drafts"]
    assert "source" not in [name for name, _kind in about["columns"]]
    with dump.snapshot(services.database.engine) as connection:
        (rows,) = dump.rows(connection, about)
    assert len(rows[0]) == len(about["columns"])
