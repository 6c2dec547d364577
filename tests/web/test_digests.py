"""`/digests`: own in full, all for a supervisor, delivery states for an administrator (D9)."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient
from tests.web.pdfs import text_of
from tracker.bootstrap import Services
from tracker.domain.contact import Interval
from tracker.engine.cases import cases, record
from tracker.engine.worker.tick import tick
from tracker.store.schema import AuditRow, Case, Digest
from tracker.web import whom

WEEK = "2026-W10"
NAME, HIS = "Nurlan Invented", "Bolat Invented"


class Scene(NamedTuple):
    client_as: ClientAs
    hers: str
    his: str

    def read(self, role: str, name: str, path: str = f"/digests/{WEEK}") -> str:
        return self.client(role, name).get(path).get_data(as_text=True)

    def client(self, role: str, name: str) -> StaffClient:
        return self.client_as(role, name=name)


@pytest.fixture
def scene(client_as: ClientAs, desk: Desks, clock: MovableClock, services: Services) -> Scene:
    """Two caseworkers with a silent case each, a supervisor; the Monday after, 08:00."""
    refs = []
    for name, sought in (("Dana", NAME), ("Ilyas", HIS)):
        worker = client_as("caseworker", name=name)
        with desk(worker.actor) as d:
            day = (clock.now - timedelta(days=31)).date()
            case = cases.open_case(
                d,
                zone_name="UTC",
                caseworker_id=worker.person_id,
                missing_since=Interval(day, day),
            )
            record.add_name(d, case, sought)
            cases.look_now(d, case)
            refs.append(case.ref)
    for role, name in (("supervisor", "Vera"), ("administrator", "Omar"), ("auditor", "Mira")):
        client_as(role, name=name)
    clock.move(timedelta(days=7))
    tick(services)
    return Scene(client_as, *refs)


def test_my_own_opens_names_and_leads_to_the_cases(scene: Scene) -> None:
    page = scene.read("caseworker", "Dana")
    assert NAME in page and f'href="/cases/{scene.hers}"' in page
    assert HIS not in page and scene.his not in page
    shown = page.replace("\u00a0", " ")
    assert "30-day threshold on 2 Mar 2026" in shown, "not: in 30 days from now"
    assert "As things stood on 9 March 2026." in page
    assert WEEK in scene.read("caseworker", "Dana", "/digests")


def test_a_supervisor_reads_all_and_another_readers(scene: Scene, client_as: ClientAs) -> None:
    dana = client_as("caseworker", name="Dana").person_id
    vera = scene.client("supervisor", "Vera")
    mine = vera.get(f"/digests/{WEEK}").get_data(as_text=True)
    assert NAME in mine and HIS in mine
    hers = vera.get(f"/digests/{WEEK}?reader={dana}").get_data(as_text=True)
    assert NAME in hers and HIS not in hers
    assert vera.get(f"/digests/{WEEK}?reader=nobody").get_data(as_text=True).count(NAME) == 0


def test_a_reader_is_chosen_by_name_where_they_are_many(
    scene: Scene, client_as: ClientAs, post_form: PostForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name stands in no address (S12); whoever never got a digest is nobody to choose."""
    dana, vera = client_as("caseworker", name="Dana").person_id, scene.client("supervisor", "Vera")
    assert ">Dana</option>" in vera.get("/digests").text
    monkeypatch.setattr(whom, "LISTED", 2)
    for page, sent in (("/digests", {}), (f"/digests/{WEEK}", {"week": WEEK})):
        text = vera.get(page).text
        assert "</option>" not in text and 'value="Vera"' in text
        alike = post_form(vera, "/digests/reader", {**sent, "reader": "Дана"}, page=page)
        assert alike.status_code == 422 and f'<option value="{dana}">Dana</option>' in alike.text
        for named in (dana, "dan"):
            found = post_form(vera, "/digests/reader", {**sent, "reader": named}, page=page)
            assert found.location == f"{page}?reader={dana}"
    shown = vera.get(f"/digests/{WEEK}?reader={dana}").text
    assert 'value="Dana"' in shown
    for nobody in ("Omar", "", "x" * 32):
        none = post_form(vera, "/digests/reader", {"reader": nobody}, page="/digests")
        assert none.status_code == 422
    odd = {"reader": dana, "week": "//elsewhere.example"}
    assert post_form(vera, "/digests/reader", odd, page="/digests").location == (
        f"/digests?reader={dana}"
    )


def test_nobody_else_chooses_a_reader(scene: Scene, client_as: ClientAs) -> None:
    ilyas = client_as("caseworker", name="Ilyas").person_id
    page = scene.client("caseworker", "Dana").get(f"/digests/{WEEK}?reader={ilyas}")
    assert HIS not in page.get_data(as_text=True)


@pytest.mark.parametrize(("role", "name"), [("administrator", "Omar"), ("auditor", "Mira")])
def test_deliveries_without_content(scene: Scene, role: str, name: str) -> None:
    page = scene.read(role, name)
    assert "Dana" in page and "Vera" in page
    for content in (NAME, HIS, scene.hers, scene.his, "Crossed a threshold"):
        assert content not in page
    assert ("written to a file only" in page) == (role == "administrator")
    assert WEEK in scene.read(role, name, "/digests")


def test_a_case_handed_on_is_counted_and_not_shown(
    scene: Scene, desk: Desks, client_as: ClientAs
) -> None:
    """S8: other people's cases are as if absent."""
    ilyas = client_as("caseworker", name="Ilyas").person_id
    with desk() as d:
        d.session.scalars(select(Case).filter_by(ref=scene.hers)).one().caseworker_id = ilyas
    page = scene.read("caseworker", "Dana")
    assert NAME not in page and scene.hers not in page
    assert "1 case is no longer open to you." in page


@pytest.mark.parametrize("week", ["2026-W09", "2026-W54", "nonsense", "2026-W1"])
def test_a_week_without_a_digest_is_absent(scene: Scene, week: str) -> None:
    assert scene.client("caseworker", "Dana").get(f"/digests/{week}").status_code == 404
    assert scene.client("administrator", "Omar").get(f"/digests/{week}").status_code == 404


def test_reading_is_audited(scene: Scene, desk: Desks) -> None:
    """S13."""
    scene.read("caseworker", "Dana")
    with desk() as d:
        row = d.session.scalars(select(AuditRow).filter_by(act="digest.read")).one()
        assert row.detail == {"week": WEEK}


def test_no_column_stands_empty(scene: Scene, desk: Desks) -> None:
    """Where no line of a section has a reason, there is no column for it; a missing consent leads
    to where it is written down."""
    with desk() as d:
        for row in d.session.scalars(select(Digest)):
            facts = d.safe.open(row, "facts")
            facts["consent_needed"] = [{**item, "on": None} for item in facts["crossed"]]
            d.safe.seal(row, "facts", facts)
    page = scene.read("caseworker", "Dana")
    table = {title: page[page.index(f'id="{title}"') :] for title in ("consent_needed", "crossed")}
    heads = {title: part[: part.index("</thead>")] for title, part in table.items()}
    assert ">Why</th>" in heads["crossed"] and ">Why</th>" not in heads["consent_needed"]
    assert f'href="/cases/{scene.hers}/consent"' in table["consent_needed"]
    assert "<td></td>" not in page


def test_on_paper_it_has_references_and_no_name(scene: Scene, client_as: ClientAs) -> None:
    """S4, S8: as a mail at reference level; another's digest is as if absent."""
    path = f"/digests/{WEEK}/sheet.pdf"
    hers = scene.client("caseworker", "Dana").get(path)
    assert hers.mimetype == "application/pdf"
    text = text_of(hers.data)
    assert scene.hers in text and scene.his not in text and NAME not in text
    dana = client_as("caseworker", name="Dana").person_id
    asked = scene.client("caseworker", "Ilyas").get(f"{path}?reader={dana}")
    assert scene.hers not in text_of(asked.data)
    assert scene.client("caseworker", "Dana").get("/digests/2019-W01/sheet.pdf").status_code == 404
    png = scene.client("supervisor", "Vera").get(f"/digests/{WEEK}/bands.png")
    assert png.data.startswith(b"\x89PNG") and NAME.encode() not in png.data
