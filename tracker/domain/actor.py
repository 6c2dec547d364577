"""Who acts: a member of staff, a family behind its receipt, the worker, a provider, an operator."""

from __future__ import annotations

from dataclasses import dataclass, replace

ROLES = ("caseworker", "supervisor", "consular", "administrator", "auditor")
"""Roles a person may hold (safety.md, "Who may"); rights add up."""

DESK = ("caseworker", "supervisor")
"""Who works with cases. A post's members see shared fields only, by a door of their own."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, with what decides their rights. `id` is a person's or an enquirer's."""

    kind: str  # person | family | worker | provider | operator | anyone
    id: str | None = None
    roles: frozenset[str] = frozenset()
    name: str = ""
    language: str = "en"
    zone_name: str = "UTC"
    posts: frozenset[str] = frozenset()  # the consular posts this person serves at
    stands_in_for: frozenset[str] = frozenset()  # who is away today and left their cases to them

    @property
    def own(self) -> frozenset[str]:
        """Whose cases are theirs to work on today: their own, and of those they stand in for."""
        return self.stands_in_for | {self.id or ""}

    def has(self, *roles: str) -> bool:
        """Whether this actor holds any of the roles."""
        return not self.roles.isdisjoint(roles)

    def at_desk(self) -> Actor:
        """The same person at the desk alone: what a post is shown opens no case there."""
        return replace(self, roles=self.roles & set(DESK), posts=frozenset())


WORKER = Actor("worker")
OPERATOR = Actor("operator")
ANYONE = Actor("anyone")


def family(enquirer_id: str, language: str = "en") -> Actor:
    """An enquirer who signed in with a receipt (S7)."""
    return Actor("family", enquirer_id, language=language)
