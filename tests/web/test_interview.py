"""`/cases/new` and `/cases/<ref>/tell` as a caseworker uses them."""

from __future__ import annotations

from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, csrf_of
from tests.web.interviews import hidden, interview, save, type_in
from tests.web.staff_cases import case_row, reports, rows
from tracker.engine.cases import sharing
from tracker.store.schema import Case, Consent, Enquirer, PersonName, Statement

TOLD = {
    "said_on": "2026-03-01",
    "names": "Erzhan Qalibek",
    "heard_words": "five weeks ago",
    "means": "telephone",
}


def test_the_case_is_the_caseworkers_own(client_as: ClientAs, desk: Desks) -> None:
    """It is assigned to who typed it; a supervisor's goes to nobody yet."""
    worker = client_as("caseworker", name="Aigul Worker")
    assert case_row(desk, interview(worker, TOLD)).caseworker_id == worker.person_id
    boss = client_as("supervisor", name="Madina Supervisor")
    assert case_row(desk, interview(boss, TOLD)).caseworker_id is None


def test_nothing_is_saved_before_the_dates_were_looked_at(client_as: ClientAs, desk: Desks) -> None:
    """What was understood stands beside the words; words count from the day they were said."""
    worker = client_as("caseworker")
    shown = type_in(worker, "/cases/new", TOLD)
    assert "Nothing is saved yet" in shown.text
    assert (
        "Understood: between 22\u00a0January\u00a02026 and 28\u00a0January\u00a02026." in shown.text
    )
    assert "Erzhan Qalibek" in shown.text
    with desk() as d:
        assert d.session.scalars(select(Case)).all() == []
    changed = {**TOLD, "heard_words": "six weeks ago"}
    assert "Nothing is saved yet" in save(worker, "/cases/new", changed, shown).text
    assert save(worker, "/cases/new", TOLD, shown).status_code == 303


def test_a_date_is_read_back_while_it_is_typed(client_as: ClientAs, desk: Desks) -> None:
    """In the words of the form, counted from the day it was said; nothing is kept of asking."""
    worker = client_as("caseworker")
    token = csrf_of(worker.get("/cases/new"))
    said = {"csrf_token": token, "said_on": "2026-03-01", "language": "en"}

    def read(**told: str) -> str:
        answer = worker.post("/dates", data={**said, **told})
        assert answer.status_code == 200 and answer.mimetype == "text/plain"
        return answer.text

    with desk() as d:
        before = d.trail.head()
    understood = "Understood: between 22\u00a0January\u00a02026 and 28\u00a0January\u00a02026."
    assert read(date="heard", heard_words="five weeks ago", held_words="1999") == understood
    assert read(date="when_3", when_3_words="yesterday") == "Understood: 28 February 2026."
    assert "they are kept" in read(date="heard", heard_words="when the apricots were picked")
    assert read(date="heard", heard_words="soon", heard_days="20") == ""
    assert read(date="when", when_precision="year", when_year="2019") == "Understood: 2019."
    assert read(date="when", when_precision="day", when_day="31", when_day_month="2") == ""
    assert read() == ""
    with desk() as d:
        assert d.trail.head() == before
    assert worker.post("/dates", data={"date": "heard"}).status_code == 400


def test_plain_dates_need_no_second_look(client_as: ClientAs) -> None:
    """Keyboard-fast: an ISO date is saved at once."""
    worker = client_as("caseworker")
    answer = type_in(worker, "/cases/new", {**TOLD, "heard_words": "2026-01-20"})
    assert answer.status_code == 303


def test_a_second_submit_leads_to_the_first_case(client_as: ClientAs, desk: Desks) -> None:
    worker = client_as("caseworker")
    shown = type_in(worker, "/cases/new", TOLD)
    first = save(worker, "/cases/new", TOLD, shown)
    again = save(worker, "/cases/new", TOLD, shown)
    assert first.location == again.location
    with desk() as d:
        assert len(d.session.scalars(select(Case)).all()) == 1


def test_another_family_typed_into_the_page_that_back_shows_is_not_lost(
    client_as: ClientAs, desk: Desks
) -> None:
    """The form has its old token: other words are another form, as everywhere at the desk."""
    worker = client_as("caseworker")
    shown = type_in(worker, "/cases/new", TOLD)
    first = save(worker, "/cases/new", TOLD, shown)
    other = {**TOLD, "names": "Zebunisa Nobody"}
    went = save(worker, "/cases/new", other, shown)
    assert went.status_code == 303 and went.location != first.location
    ref = first.location.removeprefix("/cases/")
    page = worker.get(f"/cases/{ref}/tell")
    told = {"said_on": "2026-03-01", "source": "An aunt", "once": hidden(page, "once")}
    for name in ("Sabira", "Sabira", "Sobira"):
        went = worker.post(
            f"/cases/{ref}/tell", data={**told, "names": name, "csrf_token": csrf_of(page)}
        )
        assert went.location == f"/cases/{ref}"
    with desk() as d:
        told_names = [d.safe.open(row, "name") for row in d.session.scalars(select(PersonName))]
    assert told_names.count("Sabira") == told_names.count("Sobira") == 1


def test_consent_said_aloud_counts_in_any_language(client_as: ClientAs, desk: Desks) -> None:
    """A spoken word makes up for a text that nobody has checked."""
    worker = client_as("caseworker")
    ref = interview(worker, {**TOLD, "language": "ug", "consents": "consular"})
    (consent,) = rows(desk, ref, Consent)
    assert consent.spoken_at is not None and consent.recorded_by == worker.person_id
    case = case_row(desk, ref)
    with desk() as d:
        assert sharing.consents(d, case, "consular")
        assert not sharing.consents(d, case, "un")


def test_days_written_beside_words_correct_them(client_as: ClientAs, desk: Desks) -> None:
    """The words stay; the days are the caseworker's."""
    worker = client_as("caseworker")
    told = {**TOLD, "heard_words": "when the apricots were picked", "heard_days": "2025-07/2025-08"}
    ref = interview(worker, told)
    (report,) = reports(desk, ref)
    with desk() as d:
        occurred = d.safe.open(report, "occurred")
        assert (occurred["earliest"], occurred["latest"]) == ("2025-07-01", "2025-08-31")
        assert d.safe.open(report, "details")["words"] == "when the apricots were picked"


def test_bad_input_is_said_and_kept(client_as: ClientAs, desk: Desks) -> None:
    """A sentence each, everything typed still there, nothing written."""
    worker = client_as("caseworker")
    faults = [
        ({"names": ""}, "Write a name, or describe"),
        ({"heard_days": "2026-02-30"}, "Write it as 2018-01-22"),
        ({"heard_days": "2026-05"}, "in the future"),
        ({"said_on": "2026-03-09"}, "cannot lie in the future"),
        ({"said_on": "soon"}, "Write the date as year, month, day"),
        ({"phone": "701 111 22 33"}, "code of the country"),
        ({"zone_name": "Mars/Olympus"}, "no such time zone"),
        ({"text_1": "visits stopped"}, "Choose what this is about"),
        ({"kind_1": "health"}, "Write what was told"),
        ({"reachable": "1"}, "at least one way"),
        ({"names": "\x00"}, "cannot be read"),
    ]
    for wrong, sentence in faults:
        refused = type_in(worker, "/cases/new", {**TOLD, **wrong})
        assert refused.status_code == 422, wrong
        assert sentence in refused.text, wrong
        assert "five weeks ago" in refused.text
    with desk() as d:
        assert d.session.scalars(select(Case)).all() == []
        assert d.session.scalars(select(Enquirer)).all() == []


def test_an_open_start_cannot_be_confirmed(client_as: ClientAs, desk: Desks) -> None:
    """R14: the engine's sentence is shown, and no half of a case is left."""
    worker = client_as("caseworker")
    told = {**TOLD, "heard_words": "before 2017", "confirmed": "1"}
    shown = type_in(worker, "/cases/new", told)
    refused = save(worker, "/cases/new", told, shown)
    assert refused.status_code == 422
    assert "say the earliest day" in refused.text
    with desk() as d:
        assert d.session.scalars(select(Case)).all() == []
        assert d.session.scalars(select(PersonName)).all() == []


def test_one_statement_is_asked_for_and_another_can_be_had_without_a_script(
    client_as: ClientAs,
) -> None:
    """Empty blocks say nothing; what was typed in any of them stays, whatever the page counted."""
    worker = client_as("caseworker")
    first = worker.get("/cases/new").text
    assert 'name="text_1"' in first and 'name="text_2"' not in first
    second = type_in(
        worker, "/cases/new", {**TOLD, "text_1": "kept", "rows": "1", "more_rows": "1"}
    )
    assert second.status_code == 200
    assert 'name="text_2"' in second.text and 'name="text_3"' not in second.text
    assert 'value="kept"' in second.text
    beyond = type_in(worker, "/cases/new", {**TOLD, "when_4_words": "in May", "rows": "1"}).text
    assert 'value="in May"' in beyond and 'name="text_5"' not in beyond


def test_another_source_needs_a_name_and_something_to_tell(
    client_as: ClientAs, desk: Desks
) -> None:
    """Conflicting facts are kept apart by their source."""
    worker = client_as("caseworker")
    ref = interview(worker, TOLD)
    url = f"/cases/{ref}/tell"
    nobody = {"said_on": "2026-03-01", "names": "E. Kalibek"}
    assert "Say who tells this" in type_in(worker, url, nobody).text
    nothing = {"said_on": "2026-03-01", "source": "Sunrise Relief"}
    assert "at least one thing" in type_in(worker, url, nothing).text
    page = worker.get(url)
    data = {**nobody, "source": "Sunrise Relief", "once": hidden(page, "once")}
    for _ in range(2):
        sent = worker.post(url, data={**data, "csrf_token": csrf_of(page)})
        assert sent.location == f"/cases/{ref}"
    assert len(rows(desk, ref, PersonName)) == 2, "a second submit adds nothing"
    assert rows(desk, ref, Statement) == []


def test_another_source_may_bring_a_contact(client_as: ClientAs, desk: Desks) -> None:
    """Pending unless the caseworker confirms it; its source stays with it."""
    worker = client_as("caseworker")
    ref = interview(worker, TOLD)
    told = {
        "said_on": "2026-03-01",
        "source": "Sunrise Relief",
        "heard_words": "2026-02-14",
        "means": "co_detainee",
    }
    interview(worker, told, f"/cases/{ref}/tell")
    second = next(row for row in reports(desk, ref) if not row.first_report)
    with desk() as d:
        assert second.state == "pending" and second.enquirer_id is None
        assert d.safe.open(second, "details")["source"] == "Sunrise Relief"
        assert d.safe.open(second, "occurred")["class"] == "third_party"


def test_what_is_on_record_says_a_family_member_by_number_only(client_as: ClientAs) -> None:
    """S8: who reported is looked at with a reason, not in passing beside a form."""
    worker = client_as("caseworker")
    ref = interview(worker, {**TOLD, "called": "Sayran", "relation": "spouse"})
    on_record = worker.get(f"/cases/{ref}/tell").text.partition("On record already")[2]
    assert "Enquirer 1" in on_record
    assert "wife" not in on_record and "Sayran" not in on_record


def test_others_cases_are_as_if_absent(client_as: ClientAs) -> None:
    """S8, S9."""
    ref = interview(client_as("caseworker", name="Aigul Worker"), TOLD)
    stranger = client_as("caseworker", name="Stranger")
    assert stranger.get(f"/cases/{ref}/tell").status_code == 404
    assert stranger.get("/cases/ZZZZZZ/tell").status_code == 404
