"""English."""

from tracker.testimony.dates.language import Language
from tracker.testimony.dates.tokens import Kind

K = Kind


def _from(first: int, forms: str, between: str | None = None) -> dict[object, str]:
    """Number the forms from `first` on."""
    return dict(enumerate(forms.split(between), first))


ENGLISH = Language(
    code="en",
    scripts=("Latn",),
    day_first=False,
    ending=r"s",
    number_ending=r"st|nd|rd|th",
    words={
        K.MONTH: _from(
            1,
            "january jan|february feb febr|?march ?mar|april apr|?may|june jun|july jul|"
            "august aug|september sept sep|october oct|november nov|december dec",
            "|",
        ),
        K.WEEKDAY: _from(
            0,
            "monday monday's ?mon|tuesday tuesday's ?tue ?tues|wednesday wednesday's ?wed|"
            "thursday thursday's ?thu ?thur ?thurs|friday friday's ?fri|saturday saturday's ?sat|"
            "sunday sunday's ?sun",
            "|",
        ),
        K.NUM: {
            0: "zero",
            1: "?a ?an one",
            2: "two both couple pair a_couple a_couple_of couple_of a_pair_of",
            **_from(
                3,
                "three four five six seven eight nine ten eleven twelve thirteen fourteen "
                "fifteen sixteen seventeen eighteen nineteen twenty",
            ),
            30: "thirty",
            40: "forty fourty",
            50: "fifty",
            60: "sixty",
            70: "seventy",
            80: "eighty",
            90: "ninety",
        },
        K.MAG: {100: "hundred", 1000: "thousand", 12: "dozen"},
        K.DAY: _from(
            1,
            "?first ?second third fourth fifth sixth seventh eighth ninth tenth "
            "eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
            "nineteenth twentieth twenty_first twenty_second twenty_third twenty_fourth "
            "twenty_fifth "
            "twenty_sixth twenty_seventh twenty_eighth twenty_ninth thirtieth thirty_first",
        ),
        K.FIRST: {None: ""},
        K.FINAL: {None: "the_final"},
        K.FEW: {None: "few a_few several some quite_a_few a_handful_of a_number_of"},
        K.HALF: {None: "half and_a_half and_half"},
        K.UNIT: {
            "d": "day ?days",
            "w": "week ?weeks wk ?wks",
            "m": "month ?months ?mths mth ?mos mo",
            "y": "year ?years yr ?yrs",
            "decade": "decade ?decades",
            "h": "hour hours hr hrs minute minutes min mins second seconds",
        },
        K.FUSED: {(2.0, "w"): "fortnight fortnights", (0.5, "y"): "halfyear half_year"},
        K.WHICH: {
            0: "this current",
            1: "last previous prior",
            2: "",
            -1: "next coming following upcoming",
        },
        K.REL: {
            ("animal", 11): "year_of_the_pig year_of_the_boar",
            ("animal", 10): "year_of_the_dog",
            ("animal", 9): "year_of_the_rooster year_of_the_chicken year_of_the_hen "
            "year_of_the_cock",
            ("animal", 8): "year_of_the_monkey",
            ("animal", 7): "year_of_the_sheep year_of_the_goat year_of_the_ram",
            ("animal", 6): "year_of_the_horse",
            ("animal", 5): "year_of_the_snake",
            ("animal", 4): "year_of_the_dragon",
            ("animal", 3): "year_of_the_rabbit year_of_the_hare",
            ("animal", 2): "year_of_the_tiger year_of_the_leopard",
            ("animal", 1): "year_of_the_ox year_of_the_cow year_of_the_bull",
            ("animal", 0): "year_of_the_rat year_of_the_mouse",
            ("d", 0): "today tonight this_morning this_afternoon this_evening earlier_today",
            ("d", 1): "yesterday last_night yesterdays",
            ("d", 2): "day_before_yesterday the_day_before_yesterday the_night_before_last "
            "night_before_last",
            ("y", 2): "year_before_last",
            ("m", 2): "month_before_last",
            ("w", 2): "week_before_last",
            ("weekend", 1): "last_weekend",
            ("weekend", 0): "this_weekend at_the_weekend on_the_weekend over_the_weekend",
            ("d", -1): "tomorrow",
        },
        K.SEASON: {
            "spring": "springs spring springtime",
            "summer": "summer summertime",
            "autumn": "autumn ?fall",
            "winter": "winter wintertime",
        },
        K.PART: {
            "early": "early_part the_early_part earlier_part opening_part early beginning start "
            "beginnings first_part the_first_days the_first_months "
            "first_days first_months first_weeks opening",
            "mid": "midway_through halfway_through halfway_into mid middle mids midway",
            "late": "later_part latter_part closing_part tail_end closing late end ending "
            "close last_days the_last_days last_months the_last_months "
            "final_days final_months final_weeks",
            "half1": "first_half 1st_half early_half",
            "half2": "second_half 2nd_half latter_half last_half",
            "quarter1": "q_1 first_quarter q1",
            "quarter2": "q_2 second_quarter q2",
            "quarter3": "q_3 third_quarter q3",
            "quarter4": "q_4 fourth_quarter last_quarter final_quarter q4",
        },
        K.HOLIDAY: {
            "may_day": "may_day labour_day labor_day",
            "qingming": "qingming tomb_sweeping_day tomb_sweeping",
            "dragon_boat": "dragon_boat_festival dragon_boat",
            "lantern": "lantern_festival",
            "womens_day": "womens_day international_womens_day",
            "spring_eve": "chinese_new_years_eve lunar_new_years_eve",
            "christmas_eve": "christmas_eve",
            "hijri_month_12": "month_of_dhu_al_hijjah month_of_dhul_hijjah month_of_dhul_hijja "
            "month_of_zulhijja dhu_al_hijjah dhul_hijjah dhul_hijja zulhijja",
            "hijri_month_11": "month_of_dhu_al_qadah month_of_dhul_qadah month_of_zulqada "
            "dhu_al_qadah dhul_qadah zulqada",
            "hijri_month_10": "month_of_shawwal shawwal",
            "hijri_month_8": "month_of_shaban month_of_shaaban",
            "hijri_month_7": "month_of_rajab",
            "hijri_month_4": "month_of_rabi_al_thani month_of_rabi_al_akhir rabi_al_thani "
            "rabi_al_akhir",
            "hijri_month_3": "month_of_rabi_al_awwal rabi_al_awwal",
            "hijri_month_2": "month_of_safar",
            "hijri_month_1": "month_of_muharram",
            "new_year": "new_year new_years new_years_day",
            "new_year_holidays": "new_year_holidays new_years_holidays new_year_holiday "
            "new_years_holiday new_year_break",
            "new_years_eve": "new_years_eve new_year_eve",
            "christmas": "christmas xmas christmas_day",
            "nowruz": "nowruz nauryz nawruz norooz noruz navruz newroz nooruz nevruz",
            "ramadan": "ramadan ramazan ramadhan month_of_ramadan the_fast",
            "eid_fitr": "eid_al_fitr eid_ul_fitr eid_alfitr eid_fitr roza_heyt rozi_heyt "
            "oraza_ait "
            "roza_eid end_of_ramadan the_end_of_ramadan ramadan_eid",
            "eid_adha": "eid_al_adha eid_ul_adha eid_aladha eid_adha kurban kurban_ait "
            "kurban_bayram "
            "qurban qurban_heyt qurban_eid corban corban_festival kurban_bairam kurban_eid "
            "feast_of_the_sacrifice feast_of_sacrifice festival_of_sacrifice",
            "eid": "eid heyt",
            "spring_festival": "chinese_new_year lunar_new_year spring_festival",
            "mid_autumn": "mid_autumn_festival moon_festival",
            "china_national_day": "national_day chinese_national_day",
        },
        K.AGO: {None: "ago back"},
        K.BEEN: {None: "been for already have_passed has_passed passed now"},
        K.SINCE: {None: "since from starting beginning_in starting_in beginning_on ever_since"},
        K.BEFORE: {None: "before prior_to earlier_than"},
        K.UNTIL: {
            "latest": "at_the_latest at_latest at_the_very_latest",
            "or": "or_earlier or_before or_before_that or_before_then or_even_earlier "
            "or_even_before or_perhaps_earlier or_maybe_earlier or_possibly_earlier "
            "or_sooner if_not_earlier if_not_before maybe_earlier perhaps_earlier",
            None: "until till til up_to up_until up_till by no_later_than not_later_than "
            "not_after on_or_before in_or_before at_or_before during_or_before before_or_in "
            "before_or_on before_or_during",
        },
        K.AFTER: {
            "from": "not_before no_earlier_than not_earlier_than no_sooner_than not_sooner_than",
            "later": "some_time_after sometime_after a_while_after long_after not_long_after",
            None: "after later following_the afterwards later_than",
        },
        K.BETWEEN: {None: "between"},
        K.TO: {None: "to through thru"},
        K.OR: {None: "or"},
        K.AND: {None: "and"},
        K.MORE: {
            "odd": "odd some_odd",
            None: "over more_than more_then longer_than longer_then at_least upwards_of "
            "not_less_than no_less_than plus exceeding in_excess_of well_over",
        },
        K.LESS: {None: "less_than less_then under fewer_than not_even no_more_than not_more_than"},
        K.NEARLY: {
            None: "coming_up_on coming_up_to getting_on_for getting_close_to just_shy_of shy_of "
            "pushing approaching not_far_off just_short_of a_bit_under a_little_under nearing "
            "bordering_on nearly almost close_to just_under not_quite just_about going_on",
        },
        K.ABOUT: {
            None: "about around circa ca approximately roughly approx some_time_around "
            "sometime_around or_so maybe perhaps probably i_think more_or_less"
        },
        K.PAST: {None: "past"},
        K.EVERY: {
            None: "usually generally normally regularly used_to often sometimes mondays tuesdays "
            "wednesdays thursdays fridays saturdays sundays weekends "
            "every_other every_second every_third every_few each_and_every alternate nightly "
            "every each per daily weekly monthly yearly annually everyday",
        },
        K.TIMES: {None: "once twice thrice times time"},
        K.AGE: {
            None: "years_of_age months_of_age old older younger aged age ages turned turning "
            "birthday",
        },
        K.SENTENCE: {
            None: "sentenced sentence sentences sentencing imprisonment jail_term prison_term "
            "jail_terms prison_terms jailed_for imprisoned_for condemned convicted term terms "
            "years_in_prison years_in_jail a_prison years_prison"
        },
        K.GIVEN: {
            None: "got gets get gave given give faces face facing handed serving receive "
            "received receives"
        },
        K.COUNT: {
            None: "people persons person children child men women man woman prisoners detainees "
            "uyghurs kazakhs families family relatives yuan dollars tenge rmb usd euros percent "
            "kilometers kilometres km meters metres miles kilos kg houses letters calls messages "
            "policemen officers sons daughters brothers sisters camps villages books photos "
            "pages cells inmates students residents others victims lira cases members million"
        },
        K.CLOCK: {
            None: "am pm oclock noon midnight dawn sunrise sunset lunch dinner iftar prayer prayers"
        },
        K.FUTURE: {
            None: "come itll_be itll will shall will_be would_be going_to_be to_be it_will_be "
            "thats_going_to_be "
            "from_now in_the_future"
        },
        K.LABEL: {
            "number": "number case_no file_no reference registration_number file_number "
            "case_number passport",
            None: "  no_  ref  id   "
            " grade year_of_school room article "
            " nr flat apartment house school order decree law section "
            "page cell building block bus flight unit ward",
        },
        K.NEGATION: {
            None: "no never nothing nobody stopped lost cannot cant havent didnt hasnt couldnt "
            "without silence disappeared vanished unreachable gone not none"
        },
        K.BORN: {None: "born birth"},
        K.THAT: {None: "that same the_same the_following the_next those these"},
        K.CUE: {
            None: "last_news last_word last_sign last_text last_chat last_wrote "
            "last_voice_message last_video last_photo last_sms last_ring last_wechat final_call "
            "final_message final_letter last_email last_spoke last_heard last_saw last_seen "
            "last_contact last_called last_met "
            "last_talked last_call last_time the_last_time last_message last_visit last_visited "
            "last_letter last_phone_call last_conversation last_meeting last_video_call"
        },
        K.CLAUSE: {
            None: "he she they we i it his her my their our when where who that_he that_she "
            ""
            "the_arrest arrest wedding detention graduation"
        },
        K.ONEDAY: {None: "one_day some_day one_night one_morning one_evening"},
        K.SAME: {
            "d": "this_day this_very_day on_this_day this_date this_same_day",
            None: "this_time at_this_time about_this_time the_same_time same_time this_same_time "
            "same_time_of_year around_this_time",
        },
        K.EVE: {
            None: "on_the_eve_of the_eve_of eve_of eve",
            "that": "the_day_before_that the_night_before_that a_day_earlier one_day_earlier "
            "the_day_earlier the_previous_day the_previous_evening the_previous_night "
            "the_day_prior",
        },
        K.CALENDAR: {"hijri": "hijri ah hijra hijrah hegira islamic_calendar muslim_calendar"},
        K.LIFE: {
            None: "together teacher doctor nurse driver farmer imam engineer career experience "
            "married marriage engaged worked working works taught teaching studied "
            "studying lived served serving farmed ran_a known_each_other knew_each_other lasted "
            "older_than",
        },
        K.QUARTER: {None: "quarter"},
        K.GLUE: {
            "during": "during throughout holidays days celebrations celebration",
            None: "month_of the_month_of slightly little of the in on at year_of "
            ""
            "sometime "
            "some_time of_the in_the on_the earlier late_at_night late_night early_morning "
            "early_in_the_morning as_early_as as_late_as as_recently_as just only until_now "
            "up_to_now till_now so_far to_date to_this_day until_today morning evening night "
            "afternoon is was its it_was or_thereabouts season period holiday date dated full "
            "whole this_is very exactly all_of time_of",
        },
        K.COMMON: {
            None: "and dont know remember have has had with him her to been were are be me "
            "you this from but since we my"
        },
    },
)
