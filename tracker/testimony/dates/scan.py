"""From text to tokens: which language the words are in, and what each of them means for a date."""

from __future__ import annotations

import re
from datetime import date

from tracker.testimony.dates.han import HAN, measure, scan_han
from tracker.testimony.dates.language import Language
from tracker.testimony.dates.languages import LANGUAGES
from tracker.testimony.dates.numeric import read_figures
from tracker.testimony.dates.tokens import Kind, Sense, Token

_RUN = re.compile(
    rf"(?P<figures>\d+)|(?P<han>[{HAN}])"
    rf"|(?P<word>[^\W\d_{HAN}]+(?:'[^\W\d_{HAN}]+)*)|(?P<other>\S)"
)
_TIED = re.compile(rf"(?P<mark>['-]?)(?P<word>[^\W\d_{HAN}]+)")
_HYPHEN = re.compile(rf" ?[-.] ?(?=[^\W\d_{HAN}])")
_SCRIPTS = {
    "Latn": ("en", "tr", "ug", "kk"),
    "Cyrl": ("kk", "ru", "ug"),
    "Arab": ("ug", "kk"),
}
_HINTS = {
    "ug": frozenset("ېۈۆئڭҗ"),
    "kk": frozenset("ۇٴءعұіәңғқһөү"),
    "ru": frozenset("эъщ"),
}
_BORROWED = frozenset({Kind.REL, Kind.MONTH, Kind.WEEKDAY, Kind.SEASON, Kind.HOLIDAY, Kind.WHICH})
_NO_DATE_WORDS = frozenset({Kind.COMMON, Kind.GLUE, Kind.NUM, Kind.CLAUSE})
_GIVEN_LANGUAGE_BONUS = 1.5
_MOST_FIGURES = 8
_CURRENCY = "$€¥£₸₺№#%"


def script_of(word: str) -> str:
    """Name the script of a folded word by its first letter: Latn, Cyrl, Arab, or "" for others."""
    code = ord(word[0])
    if code < 0x2B0:
        return "Latn"
    if 0x400 <= code < 0x530:
        return "Cyrl"
    if 0x600 <= code < 0x780:
        return "Arab"
    return ""


def _score(language: Language, words: list[str]) -> float:
    score = 0.0
    hints = _HINTS.get(language.code)
    for word in words:
        sense = language.sense(word)
        if sense is not None:
            score += 1 if sense.kind in _NO_DATE_WORDS else 2
        if hints is not None and not hints.isdisjoint(word):
            score += 0.5
    return score


def choose_language(
    script: str, words: list[str], asked: str, marked: bool = False
) -> Language | None:
    """Choose the language of the words of one script; the language asked for has an advantage.

    `marked`: letters of the text had marks, as in "önce"; that is not English.
    """
    codes = _SCRIPTS.get(script)
    if codes is None:
        return None
    best: tuple[float, Language] | None = None
    for code in codes:
        language = LANGUAGES[code]
        score = _score(language, words) - (code == "en" and marked)
        if code == asked:
            score += _GIVEN_LANGUAGE_BONUS
        if best is None or score > best[0]:
            best = (score, language)
    return best[1] if best else None


def _sense(language: Language, word: str, script: str) -> Sense | None:
    found = language.sense(word)
    if found is not None or len(word) < 5:
        return found
    for code in language.borrows:
        lender = LANGUAGES[code]
        if script in lender.scripts:
            borrowed = lender.sense(word)
            if borrowed is not None and borrowed.kind in _BORROWED:
                return borrowed
    return None


def scan(text: str, said_on: date, asked: str, marked: bool) -> tuple[list[Token], Language]:
    """Turn folded text into tokens; return them and the language most of the words are in.

    `asked` is the code of the language the text is said to be in, or ""; `marked` as above.
    """
    runs = list(_RUN.finditer(text))
    words: dict[str, list[str]] = {}
    for run in runs:
        if run.lastgroup == "word":
            words.setdefault(script_of(run[0]), []).append(run[0])
    chosen = {
        script: choose_language(script, found, asked, marked) for script, found in words.items()
    }
    main = next(
        (
            chosen[script]
            for script in sorted(words, key=lambda s: -len(words[s]))
            if chosen[script] is not None
        ),
        None,
    )
    if main is None:
        has_han = any(run.lastgroup == "han" for run in runs)
        main = LANGUAGES["zh"] if has_han else LANGUAGES.get(asked, LANGUAGES["en"])
    return _Scanner(text, said_on, runs, chosen, main).run(), main


class _Scanner:
    def __init__(
        self,
        text: str,
        said_on: date,
        runs: list[re.Match[str]],
        chosen: dict[str, Language | None],
        main: Language,
    ) -> None:
        self.text, self.said_on, self.runs, self.chosen = text, said_on, runs, chosen
        self.main = main
        self.tokens: list[Token] = []
        self.short = main.code not in ("en", "zh")

    def run(self) -> list[Token]:
        at, index = 0, 0
        while index < len(self.runs):
            run = self.runs[index]
            if run.start() < at:
                index += 1
                continue
            group = run.lastgroup
            if group == "figures":
                at = self._figures(run)
            elif group == "han":
                at = scan_han(LANGUAGES["zh"], self.text, run.start(), self.tokens)
            elif group == "word":
                at = self._word(index)
            else:
                at = self._other(run)
            index += 1
        return self.tokens

    def _add(self, kind: Kind, value: object, start: int, end: int) -> Token:
        token = Token(kind, value, start, end, self.text[start:end], post=self.main.postposed)
        self.tokens.append(token)
        return token

    def _figures(self, run: re.Match[str]) -> int:
        start, end = run.span()
        before = self.text[start - 1] if start else ""
        if before in _CURRENCY and before:
            self._add(Kind.WORD, None, start, end)
            return end
        if before == "+":
            phone = re.compile(r"[\d\-() .]+").match(self.text, start)
            end = phone.end() if phone else end
            self._add(Kind.WORD, None, start, end)
            return end
        found = read_figures(self.text, start, self.said_on, self.main.day_first, self.short)
        if found is not None:
            interval, end = found
            self._add(Kind.WORD if interval is None else Kind.DATE, interval, start, end)
            tied = _TIED.match(self.text, end)
            if tied and self.main.sense(tied["word"]) is None:
                case = self.main.figure_ending(tied["word"])
                if case is not None:
                    self.tokens[-1].case = case
                    end = tied.end()
            return end
        if before == "'" and len(run[0]) == 2:
            year = int(run[0]) + (2000 if int(run[0]) <= self.said_on.year % 100 else 1900)
            self._add(Kind.YEAR, year, start, end)
            return end
        if len(run[0]) > _MOST_FIGURES:
            self._add(Kind.WORD, None, start, end)
            return end
        token = self._add(Kind.NUM, float(run[0]), start, end)
        if self.text[end : end + 1] in _CURRENCY and end < len(self.text):
            token.kind = Kind.WORD
            return end
        return measure(LANGUAGES["zh"], self.text, end, self.tokens) or self._hanging(token)

    def _hanging(self, number: Token) -> int:
        """Read what hangs on figures: an ordinal or case ending, or a hyphen before a word."""
        end = number.end
        tied = _TIED.match(self.text, end)
        if tied:
            word = tied["word"]
            language = self.chosen.get(script_of(word)) or self.main
            if language.sense(word) is None:
                case = language.figure_ending(word)
                if case is not None:
                    number.ordinal, number.case = True, case
                    number.end = tied.end()
                    following = _HYPHEN.match(self.text, number.end)
                    if following and language.numbered:
                        return following.end()
                    return number.end
            if word == "s" and number.number % 10 == 0:
                number.kind = Kind.WORD  # "the 1990s"
                return tied.end()
        hyphen = _HYPHEN.match(self.text, end)
        if hyphen and (self.main.numbered or hyphen[0] == "-"):
            if "." in hyphen[0] and (hyphen[0][0] != "." or self.main.code != "tr"):
                return end
            number.hyphen = True
            return hyphen.end()
        return end

    def _word(self, index: int) -> int:
        run = self.runs[index]
        script = script_of(run[0])
        language = self.chosen.get(script)
        start, end = run.span()
        if language is None:
            self._add(Kind.WORD, None, start, end)
            return end
        phrase = None
        if language.begins_phrase(run[0]):
            phrase = language.phrase(self._words_from(index), 0)
        if phrase is not None:
            sense, count = phrase
            last = self._nth_word(index, count)
            end = last.end()
        else:
            found = _sense(language, run[0], script)
            if found is None:
                word = self._add(Kind.WORD, None, start, end)
                word.post = language.postposed
                word.case = "event" if language.tells_event(run[0]) else ""
                return end
            sense = found
        if sense.kind is Kind.COMMON:
            sense = Sense(Kind.WORD)
        token = self._add(sense.kind, sense.value, start, end)
        token.case, token.weak, token.post = sense.case, sense.weak, language.postposed
        token.spelled = True
        return end

    def _words_from(self, index: int) -> list[str]:
        """Return the words from `index` on that are parted by one space or hyphen, at most five."""
        words: list[str] = []
        end = None
        for run in self.runs[index : index + 9]:
            if end is not None and run.start() > end + 1:
                break
            if run.lastgroup == "word" or run.lastgroup == "figures":
                words.append(run[0])
            elif run[0] != "-":
                break
            end = run.end()
            if len(words) == 5:
                break
        return words

    def _nth_word(self, index: int, count: int) -> re.Match[str]:
        for run in self.runs[index:]:
            if run.lastgroup in ("word", "figures"):
                count -= 1
                if count == 0:
                    return run
        return self.runs[index]

    def _other(self, run: re.Match[str]) -> int:
        char = run[0]
        if char in "-~/":
            self._add(Kind.TO, char, run.start(), run.end()).post = False
        elif char not in "()[]\"«»“”‘’'_*":
            self._add(Kind.PUNCT, char, run.start(), run.end())
        return run.end()
