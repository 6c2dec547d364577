"""Single given names in pairs, one name or two."""

from tracker.testimony.names import SAME, compare

ONE = """
Abduxelil 阿布都海力力
Yarmuhemmet 亚尔买买提
Qutluq 库特鲁克
Toxtiniyaz 托合提尼亚孜
Memetjan Maimaitijiang
Zeytunigül 再吐尼古丽
Ayimgül 阿依木古丽
Anargül 阿娜尔古丽
Sawut 萨吾提
Turap 吐拉甫
Ghulam 吾拉木
Qunduz Kunduzi
Qunduz 昆都孜
Mahsut Maihesuti
Mahinur 玛依努尔
Mayinuer Mahinur
Ümüt 吾木提
Ümit Wumiti
Ekber Aikebaier
Shöhret Xiaokelaiti
Rozimemet Rouzimaimaiti
Rozimuhammad 肉孜买买提
Zulpiye Zulipiya
Bahargül Bahaguli
Helchem 海力其木
Toniyaz 吐尼亚孜
Hüsenjan Yushanjiang
Subinur 苏比努尔
Айсұлу 阿依苏鲁
Ертай 叶尔泰
Қуаныш Kuanysh
Қуаныш 胡安什
Жеңіс Zhengis
Шынар Shynar
Әсем Asem
Дархан 达尔汗
Дархан Darkhan
Ораз 吾拉孜
Oraz Ораз
Сайран 赛兰
Маулен Maulen
Бейсен 拜山
Зейнегүл Zeynegul
Тілеуберген Tleubergen
Тілеуберген Tileubergen
Құсайын Khusain
Жұмабай Jumabay
Жұмабай 居马拜
Оразбай Urazbay
Әуезхан Auezkhan
Күлтай Kultai
Қазақбай 哈扎克拜
Zöhre Zuohere
Nurehmet 努尔艾合买提
Yalqun 亚力坤
Polat Bolat
Yunus 玉努斯
"""

TWO = """
Nurehmet Nurmemet
Turap Turghun
Turghunjan Tursunjan
吐尔洪江 吐尔逊江
Sawut Samat
萨吾提 萨迪尔
Ayimgul Aygul
Ayimgul 阿依古丽
Anargul Amangul
阿娜尔古丽 Aygul
Mahinur Gulinur
Mahinur Mahire
Hashim Qasim
Hashim Hakim
Ghulam Islam
Ekber Ekrem
艾克拜尔 艾克热木
Zulpiye Zulpiqar
Zumret Zulfiya
Niyaz Toniyaz
Toxti Toxtiniyaz
Rozimemet Rozi
Rozimemet Nurmemet
Қуаныш Қайрат
Ертай Ержан
叶尔泰 叶尔江
Дархан Нұрхан
Бекмұрат Дінмұрат
Оразбай Жұмабай
吾拉孜拜 居马拜
Әсем Әсел
Behram Bayram
Shirin Shirali
Barat Bolat
巴拉提 波拉提
Nazugum Nazugül
Semet Memet
Rehim Kerim
热依木 克里木
Qadir Sadir
Zakir Sabir
Tahir Zahir
塔依尔 扎依尔
Yunus Yusup
"""


def _wrong(lines: str, same: bool) -> list[str]:
    pairs = [line.split() for line in lines.split("\n") if line]
    return [f"{a} {b}" for a, b in pairs if (compare(a, b).score >= SAME) != same]


def test_one_given_name_across_alphabets() -> None:
    """Every pair is one name in two alphabets or spellings."""
    assert _wrong(ONE, True) == []


def test_near_given_names_stay_two() -> None:
    """One sound, one element or one syllable apart is another name."""
    assert _wrong(TWO, False) == []
