"""The raw floors of sending: the same posts over one kept session, the same mails over one kept
connection; alone, and with the rows that sending writes, by bare SQL of the driver.

The rows are those of real messages, in transactions as large and as durable as the worker's: a
claim and its tries (with the bucket of the contact point) before the posts, their outcome after.
Nothing is asked, worded, sealed or checked.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests
from sqlalchemy import Engine

from tracker.domain.delivery import SMS
from tracker.engine.sending.claims import BATCH
from tracker.engine.sending.hands import TOGETHER
from tracker.store.schema import new_id

Found = tuple[float, float]
"""Messages a second, and milliseconds of the processor for each."""

_CLAIM = (
    "UPDATE outbox SET state = 'submitting', attempts = 1, carrier_id = NULL, "
    "lease_owner = 'floor', lease_until = {now} WHERE id = {mark}"
)
_TRY = (
    "INSERT INTO outbox_attempts (id, outbox_id, number, started_at) "
    "VALUES ({mark}, {mark}, 1, {now})"
)
_BUCKET = (
    "INSERT INTO token_buckets (key, tokens, failures, updated_at) "
    "SELECT 'told:' || contact_point_id, 1, 0, {now} FROM outbox WHERE id = {mark} "
    "ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, updated_at = excluded.updated_at"
)
_TAKEN = (
    "UPDATE outbox SET state = 'accepted', provider_id = {mark}, handed_over_at = {now}, "
    "look_at = NULL, error_code = NULL, lease_owner = NULL, lease_until = NULL, ended_at = NULL "
    "WHERE id = {mark}"
)
_OUTCOME = (
    "UPDATE outbox_attempts SET ended_at = {now}, outcome = 'accepted', code = NULL "
    "WHERE outbox_id = {mark} AND number = 1"
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
    link = _Link(engine)
    ids = link.waiting(channel)
    begun, busy = time.perf_counter(), time.process_time()
    for at in range(0, len(ids), BATCH):
        batch = ids[at : at + BATCH]
        link.write((_CLAIM, batch), (_TRY, [(new_id(), one) for (one,) in batch]), (_BUCKET, batch))
        for start in range(0, len(batch), TOGETHER):
            together = batch[start : start + TOGETHER]
            for _ in together:
                send()
            link.write((_TAKEN, [(new_id(), one) for (one,) in together]), (_OUTCOME, together))
    found = _rate(begun, busy, len(ids))
    link.close()
    return found


class _Link:
    """A connection of the driver's."""

    def __init__(self, engine: Engine) -> None:
        self._sqlite = engine.dialect.name == "sqlite"
        self._connection = engine.raw_connection()
        self._cursor = self._connection.cursor()
        self._words = {
            "mark": "?" if self._sqlite else "%s",
            "now": "CURRENT_TIMESTAMP",
        }

    def waiting(self, channel: str) -> list[tuple[str]]:
        self._cursor.execute(
            f"SELECT id FROM outbox WHERE state = 'pending' AND channel = '{channel}' "
            "ORDER BY available_at, id"
        )
        found = [(row[0],) for row in self._cursor.fetchall()]
        self._connection.rollback()
        return found

    def write(self, *statements: tuple[str, Sequence[tuple[Any, ...]]]) -> None:
        """One durable transaction."""
        if self._sqlite:
            self._cursor.execute("BEGIN IMMEDIATE")
        for words, values in statements:
            self._cursor.executemany(words.format(**self._words), values)
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()


def _rate(begun: float, busy: float, count: int) -> Found:
    passed, busy = time.perf_counter() - begun, time.process_time() - busy
    return count / passed, busy / count * 1000
