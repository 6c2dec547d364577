"""Threads for calls to providers: each channel's own, so one that hangs holds up no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock
from typing import Final

from tracker.domain.clock import monotonic
from tracker.domain.delivery import SendResult
from tracker.engine.claims import Claimed

AT_ONCE: Final = 25
"""Calls to one provider at the same time, in one worker."""

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

    def start(self, one: Claimed, call: Callable[[], SendResult]) -> None:
        """Make a call. It must not raise."""
        channel = one.envelope.channel
        pool = self._pools.get(channel)
        if pool is None:
            pool = self._pools[channel] = ThreadPoolExecutor(
                self._at_once, thread_name_prefix=f"send-{channel}"
            )
        with self._lock:
            self._under_way[channel] += 1
        pool.submit(lambda: self._finish(one, call()))

    def _finish(self, one: Claimed, result: SendResult) -> None:
        with self._lock:
            self._done.append((one, result))
            self._under_way[one.envelope.channel] -= 1
            if len(self._done) >= TOGETHER or not self._under_way.total():
                self._enough.set()

    def full(self) -> frozenset[str]:
        """The channels whose threads are all busy: nothing more is claimed for them."""
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
            self._enough.wait(GATHERING_SECONDS)
            with self._lock:
                together, self._done = self._done, []
                self._enough.clear()
            if together:
                yield together
                until = monotonic() + patience

    def close(self) -> None:
        """Wait for what is under way; its results are in `results` still."""
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
