"""The one table of `/api/v1`: its routes, who may, their shapes, and its OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Final

from msgspec import Struct

from tracker.domain.actor import DESK, ROLES
from tracker.engine.staff.api_tokens import ACT, READ
from tracker.web.api import acting, reading, shapes
from tracker.web.api.calls import Call

ROOT: Final = "/api/v1"

PATH: Final[dict[str, Any]] = {
    "ref": shapes.Ref,
    "alert_id": shapes.Id,
    "week": shapes.Week,
}
"""What may stand in an address; anything else is as if absent."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that programs may ask."""

    name: str
    method: str
    path: str
    view: Callable[[Call], Struct]
    answer: type[Struct]
    scope: str = READ
    roles: tuple[str, ...] = DESK
    query: type[Struct] = shapes.NothingAsked
    body: type[Struct] | None = None
    status: int = 200

    @property
    def reads(self) -> bool:
        """Whether it only reads: then no key to names and words is at hand."""
        return self.method == "GET"

    @property
    def summary(self) -> str:
        """The first sentence of the view's own words."""
        return (self.view.__doc__ or "").strip()

    def named(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that bears the view's name and words."""
        return update_wrapper(lambda **path: function(**path), self.view)


OPERATIONS: Final = (
    Operation("cases", "GET", "/cases", reading.cases, shapes.Cases, query=shapes.CasesAsked),
    Operation("case", "GET", "/cases/{ref}", reading.case, shapes.Case),
    Operation(
        "report",
        "POST",
        "/cases/{ref}/reports",
        acting.report,
        shapes.Report,
        scope=ACT,
        body=shapes.NewReport,
        status=201,
    ),
    Operation("alerts", "GET", "/alerts", reading.alerts, shapes.Alerts, query=shapes.AlertsAsked),
    Operation(
        "acknowledge",
        "POST",
        "/alerts/{alert_id}/acknowledge",
        acting.acknowledge,
        shapes.Alert,
        scope=ACT,
    ),
    Operation("digest", "GET", "/digests/{week}", reading.digest, shapes.Digest, roles=ROLES),
)
