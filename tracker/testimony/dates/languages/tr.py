"""Turkish."""

from tracker.testimony.dates.language import Language
from tracker.testimony.dates.tokens import Kind

K = Kind
_EARLIER = (
    "daha_önce daha_öncesi daha_öncesinde daha_erken önce öncesi öncesinde ondan_önce bundan_önce"
)
"""Behind "or": at that time or before it."""

TURKISH = Language(
    code="tr",
    scripts=("Latn",),
    event_ending=r"m[ae]s[iu]nd[ae]n|[dt][iu]kt[ae]n|d[iu]g[iu]nd[ae]n|m[ae]d[ae]n|s[iu]nd[ae]n",
    letters={"ı": "i"},
    postposed=True,
    numbered=True,
    ending=r"(?P<object>y?[iu])|(?:l[ae]r)?(?:[iu]?m[iu]z|[iu]m)?(?:s?[iu])?"
    r"(?:(?P<adj>n?[dt][ae]ki|ki)|(?P<loc>n?[dt][ae])|(?P<abl>n?[dt][ae]n)|(?P<been>[dt][iu]r)"
    r"|(?P<gen>n?[iu]n)|(?P<dat>[yn]?[ae])|(?P<acc>[ny]?[iu])|(?P<liq>l[iu][kg]\w*)"
    r"|(?P<like>[cC][ae])|(?P<ins>y?l[ae])|(?P<ord>[iu]?nc[iu]))?(?:n?[dt][ae]n?|n[iu]n)?",
    words={
        K.MONTH: {
            1: "ocak* ocağ* oca",
            2: "şubat* şub",
            3: "mart*",
            4: "nisan* nis",
            5: "mayıs* ?may",
            6: "haziran* haz",
            7: "temmuz* tem",
            8: "ağustos* ağu",
            9: "eylül* eyl",
            10: "ekim* eki",
            11: "kasım* kas",
            12: "aralık* aralığ*",
        },
        K.WEEKDAY: {
            0: "pazartesi*",
            1: "salı salıya salıdan salısı",
            2: "çarşamba*",
            3: "perşembe*",
            4: "cuma*",
            5: "cumartesi*",
            6: "pazar* ?paz",
        },
        K.NUM: {
            1: "bir",
            2: "iki*",
            3: "üç*",
            4: "dört* dörd*",
            5: "beş*",
            6: "altı*",
            7: "yedi*",
            8: "sekiz*",
            9: "dokuz*",
            10: "on onu onun onuncu onunda",
            20: "yirmi*",
            30: "otuz*",
            40: "kırk*",
            50: "elli*",
            60: "altmış",
            70: "yetmiş",
            80: "seksen",
            90: "doksan",
        },
        K.MAG: {100: "yüz", 1000: "bin"},
        K.FIRST: {None: "ilk birinci"},
        K.FINAL: {None: "son"},
        K.FEW: {None: "birkaç bir_kaç bikaç  kaç"},
        K.HALF: {None: "yarım buçuk buçuğu yarı"},
        K.UNIT: {
            "d": "gün*",
            "w": "hafta*",
            "m": "ay*",
            "y": "yıl* sene*",
            "decade": "onyıl*",
            "h": "saat* dakika*",
        },
        K.WHICH: {
            0: "bu  içinde_bulunduğumuz",
            1: "geçen geçtiğimiz geçenki",
            2: "önceki evvelki evvelsi",
            -1: "gelecek önümüzdeki",
        },
        K.REL: {
            ("animal", 11): "domuz_yıl*",
            ("animal", 10): "köpek_yıl* it_yıl*",
            ("animal", 9): "horoz_yıl* tavuk_yıl*",
            ("animal", 8): "maymun_yıl*",
            ("animal", 7): "koyun_yıl* keçi_yıl*",
            ("animal", 6): "at_yıl*",
            ("animal", 5): "yılan_yıl*",
            ("animal", 4): "ejderha_yıl*",
            ("animal", 3): "tavşan_yıl*",
            ("animal", 2): "kaplan_yıl* pars_yıl*",
            ("animal", 1): "öküz_yıl* sığır_yıl*",
            ("animal", 0): "fare_yıl* sıçan_yıl*",
            ("d", 0): "bugün* bu_sabah bu_akşam bu_gece bu_öğlen",
            ("d", 1): "dün dünkü dünden dün_gece dün_akşam",
            ("d", 2): "evvelsi_gün* evvelki_gün* önceki_gün* dünden_önceki_gün "
            "evvelsi_akşam evvelki_akşam",
            ("d", -1): "yarın*",
            ("y", 1): "bıldır geçenyıl",
            ("y", 2): "geçen_yıldan_önceki_yıl evvelki_sene* evvelki_yıl* önceki_yıl* "
            "önceki_sene* "
            "evvelsi_yıl* evvelsi_sene*",
            ("weekend", 1): "geçen_hafta_sonu* geçtiğimiz_hafta_sonu*",
            ("weekend", 0): "hafta_sonu* bu_hafta_sonu*",
        },
        K.SEASON: {
            "spring": "ilkbahar* bahar*",
            "summer": "?yaz yazı yazın yazında yazdan yaza yazınki yazından  yazdaki yazki "
            "yaz_aylarında yaz_mevsiminde",
            "autumn": "sonbahar* güz güzün güzü güzünde",
            "winter": "kış kışın kışı kışında kıştan kışından",
        },
        K.PART: {
            "early": "başı başında başından başındaki başları başlarında başlarından başlarındaki "
            "başına "
            "başlangıcı* ilk_günler* ilk_aylar* ilk_haftaları*",
            "mid": "ortası ortasında ortaları ortalarında ortasından ortalarından ortasına "
            "ortasındaki "
            "ortalarına ortalarındaki",
            "late": "sonu sonunda sonları sonlarında sonundan sonlarından sonuna sonlarına "
            "sonundaki "
            "sonlarındaki son_aylar* son_günler* sonlarına_doğru sonuna_doğru",
            "half1": "ilk_yarı* birinci_yarı* ilk_altı_ayı*",
            "half2": "ikinci_yarı* son_altı_ayı* son_yarı*",
            "quarter1": "ilk_çeyrek* ilk_çeyreğ* birinci_çeyre*",
            "quarter2": "ikinci_çeyrek* ikinci_çeyreğ*",
            "quarter3": "üçüncü_çeyrek* üçüncü_çeyreğ*",
            "quarter4": "dördüncü_çeyrek* dördüncü_çeyreğ* son_çeyrek* son_çeyreğ*",
        },
        K.HOLIDAY: {
            "hijri_month_12": "zilhicce_ay* zilhicce*",
            "hijri_month_11": "zilkade_ay* zilkade*",
            "hijri_month_10": "şevval_ay* şevval*",
            "hijri_month_8": "şaban_ay*",
            "hijri_month_7": "recep_ay*",
            "hijri_month_4": "rebiülahir_ay* rebiülahir*",
            "hijri_month_3": "rebiülevvel_ay* rebiülevvel*",
            "hijri_month_2": "safer_ay*",
            "hijri_month_1": "muharrem_ay*",
            "new_year": "yılbaşı* yeni_yıl* yeniyıl*",
            "new_years_eve": "yılbaşı_gecesi*",
            "nowruz": "nevruz* newroz* nevroz*",
            "ramadan": "ramazan* oruç_ay* ramazan_ay*",
            "eid_fitr": "ramazan_bayram* şeker_bayram* iyd-i_fıtr",
            "eid_adha": "kurban_bayram* kurban",
            "eid": "bayram*",
            "spring_festival": "çin_yeni_yılı* çin_yılbaşı* bahar_bayramı* ay_takvimi_yeni_yılı*",
        },
        K.BEEN: {
            None: "oldu olmuş geçti boyunca zamandır oluyor bitti doldu süredir süresince geçmiş"
        },
        K.SINCE: {None: "beri bu_yana itibaren buyana başlayarak"},
        K.BEFORE: {"left": "kala", None: "önce evvel öncesi öncesinde öncesine öncesinden önceden"},
        K.UNTIL: {
            "latest": "en_geç en_geçinden",
            "or": " ".join(
                f"{either}_{sooner}"
                for either in ("veya", "ya_da", "yahut", "veyahut", "belki", "belki_de")
                for sooner in _EARLIER.split()
            ),
            None: "kadar dek değin kadarki",
        },
        K.AFTER: {
            "from": "önce_değil evvel_değil",
            None: "kısa_süre_sonra bir_süre_sonra az_sonra hemen_sonra sonra sonrası sonrasında "
            "sonraki",
        },
        K.BETWEEN: {None: "arasında arası  arasındaki"},
        K.TO: {None: "ila"},
        K.OR: {None: "veya ya_da yahut veyahut"},
        K.AND: {None: "ve ile"},
        K.MORE: {
            "odd": "küsur",
            None: "fazla fazladır aşkın çok aşan en_az aştı fazlası fazladan uzun daha_fazla "
            "uzundur "
            "aşkındır",
        },
        K.LESS: {None: "az daha_az kısa en_fazla olmadı"},
        K.NEARLY: {
            None: "yaklaşıyor yaklaştı az_kaldı neredeyse yakın yakındır nerdeyse hemen_hemen",
        },
        K.ABOUT: {
            None: "yaklaşık takriben aşağı_yukarı civarı civarında civarlarında sıralarında "
            "sularında "
            "galiba sanırım herhalde belki gibi doğru tahminen muhtemelen"
        },
        K.PAST: {None: "geride"},
        K.EVERY: {
            None: "pazartesi_günleri salı_günleri çarşamba_günleri perşembe_günleri cuma_günleri "
            "cumartesi_günleri pazar_günleri pazartesileri salıları çarşambaları perşembeleri "
            "cumaları cumartesileri pazarları haftada_bir haftada_iki ayda_bir ayda_iki "
            "yılda_bir yılda_iki senede_bir günde_bir cumada_bir günaşırı genelde genellikle hep "
            "düzenli her her_bir",
        },
        K.TIMES: {None: "kez kere defa sefer"},
        K.AGE: {
            None: "yaş yaşı yaşında yaşındaki yaşından yaşındayken yaşına yaşlarında yaşındaydı"
        },
        K.SENTENCE: {None: "hapis hapse hapsi ceza* mahkum* mahkûm* hüküm* hükm* çarptır* cezay*"},
        K.GIVEN: {None: "aldı almış verildi verdi verdiler verilmiş vermişler alan"},
        K.COUNT: {
            None: "kişi* insan* çocuk* çocuğ* yuan* dolar* lira* yüzde kadın* erkek* metre* "
            "kilometre* "
            "ev aile* mektup* tutuklu* uygur* kazak* adam*"
        },
        K.FUTURE: {None: "olacak dolacak edecek "},
        K.LABEL: {
            "number": "numarası numara no dosya_no dosya_numarası pasaport kimlik_no",
            None: "numaralı nolu oda oda* koğuş* oda madde numara no sokak",
        },
        K.NEGATION: {
            None: "yok kesildi alamıyoruz alamadık görmedim görmedik hiç değil kayboldu kayıp "
            "duymadık "
            "duymadım alamıyorum aramadı koptu"
        },
        K.BORN: {None: "doğdu doğumlu doğmuş doğan doğum"},
        K.THAT: {"he": "o", None: "şu aynı ertesi bir_sonraki"},
        K.CUE: {
            None: "son_konuşma* son_mesaj* son_arama* son_haber* son_telefon* son_mektup* "
            "son_görüntü* son_ses* son_ziyaret* en_son son_kez son_defa son_olarak son_görüşme* "
            "en_sonuncu",
        },
        K.CLAUSE: {
            None: "evlenmeden tutuklanmadan gözaltına_alınmadan doğmadan gitmeden girmeden",
        },
        K.ONEDAY: {None: " günün_birinde bir_keresinde"},
        K.SAME: {
            "d": "aynı_gün*",
            None: "bu_zaman* bu_vakit* bu_sıralar* bu_günlerde bu_mevsim* aynı_zaman* aynı_dönem* "
            "tam_bu_zaman*",
        },
        K.EVE: {
            None: "arife* arefe* arifesi* öncesi_gün bir_gün_öncesi bir_gün_öncesinde",
            "that": "ondan_bir_gün_önce bir_önceki_gün bir_önceki_gece bir_önceki_akşam",
        },
        K.CALENDAR: {"hijri": "hicri* hicrî hicretin"},
        K.LIFE: {
            None: "öğretmendi doktordu öğretmen* doktor* şoför* imam* çiftçi* evli* evliydi* "
            "evlilik çalıştı* "
            "öğretmenlik yaptı okudu okuyor yaşadı* "
            "oturdu* sınıf* görev_yaptı askerlik birlikte_yaşa*",
        },
        K.QUARTER: {None: "çeyrek* çeyreğ*"},
        K.GLUE: {
            "during": "zamanı zamanında döneminde sırasında esnasında günleri günlerinde boyunca "
            "tatili tatilinde süresince",
            None: "biraz bundan içinde sabah sabahı akşam akşamı gece gecesi öğlen tarihinde "
            "tarihli tarihinden mevsiminde mevsimi tam "
            "sabahleyin akşamüstü bugüne_kadar bugüne_dek şimdiye_kadar şu_ana_kadar şimdiye_dek "
            "o_zamandan_beri o_günden_beri o_gün_bugündür ki daha",
        },
        K.CLOCK: {None: "saatlerinde"},
        K.WORD: {None: "kısa kısaca kısacık kişi"},
        K.COMMON: {
            None: "ve ben o onu ondan haber var için ama alamıyoruz görmedim "
            "hatırlamıyorum "
            "bilmiyorum konuştuk gözaltına alındı tutuklandı görüştük da de mi ne aradı"
        },
    },
)
