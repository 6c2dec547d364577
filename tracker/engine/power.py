"""What a job is given: `bootstrap.Services` as the engine sees it, which stands below it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from tracker.domain.actor import Actor
from tracker.domain.clock import Clock
from tracker.domain.delivery import Channel
from tracker.domain.mailbox import Mailbox
from tracker.engine.desk import Desk
from tracker.settings import Settings
from tracker.store.database import Database


class Power(Protocol):
    """Settings, clock, database, channels, and transactions."""

    @property
    def settings(self) -> Settings:
        """The switches."""

    @property
    def clock(self) -> Clock:
        """What time it is."""

    @property
    def database(self) -> Database:
        """Where the record is."""

    @property
    def channels(self) -> Mapping[str, Channel]:
        """How we speak."""

    @property
    def mailbox(self) -> Mailbox | None:
        """Where bounces and answers by mail arrive; None where nobody reads them."""

    def desk(self, actor: Actor) -> AbstractContextManager[Desk]:
        """A transaction."""

    def reading(self, actor: Actor) -> AbstractContextManager[Desk]:
        """A read-only transaction."""

    def asking(self, actor: Actor) -> AbstractContextManager[Desk]:
        """For one short question, in no transaction."""
