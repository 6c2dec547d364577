"""The names of the invented families: given names that many bear, family names that nobody does.

Each stands in every spelling a family might bring, so that one person's names are one name: as
written at home first, then in other scripts and in papers of other countries.
"""

from __future__ import annotations

from collections.abc import Container
from random import Random
from typing import NamedTuple

Spellings = tuple[str, ...]


class Names(NamedTuple):
    """What people of one language are called, each name in as many spellings as all others."""

    women: tuple[Spellings, ...]
    men: tuple[Spellings, ...]
    families: tuple[Spellings, ...]


NAMES: dict[str, Names] = {
    "kk": Names(  # Cyrillic, Latin, and the Arabic letters of Kazakhs in China
        (
            ("Сәуле", "Saule", "ساۋلە"),
            ("Жанар", "Zhanar", "جانار"),
            ("Гүлнар", "Gulnar", "گۇلنار"),
            ("Ардақ", "Ardaq", "ارداق"),
        ),
        (
            ("Ерлан", "Yerlan", "ەرلان"),
            ("Нұрлан", "Nurlan", "نۇرلان"),
            ("Болат", "Bolat", "بولات"),
            ("Мейрам", "Meiram", "مەيرام"),
        ),
        (
            ("Көкбелес", "Kokbeles", "كوكبەلەس"),
            ("Қызылтас", "Qyzyltas", "قىزىلتاس"),
            ("Аққорған", "Aqqorgan", "اققورعان"),
            ("Сарыжазық", "Saryzhazyq", "سارىجازىق"),
            ("Тентексу", "Tenteksu", "تەنتەكسۋ"),
        ),
    ),
    "ug": Names(  # Arabic letters, Latin, and as Chinese papers have it
        (
            ("ئايگۈل", "Aygul", "阿依古丽"),
            ("رەنا", "Rena", "热娜"),
            ("پاتىمە", "Patime", "帕提麦"),
            ("مېھرىگۈل", "Mehrigul", "米日古丽"),
        ),
        (
            ("تۇرسۇن", "Tursun", "吐尔逊"),
            ("ئۆمەر", "Omer", "吾买尔"),
            ("ئىلياس", "Ilyas", "伊力亚斯"),
            ("ئەكبەر", "Ekber", "艾克拜尔"),
        ),
        (
            ("كۆكتاغ", "Koktagh", "阔克塔格"),
            ("ئالتۇنقۇم", "Altunqum", "阿勒屯库木"),
            ("ئاقبۇلاق", "Aqbulaq", "阿克布拉克"),
            ("سېرىقتام", "Seriqtam", "色日克塔木"),
            ("يېشىلكۆل", "Yeshilkol", "叶西里库勒"),
        ),
    ),
    "zh_Hans": Names(  # Chinese, and as its passports spell that
        (
            ("阿依努尔", "Ayinuer"),
            ("古丽娜", "Gulina"),
            ("哈丽旦", "Halidan"),
        ),
        (
            ("叶尔兰", "Yeerlan"),
            ("奥玛尔", "Aomaer"),
            ("达吾提", "Dawuti"),
        ),
        (
            ("柯克山", "Kekeshan"),
            ("巴勒塔库", "Baletaku"),
            ("萨热塔木", "Saretamu"),
            ("铁勒苏", "Tielesu"),
            ("库木别勒", "Kumubiele"),
        ),
    ),
    "ru": Names(  # Russian, and as passports spell that
        (
            ("Асель", "Assel"),
            ("Динара", "Dinara"),
            ("Лейла", "Leila"),
        ),
        (
            ("Ержан", "Yerzhan"),
            ("Марат", "Marat"),
            ("Тимур", "Timur"),
        ),
        (
            ("Карабелес", "Karabeles"),
            ("Жасылкум", "Zhassylkum"),
            ("Темирсай", "Temirsay"),
            ("Бозжазык", "Bozzhazyk"),
            ("Сулуколь", "Sulukol"),
        ),
    ),
    "tr": Names(  # Turkish, and where its letters are missing
        (
            ("Ayşegül", "Aysegul"),
            ("Reyhan", "Reyhan"),
            ("Şirin", "Shirin"),
        ),
        (
            ("Yasin", "Yasin"),
            ("Şemsettin", "Shemsettin"),
            ("Hüseyin", "Huseyin"),
        ),
        (
            ("Gökyamaçlı", "Gokyamachli"),
            ("Altınkumsal", "Altinkumsal"),
            ("Akçabulaklı", "Akchabulakli"),
            ("Sarıduvar", "Sariduvar"),
            ("Yeşilgölcük", "Yeshilgolchuk"),
        ),
    ),
    "en": Names(  # as an English paper has it, and in Kazakh
        (
            ("Aigerim", "Айгерім"),
            ("Raushan", "Раушан"),
            ("Amina", "Әмина"),
        ),
        (
            ("Daniyar", "Данияр"),
            ("Askar", "Асқар"),
            ("Bakyt", "Бақыт"),
        ),
        (
            ("Altynqum", "Алтынқұм"),
            ("Boztobe", "Бозтөбе"),
            ("Qarakezeng", "Қаракезең"),
            ("Sarytam", "Сарытам"),
            ("Tentek", "Тентек"),
        ),
    ),
}


class Name(NamedTuple):
    """One person's name: given name and family name, each in all spellings, at home's first."""

    given: Spellings
    family: Spellings

    @property
    def spellings(self) -> Spellings:
        """The whole name as each hand writes it."""
        return tuple(map(_whole, self.given, self.family))


def name_of(random: Random, language: str, *, woman: bool, but: Container[object] = ()) -> Name:
    """A name that is not among `but`: neither the whole of it nor its given name."""
    names = NAMES[language]
    while True:
        given = random.choice(names.women if woman else names.men)
        name = Name(given, random.choice(names.families))
        if name not in but and given not in but:
            return name


def _whole(given: str, family: str) -> str:
    return f"{given}{'·' if _chinese(given) else ' '}{family}"


def _chinese(name: str) -> bool:
    return "\u4e00" <= name[0] <= "\u9fff"
