"""From text to tokens: which language the words are in, and what each of them means for a date."""

from __future__ import annotations

import re
from datetime import date

from tracker.testimony.dates.guess import choose_language, script_of
from tracker.testimony.dates.han import HAN, measure, scan_han
from tracker.testimony.dates.language import Language
from tracker.testimony.dates.languages import LANGUAGES
from tracker.testimony.dates.numeric import read_broken, read_decimal, read_document, read_figures
from tracker.testimony.dates.spelling import mend
from tracker.testimony.dates.tokens import Kind, Sense, Token

_RUN = re.compile(
    rf"(?P<figures>\d+)|(?P<han>[{HAN}])"
    rf"|(?P<word>[^\W\d_{HAN}]+(?:'[^\W\d_{HAN}]+)*)|(?P<other>\S)"
)
_TIED = re.compile(rf"(?P<mark>['-]?)(?P<word>[^\W\d_{HAN}]+)")
_HYPHEN = re.compile(rf" ?[-.] ?(?=[^\W\d_{HAN}])")
_BORROWED = frozenset({Kind.REL, Kind.MONTH, Kind.WEEKDAY, Kind.SEASON, Kind.HOLIDAY, Kind.WHICH})
_MOST_FIGURES = 8
_LAST_ORDINAL = 400
_CURRENCY = "$€¥£₸₺№#%"


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
        self.unknown: list[tuple[int, Language]] = []
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
        mend(self.tokens, self.unknown)
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
        document = read_document(self.text, start)
        if document is not None:
            self._add(Kind.WORD, None, start, document)
            return document
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
        dated = self._last_kind() is Kind.MONTH  # "May 23.2018"
        broken = None if dated else read_broken(self.text, start, self.said_on)
        if broken is not None:
            self._add(Kind.BROKEN, None, start, broken)
            return broken
        if before == "'" and len(run[0]) == 2:
            year = int(run[0]) + (2000 if int(run[0]) <= self.said_on.year % 100 else 1900)
            self._add(Kind.YEAR, year, start, end)
            return end
        if len(run[0]) > _MOST_FIGURES:
            self._add(Kind.WORD, None, start, end)
            return end
        token = self._add(Kind.NUM, float(run[0]), start, end)
        if len(self.tokens) > 1 and self.tokens[-2].text == "第":
            del self.tokens[-2]
            token.ordinal = True
            token.kind = Kind.WORD if token.number > _LAST_ORDINAL else Kind.NUM  # 第2018号
        decimal = read_decimal(self.text, start)
        if decimal is not None and self._counts(decimal[1]):
            token.value, end = decimal
            token.end = end
        if self.text[end : end + 1] in _CURRENCY and end < len(self.text):
            token.kind = Kind.WORD
            return end
        return measure(LANGUAGES["zh"], self.text, end, self.tokens) or self._hanging(token)

    def _counts(self, at: int) -> bool:
        """Tell whether a unit stands at or behind `at`: "3,5 years", but not "3,5 Prozent"."""
        run = _RUN.search(self.text, at)
        if run is None or run.start() > at + 2:
            return False
        if run.lastgroup == "han":
            return run[0] in "个年月周天星礼"
        language = self.chosen.get(script_of(run[0])) if run.lastgroup == "word" else None
        sense = language.sense(run[0]) if language else None
        return sense is not None and sense.kind in (Kind.UNIT, Kind.MORE)

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
                    if language.numbered and language.skeleton(word)[0] == "l":
                        number.high = number.number + 9  # "мамырдың 20-ларында"
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

    def _last_kind(self) -> Kind | None:
        return self.tokens[-1].kind if self.tokens else None

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
        if phrase and phrase[0].kind is Kind.EVERY and self._last_kind() is Kind.WHICH:
            phrase = None  # "once last month" is no habit
        if phrase is not None:
            sense, count = phrase
            last = self._nth_word(index, count)
            end = last.end()
        else:
            found = _sense(language, run[0], script)
            if found is None:
                self.unknown.append((len(self.tokens), language))
                word = self._add(Kind.WORD, None, start, end)
                word.post = language.postposed
                word.case = "event" if language.tells_event(run[0]) else ""
                if language.tells_limit(" ".join(self._words_from(index)[:2])):
                    word.case = "limit"
                return end
            sense = found
        if sense.kind is Kind.COMMON:
            sense = Sense(Kind.WORD)
        token = self._add(sense.kind, sense.value, start, end)
        token.case, token.weak, token.post = sense.case, sense.weak, language.postposed
        if sense.kind is Kind.CLAUSE and language.tells_event(self.text[start:end]):
            token.case = "event"
        token.spelled = True
        if sense.kind is Kind.NUM and language.numbered and language.names_decade(run[0]):
            before = self.tokens[-2] if len(self.tokens) > 1 else None
            if before is not None and before.kind is Kind.MONTH and before.case == "loc":
                token.kind = Kind.WORD  # "Ekim'de yirmilerinde bir genç": an age
            token.high = token.number + 9  # "Mart'ın yirmilerinde"
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
