"""Where the invented files get their choices: a seeded generator, or hypothesis."""

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chooser(Protocol):
    """A source of whole numbers."""

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included; the simplest is the one nearest to 0."""


class Dice:
    """Choices from a seeded generator."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def whole(self, low: int, high: int) -> int:
        """See Chooser."""
        return self._rng.randint(low, high)


class Drawn:
    """Choices that hypothesis makes, and can shrink."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def whole(self, low: int, high: int) -> int:
        """See Chooser."""
        return self._draw(st.integers(low, high))


class Choices:
    """What else can be chosen once whole numbers can be; the first option is the simplest."""

    def __init__(self, chooser: Chooser) -> None:
        self.whole = chooser.whole

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.whole(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred; False is the simplest."""
        return self.whole(1, 100) > 100 - percent

    def some(self, options: Sequence[T], percent: int) -> list[T]:
        """Each option in so many of a hundred."""
        return [option for option in options if self.chance(percent)]
