"""Names as they were written, held so that a piece of one is found quickly."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

__all__ = ["Written"]


class Written:
    """Names in one long text, each under the number of its turn: one pass over it finds letters."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._new = list(names)
        self._text = ""
        self._ends = array("L")

    def add(self, name: str) -> None:
        """Hold one more name, under the next number."""
        self._new.append(name)

    def holding(self, letters: str) -> Iterator[int]:
        """The numbers of the names that hold these letters, rising."""
        self._join()
        at = self._text.find(letters)
        while at >= 0:
            number = bisect_right(self._ends, at)
            yield number
            at = self._text.find(letters, self._ends[number])

    def _join(self) -> None:
        end = len(self._text)
        plain = [f"{name.casefold()}\n" for name in self._new]
        for each in plain:
            end += len(each)
            self._ends.append(end)
        self._text += "".join(plain)
        self._new.clear()
