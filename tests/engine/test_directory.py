"""Search over sealed names: kept in memory, learnt piece by piece (S1, S9). Invented people."""

from __future__ import annotations

from sqlalchemy import select, text

from tests.standins.office import Office
from tracker.domain.actor import OPERATOR, Actor
from tracker.engine.cases import cases, merging, record
from tracker.engine.cases.directory import Directory
from tracker.engine.desk import Desk
from tracker.store.audit import AuditTrail
from tracker.store.schema import Base, Case
from tracker.store.sealing import Safe

LEAD = Actor("person", "lead", frozenset({"supervisor"}))
NAMES = ("Alimjan Tursun", "古丽努尔·尼牙孜", "Серік Досымбек", "ئابدۇكېرىم ياسىن")


def add_case(office: Office, *names: str, owner: str | None = None) -> str:
    """A case whose person has these names; its id."""
    with office.desk() as desk:
        case = cases.open_case(desk, zone_name="UTC", caseworker_id=owner)
        for name in names:
            record.add_name(desk, case, name)
        return case.id


def find(office: Office, directory: Directory, words: str, who: Actor = LEAD) -> list[str]:
    with office.services.reading(who) as desk:
        return list(directory.find(desk, who, words).case_ids)


def test_each_process_learns_what_the_others_wrote(office: Office) -> None:
    """Two web processes: a name added in one is found in both, without reading all again."""
    first, second = Directory(), Directory()
    ids = [add_case(office, name) for name in NAMES]
    assert find(office, first, "阿里木江·吐尔逊") == [ids[0]]
    assert find(office, second, "Gulnur Niyaz") == [ids[1]]
    late = add_case(office, "Memtimin Sultan")
    for directory in (first, second):
        assert find(office, directory, "Muhammad Imin Sultan") == [late]
    with office.desk() as desk:
        record.add_name(desk, desk.session.get_one(Case, ids[2]), "Serik Bolatbek")
    assert find(office, first, "赛力克·博拉特别克") == [ids[2]]
    assert len(first) == len(second) + 1  # the second has not looked since


def test_what_was_rolled_back_is_never_found(office: Office) -> None:
    """A number of the trail that came to nothing, and is given to another act, is seen through."""
    directory = Directory()
    add_case(office, NAMES[0])
    with office.services.database.writing() as session:
        desk = Desk(
            session,
            Safe(session, office.services.vault),
            AuditTrail(session, office.services.ring.audit),
            office.clock(),
            OPERATOR,
            office.services.ring,
            office.services.settings,
        )
        record.add_name(desk, cases.open_case(desk, zone_name="UTC"), "Nobody Whatever")
        session.flush()
        directory.refresh(desk)  # against the rule, to see that it mends itself
        session.rollback()
    assert find(office, directory, "Nobody Whatever") == []
    assert len(directory) == 1


def test_everybody_finds_only_what_they_see(office: Office) -> None:
    """S9: another's case is as if absent, by name and by reference."""
    aigul, bota = office.person("Aigul", "caseworker"), office.person("Bota", "caseworker")
    mine = add_case(office, "Alimjan Tursun", owner=aigul)
    theirs = add_case(office, "Alimjan Tursun", owner=bota)
    directory = office.services.directory
    worker = Actor("person", aigul, frozenset({"caseworker"}))
    assert find(office, directory, "Alim Tursun", worker) == [mine]
    assert set(find(office, directory, "Alim Tursun")) == {mine, theirs}
    with office.desk() as desk:
        ref = desk.session.get_one(Case, theirs).ref
    assert find(office, directory, ref[:4].lower()) == [theirs]
    assert find(office, directory, ref, worker) == []


def test_pieces_of_names_and_did_you_mean(office: Office) -> None:
    """The beginning or the middle of a name; where none fits, the nearest are offered by name."""
    ids = [add_case(office, name) for name in NAMES]
    directory = office.services.directory
    assert find(office, directory, "tursu") == [ids[0]]
    assert find(office, directory, "古丽") == [ids[1]]
    assert find(office, directory, "осым") == [ids[2]]
    with office.services.reading(LEAD) as desk:
        found = directory.find(desk, LEAD, "Alimjan Sultan")
    assert not found.sure
    assert "Alimjan Tursun" in found.meant


def test_a_merged_case_is_found_under_both_names_once(office: Office) -> None:
    """The kept case bears both names; after the undo each has its own again."""
    one, two = add_case(office, "Alimjan Tursun"), add_case(office, "Bolat Akhmet")
    directory = office.services.directory
    assert find(office, directory, "Bolat Ahmet") == [two]
    with office.desk() as desk:
        kept, other = desk.session.get_one(Case, one), desk.session.get_one(Case, two)
        row = merging.merge(desk, kept, other, "nickname")
        merged = row.id
    assert find(office, directory, "Bolat Ahmet") == [one]
    with office.desk() as desk:
        kept = desk.session.get_one(Case, one)
        row = desk.session.get_one(merging.Merge, merged)
        merging.undo(desk, kept, row, "two people")
    assert find(office, directory, "Bolat Ahmet") == [two]


def test_nothing_that_sounds_like_a_name_is_stored(office: Office) -> None:
    """S1: searching writes nothing, and no text column holds a name or a key made of one."""
    add_case(office, "Zorigtbaatar Qwerty")
    find(office, office.services.directory, "Zorigtbatar")
    with office.services.reading(OPERATOR) as desk:
        for table in Base.metadata.sorted_tables:
            for row in desk.session.execute(select(text("*")).select_from(table)):
                for value in row:
                    plain = value if isinstance(value, bytes) else str(value).encode()
                    assert b"zorig" not in plain.lower(), table.name
                    assert b"qwert" not in plain.lower(), table.name


def test_the_worker_holds_no_names(office: Office) -> None:
    """S2: services without the key of contents share no directory with those that have it."""
    assert office.worker().directory is not office.services.directory
