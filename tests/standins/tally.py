"""What became of the messages of alerts that fell due: the providers' books against the outbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from tests.standins.books import Books
from tests.standins.office import Office
from tracker.domain.actor import OPERATOR
from tracker.store.schema import Alert, AlertEvent, OutboxAttempt, OutboxMessage
from tracker.store.taken import Try

ENDS: Final = {
    "acknowledged": "acknowledged by a person",
    "resolved": "resolved because contact came",
    "superseded": "superseded by a higher step",
    "closed": "closed with its case",
    "withdrawn": "withdrawn with consent",
    "undelivered": "handed to the supervisor as undelivered",
    "informed": "told, for information",
    "triggered": "told, and open",
}
"""Every end of delivery.md's promise, good news, and what is still open and counted."""

NO_KILL: Final = "in no worker's hand when it died"
OVER: Final = ("acknowledged", "resolved", "superseded", "closed", "withdrawn")
LOST, MORE, TWICE, HANDED_OVER = "lost", "more than twice", "twice", "handed over"
FATES: Final = (LOST, MORE, TWICE, HANDED_OVER)
HANDED_UP: Final = ("handed_to_supervisor", "handed_to_administrator", "nobody_reached")


@dataclass
class Tally:
    """The promise in figures. `lost` and `broken` hold words for whoever looks into it."""

    cases: int = 0
    messages: int = 0
    once: int = 0
    twice: Counter[str] = field(default_factory=Counter)
    """By channel."""
    twice_because: Counter[str] = field(default_factory=Counter)
    fates: dict[str, str] = field(default_factory=dict)
    """What became of a row that did not simply come once, by its id."""
    other_way: int = 0
    over_before: int = 0
    handed_over: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    after_its_end: list[str] = field(default_factory=list)
    more_than_twice: list[str] = field(default_factory=list)
    other_reference: list[str] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        """Every breach of the promise; what came twice is none."""
        return [*self.lost, *self.after_its_end, *self.more_than_twice, *self.other_reference]

    @property
    def share_twice(self) -> float:
        """The share of all messages that came twice; below 0.02 is asked."""
        return self.twice.total() / max(self.messages, 1)

    def table(self, tried: Mapping[str, int]) -> str:
        """What was tried and how often, and what became of the messages, as a Markdown table."""
        came = {
            "**lost**": len(self.lost),
            "**sent though over before the claim**": len(self.after_its_end),
            "**more than twice**": len(self.more_than_twice),
            "**twice, with another reference**": len(self.other_reference),
            "**twice, with the same reference**": self.twice.total(),
            **{f"twice: {channel}": n for channel, n in sorted(self.twice.items())},
            **{f"twice because {why}": n for why, n in sorted(self.twice_because.items())},
            "once": self.once,
            "reached in another way instead": self.other_way,
            "over before it was sent": self.over_before,
            "handed to the supervisor instead": self.handed_over,
        }
        ends = {f"alerts {ENDS.get(state, state)}": n for state, n in sorted(self.ends.items())}
        rows = [("tried", "times", ""), ("---", "---:", "---:")]
        rows += [(name, f"{times:,}", "") for name, times in tried.items()]
        rows += [("cases that fell due", f"{self.cases:,}", "")]
        rows += [("**messages that fell due**", f"{self.messages:,}", "100 %")]
        share = 100 / max(self.messages, 1)
        rows += [(name, f"{n:,}", f"{n * share:.2f} %") for name, n in came.items()]
        rows += [("**alerts raised**", f"{self.ends.total():,}", "100 %")]
        share = 100 / max(self.ends.total(), 1)
        rows += [(name, f"{n:,}", f"{n * share:.2f} %") for name, n in ends.items()]
        return "\n".join(f"| {name:<46} | {n:>7} | {part:>8} |" for name, n, part in rows)


def by_point(kills: Mapping[str, int], hit: Mapping[Try, str], found: Tally) -> str:
    """Where workers were killed, and what became of the messages that were in hand just then.

    `hit`: the tries that a death left in the middle, each with its point; of several deaths over
    one message the last counts. What no death touched has a line of its own.
    """
    points = {row_id: point for (row_id, _number), point in sorted(hit.items())}
    in_hand = Counter(points.values())
    came = Counter((points.get(row_id, NO_KILL), fate) for row_id, fate in found.fates.items())
    rows = [
        (point, kills.get(point, 0), in_hand[point], *(came[point, fate] for fate in FATES))
        for point in [*sorted(kills), NO_KILL]
    ]
    rows.append(("**all**", *(sum(column) for column in zip(*(r[1:] for r in rows), strict=True))))
    head = [("killed (kill -9)", "times", "in hand", *FATES), ("---", *["---:"] * (2 + len(FATES)))]
    return "\n".join(
        f"| {name:<46} | " + " | ".join(f"{cell!s:>15}" for cell in cells) + " |"
        for name, *cells in [*head, *rows]
    )


def tally(office: Office, books: Books) -> Tally:
    """Count. What a case's end must have stopped, and cases nobody looked at, the siege adds."""
    books.read()
    alerts = {alert.id: alert for alert in office.alerts()}
    rows = office.rows(kind="alert")
    handed_up, tries = _handed_up(office), _tries_of(office)
    reached = {(row.alert_id, row.person_id) for row in rows if books.times(row)}
    found = Tally(messages=len(rows), ends=Counter(alert.state for alert in alerts.values()))
    for row in rows:
        alert, times = alerts[str(row.alert_id)], books.times(row)
        shown = f"{row.channel} {row.state} {row.error_code}: {alert.kind} {alert.state}"
        if times > 2:
            found.more_than_twice.append(f"{times} times: {shown}")
            found.fates[row.id] = MORE
        elif times == 2:
            found.twice[row.channel] += 1
            found.fates[row.id] = TWICE
            found.twice_because[_why(tries.get(row.id, []))] += 1
            if not books.bears_its_reference(row):
                found.other_reference.append(f"another reference: {shown}")
        elif times:
            found.once += 1
        else:
            _not_taken(found, row, alert, shown, reached, handed_up)
    found.lost += [f"no end: {a.kind} {a.state}" for a in alerts.values() if a.state not in ENDS]
    return found


def _not_taken(
    found: Tally,
    row: OutboxMessage,
    alert: Alert,
    shown: str,
    reached: set[tuple[str | None, str]],
    handed_up: set[str],
) -> None:
    if (row.alert_id, row.person_id) in reached:
        found.other_way += 1
    elif alert.state in OVER or (row.state == "cancelled" and alert.state == "informed"):
        found.over_before += 1
    elif row.alert_id in handed_up:
        found.handed_over += 1
        found.fates[row.id] = HANDED_OVER
    else:
        found.lost.append(f"lost: {shown}")
        found.fates[row.id] = LOST


def _why(tries: list[OutboxAttempt]) -> str:
    """What the last but one of the tries came to, by our record."""
    first = tries[-2] if len(tries) > 1 else None
    if first is None or first.outcome is None:
        return "killed before it was written down"
    return f"of {first.outcome} {first.code or ''}".rstrip()


def _handed_up(office: Office) -> set[str]:
    with office.services.reading(OPERATOR) as desk:
        query = select(AlertEvent.alert_id).where(AlertEvent.kind.in_(HANDED_UP))
        return set(desk.session.scalars(query))


def _tries_of(office: Office) -> dict[str, list[OutboxAttempt]]:
    """The tries of rows that were tried more than once, in order."""
    more = select(OutboxAttempt.outbox_id).where(OutboxAttempt.number > 1)
    query = select(OutboxAttempt).where(OutboxAttempt.outbox_id.in_(more))
    found: dict[str, list[OutboxAttempt]] = {}
    with office.services.reading(OPERATOR) as desk:
        for one in desk.session.scalars(query.order_by(OutboxAttempt.number)):
            found.setdefault(one.outbox_id, []).append(one)
    return found
