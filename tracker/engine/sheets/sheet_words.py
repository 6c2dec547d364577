"""How offices head the columns of their own sheets, and what they write in them, by language.

The labels of our pages, in every language, are known besides (`import_columns`). Only words that
mean one thing stand here: `дата` alone could be any date. Written in any letters' case, with or
without accents, `ё` as `е`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from tracker.domain.means import Means
from tracker.engine.sheets.means_labels import means_labels
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import speaking

HEADINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "id": "no | number | my number | our number | our no | case number | case no | case id",
        "ref": "reference | ref no | reference number",
        "name": "names | full name | person | name of the person | detainee | name of detainee",
        "surname": "last name | family name | second name",
        "patronymic": "father's name | fathers name | middle name",
        "born": "birth | date of birth | year of birth | birth date | dob",
        "description": "about the person | who is it",
        "place": "held at | place of detention | place held | where held",
        "held_since": "detained since | arrested | date of arrest | date of detention"
        " | detained on",
        "last_contact": "last heard | when last heard | last heard from | last contact date"
        " | date of last contact | last contact on",
        "said_on": "told on | reported on | date of report",
        "means": "how | means of contact | how heard | by which means",
        "said": "what was said | what was learnt | news",
        "confirmed": "is confirmed",
        "source": "told by | source of information | according to",
        "language": "language of the family",
        "zone": "timezone | tz",
        "caseworker": "case worker | caseworker e-mail | caseworker email | handled by",
        "relation": "relationship | relation to the person",
        "enquirer": "reporter | relative | name of relative | reported by",
        "phone": "telephone | tel | phone number | mobile",
        "email": "mail | email address | e-mail address",
    },
    "ru": {
        "id": "№ дела | номер дела | номер | наш номер | ид | учетный номер",
        "ref": "ссылка | шифр | код дела",
        "name": "имя | имена | фио | ф.и.о. | полное имя | имя фамилия | фамилия имя"
        " | фамилия имя отчество | имя задержанного | фио задержанного | задержанный"
        " | имя пропавшего | имя человека | имя и фамилия | фамилия и имя",
        "surname": "фамилия | фамилия задержанного | фамилия человека",
        "patronymic": "отчество | имя отца",
        "born": "дата рождения | год рождения | родился | г.р. | рождение | д.р. | родилась"
        " | год рожд.",
        "description": "описание | кто это | о человеке | сведения о человеке",
        "place": "место | где | место содержания | место заключения | где содержится"
        " | где находится"
        " | место задержания",
        "held_since": "задержан | арестован | дата задержания | дата ареста | под стражей с"
        " | задержан с | когда задержан | содержится с | когда арестован",
        "last_contact": "последний контакт | дата последнего контакта | последняя связь"
        " | дата последней связи | последняя весть | последние известия | когда последний раз"
        " | последний раз на связи | когда был последний контакт | последний звонок",
        "said_on": "дата сообщения | сообщено | когда сообщили | дата обращения | дата рассказа",
        "means": "способ | способ связи | вид связи | как | способ контакта | средство связи"
        " | как узнали",
        "freely": "мог говорить свободно | говорил свободно | свободно",
        "staged": "постановка | по указке | инсценировка",
        "said": "что сказал | что узнали | что известно | содержание | что сообщил",
        "confirmed": "подтверждено | подтвержден | подтверждение",
        "source": "источник | источник сведений | кто сообщил | от кого | со слов",
        "language": "язык | язык семьи",
        "zone": "часовой пояс | временная зона",
        "caseworker": "куратор | ответственный | кто ведет дело | сотрудник | почта сотрудника",
        "told_already": "уже сообщено | уже сообщили | уведомлены",
        "relation": "родство | кем приходится | степень родства | отношение",
        "enquirer": "заявитель | родственник | имя родственника | имя заявителя | фио заявителя",
        "phone": "телефон | тел. | номер телефона | телефон заявителя | мобильный",
        "email": "почта | эл. почта | электронная почта | e-mail | имейл | емейл",
    },
    "kk": {
        "id": "іс нөмірі | нөмірі | нөмір | № іс | біздің нөмір",
        "ref": "сілтеме",
        "name": "аты | аты-жөні | есімі | аты жөні | толық аты | тегі, аты | есім | аты, тегі"
        " | ұсталған адам | адамның аты",
        "surname": "тегі | тек",
        "patronymic": "әкесінің аты",
        "born": "туған күні | туған жылы | туылған күні | туған",
        "description": "сипаттама | кім | адам туралы",
        "place": "орны | қайда | қамалған жері | ұсталған жері | отырған жері | қайда отыр",
        "held_since": "ұсталған күні | қамалған күні | қашан ұсталды | қашан қамалды"
        " | тұтқындалған күні",
        "last_contact": "соңғы хабар | соңғы байланыс | соңғы хабар күні | соңғы байланыс күні"
        " | соңғы рет қашан хабарласты | соңғы рет | соңғы қоңырау",
        "said_on": "айтылған күні | хабарланған күні | өтініш күні",
        "means": "байланыс түрі | қалай | байланыс жолы | байланыс құралы",
        "freely": "еркін сөйлей алды ма",
        "said": "не айтты | не білінді | мазмұны",
        "confirmed": "расталған | расталды",
        "source": "дереккөз | кім айтты | кімнен | дерек көзі",
        "language": "тіл | тілі | отбасы тілі",
        "zone": "уақыт белдеуі",
        "caseworker": "жауапты | іс жүргізуші | қызметкер",
        "relation": "туыстығы | туыстық | кімі болады",
        "enquirer": "өтініш беруші | туысы | туыс | туысының аты",
        "phone": "телефоны | телефон нөмірі | байланыс телефоны",
        "email": "пошта | электрондық пошта | эл. пошта",
    },
    "ug": {
        "id": "نومۇر | نومۇرى | دېلو نومۇرى",
        "name": "ئىسمى | ئىسىم | ئىسىم فامىلىسى | تولۇق ئىسمى | ئىسىم-فامىلە | ئىسىم فامىلە"
        " | تۇتقۇن قىلىنغان كىشى",
        "surname": "فامىلىسى | فامىلە",
        "patronymic": "دادىسىنىڭ ئىسمى",
        "born": "تۇغۇلغان ۋاقتى | تۇغۇلغان يىلى | تۇغۇلغان كۈنى",
        "description": "چۈشەندۈرۈش | كىم",
        "place": "ئورنى | قەيەردە | تۇتۇلغان ئورنى | قامالغان جايى | ئورۇن | جاي",
        "held_since": "تۇتۇلغان ۋاقتى | تۇتقۇن قىلىنغان ۋاقتى | قولغا ئېلىنغان ۋاقتى"
        " | تۇتۇلغان كۈنى",
        "last_contact": "ئاخىرقى ئالاقە | ئەڭ ئاخىرقى ئالاقە | ئاخىرقى خەۋەر | ئاخىرقى ئالاقە ۋاقتى"
        " | ئاخىرقى قېتىم",
        "said_on": "ئېيتىلغان ۋاقتى | ئېيتىلغان كۈنى",
        "means": "ئالاقە ئۇسۇلى | قانداق | ئالاقە يولى",
        "said": "نېمە دېدى | مەزمۇنى",
        "confirmed": "جەزملەشتۈرۈلگەن",
        "source": "مەنبە | كىم ئېيتتى | مەنبەسى",
        "language": "تىل | تىلى",
        "zone": "ۋاقىت رايونى",
        "caseworker": "مەسئۇل | مەسئۇل خادىم",
        "relation": "تۇغقانچىلىقى | تۇغقانچىلىق مۇناسىۋىتى",
        "enquirer": "ئىلتىماس قىلغۇچى | تۇغقىنى | مەلۇم قىلغۇچى",
        "phone": "تېلېفون | تېلېفون نومۇرى",
        "email": "ئېلخەت | ئېلخەت ئادرېسى",
    },
    "zh_Hans": {
        "id": "编号 | 案件编号 | 案号 | 序列号 | 編號",
        "ref": "参考号 | 查询号",
        "name": "姓名 | 名字 | 全名 | 被拘押者 | 被关押者姓名 | 当事人 | 被拘留者姓名 | 失踪者姓名",
        "surname": "姓 | 姓氏",
        "patronymic": "父名 | 父亲姓名",
        "born": "出生日期 | 出生年月 | 生日 | 出生年份 | 出生 | 出生年",
        "description": "描述 | 个人情况 | 是谁",
        "place": "地点 | 关押地点 | 羁押地点 | 在哪里 | 所在地 | 拘押地点",
        "held_since": "被捕日期 | 拘留日期 | 被抓日期 | 被捕时间 | 关押时间 | 被抓时间 | 拘留时间"
        " | 羁押日期",
        "last_contact": "最后联系 | 最后联系日期 | 最后一次联系 | 最后联系时间 | 最近联系"
        " | 最后一次联系时间 | 失联时间 | 最後聯繫",
        "said_on": "报告日期 | 讲述日期 | 反映日期",
        "means": "联系方式类型 | 联系途径 | 如何联系 | 通过什么方式 | 联络方式类型",
        "freely": "能否自由说话",
        "staged": "是否被安排",
        "said": "内容 | 说了什么 | 得知的情况",
        "confirmed": "已确认 | 是否确认 | 确认",
        "source": "来源 | 消息来源 | 谁说的 | 信息来源",
        "language": "语言",
        "zone": "时区",
        "caseworker": "负责人 | 经办人 | 个案工作者",
        "relation": "关系 | 亲属关系 | 与当事人关系",
        "enquirer": "报告人 | 申请人 | 家属 | 亲属姓名 | 家属姓名 | 联系人",
        "phone": "电话 | 手机 | 电话号码 | 手机号 | 联系电话 | 電話",
        "email": "邮箱 | 电子邮件 | 电子邮箱 | 邮件",
    },
    "tr": {
        "id": "numara | dosya no | dosya numarası | sıra no | numaramız",
        "ref": "referans | referans no",
        "name": "ad | adı | isim | ismi | ad soyad | adı soyadı | tam adı | isim soyisim"
        " | kişinin adı | tutuklunun adı | ad ve soyad",
        "surname": "soyadı | soyad | soyisim | soyismi",
        "patronymic": "baba adı",
        "born": "doğum tarihi | doğum yılı | doğum | doğumu",
        "description": "açıklama | tanım | kim olduğu",
        "place": "yer | yeri | nerede | tutulduğu yer | gözaltı yeri | hapishane",
        "held_since": "gözaltı tarihi | tutuklanma tarihi | tutuklandı | ne zaman tutuklandı"
        " | ne zamandan beri tutuklu",
        "last_contact": "son temas | son görüşme | son haber | son temas tarihi"
        " | son görüşme tarihi | son haber tarihi | en son haber",
        "said_on": "bildirim tarihi | anlatıldığı tarih | başvuru tarihi",
        "means": "iletişim yolu | nasıl | temas şekli | iletişim türü | görüşme şekli",
        "freely": "özgürce konuşabildi mi | serbestçe konuştu mu",
        "said": "ne dedi | ne söyledi | öğrenilen",
        "confirmed": "onaylandı | doğrulandı | onaylı",
        "source": "kaynak | kim söyledi | kimden | kaynağı",
        "language": "dil | dili",
        "zone": "saat dilimi",
        "caseworker": "sorumlu | dosya sorumlusu | görevli",
        "relation": "yakınlık | yakınlığı | akrabalık",
        "enquirer": "başvuran | yakını | akrabası | başvuranın adı | yakınının adı",
        "phone": "telefon | tel | telefon numarası | cep telefonu | cep",
        "email": "e-posta | eposta | e-posta adresi",
    },
}
"""Language -> our column -> how it is headed, the ways parted by a stroke."""

ANSWERS: Final[Mapping[str, str]] = {
    "yes": "yes | y | true | 1 | да | д | + | иә | ия | ھەئە | شۇنداق | 是 | 对 | 有 | evet | e",
    "no": "no | n | false | 0 | нет | н | жоқ | ياق | 否 | 不 | 没有 | 无 | hayır | h",
    "unsure": "unsure | not sure | ? | не знаю | не уверен | не уверена | не уверены | неизвестно"
    " | білмеймін | белгісіз | بىلمەيمەن | ئېنىق ئەمەس | 不确定 | 不知道 | emin değil"
    " | bilmiyorum | bilinmiyor",
}
"""What a cell says that answers a question."""

MEANS: Final[Mapping[Means, str]] = {
    Means.VISIT: "in person | свидание | визит | посещение | встреча | кездесу | жолығу | көрісу"
    " | виделись"
    " | كۆرۈشۈش | يوقلاش | 探视 | 会见 | 见面 | 探望 | ziyaret | görüş | yüz yüze",
    Means.TELEPHONE: "phone | call | phone call | wechat call"
    " | телефон | звонок | по телефону | звонил"
    " | звонила"
    " | телефонный звонок"
    " | қоңырау | телефонмен | تېلېفون | 电话 | 打电话 | 通话 | telefon | arama",
    Means.VIDEO: "video call | video chat | wechat video | whatsapp video"
    " | видеозвонок | видео | видеосвязь | бейнеқоңырау | видеоқоңырау"
    " | سىنلىق كۆرۈشۈش | ۋىدېئو | 视频 | 视频通话 | görüntülü arama | görüntülü görüşme",
    Means.LETTER: "mail | письмо | хат | خەت | 信 | 来信 | 信件 | 写信 | mektup",
    Means.MESSAGE: "text | sms | wechat | сообщение | смс | вичат | хабарлама | ئۇچۇر | ئۈندىدار"
    " | 短信 | 微信 | 消息 | 信息 | mesaj",
    Means.RED_CROSS_MESSAGE: "сообщение красного креста | послание красного креста"
    " | қызыл крест хабары | 红十字通信 | kızılhaç mesajı",
    Means.LAWYER_VISIT: "lawyer | lawyer's visit | адвокат | визит адвоката | через адвоката"
    " | адвокаттың кездесуі | ئادۋوكات | 律师 | 律师会见 | avukat | avukat görüşmesi",
    Means.CONSULAR_VISIT: "consul | консул | визит консула | консульское посещение"
    " | консулдың келуі"
    " | كونسۇل | 领事 | 领事探视 | konsolos ziyareti",
    Means.CO_DETAINEE: "сокамерник | через сокамерника | камералас | 同监人员 | 狱友"
    " | koğuş arkadaşı",
    Means.THROUGH_OTHERS: "through others | heard from others | relative"
    " | через других | через родственников"
    " | через соседей | через соседа"
    " | через знакомых | родственники | басқалар арқылы | туысқандар арқылы | باشقىلار ئارقىلىق"
    " | 通过他人 | 别人转告 | 亲戚 | 托人转告 | başkaları aracılığıyla | akraba",
    Means.AUTHORITY: "official | authorities | власти | от властей | официально | билік | ресми"
    " | ھۆكۈمەت | 官方 | 当局 | 政府 | yetkililer | resmî",
    Means.NEWS: "media | press | новости | сми | жаңалықтар | бұқ | خەۋەر | 新闻 | 媒体 | haber"
    " | basın",
    Means.TALK: "rumour | rumor | слухи | слух | қауесет | پىتنە | 传闻 | 听说 | söylenti",
    Means.ATTEMPT: "no answer | attempt | не ответил | не дозвонились | попытка | жауап бермеді"
    " | 无人接听 | 没人接 | cevap yok | ulaşılamadı",
    Means.UNKNOWN: "not known | неизвестно | не знаю | белгісіз | نامەلۇم"
    " | 不详 | 未知 | bilinmiyor",
}
"""What a cell says of how somebody was heard from; our own codes besides."""

_BETWEEN_WORDS: Final = re.compile(r"[\s_.,:;?!/#*’'\"«»()\[\]-]+")
_LETTERS: Final = str.maketrans({"ı": "i", "ی": "ي", "ى": "ي", "ک": "ك", "ە": "ه"})
"""Letters that keyboards give for others, without an accent to leave out."""


def plain(text: str) -> str:
    """Words joined by `_`, in small letters without accents; marks beside them left out."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return "_".join(_BETWEEN_WORDS.sub(" ", letters.translate(_LETTERS)).split())


def ways(text: str) -> list[str]:
    """The ways to say one thing that stand in one of these lines."""
    return [_key(way) for way in text.split("|")]


def answer_in(cell: str) -> str:
    """`yes`, `no` or `unsure`, in whichever language the cell says it; "" for anything else."""
    return _answers().get(_key(cell), "")


def means_in(cell: str) -> Means | None:
    """The means of contact that a cell names, by our code or in words."""
    return _means().get(_key(cell))


def _key(text: str) -> str:
    return plain(text) or text.strip()


@cache
def _answers() -> Mapping[str, str]:
    return {way: answer for answer, said in ANSWERS.items() for way in ways(said)}


@cache
def _means() -> Mapping[str, Means]:
    found: dict[str, Means] = {}
    for code in LANGUAGES:
        with speaking(code):
            found |= {plain(label): Means(means) for means, label in means_labels().items()}
    found |= {way: means for means, words in MEANS.items() for way in ways(words)}
    return found | {plain(means): means for means in Means}
