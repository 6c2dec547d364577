"""What goes in and out of `/api/v1`: the documents' shapes, which are its OpenAPI schemas too.

There is no member for a name, a place, a word or a day of contact: what a type cannot hold, no view
can let slip. All instants are UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from tracker.domain.contact import ContactClass
from tracker.domain.means import Means
from tracker.domain.policy import Band

MOST: Final = 100
"""Items of one page."""

Ref = Annotated[
    str, Meta(pattern="^[A-Z0-9]{4,12}$", description="A case's reference.", examples=["CDFHJK"])
]
Id = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", description="A random id.")]
Week = Annotated[
    str, Meta(pattern="^[0-9]{4}-W[0-9]{2}$", description="An ISO week.", examples=["2018-W17"])
]
Key = Annotated[
    str,
    Meta(
        pattern="^[!-~]{8,64}$",
        description="A new random text for each act; the same one when the act is asked again.",
    ),
]
Limit = Annotated[int, Meta(ge=1, le=MOST, description="Items of a page, at most.")]

CaseState = Literal["open", "closed"]
AlertState = Literal[
    "triggered",
    "acknowledged",
    "resolved",
    "superseded",
    "closed",
    "withdrawn",
    "undelivered",
    "informed",
]


class Days(Struct, frozen=True):
    """Days of silence: so many at least, so many at most. `at_most` is null where the family said
    "or earlier", so that it may be longer than anybody knows."""

    at_least: int
    at_most: int | None


class Case(Struct, frozen=True, kw_only=True):
    """One case as its clock stands now."""

    ref: Ref
    state: CaseState
    band: Band
    silent: Days
    next_at: datetime | None
    """When something fires if nothing is entered."""
    snoozed_until: datetime | None
    to_confirm: int
    """Reports that nobody confirmed or rejected yet."""


class Cases(Struct, frozen=True):
    """One page of cases, the gravest band and the longest silence first."""

    items: list[Case]
    next: Ref | None
    """`after` of the next page; null where this one is the last."""
    unread: list[Ref]
    """Cases of this page that cannot be read: damaged, or their key is lost. Tell a person."""


class Alert(Struct, frozen=True, kw_only=True):
    """One alert. `silent` is as it was when the alert was raised."""

    id: Id
    case: Ref
    kind: str
    step: int | None
    repetition: int | None
    band: Band
    urgent: bool
    state: AlertState
    silent: Days
    raised_at: datetime
    ended_at: datetime | None


class Alerts(Struct, frozen=True):
    """One page of alerts, the newest first."""

    items: list[Alert]
    next: Id | None
    unread: list[Id]
    """Alerts of this page that cannot be read."""


class Report(Struct, frozen=True):
    """A report that was handed in. It counts when a caseworker has confirmed it."""

    id: Id
    state: Literal["pending"]


class Digest(Struct, frozen=True):
    """That a week's digests were made, for how many readers, and how their mails stand."""

    week: Week
    made: int
    messages: dict[str, int] | None


class Fault(Struct, frozen=True):
    """Where a request is wrong: a JSON pointer, or the name of a parameter."""

    at: str
    detail: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong (RFC 9457)."""

    title: str
    status: int
    detail: str
    type: str = field(default="about:blank")
    errors: list[Fault] = []


class CasesAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which cases: a view of the queue, one band, the page behind a case."""

    view: Literal["open", "mine", "unassigned", "snoozed", "closed"] = "open"
    band: Band | None = None
    after: Ref | None = None
    limit: Limit = 50


class AlertsAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which alerts: all or those in one state, the page behind an alert."""

    state: AlertState | None = None
    after: Id | None = None
    limit: Limit = 50


class NothingAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class NewReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the person was heard from. What is handed in cannot be read back here."""

    occurred: Annotated[
        str, Meta(max_length=40, description="EDTF, as 2018-01-22, 2018-01 or 2017-10/2018-01.")
    ]
    cls: ContactClass = field(name="class")
    means: Means
    source: Annotated[str, Meta(min_length=1, max_length=200, description="Who told it.")]
    said: Annotated[str, Meta(max_length=2000, description="What was told.")] = ""
