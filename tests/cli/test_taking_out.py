"""`tracker export` and `replay --case`: by whom, what, and what never (cli.md, S1, S16)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pyotp
import pyrage
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tracker.bootstrap import Services, set_up
from tracker.cli import main
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.contact import ContactClass, Interval
from tracker.domain.edtf import parse_edtf
from tracker.engine.cases import cases, record, sharing
from tracker.engine.sheets import taking_out
from tracker.engine.sheets.export_forms import PFIF
from tracker.engine.staff.accounts import add_person
from tracker.engine.staff.posts import add_member, add_post
from tracker.security import argon, passwords, sealed_file, totp
from tracker.settings import load
from tracker.store.schema import AuditRow, Case, Person
from tracker.store.timeline import enquirers

PASSWORD = "three invented horses"
SISTER = "Invented Sister of Nobody"


class Staff:
    """People with both factors, and commands in their name."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance
        self.ready: Services = set_up(load({}, instance))
        self.secrets: dict[str, str] = {}

    def add(self, name: str, *roles: str) -> str:
        with self.ready.desk(OPERATOR) as desk:
            person = add_person(desk, email=f"{name}@example.org", name=name, roles=roles)
            secret = totp.new_secret()
            person.password_hash = passwords.hash_password(PASSWORD)
            desk.safe.seal(person, "totp", secret)
            person.totp_confirmed_at = desk.now
            self.secrets[name] = str(secret)
            return person.id

    def run(self, *words: str, by: tuple[str, ...]) -> Result:
        now = self.ready.clock()
        typed = "".join(f"{PASSWORD}\n{pyotp.TOTP(self.secrets[n]).at(now)}\n" for n in by)
        return CliRunner().invoke(
            main, list(words), input=typed, env={"TRACKER_INSTANCE": str(self.instance)}
        )

    def case(self, owner: str, name: str, *, scopes: tuple[str, ...] = ()) -> str:
        with self.ready.desk(OPERATOR) as desk:
            case = cases.open_case(desk, zone_name="UTC", caseworker_id=owner)
            told = {"name": SISTER, "phone": "+77010000000"}
            enquirer = record.add_enquirer(desk, case, told)
            record.add_name(desk, case, name)
            record.add_name(desk, case, "Турсун Хапиз")
            record.add_statement(desk, case, "birth", {"text": "in 1971", "edtf": "1971"})
            record.report_contact(
                desk,
                case,
                occurred=parse_edtf("2018-01"),
                cls=ContactClass.DIRECT,
                details={"means": "telephone", "words": "the neighbour whispered it"},
                enquirer=enquirer,
                confirmed=True,
            )
            for scope in scopes:
                sharing.record_consent(
                    desk,
                    case,
                    enquirer,
                    scope,
                    given=True,
                    language="en",
                    text_checked=True,
                    until_on=(desk.now + timedelta(days=30)).date(),
                )
            return case.ref


@pytest.fixture
def staff(instance: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staff]:
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=1, memory_kib=16))
    made = Staff(instance)
    yield made
    made.ready.database.engine.dispose()


def test_a_caseworker_takes_out_their_own_cases_and_nobody_who_reported(
    staff: Staff, tmp_path: Path
) -> None:
    aigul, bota = staff.add("aigul", "caseworker"), staff.add("bota", "caseworker")
    mine, theirs = staff.case(aigul, "=cmd|' /C calc'!A0"), staff.case(bota, "Somebody Else")
    file = tmp_path / "cases.csv"
    done = staff.run("export", "--csv", "-o", str(file), "--as", "aigul@example.org", by=("aigul",))
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o077 == 0
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert (row["ref"], row["born"], row["contacts"]) == (mine, "1971", "1")
    assert row["names"].startswith("'=cmd")
    assert (row["last_contact_earliest"], row["last_contact_latest"]) == (
        "2018-01-01",
        "2018-01-31",
    )
    text = raw.decode("utf-8-sig")
    for secret in (theirs, "Somebody Else", SISTER, "+7701", "neighbour"):
        assert secret not in text
    with staff.ready.reading(OPERATOR) as desk:
        acts = [(row.act, row.actor_id) for row in desk.session.scalars(select(AuditRow))]
    assert ("case.exported", aigul) in acts and ("export.made", aigul) in acts


def test_sealed_to_a_key_only_that_key_opens_it(staff: Staff, tmp_path: Path) -> None:
    ref = staff.case(staff.add("aigul", "caseworker"), "Tursun Hapiz")
    public, secret = sealed_file.new_pair()
    file = tmp_path / "one.age"
    words = ("export", "--json", "--case", ref, "-o", str(file), "--as", "aigul@example.org")
    done = staff.run(*words, "--seal-to", public, by=("aigul",))
    assert done.exit_code == 0, done.output
    assert b"Tursun" not in file.read_bytes()
    opened = pyrage.decrypt(file.read_bytes(), [pyrage.x25519.Identity.from_str(secret)])
    (case,) = json.loads(opened)["cases"]
    assert (case["ref"], case["names"]) == (ref, ["Tursun Hapiz", "Турсун Хапиз"])
    assert case["contacts"][0]["edtf"] == "2018-01"


@pytest.mark.parametrize("role", ["administrator", "auditor", "consular"])
def test_other_roles_take_nothing_out(staff: Staff, tmp_path: Path, role: str) -> None:
    staff.case(staff.add("aigul", "caseworker"), "Tursun Hapiz")
    staff.add("omar", role)
    file = tmp_path / "x.csv"
    done = staff.run("export", "--csv", "-o", str(file), "--as", "omar@example.org", by=("omar",))
    assert done.exit_code == 1 and "Only caseworkers and supervisors" in done.stderr
    assert not file.exists()


def test_from_51_cases_on_a_second_supervisor_has_to_agree(staff: Staff, tmp_path: Path) -> None:
    staff.add("sara", "supervisor")
    staff.add("timur", "supervisor")
    staff.add("aigul", "caseworker")
    with staff.ready.desk(OPERATOR) as desk:
        day = desk.now.date()
        for _ in range(51):
            cases.open_case(desk, zone_name="UTC", missing_since=Interval(day, day))
    file = tmp_path / "all.json"
    words = ("export", "--json", "-o", str(file), "--as", "sara@example.org")
    alone = staff.run(*words, by=("sara",))
    assert alone.exit_code == 1 and "51 cases" in alone.stderr and not file.exists()
    assert "/exports" in alone.stderr
    with staff.ready.desk(OPERATOR) as desk:  # a code counts once; the clock goes on meanwhile
        for person in desk.session.scalars(select(Person)):
            person.totp_last_step = None
    low = staff.run(*words, "--second", "aigul@example.org", by=("sara", "aigul"))
    assert low.exit_code == 1 and not file.exists()
    with staff.ready.desk(OPERATOR) as desk:
        for person in desk.session.scalars(select(Person)):
            person.totp_last_step = None
    done = staff.run(*words, "--second", "timur@example.org", by=("sara", "timur"))
    assert done.exit_code == 0, done.output
    assert len(json.loads(file.read_bytes())["cases"]) == 51
    assert staff.run("export", "--csv", *words[2:], by=("sara",)).exit_code == 1, "single use"


def test_what_another_supervisor_agreed_to_elsewhere_is_made_here(
    staff: Staff, tmp_path: Path
) -> None:
    """The page and the command line share the same requests: no two people at one terminal."""
    sara = staff.add("sara", "supervisor")
    timur = Actor("person", staff.add("timur", "supervisor"), frozenset({"supervisor"}))
    with staff.ready.desk(OPERATOR) as desk:
        day = desk.now.date()
        for _ in range(51):
            cases.open_case(desk, zone_name="UTC", missing_since=Interval(day, day))
    file = tmp_path / "all.csv"
    words = ("export", "--csv", "-o", str(file), "--as", "sara@example.org")
    assert staff.run(*words, by=("sara",)).exit_code == 1
    with staff.ready.desk(timur) as desk:
        (request,) = taking_out.to_agree(desk)
        assert request.asked_by == sara
        taking_out.agree(desk, request.id)
        for person in desk.session.scalars(select(Person)):
            person.totp_last_step = None
    done = staff.run(*words, by=("sara",))
    assert done.exit_code == 0, done.output
    assert len(file.read_text("utf-8-sig").splitlines()) == 52


def test_what_is_public_is_only_what_the_family_made_public(staff: Staff, tmp_path: Path) -> None:
    aigul = staff.add("aigul", "caseworker")
    ref = staff.case(aigul, "Tursun Hapiz", scopes=("public",))
    staff.case(aigul, "Kept Secret", scopes=("consular",))
    file = tmp_path / "public.xml"
    done = staff.run(
        "export", "--pfif", "-o", str(file), "--as", "aigul@example.org", by=("aigul",)
    )
    assert done.exit_code == 0, done.output
    (person,) = ElementTree.fromstring(file.read_bytes())  # noqa: S314 — our own
    told = {one.tag.removeprefix(f"{{{PFIF}}}"): one.text for one in person}
    assert told["person_record_id"] == f"127.0.0.1/{ref}"
    assert (told["full_name"], told["alternate_names"]) == ("Tursun Hapiz", "Турсун Хапиз")
    assert told["date_of_birth"] == "1971" and told["expiry_date"].endswith("T00:00:00Z")
    text = file.read_text()
    assert "between 2018-01-01 and 2018-01-31" in text
    for secret in ("Kept Secret", SISTER, "telephone", "neighbour"):
        assert secret not in text


def test_withdrawn_reports_give_dates_only(staff: Staff, tmp_path: Path) -> None:
    ref = staff.case(staff.add("aigul", "caseworker"), "Tursun Hapiz")
    with staff.ready.desk(OPERATOR) as desk:
        case = desk.session.scalars(select(Case).filter_by(ref=ref)).one()
        enquirers(desk.session, case.id)[0].withdrawn_at = desk.now
    file = tmp_path / "x.json"
    staff.run("export", "--json", "-o", str(file), "--as", "aigul@example.org", by=("aigul",))
    (case_json,) = json.loads(file.read_bytes())["cases"]
    assert case_json["names"] == case_json["statements"] == case_json["contacts"] == []
    assert case_json["last_contact"] == ["2018-01-01", "2018-01-31"]


def test_a_case_of_the_record_is_replayed_for_those_who_may(staff: Staff) -> None:
    aigul = staff.add("aigul", "caseworker")
    ref = staff.case(aigul, "Tursun Hapiz", scopes=("consular",))
    staff.add("bota", "caseworker")
    words = ("replay", "--case", ref, "--as")
    done = staff.run(*words, "aigul@example.org", by=("aigul",))
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines and {line["case"] for line in lines} == {ref}
    assert "Tursun" not in done.output
    staff.add("vera", "supervisor")
    assert staff.run(*words, "vera@example.org", by=("vera",)).exit_code == 0
    staff.add("omar", "administrator", "auditor")
    members = staff.add("dee", "consular"), staff.add("both", "consular", "caseworker")
    with staff.ready.desk(OPERATOR) as desk:
        case = desk.session.scalars(select(Case)).one()
        post = add_post(desk, "Embassy of Lorania", "UTC")
        for person_id in members:
            add_member(desk, post.id, person_id, None)
        desk.actor = Actor("person", aigul)
        sharing.share(desk, case, post.id, sharing.FIELD_GROUPS)
    for name in ("bota", "omar", "dee", "both"):
        refused = staff.run(*words, f"{name}@example.org", by=(name,))
        assert refused.exit_code == 1 and "not yours" in refused.stderr, name
        assert not [line for line in refused.stdout.splitlines() if line.startswith("{")]
    wrong = staff.run(*words, "vera@example.org", by=("aigul",))
    assert wrong.exit_code == 1 and "is wrong" in wrong.stderr, "another's code"
    assert staff.run("replay", "--case", ref, by=()).exit_code == 2
    with staff.ready.reading(OPERATOR) as desk:
        trail = desk.session.scalars(select(AuditRow).filter_by(act="case.replayed"))
        assert len(trail.all()) == 2, "every look is in the trail, and no other"
