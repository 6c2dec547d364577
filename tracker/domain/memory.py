"""The case file as JSON, for keeping it sealed in the database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tracker.domain.casefile import CaseFile, Firing
from tracker.domain.contact import Contact, ContactClass, Interval

VERSION = 1


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def moment(text: str | None) -> datetime | None:
    """The instant that `isoformat` wrote, or none."""
    return None if text is None else datetime.fromisoformat(text)


def _interval(value: Interval | None) -> list[str] | None:
    return None if value is None else [value.earliest.isoformat(), value.latest.isoformat()]


def _days(raw: list[str] | None) -> Interval | None:
    return None if raw is None else Interval(date.fromisoformat(raw[0]), date.fromisoformat(raw[1]))


def dump(case: CaseFile) -> dict[str, Any]:
    """The case file as plain JSON values."""
    return {
        "v": VERSION,
        "opened": _instant(case.opened_at),
        "zone": case.zone_name,
        "since": _interval(case.missing_since),
        "provisional": case.provisional,
        "contacts": [
            [
                key,
                None if c.earliest is None else c.earliest.isoformat(),
                c.latest.isoformat(),
                str(c.cls),
                c.confirmed,
                c.retracted,
            ]
            for key, c in case.contacts.items()
        ],
        "consents": sorted(case.consents),
        "closed": case.closed,
        "snoozed": _instant(case.snoozed_until),
        "episode": case.episode,
        "firings": [_dump_firing(firing) for firing in case.firings.values()],
        "told": sorted(case.told),
        "asked": {key: _instant(again) for key, again in case.asked.items()},
        "anchor": None if case.anchor is None else case.anchor.isoformat(),
        "last": _interval(case.last),
        "open": case.last_is_open,
        "seen": sorted(case.seen_consents),
        "closing": case.closing,
        "reopening": case.reopening,
    }


def _dump_firing(firing: Firing) -> list[Any]:
    held = firing.held_until
    return [
        firing.step,
        firing.episode,
        firing.at.isoformat(),
        firing.passed_over,
        list(firing.roles),
        sorted(firing.told),
        firing.repetition,
        firing.handed_over,
        firing.superseded,
        None if held is None else held.isoformat(),
        sorted(firing.granted),
    ]


def load(raw: dict[str, Any]) -> CaseFile:
    """The case file that `dump` wrote."""
    opened = datetime.fromisoformat(raw["opened"])
    return CaseFile(
        opened_at=opened,
        zone_name=raw["zone"],
        missing_since=_days(raw["since"]),
        provisional=raw["provisional"],
        contacts={key: _contact(*rest) for key, *rest in raw["contacts"]},
        consents=set(raw["consents"]),
        closed=raw["closed"],
        snoozed_until=moment(raw["snoozed"]),
        episode=raw["episode"],
        firings={item[0]: _firing(*item) for item in raw["firings"]},
        told=set(raw["told"]),
        asked={key: moment(again) for key, again in raw["asked"].items()},
        anchor=None if raw["anchor"] is None else date.fromisoformat(raw["anchor"]),
        last=_days(raw["last"]),
        last_is_open=raw.get("open", False),
        seen_consents=frozenset(raw["seen"]),
        closing=raw["closing"],
        reopening=raw["reopening"],
    )


def _contact(
    earliest: str | None, latest: str, cls: str, confirmed: bool, retracted: bool
) -> Contact:
    return Contact(
        None if earliest is None else date.fromisoformat(earliest),
        date.fromisoformat(latest),
        ContactClass(cls),
        confirmed,
        retracted,
    )


def _firing(
    step: int,
    episode: int,
    at: str,
    passed_over: bool,
    roles: list[str],
    told: list[str],
    repetition: int,
    handed_over: bool,
    superseded: bool,
    held_until: str | None,
    granted: list[str],
) -> Firing:
    return Firing(
        step,
        episode,
        datetime.fromisoformat(at),
        passed_over,
        tuple(roles),
        set(told),
        repetition,
        handed_over,
        superseded,
        moment(held_until),
        set(granted),
    )
