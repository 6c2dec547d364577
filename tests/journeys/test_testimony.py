"""What families told, typed in as an interviewer would. Invented people, dates as in the texts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock
from tests.web.interviews import interview, type_in
from tests.web.staff_cases import alerts, case_row, make_post, reports, rows
from tracker.bootstrap import Services
from tracker.domain.contact import Interval, Silent
from tracker.engine.cases import cases, sharing
from tracker.engine.clock.clockwork import last_contact, silent_days
from tracker.engine.worker.tick import tick
from tracker.store.schema import Enquirer, OutboxMessage, PersonName, Statement

SAID_ON = date(2018, 4, 21)
THEN = datetime(2018, 4, 21, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _april_2018(clock: MovableClock, services: Services) -> None:
    """The day of the interviews; the clock is read at each request."""
    assert services.clock is clock
    clock.now = THEN


def told(**more: str) -> dict[str, str]:
    return {
        "said_on": SAID_ON.isoformat(),
        "zone_name": "Asia/Almaty",
        "names": "Yerlan Ospanuly",
        **more,
    }


def heard(desk: Desks, ref: str) -> Interval:
    case = case_row(desk, ref)
    with desk() as d:
        return last_contact(d, case)


def silent(desk: Desks, ref: str) -> Silent:
    case = case_row(desk, ref)
    with desk() as d:
        return silent_days(d, case)


def values(desk: Desks, ref: str, kind: str) -> list[dict[str, str]]:
    found = [row for row in rows(desk, ref, Statement) if row.kind == kind]
    return unsealed(desk, found, "value")


def unsealed(desk: Desks, sealed: list[Any], column: str) -> list[Any]:
    with desk() as d:
        return [d.safe.open(row, column) for row in sealed]


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("We kept in touch for a while, but no one has heard from him since Jan. 22", "en"),
        ("The last sign of life came on the twenty-second of January", "en"),
        ("с 22 января о нём никто не слышал", "ru"),
        ("1月22日以后没有消息", "zh_Hans"),
    ],
)
def test_since_january_22(
    words: str,
    language: str,
    client_as: ClientAs,
    desk: Desks,
    services: Services,
    clock: MovableClock,
) -> None:
    """Year inferred and flagged, silent 89 days; R8: catching up tells everyone at once."""
    boss = client_as("supervisor", name="Madina Supervisor")
    consul = client_as("consular", name="Consul Invented")
    worker = client_as("caseworker", name="Aigul Worker")
    told_now = told(
        heard_words=words,
        language=language,
        means="telephone",
        confirmed="1",
        consents="consular",
    )
    shown = type_in(worker, "/cases/new", told_now)
    assert "22 January 2018" in shown.text
    assert "No year was named. We took the year to be 2018." in shown.text
    ref = interview(worker, told_now)
    assert heard(desk, ref) == Interval(date(2018, 1, 22), date(2018, 1, 22))
    assert silent(desk, ref) == Silent(89, 89)
    (occurred,) = unsealed(desk, reports(desk, ref), "occurred")
    (details,) = unsealed(desk, reports(desk, ref), "details")
    assert "year_inferred" in occurred["flags"]
    assert details["words"] == words
    assert details["said_on"] == "2018-04-21"
    (first,) = alerts(desk, ref, "step")
    sent = rows(desk, ref, OutboxMessage)
    assert {(row.person_id, row.role) for row in sent} == {
        (worker.person_id, "caseworker"),
        (boss.person_id, "supervisor"),
    }
    assert first.consent_needed == ["consular"]
    post = make_post(desk, consul.person_id)
    detached = case_row(desk, ref)
    with desk(worker.actor) as d:
        case = d.session.merge(detached)
        sharing.share(d, case, post, ["name", "dates"])
    granted = alerts(desk, ref, "consent_granted")
    assert len(granted) == 1
    assert consul.person_id in {row.person_id for row in rows(desk, ref, OutboxMessage)}
    clock.now = datetime(2018, 4, 22, 2, 59, tzinfo=UTC)
    tick(services)
    assert [alert.step for alert in alerts(desk, ref, "step")] == [first.step]
    clock.now = datetime(2018, 4, 22, 3, 0, tzinfo=UTC)
    tick(services)
    critical = alerts(desk, ref, "step")[-1]
    assert critical.step == first.step + 1, "22 April, 09:00 in Almaty, is three months"
    assert case_row(desk, ref).band == "critical"


@pytest.mark.parametrize(
    "words",
    ["has not seen him in more than two years", "we last saw him over two years ago"],
)
def test_seen_is_not_heard_and_nobody_names_the_man(
    words: str, client_as: ClientAs, desk: Desks
) -> None:
    """Two dates and no name; a telephone that is dead is a fact of its own."""
    worker = client_as("caseworker", name="Aigul Worker")
    ref = interview(
        worker,
        told(
            names="",
            description="husband of Saule",
            seen_words=words,
            kind_1="rights_withdrawn",
            text_1="the police took the passport when he came back",
            when_1_words="March 20, 2016",
            kind_2="means_state",
            text_2="neither the telephone nor the messaging app works",
            kind_3="need",
            text_3="no coal for winter, nobody to take care of the three children",
        ),
    )
    assert rows(desk, ref, PersonName) == []
    (seen,) = values(desk, ref, "last_seen")
    assert (seen["earliest"], seen["latest"]) == ("2015-04-22", "2016-04-21")
    assert seen["words"] == words
    assert heard(desk, ref) == Interval(SAID_ON, SAID_ON), "nobody said when they last heard"
    assert values(desk, ref, "rights_withdrawn")[0]["edtf"] == "2016-03-20"
    assert values(desk, ref, "means_state")[0]["text"].startswith("neither")
    assert {alert.kind for alert in alerts(desk, ref)} == {"to_confirm"}
    page = worker.get(f"/cases/{ref}/tell").text
    assert "husband of Saule" in page and "no coal for winter" in page


@pytest.mark.parametrize(
    "words",
    ["It's been five months. No one can reach her", "for five months we cannot get through to her"],
)
def test_five_months_is_an_interval(words: str, client_as: ClientAs, desk: Desks) -> None:
    """R3: silence is a range; R4: the step goes by the earlier bound, claims by the later."""
    worker = client_as("caseworker", name="Aigul Worker")
    ref = interview(
        worker,
        told(
            names="Gulnara Bekova\nГүлнара Бекова",
            heard_words=words,
            means="message",
            confirmed="1",
            place="a political training centre",
            kind_1="relative",
            text_1="the oldest son went with her and lives with relatives in China",
            kind_2="relative",
            text_2="the youngest son is with his father in Kazakhstan",
        ),
    )
    assert heard(desk, ref) == Interval(date(2017, 11, 6), date(2017, 12, 6))
    assert silent(desk, ref) == Silent(136, 166)
    band = alerts(desk, ref, "step")[-1]
    assert band.step == 5, "three months have passed since both bounds"
    assert len(values(desk, ref, "relative")) == 2
    assert set(unsealed(desk, rows(desk, ref, PersonName), "name")) == {
        "Gulnara Bekova",
        "Гүлнара Бекова",
    }


@pytest.mark.parametrize(
    ("monthly", "now_and_then"),
    [
        ("For a few years they visited him once a month", "occasionally allowed to visit"),
        ("a visit every month", "now and then a visit"),
    ],
)
def test_two_organisations_tell_of_one_man(
    monthly: str, now_and_then: str, client_as: ClientAs, desk: Desks
) -> None:
    """Both are kept with their source; nothing is averaged (domain.md 2)."""
    worker = client_as("caseworker", name="Aigul Worker")
    ref = interview(
        worker,
        told(
            names="Alim Yasinov",
            kind_1="rhythm",
            text_1=monthly,
            source_1="Sunrise Relief",
            kind_2="relative",
            text_2="two sons",
            source_2="Sunrise Relief",
        ),
    )
    interview(
        worker,
        {
            "said_on": SAID_ON.isoformat(),
            "source": "Harbour Mission",
            "names": "Älim Yasin",
            "kind_1": "rhythm",
            "text_1": now_and_then,
            "kind_2": "relative",
            "text_2": "one son",
        },
        f"/cases/{ref}/tell",
    )
    facts, spellings = rows(desk, ref, Statement), rows(desk, ref, PersonName)
    told_by = {
        (value["text"], source)
        for value, source in zip(
            unsealed(desk, facts, "value"), unsealed(desk, facts, "source"), strict=True
        )
    }
    names = set(
        zip(unsealed(desk, spellings, "name"), unsealed(desk, spellings, "source"), strict=True)
    )
    assert told_by == {
        (monthly, "Sunrise Relief"),
        ("two sons", "Sunrise Relief"),
        (now_and_then, "Harbour Mission"),
        ("one son", "Harbour Mission"),
    }
    assert names == {("Alim Yasinov", None), ("Älim Yasin", "Harbour Mission")}
    for page in (worker.get(f"/cases/{ref}/tell").text, worker.get(f"/cases/{ref}").text):
        for text in (monthly, now_and_then, "Sunrise Relief", "Harbour Mission", "Älim Yasin"):
            assert text in page


@pytest.mark.parametrize(
    ("revoked", "stopped"),
    [
        ("their visiting rights were stopped as a punishment", "letters: not for now, security"),
        ("punished: no visits any more", "no letter may be brought, they say it is not safe"),
    ],
)
def test_a_sentence_served_and_a_release(
    revoked: str,
    stopped: str,
    client_as: ClientAs,
    desk: Desks,
    services: Services,
    clock: MovableClock,
) -> None:
    """Events are recorded as told; closing as released ends the clock and tells those alerted."""
    clock.now = datetime(2019, 1, 10, 6, tzinfo=UTC)
    worker = client_as("caseworker", name="Aigul Worker")
    ref = interview(
        worker,
        {
            "said_on": "2019-01-10",
            "zone_name": "Asia/Almaty",
            "names": "Alim Yasinov",
            "heard_words": "in the autumn of 2018",
            "means": "visit",
            "confirmed": "1",
            "kind_1": "charged",
            "text_1": "endangering state security",
            "when_1_words": "January 2008",
            "kind_2": "arrested",
            "when_2_words": "February 20, 2008",
            "kind_3": "sentenced",
            "text_3": "15 years",
            "kind_4": "rights_withdrawn",
            "text_4": revoked,
            "rows": "5",
            "kind_5": "campaign",
            "text_5": stopped,
        },
    )
    assert values(desk, ref, "arrested")[0]["edtf"] == "2008-02-20"
    assert values(desk, ref, "charged")[0]["edtf"] == "2008-01"
    assert values(desk, ref, "sentenced")[0]["text"] == "15 years"
    assert values(desk, ref, "rights_withdrawn")[0]["text"] == revoked
    assert values(desk, ref, "campaign")[0]["text"] == stopped
    tick(services)
    told_before = {row.person_id for row in rows(desk, ref, OutboxMessage) if row.handed_over_at}
    assert told_before == {worker.person_id}
    clock.now = datetime(2023, 3, 24, 6, tzinfo=UTC)
    detached = case_row(desk, ref)
    with desk(worker.actor) as d:
        case = d.session.merge(detached)
        cases.close(d, case, "released", date(2023, 3, 23), "his wife", "after the sentence")
    (closed,) = alerts(desk, ref, "closed")
    told_now = {
        row.person_id for row in rows(desk, ref, OutboxMessage) if row.alert_id == closed.id
    }
    assert told_now == told_before
    assert values(desk, ref, "closing")[0]["reason"] == "released"
    clock.move(timedelta(days=400))
    tick(services)
    assert alerts(desk, ref)[-1].id == closed.id, "the clock has ended"


def test_the_teller_stays_apart_from_what_is_told(client_as: ClientAs, desk: Desks) -> None:
    """Who reported is in the enquirer alone: no source, name or statement carries it."""
    worker = client_as("caseworker", name="Aigul Worker")
    ref = interview(worker, told(called="Tolkyn the Wife", relation="spouse", description="cook"))
    assert "Tolkyn" not in worker.get(f"/cases/{ref}").text
    with desk() as d:
        (enquirer,) = d.session.scalars(select(Enquirer))
        assert d.safe.open(enquirer, "details")["name"] == "Tolkyn the Wife"
    assert set(unsealed(desk, rows(desk, ref, Statement), "source")) == {None}
