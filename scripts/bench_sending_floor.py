"""The raw floors of sending: the same posts over one kept session, the same mails over one kept
connection; alone, and with the rows that sending writes, by bare SQL of the driver.

The rows are those of real messages, in transactions as large and as durable as the worker's: a
claim and its tries (with the buckets of the contact points) before the posts, their outcome after.
As fast as each database takes them: executemany on SQLite, statements over arrays on PostgreSQL,
whose driver takes longer for many small ones. Nothing is asked, worded, sealed or checked.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import requests
from sqlalchemy import Engine

from tracker.domain.delivery import SMS
from tracker.engine.sending.claims import BATCH
from tracker.engine.sending.hands import TOGETHER
from tracker.store.schema import new_id

Found = tuple[float, float]
"""Messages a second, and milliseconds of the processor for each."""

_CLAIMED = (
    "UPDATE outbox SET state = 'submitting', attempts = 1, carrier_id = NULL, "
    "lease_owner = 'floor', lease_until = CURRENT_TIMESTAMP WHERE id "
)
_TRY = "INSERT INTO outbox_attempts (id, outbox_id, number, started_at) "
_BUCKET = (
    "INSERT INTO token_buckets (key, tokens, failures, updated_at) SELECT DISTINCT "
    "'told:' || contact_point_id, 1.0, 0, CURRENT_TIMESTAMP FROM outbox WHERE id {which} "
    "ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, updated_at = excluded.updated_at"
)
_TAKEN = (
    "UPDATE outbox SET state = 'accepted', provider_id = {id}, look_at = NULL, error_code = NULL, "
    "handed_over_at = CURRENT_TIMESTAMP, lease_owner = NULL, lease_until = NULL, ended_at = NULL "
)
_OUTCOME = (
    "UPDATE outbox_attempts SET ended_at = CURRENT_TIMESTAMP, outcome = 'accepted', code = NULL "
    "WHERE number = 1 AND outbox_id "
)


@contextmanager
def transport(channel: str, port: int) -> Iterator[Callable[[], None]]:
    """A call that makes one post, or sends one mail."""
    if channel == SMS:
        with requests.Session() as session:
            yield lambda: _post(session, port)
    else:
        with smtplib.SMTP("127.0.0.1", port) as link:
            yield lambda: _mail(link)


def _post(session: requests.Session, port: int) -> None:
    form = {
        "To": "+77015550101",
        "From": "+15005550006",
        "Body": "Please look at this page. CDFHJK https://tracker.example.org/a/" + "x" * 50,
        "StatusCallback": "https://tracker.example.org/hooks/twilio/status/" + "x" * 50,
        "ValidityPeriod": "36000",
    }
    url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"
    assert session.post(url, data=form, auth=("a", "b"), timeout=5).status_code == 201


_WORDS = ("Subject: Please look\r\n" + "X-Filler: words\r\n" * 100 + "\r\nwords\r\n").encode()


def _mail(link: smtplib.SMTP) -> None:
    link.sendmail("desk@tracker.example.org", ["aigul@example.net"], _WORDS)


def alone(send: Callable[[], None], count: int) -> Found:
    """The transport, nothing written down."""
    begun, busy = time.perf_counter(), time.process_time()
    for _ in range(count):
        send()
    return _rate(begun, busy, count)


def with_rows(engine: Engine, channel: str, send: Callable[[], None]) -> Found:
    """The transport, and the rows of all messages of this channel that wait."""
    kind = _SQLite if engine.dialect.name == "sqlite" else _PostgreSQL
    link = kind(engine)
    ids = link.waiting(channel)
    begun, busy = time.perf_counter(), time.process_time()
    for at in range(0, len(ids), BATCH):
        batch = ids[at : at + BATCH]
        link.claim(batch)
        for start in range(0, len(batch), TOGETHER):
            together = batch[start : start + TOGETHER]
            for _ in together:
                send()
            link.taken(together)
    found = _rate(begun, busy, len(ids))
    link.connection.close()
    return found


class _Link:
    """A connection of the driver's, and the two durable transactions."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.raw_connection()
        self.cursor = self.connection.cursor()

    def waiting(self, channel: str) -> list[str]:
        self.cursor.execute(
            f"SELECT id FROM outbox WHERE state = 'pending' AND channel = '{channel}' "
            "ORDER BY available_at, id"
        )
        found = [row[0] for row in self.cursor.fetchall()]
        self.connection.rollback()
        return found


class _SQLite(_Link):
    def claim(self, ids: Sequence[str]) -> None:
        each = [(one,) for one in ids]
        tries = [(new_id(), one) for one in ids]
        self.cursor.execute("BEGIN IMMEDIATE")
        self.cursor.executemany(_CLAIMED + "= ?", each)
        self.cursor.executemany(_TRY + "VALUES (?, ?, 1, CURRENT_TIMESTAMP)", tries)
        self.cursor.executemany(_BUCKET.format(which="= ?"), each)
        self.connection.commit()

    def taken(self, ids: Sequence[str]) -> None:
        self.cursor.execute("BEGIN IMMEDIATE")
        self.cursor.executemany(
            _TAKEN.format(id="?") + "WHERE id = ?", [(new_id(), one) for one in ids]
        )
        self.cursor.executemany(_OUTCOME + "= ?", [(one,) for one in ids])
        self.connection.commit()


class _PostgreSQL(_Link):
    def claim(self, ids: Sequence[str]) -> None:
        tries = [new_id() for _ in ids]
        self.cursor.execute(_CLAIMED + "= ANY(%s)", (ids,))
        self.cursor.execute(
            _TRY + "SELECT *, 1, CURRENT_TIMESTAMP FROM unnest(%s::text[], %s::text[])",
            (tries, ids),
        )
        self.cursor.execute(_BUCKET.format(which="= ANY(%s)"), (ids,))
        self.connection.commit()

    def taken(self, ids: Sequence[str]) -> None:
        self.cursor.execute(
            _TAKEN.format(id="new.provider_id")
            + "FROM unnest(%s::text[], %s::text[]) AS new (provider_id, of_row) "
            "WHERE outbox.id = new.of_row",
            ([new_id() for _ in ids], ids),
        )
        self.cursor.execute(_OUTCOME + "= ANY(%s)", (ids,))
        self.connection.commit()


def _rate(begun: float, busy: float, count: int) -> Found:
    passed, busy = time.perf_counter() - begun, time.process_time() - busy
    return count / passed, busy / count * 1000
