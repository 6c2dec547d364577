"""One request of a program, read and checked, and what a view says is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk


@dataclass(slots=True)
class Call:
    """What a view is given. `query` and `body` have the shapes its row of the table declares.

    A view about one case sets `case_id`, for the audit trail.
    """

    desk: Desk
    path: Mapping[str, str]
    query: Any
    body: Any
    case_id: str | None = None


class Wrong(Refused):
    """One member or parameter that cannot be taken. `at`: a JSON pointer, or a parameter's name."""

    def __init__(self, at: str, sentence: str) -> None:
        super().__init__(sentence)
        self.at = at
