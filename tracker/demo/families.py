"""The invented families: who they are, and how each story goes. No name here is anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tracker.demo.names import Name, name_of

SEED = 20180122

_RELATIONS = {
    "wife": True,
    "husband": False,
    "sister": True,
    "brother": False,
    "mother": True,
    "father": False,
    "son": False,
    "daughter": True,
}
"""Who tells, and whether that is a woman."""

LANGUAGES = ("kk", "ug", "zh_Hans", "ru", "tr", "en")


@dataclass(frozen=True, slots=True)
class Family:
    """One story. Days are counted back from today; `heard` are older contacts, `year` or days."""

    number: int
    person: int
    """The number of the first family that told of this person: mostly its own."""
    language: str
    names: tuple[str, ...]
    """Those the family told, each another spelling of the same name."""
    elsewhere: str
    """As another source spells it."""
    enquirer: str
    relation: str
    caseworker: str | None
    opened: int  # days ago
    silent: int  # days ago that the last contact was
    vague: str = "day"  # day | month | season | year: how well it is remembered
    history: tuple[str, ...] = ()  # EDTF of older contacts
    marks: frozenset[str] = field(default_factory=frozenset)

    def has(self, mark: str) -> bool:
        """Whether the story holds this turn."""
        return mark in self.marks


# how many, days silent, how vague, marks: every state there is has its families
_PLAN: tuple[tuple[int, tuple[int, int], str, str], ...] = (
    (9, (0, 6), "day", "acks"),
    (6, (8, 13), "day", "acks"),
    (3, (15, 28), "day", "acks"),
    (2, (16, 25), "day", ""),  # nobody acknowledges: repeated, handed over
    (4, (31, 70), "day", "acks consents shared"),
    (4, (33, 72), "month", "acks"),  # no consent
    (2, (40, 60), "day", "acks consents shared answered"),
    (4, (76, 88), "day", "acks consents"),
    (2, (80, 86), "day", ""),
    (7, (95, 170), "month", "acks consents shared"),
    (5, (190, 340), "season", "acks"),
    (4, (380, 1500), "year", "acks consents shared"),
    (2, (20, 45), "day", "acks snoozed"),
    (2, (45, 60), "day", "acks pending"),
    (1, (33, 33), "day", "acks retracted"),
    (1, (50, 50), "day", "acks consents shared withdrawn_consent"),
    (2, (60, 110), "day", "acks conflicting"),
    (2, (70, 120), "day", "acks revoked"),
    (2, (30, 90), "day", "acks closed_released"),
    (1, (100, 100), "month", "acks closed_died"),
    (1, (40, 40), "day", "acks closed_found"),
    (1, (60, 60), "day", "acks closed_withdrawn"),
    (1, (35, 35), "day", "acks reopened"),
    (1, (12, 12), "day", "nobody again"),  # reported by itself; assigned to nobody, told before
    (1, (29, 29), "day", "consents shared tour"),  # tomorrow the consul is told
    (1, (13, 13), "day", "tour"),
    (1, (6, 6), "day", "tour"),
)


def families() -> Iterator[Family]:
    """All of them, the same each time."""
    random = Random(SEED)  # noqa: S311 — a story, not a key
    told: list[Family] = []
    taken: set[Name] = set()
    for count, (least, most), vague, marks in _PLAN:
        for turn in range(count):
            silent = least + (most - least) * turn // max(count - 1, 1)
            told.append(_family(random, told, taken, silent, vague, frozenset(marks.split())))
            yield told[-1]


def _family(
    random: Random,
    told: list[Family],
    taken: set[Name],
    silent: int,
    vague: str,
    marks: frozenset[str],
) -> Family:
    number = len(told)
    language = LANGUAGES[number % len(LANGUAGES)]
    caseworker = None if "nobody" in marks else ("dana", "ilyas", "rena")[number % 3]
    opened = random.randint(18, 44)
    if "tour" in marks:
        caseworker, opened = "dana", 40
    if "nobody" in marks:
        opened = 2
    relation = "brother" if "again" in marks else random.choice(tuple(_RELATIONS))
    couple = relation in ("wife", "husband")
    woman = not _RELATIONS[relation] if couple else random.random() < 0.4
    name = name_of(random, language, woman=woman, but=taken)
    taken.add(name)
    teller = name_of(random, language, woman=_RELATIONS[relation], but={name.given})
    if random.random() < 0.5:
        teller = Name(teller.given, name.family)
    known = len(name.spellings) - ("conflicting" in marks)  # then others bring the last one
    names = name.spellings[: known if "tour" in marks else random.randint(1, known)]
    person, elsewhere = number, name.spellings[-1]
    if "again" in marks:
        first = next(each for each in told if each.language == language and each.silent > 90)
        person, elsewhere = first.number, first.elsewhere
        names = (elsewhere,)
    return Family(
        number=number,
        person=person,
        language=language,
        names=names,
        elsewhere=elsewhere,
        enquirer=teller.spellings[0],
        relation=relation,
        caseworker=caseworker,
        opened=opened,
        silent=silent,
        vague=vague,
        history=tuple(_history(random, max(silent, opened))),
        marks=marks,
    )


def _history(random: Random, before_days: int) -> Iterator[str]:
    """Contacts over up to nine years, thinning out, told as people remember them."""
    last_year = 2026 - (before_days + 330) // 365
    for year in range(2017, last_year):
        for _turn in range(random.choice((0, 0, 1, 1, 1))):
            month = random.randint(1, 12)
            if random.random() < 0.25:
                yield f"{year}"
            elif random.random() < 0.5:
                yield f"{year}-{month:02d}"
            else:
                yield f"{year}-{month:02d}-{random.randint(1, 28):02d}"
