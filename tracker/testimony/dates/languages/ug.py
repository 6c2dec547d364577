"""Uyghur in Arabic, Latin and Cyrillic letters: one table in Latin, one skeleton for all three."""

from tracker.testimony.dates.language import Language
from tracker.testimony.dates.languages.ru import RUSSIAN
from tracker.testimony.dates.tokens import Kind

K = Kind

_ARABIC = dict(
    zip("اەېبپتجچخدرزژسشغفقكکگلمنھهوۇۆۈۋىيی", "aeebptjchdrzjssgfkkkglmnheououwiii", strict=True)
)
_CYRILLIC = dict(
    zip("аәбвгғдежҗзийкқлмноөпрстуүфхһчшэы", "aebwggdejjziikklmnooprstuufhhcsei", strict=True)
)

UYGHUR = Language(
    code="ug",
    scripts=("Arab", "Latn", "Cyrl"),
    letters={
        **_ARABIC,
        **_CYRILLIC,
        "ڭ": "ng",
        "ң": "ng",
        "ئ": "",
        "ء": "",
        "ю": "iu",
        "я": "ia",
        "ё": "io",
        "ъ": "",
        "ь": "",
        "q": "k",
        "y": "i",
        "v": "w",
        "x": "h",
        "ı": "i",
        "ə": "e",
        "ƣ": "g",
        "ɵ": "o",
        "ⱨ": "h",
        "ة": "e",
    },
    digraphs=(("sh", "s"), ("ch", "c"), ("gh", "g"), ("zh", "j")),
    event_ending=r"[gk][ae]ndin|stin",
    limit_ending=r"[gk][iu]c[ea]|m[ae]i turup",
    postposed=True,
    numbered=True,
    loans=RUSSIAN.words,
    ending=r"(?:l[aei]r)?(?:ing|imiz|im)?(?:s?i)?"
    r"(?:(?P<adj>[dt][aei]k+i|[gk]i)|(?P<loc>[dt][ae])|(?P<abl>[dt]in)|(?P<lim>[gk][ia]c[ea])"
    r"|(?P<dat>[gk][ae])|(?P<gen>ning)|(?P<acc>ni)|(?P<like>c[ea]|[dt]ek)"
    r"|(?P<liq>l[iu][kg]\w*|lap|lep)|(?P<ord>i?nci))?(?:(?:[dt]in|[dt][ae]|ni|ning))?",
    words={
        K.MONTH: {
            1: "yanwar* yanvar*",
            2: "féwral* fewral*",
            3: "mart*",
            4: "aprél*",
            5: "may*",
            6: "iyun*",
            7: "iyul*",
            8: "awghust* awgust* avgust*",
            9: "séntebir* séntyabir* sintebir*",
            10: "öktebir* oktebir* oktyabir*",
            11: "noyabir* noyabr*",
            12: "dékabir* dékabr*",
        },
        K.WEEKDAY: {
            0: "düshenbe* dushenbe* düshenbi*",
            1: "seyshenbe* seyshenbi*",
            2: "charshenbe* charshenbi*",
            3: "peyshenbe* peyshenbi*",
            4: "jüme* jümi*",
            5: "shenbe* shenbi*",
            6: "yekshenbe* yekshenbi*",
        },
        K.NUM: {
            1: "bir*",
            2: "ikki*",
            3: "üch*",
            4: "töt* tört*",
            5: "besh* beshinchi",
            15: "on_beshi*",
            25: "yigirme_beshi*",
            6: "alte* alti*",
            7: "yette* yetti*",
            8: "sekkiz* sekiz*",
            9: "toqquz* toquz*",
            10: "on on*",
            20: "yigirme* yigirmi*",
            30: "ottuz*",
            40: "qiriq*",
            50: "ellik",
            60: "atmish",
            70: "yetmish",
            80: "seksen",
            90: "toqsan",
        },
        K.MAG: {100: "yüz", 1000: "ming"},
        K.FIRST: {None: "deslepki birinchi tunji"},
        K.FINAL: {None: "axirqi eng_axirqi"},
        K.FEW: {
            None: "birqanche bir_qanche birnechche bir_nechche nechche qanche birqancha "
            "bir_qanchilik"
        },
        K.HALF: {None: "yérim* yérimi*"},
        K.UNIT: {
            "d": "kün* kuni*",
            "w": "hepte* hepti* hefte* hefti*",
            "m": "ay* éyi* éy*",
            "y": "jil* jili* yil* yili*",
            "decade": "onyilliq*",
            "h": "saet* minut*",
        },
        K.WHICH: {
            0: "bu mushu bu_yilqi ushbu",
            1: "ötken ketken",
            2: "aldinqi awwalqi burunqi ozaqi",
            -1: "kéler kélerki kelgüsi",
        },
        K.REL: {
            ("animal", 11): "choshqa_yil* tongguz_yil*",
            ("animal", 10): "it_yil*",
            ("animal", 9): "toxu_yil*",
            ("animal", 8): "maymun_yil*",
            ("animal", 7): "qoy_yil*",
            ("animal", 6): "at_yil*",
            ("animal", 5): "yilan_yil*",
            ("animal", 4): "ejdiha_yil* béliq_yil*",
            ("animal", 3): "toshqan_yil*",
            ("animal", 2): "yolwas_yil*",
            ("animal", 1): "kala_yil*",
            ("animal", 0): "chashqan_yil*",
            ("d", 0): "bügün* bugun*",
            ("d", 1): "tünügün* tünögün* tünögün* axsham*",
            ("d", 2): "ülüshkün* aldinqi_kün* ülüsh_kün* ",
            ("d", -1): "ete* ögün*",
            ("y", 0): "buyil*",
            ("y", 1): "bultur* ötkenyili",
            ("y", 2): "aldinqi_jil* awwalqi_jil* aldinqi_yil* ülüsh_yil* awwalqi_yil* "
            "burunqi_yil* ozaqi_yil* ülüshyil*",
        },
        K.SEASON: {
            "spring": "etiyaz* bahar* baharda",
            "summer": "yaz* yéz* yaz_peslide yazgha",
            "autumn": "küz*",
            "winter": "qish*",
        },
        K.PART: {
            "early": "béshi* bashliri* bashlirida deslep* deslipi* deslepki_kün* deslepki_ay*",
            "mid": "otturi* otturisi* ottur* otturilirida",
            "late": "axiri* axir* ayighi* ayaghliri* ayagh* axirqi_kün* axirqi_ay* ayaqlishish*",
            "half1": "birinchi_yérim* aldinqi_yérim* deslepki_yérim*",
            "half2": "ikkinchi_yérim* kéyinki_yérim* axirqi_yérim*",
            "quarter1": "birinchi_pesil* birinchi_pesli*",
            "quarter2": "ikkinchi_pesil* ikkinchi_pesli*",
            "quarter3": "üchinchi_pesil* üchinchi_pesli*",
            "quarter4": "tötinchi_pesil* tötinchi_pesli*",
        },
        K.HOLIDAY: {
            "hijri_month_12": "zulhejje_éyi* zulhejje_ay* zulhejje*",
            "hijri_month_11": "zulqede_éyi* zulqede_ay* zulqede*",
            "hijri_month_10": "shewwal_éyi* shewwal_ay* shewwal*",
            "hijri_month_8": "sheban_éyi* sheban_ay* barat_éyi* barat_ay*",
            "hijri_month_7": "rejep_éyi* rejep_ay*",
            "hijri_month_3": "rebiulewwel_éyi* rebiulewwel_ay* rebiulewwel*",
            "hijri_month_2": "seper_éyi* seper_ay*",
            "hijri_month_1": "muherrem_éyi* muherrem_ay*",
            "new_year": "yéngi_yil* yéngiyil* yengi_yil*",
            "nowruz": "noruz* noroz* newruz* noruz_bayrimi*",
            "ramadan": "ramizan* ramazan* roza* rozi* ramzan* ramizan_éyi* ramizan_ay* roza_éyi*",
            "eid_fitr": "roza_héyt* rozi_héyt* roza_héyit* rozi_héyit* rozihéyt*",
            "eid_adha": "qurban_héyt* qurban_héyit* qurban* qurbanhéyt*",
            "eid": "héyt* héyit*",
            "spring_festival": "chaghan* chaghan_bayrimi* bahar_bayrimi* bahar_bayram*",
            "china_national_day": "dölet_bayrimi*",
        },
        K.BEEN: {None: "boldi boptu bolghan bolup bolghandu ötti ötüptu toldi boyi boyiche hazir"},
        K.SINCE: {None: "buyan* béri* bashlap* buyanqi* tartip"},
        K.BEFORE: {
            "left": "qalghanda qalghan qalghinida",
            None: "aldidiki burun* ilgiri* awwal* aldida",
        },
        K.UNTIL: {
            "latest": "eng_kech eng_kéchikkende eng_kech_bolghanda kéchikkende eng_kéyin",
            "or": " ".join(
                f"yaki_{base}{sooner}"
                for base in ("", "uningdin_", "shuningdin_", "buningdin_", "uningdinmu_", "téximu_")
                for sooner in ("burun", "ilgiri", "awwal", "burunraq", "baldur", "baldurraq")
            ),
            None: "qeder giche kéchiktürmey qederki ghiche",
        },
        K.AFTER: {"from": "burun_emes ilgiri_emes", None: "kéyin* kiyin* song sung"},
        K.BETWEEN: {None: "ariliqida arisida ariliqta arliqida"},
        K.OR: {None: "yaki ya"},
        K.AND: {None: "bilen we hem ve"},
        K.MORE: {
            "odd": "nechche_on",
            None: "az_dégende hech_bolmighanda eng_az artuq* kem_dégende köp köprek oshuq ashti "
            "éship artuqraq* kem_emes",
        },
        K.LESS: {None: "bolmidi toshmidi az azraq kem toshmighan"},
        K.NEARLY: {None: "az_qaldi yéqin* yéqinlashti dégüdek"},
        K.ABOUT: {
            None: "texminen etrapida chamisida chamida etrapta belkim qarighanda etraplirida "
            "mölcher "
            " qarap"
        },
        K.PAST: {None: "yéqinqi yiqinqi"},
        K.EVERY: {
            None: "düshenbe_künliri seyshenbe_künliri charshenbe_künliri peyshenbe_künliri "
            "jüme_künliri shenbe_künliri yekshenbe_künliri heptide_bir ayda_bir yilda_bir "
            "künde_bir adette daim her_daim kün_ara her herbir",
        },
        K.TIMES: {None: "qétim* mertiwe* nöwet* qitim*"},
        K.AGE: {None: "yash* yéshi* yashliq*"},
        K.SENTENCE: {
            None: "késildi késilgen késiwetti höküm* jaza* qamaqqa_höküm qamaq* késilip késip "
            "muddet* "
            "jazasi*"
        },
        K.GIVEN: {None: "bérildi bérilgen berdi bergen bériptu"},
        K.COUNT: {
            None: "adem* kishi* bala* balam* yüen* teñge* dollar* pirsent* kilométir* nepar* "
            "neper* "
            "uyghur* öy* xet* parche* ayal*"
        },
        K.FUTURE: {None: "bolidu toshidu toldidu tolidu"},
        K.LABEL: {
            "number": "nomuri nomur pasport delo guwahname",
            None: "nomurluq kamér* öy_nomuri nomur madda mektep",
        },
        K.NEGATION: {
            None: "yoq üzüldi üzülgen kelmidi kelmigen alalmiduq emes héchqandaq körmidim "
            "xewersiz yoqap "
            "üzülüp alalmidim anglimidim toxtidi"
        },
        K.BORN: {None: "tughulghan tughulup tugulghan"},
        K.THAT: {"he": "u", None: "shu ashu eyni kéyinki"},
        K.CUE: {
            None: "axirqi_téléfon* axirqi_xet* axirqi_xewer* axirqi_söhbet* axirqi_sözlish* "
            "axirqi_alaqe* axirqi_uchur* axirqi_awaz* axirqi_körüsh* eng_axirqi axirqi_qétim "
            "eng_axirqi_qétim axirqi_qitim",
        },
        K.CLAUSE: {None: "tutulushtin toyidin"},
        K.ONEDAY: {None: "bir_küni birküni"},
        K.SAME: {
            "d": "mushu_küni bügünki_kün*",
            None: "mushu_chagh* mushu_waqit* mushu_peyt* mushu_mezgil* mushu_künlerde "
            "mushundaq_waqitta shu_chagh* bu_waqit* bu_chagh*",
        },
        K.EVE: {
            None: "harpisi* harpa* erepe* erpe*",
            "that": "شۇنىڭدىن_بىر_كۈن_بۇرۇن ئۇنىڭدىن_بىر_كۈن_بۇرۇن",
        },
        K.CALENDAR: {"hijri": "hijriye hijriyening hijri"},
        K.LIFE: {
            None: "toy* toy_qil* toyigha toy_qilghinigha bille_turdi bille_ötti ishlidi ishligen "
            "ishlep oqutquchi* oqutqan oqughan oquwatqan sinip* nikah* öy_tutqan",
        },
        K.FUSED: {(1.5, "y"): "yil_yérim* yil_yérimdin"},
        K.GLUE: {
            "during": "bayrimi* bayram* künliri künliride mezgilide mezgili waqtida jeryanida "
            "tetili tetilide dem_élish*",
            None: "sel azraqla buningdin bundin mundin etigen* etigende kechte kech chüshte "
            "kechlikide "
            "waqitta waqit waqti del bolghan hazirghiche bügüngiche "
            "bügün_ghiche "
            "bügüngiche_bolghan bügüngiche hazirgha_qeder bügün_ge_qeder bügünge_qeder hélighiche "
            "peslide peslining ichide kün-kéche zadi deyli pesli*",
        },
        K.WORD: {None: "qisqa قىسقا қисқа qisqiche قىسقىچە qisqila"},
        K.COMMON: {
            None: "men u uning bilen emma üchün bilmeymen dep idi xewer alaqe tutqun "
            "kelmidi "
            "élip kétildi kétilgen tutup lagér lagérgha qilghan körmidim bar"
        },
    },
)
