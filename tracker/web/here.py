"""What the running request stands on: the services, who asks, and when."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime

from flask import current_app, g

from tracker.bootstrap import Services
from tracker.channels.refusing import Refusing
from tracker.domain.actor import ANYONE, Actor
from tracker.domain.clock import system_clock
from tracker.engine.desk import Desk
from tracker.engine.staff.visits import Visit


def services() -> Services:
    """The services this application was made with."""
    found: Services = current_app.extensions["tracker"]
    return found


def actor() -> Actor:
    """Who asks; `ANYONE` before sign-in."""
    found: Actor = g.get("actor", ANYONE)
    return found


def visit() -> Visit | None:
    """The browser's session, where it has one."""
    found: Visit | None = g.get("visit")
    return found


def now() -> datetime:
    """The instant of this request, the same wherever it is asked."""
    if "now" not in g:
        g.now = services().clock()
    moment: datetime = g.now
    return moment


def real_now() -> datetime:
    """As `now`, but what the wall says where the story's clock can be moved (a demo)."""
    return system_clock() if services().settings.demo else now()


def refused_channels() -> list[str]:
    """The kinds of channel that have no settings: what should go by them is refused."""
    channels = services().channels
    return sorted(kind for kind, channel in channels.items() if isinstance(channel, Refusing))


def writing(who: Actor | None = None) -> AbstractContextManager[Desk]:
    """`with writing() as desk:` a transaction of the asking actor."""
    return services().desk(who or actor())


def looking(who: Actor | None = None) -> AbstractContextManager[Desk]:
    """`with looking() as desk:` as `reading`; that somebody looked is audited before they see it.

    What is returned from within the block is sent when it has ended well.
    """
    return services().looking(who or actor())


def reading(who: Actor | None = None) -> AbstractContextManager[Desk]:
    """`with reading() as desk:` a read-only transaction of the asking actor."""
    return services().reading(who or actor())


def asking(who: Actor | None = None) -> AbstractContextManager[Desk]:
    """`with asking() as desk:` short questions of every page, each in no transaction."""
    return services().asking(who or actor())
