"""Who may call a view: declared above it, or nobody (safety.md S9).

    @bp.get("/queue")
    @access("caseworker", "supervisor")
    def queue() -> ResponseReturnValue: ...

Whether this person may see *this case* is `visible_cases(actor)`'s to say; here it is only roles.
`tracker.web.gate` reads these declarations before each view.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from flask import Flask

from tracker.domain.actor import ROLES

SESSIONLESS: Final = ("hook", "asset", "bearer")
"""Kinds of views for which no session is looked up."""

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """One view's rule. `kind`: public | staff | family | bearer | hook | asset."""

    kind: str
    roles: frozenset[str] = field(default_factory=frozenset)
    scope: str = ""  # what a token must be good for
    roleless: bool = False  # also for whose roles wait for a second person


def access(*roles: str) -> Callable[[View], View]:
    """Members of staff who hold one of the roles."""
    return _declare(Rule("staff", _known(roles)))


def bearer(scope: str, *roles: str) -> Callable[[View], View]:
    """Programs with a token of this scope, of somebody who holds one of the roles."""
    return _declare(Rule("bearer", _known(roles), scope))


def signed_in(view: View) -> View:
    """Every member of staff, whatever the role, and while roles wait for a second person."""
    return _declare(Rule("staff", frozenset(ROLES), roleless=True))(view)


def public(view: View) -> View:
    """Anyone."""
    return _declare(Rule("public"))(view)


def family(view: View) -> View:
    """A family behind its receipt."""
    return _declare(Rule("family"))(view)


def signed_hook(view: View) -> View:
    """A provider's callback: no session, no CSRF token; the view itself checks the signature."""
    return _declare(Rule("hook"))(view)


def asset(view: View) -> View:
    """A style sheet or icon: anyone, and nobody is looked up."""
    return _declare(Rule("asset"))(view)


def reauth(view: View) -> View:
    """Besides: password and code were entered within the last five minutes."""
    view.reauth = True  # type: ignore[attr-defined]
    return view


def body_up_to(size: int) -> Callable[[View], View]:
    """Requests to this view may be this many bytes long (the default is 256 KiB)."""

    def mark(view: View) -> View:
        view.body_up_to = size  # type: ignore[attr-defined]
        return view

    return mark


def _known(roles: tuple[str, ...]) -> frozenset[str]:
    if not roles or not set(roles) <= set(ROLES):
        raise ValueError(f"roles are of {', '.join(ROLES)}; not {roles}")
    return frozenset(roles)


def _declare(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if hasattr(view, "access_rule"):
            raise ValueError(f"{view.__name__} declares two rules of access")
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(app: Flask, endpoint: str | None) -> Rule | None:
    """What the view behind an endpoint declares; None when it declares nothing."""
    return getattr(app.view_functions.get(endpoint or ""), "access_rule", None)


def needs_reauth(app: Flask, endpoint: str | None) -> bool:
    """Whether the view behind an endpoint asks for a fresh password and code."""
    return bool(getattr(app.view_functions.get(endpoint or ""), "reauth", False))
