"""The weekly digest (delivery.md D9, safety.md S4): decided once, late rather than never."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.contact import ContactClass, Days
from tracker.domain.delivery import Fault, Outcome, SendResult
from tracker.domain.policy_document import default_policy, write_policy
from tracker.engine.cases import cases, record, sharing
from tracker.engine.clock import policies
from tracker.engine.digests import digest_choice, digest_form
from tracker.engine.digests.digest import decided, facts_of, make_due, preview, reader_of
from tracker.engine.digests.digest_facts import gather
from tracker.engine.digests.digest_form import KEPT, Facts, Line
from tracker.engine.digests.digest_shown import still_shown
from tracker.engine.keeping.alarms import Alarm, ringing
from tracker.engine.keeping.doctor import examine
from tracker.i18n.dates import short_date_text, unbroken
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import speaking
from tracker.messages.digest import AT_MOST, DigestMessage, digest_mail, digest_sections
from tracker.messages.digest_lines import line as digest_line
from tracker.messages.digest_lines import titles, why
from tracker.store import digest_cases
from tracker.store.schema import (
    Case,
    ConsularPost,
    Digest,
    Enquirer,
    OutboxMessage,
    Person,
    PostMember,
)
from tracker.store.schema import new_id as an_id

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
HEAD = "0123456789abcdef"


def digests(office: Office) -> list[tuple[str, str]]:
    with office.services.reading(OPERATOR) as desk:
        return sorted((row.covers_from, row.week) for row in desk.session.scalars(select(Digest)))


def facts(office: Office, person_id: str, week: str) -> Facts:
    with office.services.reading(OPERATOR) as desk:
        row = decided(desk, desk.session.get_one(Person, person_id), week)
        assert row is not None
        return facts_of(desk, row)


def refs(office: Office) -> dict[str, str]:
    with office.services.reading(OPERATOR) as desk:
        return {case.id: case.ref for case in desk.session.scalars(select(Case))}


def test_it_is_made_on_monday_at_eight_and_once(office: Office) -> None:
    """Decided once, though two workers run at the same time."""
    office.person("Aigul", "caseworker")
    office.clock.now = MONDAY - timedelta(minutes=1)
    assert make_due(office.worker()) == 0
    office.clock.now = MONDAY
    assert make_due(office.worker()) == 1
    assert make_due(office.worker()) == 0
    assert digests(office) == [("2026-W10", "2026-W10")]


def test_eight_is_the_readers_own_morning(office: Office) -> None:
    office.person("Aigul", "caseworker", zone_name="Asia/Almaty")
    office.clock.now = MONDAY.replace(hour=3)
    assert make_due(office.worker()) == 1


def test_an_empty_week_is_sent_too(office: Office, mail: Provider) -> None:
    office.person("Aigul", "caseworker")
    office.clock.now = MONDAY
    office.tick()
    assert [one.to for one in mail.taken] == ["aigul@example.net"]
    assert "Not acknowledged: 0" in mail.taken[0].text


def test_after_downtime_one_digest_covers_the_missed_weeks(office: Office) -> None:
    office.person("Aigul", "caseworker")
    office.clock.now = MONDAY
    make_due(office.worker())
    office.clock.move(days=23)
    assert make_due(office.worker()) == 1
    assert digests(office) == [("2026-W10", "2026-W10"), ("2026-W11", "2026-W13")]


def test_each_reader_reads_what_was_sent_in_their_own_weeks(office: Office) -> None:
    """D9: counted once for all readers of a zone. Sunday evening in London is Monday in Almaty."""
    bolat = office.person("Bolat", "caseworker")
    aigul = office.person("Aigul", "caseworker", zone_name="Asia/Almaty")
    vera = office.person("Vera", "supervisor")
    office.clock.now = MONDAY - timedelta(hours=12)
    office.silent_case(bolat, None, days=20)
    office.tick()
    sent = len(office.rows())
    assert sent
    office.clock.now = MONDAY
    assert make_due(office.worker()) == 3
    told = [sum(facts(office, one, "2026-W10").messages.values()) for one in (bolat, aigul, vera)]
    assert told == [sent, 0, sent]


def test_administrators_and_the_disabled_get_none(office: Office) -> None:
    office.person("Omar", "administrator")
    office.person("Bolat", "caseworker", active=False)
    office.clock.now = MONDAY
    assert make_due(office.worker()) == 0


def test_each_reads_of_their_own_cases_and_the_supervisor_of_all(office: Office) -> None:
    """Safety.md, "Who may": digest."""
    aigul, bolat = office.person("Aigul", "caseworker"), office.person("Bolat", "caseworker")
    vera = office.person("Vera", "supervisor")
    hers = office.silent_case(aigul, vera)
    his = office.silent_case(bolat, vera, days=20)
    office.clock.now = MONDAY
    make_due(office.worker())
    known = refs(office)
    for reader, wanted in ((aigul, {hers}), (bolat, {his}), (vera, {hers, his})):
        told = facts(office, reader, "2026-W10")
        assert {line.ref for line in told.crossed} == {known[case] for case in wanted}
        assert sum(told.bands.values()) == len(wanted)


def test_a_deputy_reads_of_the_cases_they_stand_in_for_apart(
    office: Office, mail: Provider
) -> None:
    """Domain 14: while Aigul is away Bolat's digest has her cases in a section of their own."""
    aigul, bolat = office.person("Aigul", "caseworker"), office.person("Bolat", "caseworker")
    hers, his = office.silent_case(aigul, None), office.silent_case(bolat, None, days=20)
    with office.services.desk(OPERATOR) as desk:
        away = desk.session.get_one(Person, aigul)
        away.deputy_id, away.leave_from_on = bolat, MONDAY.date() - timedelta(days=3)
        away.leave_until_on = MONDAY.date()
        desk.session.get_one(Person, bolat).disclosure = "reference"
    office.clock.now = MONDAY
    office.tick()
    known, told = refs(office), facts(office, bolat, "2026-W10")
    assert {line.ref for line in told.crossed} == {known[his]}
    assert sum(told.bands.values()) == 1
    assert {(line.ref, line.about) for line in told.standing_in} >= {
        (known[hers], "unacknowledged"),
        (known[hers], "crossed"),
    }
    assert {line.ref for line in told.standing_in} == {known[hers]}
    assert not facts(office, aigul, "2026-W10").standing_in
    digests_of_bolat = (one.text for one in mail.taken if one.to == "bolat@example.net")
    text = next(text for text in digests_of_bolat if "This page comes every week" in text)
    assert f"Cases you stand in for: {len(told.standing_in)}" in text
    assert f"{known[hers]} · " in text
    assert "Not acknowledged · since" in text


def test_what_a_deputy_read_is_gone_with_the_leave(office: Office) -> None:
    """A digest that waited leaves out cases its reader no longer stands in for (R13)."""
    aigul, bolat = office.person("Aigul", "caseworker"), office.person("Bolat", "caseworker")
    office.silent_case(aigul, None)
    with office.services.desk(OPERATOR) as desk:
        away = desk.session.get_one(Person, aigul)
        away.deputy_id, away.leave_from_on = bolat, MONDAY.date() - timedelta(days=3)
    office.clock.now = MONDAY
    make_due(office.worker())
    with office.services.desk(OPERATOR) as desk:
        desk.session.get_one(Person, aigul).leave_from_on = None
        reader = reader_of(desk, desk.session.get_one(Person, bolat))
        told = still_shown(desk, reader, facts(office, bolat, "2026-W10"))
    assert facts(office, bolat, "2026-W10").standing_in
    assert not told.standing_in


def test_of_a_deputys_lines_none_stay_with_a_post_that_sees_the_case(office: Office) -> None:
    """R13, S4: after the leave a post's member is shown what the post is, and the mail can be made:
    what a deputy was told of alerts and reports is not theirs."""
    both = office.person("Bolat", "caseworker", "consular")
    case_id = _shared_case(office, both, ("name",))
    office.clock.now = MONDAY
    with office.services.desk(OPERATOR) as desk:
        reader = reader_of(desk, desk.session.get_one(Person, both))
        ref = desk.session.get_one(Case, case_id).ref
        own = Line(ref, "watch", 8, 8, "2026-03-09", 1)
        before = Facts(crossed=[own])
        before.stand_in(Facts(crossed=[own], snoozed=[own]))
        told = still_shown(desk, reader, before)
    assert told.crossed == [Line(ref, "", 0, 0)]
    assert not told.standing_in
    assert digest_sections(told.as_json(), reader.roles)


def test_this_week_stands_beside_the_last(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker")
    office.silent_case(aigul, None)
    office.clock.now = MONDAY
    office.tick()
    office.clock.move(days=7)
    office.silent_case(aigul, None)
    office.tick()
    told = facts(office, aigul, "2026-W11")
    assert told.bands_before is not None
    assert (sum(told.bands_before.values()), sum(told.bands.values())) == (1, 2)


def test_what_will_cross_within_seven_days_is_foreseen(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker")
    office.silent_case(aigul, None, days=2)
    office.clock.now = MONDAY
    office.tick()
    (line,) = facts(office, aigul, "2026-W10").coming
    assert (line.after_days, line.at_least, line.on) == (14, 9, "2026-03-14")


def test_notice_level_has_one_shape_and_counts_only(office: Office, mail: Provider) -> None:
    """S4: no name, place, reference, date or threshold; a full week reads as an empty one."""
    aigul = office.person("Aigul", "caseworker")
    office.clock.now = MONDAY
    office.tick()
    office.clock.move(days=6)
    office.silent_case(aigul, None)
    office.silent_case(aigul, None, days=95)
    office.clock.now = MONDAY + timedelta(days=7)
    office.tick()
    empty, full = (one for one in mail.taken if one.subject == mail.taken[0].subject)
    known = refs(office)
    for one in (empty, full):
        for text in (one.text, one.html or "", one.subject):
            said = re.sub(f'{AUDIT}|style="[^"]*"|<table [^>]*>|<meta [^>]*>', "", text)
            assert not [ref for ref in known.values() if ref in said]
            assert not re.search(r"\d{3}|W\d\d|\d+ days|silent|Aigul", said)
    assert _shape(empty.text) == _shape(full.text)
    assert _shape(empty.html or "") == _shape(full.html or "")
    assert empty.text != full.text


AUDIT = r"not changed: [0-9a-f: ]+"


def _shape(text: str) -> str:
    """What is left when the counts are taken away."""
    return re.sub(r"\d+", "#", re.sub(AUDIT, "Audit", text))


def test_reference_level_names_cases_bands_and_days(office: Office, mail: Provider) -> None:
    aigul = office.person("Aigul", "caseworker", disclosure="reference")
    case_id = office.silent_case(aigul, None, days=31)
    office.clock.now = MONDAY
    office.tick()
    text = next(one.text for one in mail.taken if "week" in one.subject)
    ref = refs(office)[case_id]
    crossed = f"{ref} · Overdue · silent for 38 days · 30-day threshold on 2 Mar 2026"
    assert crossed in text.replace("\u00a0", " ")
    assert "As things stood on 9 March 2026." in text, "a dated paper: it says nothing of now"
    assert "To do: 1 case with an alert to acknowledge.\n1 case crossed a threshold." in text
    assert "now:" not in text and "To do now" not in text
    assert "/digests/2026-W10" in text


def test_r17_an_alert_is_named_by_the_policy_it_was_raised_under(office: Office) -> None:
    """Another policy, put by hand since, calls the same number another step."""
    aigul = office.person("Aigul", "caseworker")
    case_id = office.silent_case(aigul, None, days=31)
    office.tick()
    (raised,) = [alert for alert in office.alerts() if alert.kind == "step"]
    for days in (200, 300):
        office.clock.move(hours=1)
        document = write_policy(default_policy())
        document["steps"] = document["steps"][: raised.step]
        document["steps"][-1] |= {"after_days": days}
        with office.desk() as desk:
            version = policies.draft(desk, policies.add_policy(desk, f"after {days}"))
            policies.save_draft(desk, version, document)
            policies.activate(desk, version)
            policies.change_of_policy(desk, desk.session.get_one(Case, case_id), version)
    office.clock.now = MONDAY
    office.tick()
    (line,) = facts(office, aigul, "2026-W10").crossed
    assert (line.after_days, line.on) == (30, "2026-03-02")


def test_r17_a_step_that_is_not_known_is_not_named(office: Office) -> None:
    """Before the trail told what a case had had: the day stands alone, and no word is empty."""
    aigul = office.person("Aigul", "caseworker")
    case_id = office.silent_case(aigul, None, days=31)
    office.tick()
    office.clock.move(hours=1)
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        desk.audit("case.policy_changed", "case", case.id, case.id, to=case.policy_version_id)
    office.clock.now = MONDAY
    office.tick()
    (line,) = facts(office, aigul, "2026-W10").crossed
    assert (line.after_days, line.after_months, line.on) == (None, None, "2026-03-02")
    item = asdict(line)
    for language in LANGUAGES:
        with speaking(language):
            day = unbroken(short_date_text(date(2026, 3, 2)))
            assert why("crossed", item) == day
            standing_in = why("standing_in", item | {"about": "crossed"})
            assert standing_in == f"{titles()['crossed']} · {day}"
            parts = digest_line("crossed", item).split(" · ")
            assert line.ref in parts[0] and parts[-1] == day and all(map(str.strip, parts))


def _shared_case(office: Office, consul: str, fields: tuple[str, ...]) -> str:
    with office.desk() as desk:
        post = ConsularPost(id=an_id(), created_at=desk.now)
        desk.safe.seal(post, "name", "A post")
        desk.session.add(post)
        desk.session.flush()
        desk.session.add(
            PostMember(id=an_id(), post_id=post.id, person_id=consul, since_at=desk.now)
        )
        case = cases.open_case(desk, zone_name="UTC")
        enquirer = record.add_enquirer(desk, case, {"name": "A sister"}, language="en")
        sharing.record_consent(
            desk, case, enquirer, "consular", given=True, language="en", text_checked=True
        )
        desk.actor = Actor("person", consul)  # somebody has to have shared it
        sharing.share(desk, case, post.id, fields, ask="Please ask.")
        desk.actor = OPERATOR
        return case.id


def test_a_post_reads_of_shared_cases_only(office: Office) -> None:
    """R13, S6: unshared cases, and shared ones without consent, are as if absent."""
    consul = office.person("Consul", "consular")
    office.silent_case(None, None)
    case_id = _shared_case(office, consul, ("name", "dates"))
    office.clock.now = MONDAY
    make_due(office.worker())
    told = facts(office, consul, "2026-W10")
    assert [line.ref for line in told.unanswered] == [refs(office)[case_id]]
    assert sum(told.bands.values()) == 1
    assert (told.unacknowledged, told.consent_needed, told.messages) == ([], [], {})


def test_withdrawn_consent_empties_the_posts_digest(office: Office) -> None:
    consul = office.person("Consul", "consular")
    case_id = _shared_case(office, consul, ("name", "dates"))
    with office.desk() as desk:
        case = office.case(case_id, desk)
        enquirer = record.add_enquirer(desk, case, {"name": "A mother"}, language="en")
        sharing.record_consent(
            desk, case, enquirer, "consular", given=False, language="en", text_checked=True
        )
    office.clock.now = MONDAY
    make_due(office.worker())
    told = facts(office, consul, "2026-W10")
    assert (told.unanswered, sum(told.bands.values())) == ([], 0)


def test_a_post_without_dates_reads_no_band_and_no_days(office: Office) -> None:
    consul = office.person("Consul", "consular")
    _shared_case(office, consul, ("name",))
    office.clock.now = MONDAY
    make_due(office.worker())
    told = facts(office, consul, "2026-W10")
    (line,) = told.unanswered
    assert (line.band, line.at_least, line.at_most, sum(told.bands.values())) == ("", 0, 0, 0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", ["notice", "reference"])
def test_every_language_words_it(language: str, level: str) -> None:
    """HTML and text say the same; no picture, no script."""
    line = {"ref": "K7M2Q9", "band": "overdue", "at_least": 31, "at_most": 61, "about": "crossed"}
    line["after_days"] = 30
    told = Facts(bands={"critical": 0, "overdue": 1, "watch": 0, "in_contact": 0}).as_json()
    for number, key in enumerate(key for key, value in told.items() if value == []):
        told[key] = [{**line, "on": "2026-03-05", "number": number + 1}]
    worded = digest_mail(
        DigestMessage(
            week="2026-W10",
            covers_from="2026-W09",
            language=language,
            zone_name="Asia/Almaty",
            level=level,
            audit_head=HEAD,
            decided_at=MONDAY,
            url="https://tracker.example.org/digests",
            facts=told,
            roles=frozenset({"caseworker"}),
        )
    )
    assert worded.html is not None
    assert f'dir="{LANGUAGES[language].direction}"' in worded.html
    assert "<img" not in worded.html and "<script" not in worded.html
    assert ("K7M2Q9" in worded.text) == (level == "reference") == ("K7M2Q9" in worded.html)
    assert HEAD in worded.text and "%(" not in worded.text + worded.html


def test_a_preview_writes_nothing(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker")
    with office.services.reading(OPERATOR) as desk:
        told = preview(desk, desk.session.get_one(Person, aigul), "2026-W09")
    assert told.week == "2026-W09"
    assert digests(office) == []
    with office.services.reading(OPERATOR) as desk:
        assert not desk.session.scalars(select(OutboxMessage)).all()


def test_the_digest_goes_by_mail_through_the_outbox(office: Office, mail: Provider) -> None:
    """One row a digest and address; a second decision of the same week is refused by the key."""
    office.person("Aigul", "caseworker", phone="+77015550101")
    office.clock.now = MONDAY
    office.tick()
    (row,) = office.rows(kind="digest")
    assert (row.channel, row.state, row.attempts) == ("email", "accepted", 1)
    assert mail.taken[0].reference == row.reference


@pytest.mark.parametrize("level", ["notice", "reference"])
def test_r13_a_digest_that_waited_leaves_out_what_the_family_took_back(
    office: Office, mail: Provider, level: str
) -> None:
    """Decided before the quiet hours end, worded after: consent withdrawn between counts."""
    consul = office.person("Consul", "consular", disclosure=level)
    with office.desk() as desk:
        person = desk.session.get_one(Person, consul)
        person.quiet_from, person.quiet_until = time(7), time(12)
    case_id = _shared_case(office, consul, ("name", "dates"))
    stays = _shared_case(office, consul, ("name", "dates"))
    office.clock.now = MONDAY
    office.tick()
    assert not [one for one in mail.taken if "week" in one.subject]
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        (aunt,) = desk.session.scalars(select(Enquirer).filter_by(case_id=case_id))
        sharing.record_consent(
            desk, case, aunt, "consular", given=False, language="en", text_checked=True
        )
    office.clock.move(hours=4, minutes=1)
    office.tick()
    (sent,) = (one.text for one in mail.taken if "week" in one.subject)
    known = refs(office)
    assert "Open cases: 1" in sent
    assert "Asked, not answered: 1" in sent
    assert known[case_id] not in sent
    assert (known[stays] in sent) is (level == "reference")


def test_s4_a_caseworker_who_serves_at_a_post_too_reads_of_its_cases_what_a_post_may(
    office: Office,
) -> None:
    """Rights add up by case: consent withdrawn hides a post's case from whoever has no desk."""
    both = office.person("Both", "caseworker", "consular")
    case_id = _shared_case(office, both, ("name",))
    own = office.silent_case(both, None)
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        (aunt,) = desk.session.scalars(select(Enquirer).filter_by(case_id=case_id))
        sharing.record_consent(
            desk, case, aunt, "consular", given=False, language="en", text_checked=True
        )
    office.clock.now = MONDAY
    make_due(office.worker())
    told = facts(office, both, "2026-W10")
    assert sum(told.bands.values()) == 1
    assert {line.ref for line in told.crossed} == {refs(office)[own]}
    assert told.unanswered == []


def _a_full_office(office: Office) -> str:
    """Cases in every state a section tells of; the id of the caseworker of all."""
    aigul, vera = office.person("Aigul", "caseworker"), office.person("Vera", "supervisor")
    made = [office.silent_case(aigul, vera, days=days) for days in range(1, 120, 6)]
    office.clock.now = MONDAY - timedelta(days=3)
    office.tick()
    with office.desk() as desk:
        for number, case_id in enumerate(made):
            case = office.case(case_id, desk)
            match number % 7:
                case 0:
                    cases.acknowledge(desk, case)
                case 1:
                    cases.snooze(desk, case, desk.now + timedelta(days=20), "A visit is near.")
                case 2:
                    today = desk.now.date()
                    record.report_contact(
                        desk,
                        case,
                        occurred=Days(today, today),
                        cls=ContactClass.DIRECT,
                        details={"words": "He called."},
                        confirmed=number % 2 == 0,
                    )
                case 3:
                    cases.close(desk, case, "released", desk.now.date(), "the mother", "At home.")
                case 4:
                    enquirer = record.add_enquirer(desk, case, {"name": "An aunt"}, language="en")
                    sharing.record_consent(
                        desk,
                        case,
                        enquirer,
                        "consular",
                        given=True,
                        language="en",
                        text_checked=True,
                    )
    office.clock.now = MONDAY
    office.tick()
    return aigul


def test_d9_only_cases_that_have_a_line_are_opened_and_none_is_missed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in clear finds the same lines as opening every case does.

    Whoever serves at a post too is shown each case by itself, so all are opened.
    """
    aigul = _a_full_office(office)
    start, end = MONDAY - timedelta(days=7), MONDAY
    with office.services.reading(OPERATOR) as desk:
        chosen = gather(desk, Actor("person", aigul, frozenset({"caseworker"})), (start, end))
    with office.services.reading(OPERATOR) as desk:
        both = Actor(
            "person", aigul, frozenset({"caseworker", "consular"}), posts=frozenset({"none"})
        )
        all_opened = gather(desk, both, (start, end))
    assert chosen == all_opened
    monkeypatch.setattr(digest_cases, "AT_ONCE", 3)  # a supervisor's many, some at a time
    with office.services.reading(OPERATOR) as desk:
        parts = gather(desk, Actor("person", aigul, frozenset({"caseworker"})), (start, end))
    assert parts == chosen
    sections = {
        name for name, value in chosen.as_json().items() if isinstance(value, list) and value
    }
    assert sections >= {
        "crossed",
        "coming",
        "unacknowledged",
        "snoozed",
        "to_confirm",
        "consent_needed",
        "windows",
        "good_news",
        "closed",
    }


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"counts_from": "latest"},
        {"steps": [{"step": 1, "after_months": 1, "notify": ["caseworker", "consular"]}]},
    ],
    ids=["usual", "latest", "months"],
)
def test_d9_of_each_section_the_first_lines_are_kept_and_all_are_counted(
    office: Office, monkeypatch: pytest.MonkeyPatch, policy: dict[str, Any]
) -> None:
    """The same though only those are opened that can be among the first, whoever reads."""
    with office.desk() as desk:
        version = policies.draft(desk, policies.store.all_policies(desk.session)[0])
        policies.save_draft(desk, version, write_policy(default_policy()) | policy)
        policies.activate(desk, version)
    aigul = _a_full_office(office)
    start, end = MONDAY - timedelta(days=7), MONDAY
    with office.services.reading(OPERATOR) as desk:
        vera = desk.session.scalars(select(Case.supervisor_id).limit(1)).one()
        both = Actor(
            "person", aigul, frozenset({"caseworker", "consular"}), posts=frozenset({"none"})
        )
        every = gather(desk, both, (start, end)).as_json()
    for module in (digest_form, digest_choice):
        monkeypatch.setattr(module, "KEPT", 2)
    for reader in (
        Actor("person", aigul, frozenset({"caseworker"})),
        Actor("person", vera, frozenset({"supervisor"})),
    ):
        with office.services.reading(OPERATOR) as desk:
            few = gather(desk, reader, (start, end)).as_json()
        sections = [name for name, lines in every.items() if isinstance(lines, list)]
        assert {name: few[name] for name in sections} == {
            name: every[name][:2] for name in sections
        }
        more = {name: len(every[name]) - 2 for name in sections if len(every[name]) > 2}
        assert {name: number for name, number in few["more"].items() if number} == more
        assert few["bands"] == every["bands"]
    assert len(more) > 2, "or nothing is said"


def test_d9_of_many_that_want_consent_the_longest_silent_are_kept_and_all_are_counted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same whether each is opened, or only those that can be among the longest silent."""
    monkeypatch.setattr(digest_form, "KEPT", 2)
    monkeypatch.setattr(digest_choice, "KEPT", 2)
    aigul = office.person("Aigul", "caseworker")
    for days in (200, 150, 190, 120, 185, 140, 170, 130, 186):
        office.silent_case(aigul, None, days=days)
    office.tick()
    with office.services.desk(OPERATOR) as desk:
        for case in desk.session.scalars(select(Case)):
            cases.acknowledge(desk, case)
    office.clock.now += timedelta(days=14)
    start, end = office.clock.now - timedelta(days=7), office.clock.now
    found = []
    for one in (
        Actor("person", aigul, frozenset({"caseworker"})),
        Actor("person", aigul, frozenset({"caseworker", "consular"}), posts=frozenset({"none"})),
    ):
        with office.services.reading(OPERATOR) as desk:
            found.append(gather(desk, one, (start, end)))
    lightly, all_opened = found
    assert lightly == all_opened
    assert len(lightly.consent_needed) == 2
    assert lightly.more["consent_needed"] == 7


def test_d9_a_digest_keeps_the_first_lines_and_counts_the_rest() -> None:
    lines = [Line(f"R{n:04}", "watch", n % 50, n % 50) for n in range(KEPT + 200)]
    told = Facts(bands={"watch": KEPT + 200}, consent_needed=list(lines))
    told.keep(at_most=0)
    assert (len(told.consent_needed), told.more) == (KEPT, {"consent_needed": 200})
    assert told.consent_needed[0].at_most == 49
    with_lines = digest_sections(told.as_json(), {"caseworker"})
    (section,) = (one for one in with_lines if one.count == KEPT + 200 and one.lines[0][0] == "R")
    assert section.more == f"and {KEPT + 200 - AT_MOST} more"


def test_d9_a_digest_that_cannot_be_mailed_is_told_and_counted(
    office: Office, mail: Provider
) -> None:
    """Its absence is an alarm: the supervisors are told, and it rings until the next one went."""
    office.person("Aigul", "caseworker")
    office.person("Vera", "supervisor")
    gone = SendResult(Outcome.REFUSED, code="5.1.1", fault=Fault.ADDRESS)
    mail.answers = [lambda one: gone if "aigul" in one.to else mail.take(one)] * 2
    office.clock.now = MONDAY
    office.tick()
    assert [row.state for row in office.rows(kind="digest")].count("refused") == 1
    assert [one.to for one in mail.taken if "colleague" in one.text or "look" in one.text]
    (notice,) = office.rows(kind="point")
    assert notice.state == "accepted"
    with office.services.reading(OPERATOR) as desk:
        assert ringing(desk, ())[Alarm.DIGEST_LOST] == 1
        lost = [one for one in examine(desk, {}) if one.what == "digest mails"]
    assert [one.well for one in lost] == [False]
