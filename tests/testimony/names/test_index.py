"""Search by any spelling, and possible duplicates. Every person here is invented."""

import random
from datetime import date

from tracker.testimony.names import NameIndex, Person, duplicates, possible_same
from tracker.testimony.names.given_names import GIVEN_NAMES

PEOPLE = {
    1: "Alimjan Tursun",
    2: "古丽努尔·尼牙孜",
    3: "Серік Досымбек",
    4: "ئابدۇكېرىم ياسىن",
    5: "Muhammad Imin Sultan",
    6: "Ablet Qurban",
}


def _filled() -> NameIndex[int]:
    chance = random.Random(7)
    words = GIVEN_NAMES.split()
    crowd = [(100 + at, f"{chance.choice(words)} {chance.choice(words)}") for at in range(2000)]
    return NameIndex([*crowd, *PEOPLE.items()])


def test_search_finds_any_script_and_spelling_first_or_nearly() -> None:
    """One index answers Latin, pinyin, Chinese, Arabic letters and Cyrillic."""
    index = _filled()
    for query, key in [
        ("阿里木江·吐尔逊", 1),
        ("Alimujiang Tuerxun", 1),
        ("Гүлнұр Нияз", 2),
        ("Gulinuer Niyazi", 2),
        ("赛力克·多斯木别克", 3),
        ("Abdulkarim Yassin", 4),
        ("Memtimin Sultan", 5),
        ("艾布利特·库尔班", 6),
    ]:
        found = [each for each, _, _ in index.search(query, 5)]
        assert key in found, query


def test_search_takes_parts_of_names() -> None:
    """A given name alone, or the first letters of a word."""
    index = NameIndex(PEOPLE.items())
    assert index.search("Gülnur", 1)[0][::2] == (2, "古丽努尔·尼牙孜")
    assert index.search("Dosym", 1)[0][0] == 3
    assert index.search("alimj", 1)[0][0] == 1
    assert index.search("tursun", 1)[0][0] == 1


def test_search_gives_each_key_once_with_its_best_name() -> None:
    """A nickname and a legal name lead to one person."""
    index = NameIndex([("x", "Alimjan Tursun"), ("x", "Alim"), ("y", "Ablet Tursun")])
    found = index.search("Alim Tursun")
    assert [key for key, _, _ in found].count("x") == 1
    assert index.search("Alim")[0] == ("x", 1.0, "Alim")


def test_a_removed_key_is_forgotten_and_can_come_back() -> None:
    """What a reader may no longer see leaves the index, words and all."""
    index = NameIndex(PEOPLE.items())
    index.remove(2)
    index.remove(2)
    assert not [key for key, _, _ in index.search("Gülnur Niyaz") if key == 2]
    assert len(index) == len(PEOPLE) - 1
    index.add(2, PEOPLE[2])
    assert index.search("Gülnur Niyaz")[0][0] == 2
    for key in PEOPLE:
        index.remove(key)
    assert len(index) == 0
    assert index.search("Alimjan") == []


def test_a_query_without_a_name_finds_nothing() -> None:
    """Digits, signs, blanks, a limit of nought."""
    index = NameIndex(PEOPLE.items())
    assert index.search("") == []
    assert index.search("12 · ,") == []
    assert index.search("Alimjan", 0) == []


def test_likeness_gives_reasons_for_and_against() -> None:
    """Name, year, place and kin add up; a contradiction is shown, not hidden."""
    a = Person(("Alimjan Tursun",), (1980, 1980), ("Kashgar",), ("Gülnur Niyaz",))
    b = Person(("阿里木江·吐尔逊",), (1981, 1981), ("قەشقەر",), ("古丽努尔·尼牙孜",))
    found = possible_same(a, b)
    assert found.score > 0.95
    assert [reason.fact for reason in found.for_][:2] == ["name", "relative"]
    other = possible_same(a, Person(("Alimjan Tursun",), (1950, 1952)))
    assert [reason.fact for reason in other.against] == ["born"]
    assert other.against[0].b == "1950/1952"
    assert other.score < found.score


def test_name_alone_is_never_certain() -> None:
    """Many people share a name: without another fact the score stays below nine in ten."""
    same = possible_same(Person(("Memet Tursun",)), Person(("Memet Tursun",)))
    assert 0.5 < same.score < 0.9
    other = possible_same(Person(("Memet Tursun",)), Person(("Gulnur Niyaz",)))
    assert other.score < 0.01
    assert not other.for_


def test_likeness_is_symmetric() -> None:
    """The order of two records is chance."""
    a = Person(("Ablet Qurban",), (1970, 1972), (), (), (date(2017, 3, 1), date(2017, 3, 31)))
    b = Person(("Ablet Kurban", "Ablet"), (1971, 1971), ("Hotan",), (), (None, date(2017, 3, 5)))
    assert possible_same(a, b).score == possible_same(b, a).score
    late = Person(("Ablet Qurban",), (1970, 1972), (), (), (date(2019, 1, 1), None))
    assert "detained" in [reason.fact for reason in possible_same(a, late).against]


def test_duplicates_lists_each_pair_once_best_first() -> None:
    """A work list for staff."""
    people = [
        ("a", Person(("Alimjan Tursun",), (1980, 1980))),
        ("b", Person(("Ablet Qurban",), (1960, 1960))),
        ("c", Person(("阿里木江·吐尔逊", "Alim"), (1980, 1980))),
        ("d", Person(("艾布利特·库尔班",))),
        ("e", Person(("Gulnur Niyaz",), (1980, 1980))),
    ]
    found = duplicates(people)
    assert [(a, b) for a, b, _ in found] == [("a", "c"), ("b", "d")]
    assert found[0][2].score >= found[1][2].score
