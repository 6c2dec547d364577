"""Threads for calls to providers: each channel's own, so one that hangs holds up no other."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock
from typing import Final

from tracker.domain.clock import monotonic
from tracker.domain.delivery import SendResult
from tracker.engine.sending.claims import Claimed

AT_ONCE: Final = 25
"""Calls to one provider at the same time, in one worker, at most."""

AT_FIRST: Final = 3
"""So many at first: where answers come at once, more only stand in each other's way."""

GROWING_SECONDS: Final = 0.005
"""While calls wait and none came back for so long, there are twice as many at once."""

TOGETHER: Final = 50
"""So many results at most are written down in one transaction …"""

GATHERING_SECONDS: Final = 0.05
"""… and none waits for others longer than this."""

PATIENCE_SECONDS: Final = 2.0
"""When nothing came back for so long, the worker goes on; what is under way is collected later."""

Done = tuple[Claimed, SendResult]


class Hands:
    """Makes calls, and hands back their results as they come."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._lock = Lock()
        self._done: list[Done] = []
        self._enough = Event()
        self._under_way: Counter[str] = Counter()
        self._waiting: dict[str, deque[Callable[[], None]]] = {}
        self._busy: Counter[str] = Counter()
        self._allowed: dict[str, int] = {}
        self._came_back: Counter[str] = Counter()

    def start(self, one: Claimed, call: Callable[[], SendResult]) -> None:
        """Make a call. It must not raise."""
        channel = one.envelope.channel
        pool = self._pools.get(channel)
        if pool is None:
            pool = self._pools[channel] = ThreadPoolExecutor(
                self._at_once, thread_name_prefix=f"send-{channel}"
            )
        with self._lock:
            if not self._under_way[channel]:
                self._allowed[channel] = min(AT_FIRST, self._at_once)
            self._under_way[channel] += 1
            waiting = self._waiting.setdefault(channel, deque())
            waiting.append(lambda: self._finish(one, call()))
            self._engage(channel)

    def _engage(self, channel: str) -> None:
        """Put idle hands to what waits, as many as are allowed now. With the lock held."""
        wanted = min(self._allowed[channel] - self._busy[channel], len(self._waiting[channel]))
        for _ in range(wanted):
            self._busy[channel] += 1
            self._pools[channel].submit(self._work, channel)

    def _work(self, channel: str) -> None:
        """One call after the other, until none waits."""
        while True:
            with self._lock:
                if not self._waiting[channel]:
                    self._busy[channel] -= 1
                    return
                call = self._waiting[channel].popleft()
            call()

    def _finish(self, one: Claimed, result: SendResult) -> None:
        with self._lock:
            self._done.append((one, result))
            self._came_back[one.envelope.channel] += 1
            self._under_way[one.envelope.channel] -= 1
            if len(self._done) >= TOGETHER or not self._under_way.total():
                self._enough.set()

    def _grow(self, seen: Counter[str]) -> Counter[str]:
        """More hands where calls wait and none came back since `seen`; what has come back now."""
        with self._lock:
            for channel, waiting in self._waiting.items():
                if waiting and seen[channel] == self._came_back[channel]:
                    self._allowed[channel] = min(2 * self._allowed[channel], self._at_once)
                    self._engage(channel)
            return self._came_back.copy()

    def full(self) -> frozenset[str]:
        """The channels with as many calls begun or waiting as may be made at once: nothing more is
        claimed for them."""
        with self._lock:
            return frozenset(c for c, count in self._under_way.items() if count >= self._at_once)

    def idle(self) -> bool:
        """Whether no call is under way, and every result was handed back."""
        with self._lock:
            return not self._done and not self._under_way.total()

    def results(self, patience: float = PATIENCE_SECONDS) -> Iterator[list[Done]]:
        """Results, several at a time, until all are in or none came for `patience` seconds.

        Whoever waits sleeps until there are enough: to be woken for each would hold up the hands.
        """
        until = monotonic() + patience
        while monotonic() < until:
            if self.idle():
                return
            self._gather()
            with self._lock:
                together, self._done = self._done, []
                self._enough.clear()
            if together:
                yield together
                until = monotonic() + patience

    def _gather(self) -> None:
        """Wait until there is enough to write down, or others would wait too long."""
        until, seen = monotonic() + GATHERING_SECONDS, self._came_back.copy()
        while not self._enough.wait(GROWING_SECONDS) and monotonic() < until:
            seen = self._grow(seen)

    def close(self) -> None:
        """Wait for what is under way; its results are in `results` still."""
        with self._lock:
            for channel in self._waiting:
                self._allowed[channel] = self._at_once
                self._engage(channel)
        for pool in self._pools.values():
            pool.shutdown()


@contextmanager
def hands(at_once: int = AT_ONCE) -> Iterator[Hands]:
    """Hands for a block; they rest at its end."""
    made = Hands(at_once)
    try:
        yield made
    finally:
        made.close()
