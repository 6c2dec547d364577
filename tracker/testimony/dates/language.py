"""A language as the date reader knows it: a table of words, its endings, and the look-up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from tracker.testimony.dates.text import fold
from tracker.testimony.dates.tokens import Kind, Sense

LONGEST_WORD = 40
_PLURAL = re.compile(r"..l[aei]r")

LENT = frozenset({Kind.MONTH, Kind.WEEKDAY, Kind.HOLIDAY})
"""What a language lends to another: its speakers say "январьда" in Kazakh."""

Words = Mapping[Kind, Mapping[object, str]]


@dataclass(frozen=True, eq=False)
class Language:
    """One language's table.

    `words` maps a kind and a value to forms, separated by spaces. In a form, `_` joins the words
    of a phrase, a final `*` allows any ending of the language, a leading `?` marks a form that is
    read only beside other words of a date. `letters` and `digraphs` fold the scripts of one
    language onto one skeleton, so that a word is written down once for all of them.
    """

    code: str
    scripts: tuple[str, ...]
    words: Words
    ending: str = ""  # a pattern of endings, with a named group for each case
    number_ending: str = ""  # what may hang on figures: 22nd, 22-сі
    letters: Mapping[str, str] = field(default_factory=dict)
    digraphs: tuple[tuple[str, str], ...] = ()
    event_ending: str = ""  # "from his having gone": what "two months before" may refer to
    limit_ending: str = ""  # "until he was taken" in one word, or in two: "tutulghuche"
    postposed: bool = False  # "until", "before" stand after the date
    numbered: bool = False  # "8-ai" names a month, "2018-jil" a year
    day_first: bool = True  # 03/04/2018 is 3 April (otherwise: either)
    borrows: tuple[str, ...] = ()  # languages whose longer words its speakers mix in
    loans: Words = field(default_factory=dict)  # words of another language, with own endings

    def skeleton(self, word: str) -> str:
        """Fold a word onto the one skeleton that the scripts of the language share."""
        for pair, letter in self.digraphs:
            word = word.replace(pair, letter)
        return word.translate(self._letters).replace("'", "")

    @cached_property
    def _letters(self) -> dict[int, str]:
        return {ord(letter): skeleton for letter, skeleton in self.letters.items()}

    @cached_property
    def _ending(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self.ending})")

    @cached_property
    def _event_ending(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self.event_ending})$")

    def tells_event(self, word: str) -> bool:
        """Tell whether a word says "from (his) having done", by its ending."""
        if not self.event_ending or len(word) > LONGEST_WORD:
            return False
        return self._event_ending.search(self.skeleton(word)) is not None

    @cached_property
    def _limit_ending(self) -> re.Pattern[str]:
        return re.compile(rf"\S+(?:{self.limit_ending})(?: |$)")

    def tells_limit(self, words: str) -> bool:
        """Tell whether the first of two words says "until (he) does", by itself or with both."""
        if not self.limit_ending or len(words) > 2 * LONGEST_WORD:
            return False
        return self._limit_ending.match(self.skeleton(words)) is not None

    @cached_property
    def _number_ending(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self.number_ending or self.ending})")

    @cached_property
    def _spelled_out(self) -> dict[str, Sense]:
        """Words as they are spelled, where folding would mix them up: kişi and kışı."""
        found: dict[str, Sense] = {}
        for kind, values in self.words.items():
            for value, forms in values.items():
                for form in forms.split():
                    if "_" not in form:
                        sense = Sense(kind, value, weak=form.startswith("?"))
                        found.setdefault(fold(form.strip("?*"))[0], sense)
        return found

    @cached_property
    def _tables(self) -> tuple[dict[str, Sense], dict[str, Sense], dict[str, list[_Phrase]]]:
        exact: dict[str, Sense] = {}
        stems: dict[str, Sense] = {}
        phrases: dict[str, list[_Phrase]] = {}
        own = [(kind, values) for kind, values in self.words.items()]
        lent = [(kind, values) for kind, values in self.loans.items() if kind in LENT]
        for kind, values in own + lent:
            for value, forms in values.items():
                for form in forms.split():
                    weak, open_end = form.startswith("?"), form.endswith("*")
                    sense = Sense(kind, value, weak=weak)
                    parts = [self._folded(part) for part in form.strip("?*").split("_")]
                    if len(parts) > 1:
                        entry = _Phrase(tuple(parts), sense, open_end)
                        phrases.setdefault(parts[0], []).append(entry)
                    else:
                        (stems if open_end else exact).setdefault(parts[0], sense)
        for entries in phrases.values():
            entries.sort(key=lambda entry: -len(entry.parts))
        return exact, stems, phrases

    @cached_property
    def spellings(self) -> dict[str, list[tuple[str, Sense, bool]]]:
        """Single words by their first letter: the word, its sense, whether endings may follow."""
        found: dict[str, list[tuple[str, Sense, bool]]] = {}
        for open_end, table in ((False, self._tables[0]), (True, self._tables[1])):
            for word, sense in table.items():
                if word:
                    found.setdefault(word[0], []).append((word, sense, open_end))
        return found

    def case_of(self, key: str, end: int) -> str | None:
        """Return the case of the ending that a skeleton has from `end` on; None when it is none."""
        if end == len(key):
            return ""
        match = self._ending.fullmatch(key, end)
        if match is None:
            return None
        return "ord" if match.lastgroup == "ordinal" else (match.lastgroup or "")

    def _folded(self, form: str) -> str:
        return self.skeleton(fold(form)[0])

    @lru_cache(maxsize=8192)  # noqa: B019 - languages live as long as the program
    def sense(self, word: str) -> Sense | None:
        """Look up a folded word, with its endings stripped; None when it means nothing here."""
        if len(word) > LONGEST_WORD:
            return None
        if found := self._spelled_out.get(word):
            return found
        key = self.skeleton(word)
        exact, stems, _ = self._tables
        if found := exact.get(key):
            return found
        for end in range(len(key), 0, -1):
            found = stems.get(key[:end])
            if found is None:
                continue
            case = self.case_of(key, end)
            if case is not None:
                return Sense(found.kind, found.value, case, found.weak) if case else found
        return None

    @lru_cache(maxsize=8192)  # noqa: B019 - languages live as long as the program
    def begins_phrase(self, word: str) -> bool:
        """Tell whether any phrase begins with this word."""
        return len(word) <= LONGEST_WORD and self.skeleton(word) in self._tables[2]

    def phrase(self, words: list[str], at: int) -> tuple[Sense, int] | None:
        """Look up the longest phrase that starts with the word at `at`, and its word count."""
        phrases = self._tables[2]
        if len(words[at]) > LONGEST_WORD:
            return None
        for entry in phrases.get(self.skeleton(words[at]), ()):
            size = len(entry.parts)
            if at + size > len(words):
                continue
            keys = [self.skeleton(word[:LONGEST_WORD]) for word in words[at : at + size]]
            if tuple(keys[:-1]) != entry.parts[:-1]:
                continue
            last, stem = keys[-1], entry.parts[-1]
            if last == stem:
                return entry.sense, size
            if entry.open_end and last.startswith(stem):
                match = self._ending.fullmatch(last, len(stem))
                if match:
                    case = match.lastgroup or ""
                    return Sense(entry.sense.kind, entry.sense.value, case), size
        return None

    def names_decade(self, word: str) -> bool:
        """Tell whether a Turkic number is in the plural, as "yirmilerinde": the twenties of it."""
        return _PLURAL.search(self.skeleton(word)) is not None

    @lru_cache(maxsize=1024)  # noqa: B019 - languages live as long as the program
    def figure_ending(self, word: str) -> str | None:
        """Return the case of an ending that hangs on figures ("22-сінде"), None when it is none."""
        if len(word) > 12:
            return None
        match = self._number_ending.fullmatch(self.skeleton(word))
        return None if match is None else (match.lastgroup or "ord")


@dataclass(frozen=True, slots=True)
class _Phrase:
    parts: tuple[str, ...]
    sense: Sense
    open_end: bool
