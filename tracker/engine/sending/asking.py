"""Asking providers about rows, several at a time, for a while (D4, D5)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from tracker.domain.actor import WORKER
from tracker.domain.clock import monotonic
from tracker.engine.desk import Desk
from tracker.engine.power import Power

AT_ONCE: Final = 16
FOR_SECONDS: Final = 10.0
"""After so long the worker stops asking until its next turn."""

Question = TypeVar("Question")
Answer = TypeVar("Answer")


def ask_about(
    services: Power,
    questions: Callable[[Desk, int], list[Question]],
    ask: Callable[[Power, Question], Answer],
    conclude: Callable[[Desk, Question, Answer], None],
) -> int:
    """Ask what there is to ask now, and draw conclusions; how many questions there were.

    `questions` takes up to so many, and sees to it that nobody else takes them meanwhile: it is
    committed before anybody is asked. `ask` runs in a thread without a transaction and must not
    raise. Each conclusion has a transaction of its own: one that fails is asked about again and
    holds up no other (D1). Raises an ExceptionGroup of what failed, after all the rest.
    """
    begun, asked = monotonic(), 0
    failed = list[Exception]()
    while True:
        with services.desk(WORKER) as desk:
            wanted = questions(desk, AT_ONCE)
        with ThreadPoolExecutor(max(1, len(wanted)), thread_name_prefix="ask") as pool:
            answers = list(pool.map(lambda question: ask(services, question), wanted))
        for question, answer in zip(wanted, answers, strict=True):
            try:
                with services.desk(WORKER) as desk:
                    conclude(desk, question, answer)
            except Exception as error:  # `questions` put it off: it comes again
                failed.append(error)
        asked += len(wanted)
        if len(wanted) < AT_ONCE or monotonic() - begun > FOR_SECONDS:
            break
    if failed:
        raise ExceptionGroup("conclusions were not drawn", failed)
    return asked
