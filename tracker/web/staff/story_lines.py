"""What a line of a case's timeline is made of, and the names that may stand in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker.i18n.words import apart


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the timeline.

    `kind` chooses its mark: direct approximate other alert event note.
    """

    when: str
    title: str
    kind: str
    meta: str = ""
    said: str = ""  # words somebody wrote
    reason: str = ""
    more: Sequence[str] = field(default_factory=tuple)
    url: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Names by id: colleagues, posts, and enquirers by number."""

    people: Mapping[str, str]
    posts: Mapping[str, str]
    enquirers: Mapping[str, int]
    ref: str

    def person(self, person_id: str | None) -> str:
        """A colleague's name, apart from its line; the worker and families have none here."""
        return apart(self.people.get(person_id or "", ""))

    def post(self, post_id: str) -> str:
        """A consular post's name, apart from its line."""
        return apart(self.posts.get(post_id, ""))
