"""A worker remembers what it need not ask: idle ticks are short, nothing is missed (D9, D10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, select

from tests.standins.office import START, Office
from tracker.engine.clock.watch import BATCH
from tracker.engine.sending.dispatch import Sender
from tracker.engine.worker.pace import BEAT_AT_LEAST, Memory
from tracker.engine.worker.tick import tick
from tracker.store.schema import Digest, Pulse


@contextmanager
def asked(office: Office) -> Iterator[list[str]]:
    """What is asked of the database."""
    found: list[str] = []
    database = office.services.database
    makers = (database.writing, database.reading, database.asking)
    binds = [maker.kw["bind"] for maker in makers]
    engines = {id(bind.pool): bind for bind in (database.engine, *binds)}  # of one pool: one

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        found.append(statement)

    for engine in engines.values():
        event.listen(engine, "before_cursor_execute", note)
    yield found
    for engine in engines.values():
        event.remove(engine, "before_cursor_execute", note)


def test_d10_an_idle_tick_asks_little_and_writes_nothing_but_its_beat(office: Office) -> None:
    office.person("Aigul", "caseworker")
    memory, worker, sender = Memory(), office.worker(), Sender()
    for _ in range(2):
        tick(worker, sender, memory=memory)
        office.clock.move(seconds=10)
    with asked(office) as found:
        tick(worker, sender, memory=memory)
    wrote = [words for words in found if words.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert wrote == []
    asks = [w for w in found if w.startswith("SELECT") and "pg_advisory" not in w]
    assert len(asks) <= 8, asks
    office.clock.move(seconds=BEAT_AT_LEAST.total_seconds())
    tick(worker, sender, memory=memory)
    with office.desk() as desk:
        assert desk.session.get_one(Pulse, "worker").at == office.clock.now


def test_d9_a_remembering_worker_misses_no_case_and_no_digest(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker", zone_name="Asia/Kathmandu")  # 5:45 ahead
    memory, worker, sender = Memory(), office.worker(), Sender()
    case_id = office.silent_case(aigul, None, days=5)
    told: list[float] = []
    near = {*range(4 * 46, 4 * 50), *range(4 * 160, 4 * 164)}
    for quarter in sorted({*range(0, 4 * 24 * 8, 48), *near}):
        office.clock.now = START.replace(minute=7)
        office.clock.move(minutes=15 * quarter)
        tick(worker, sender, memory=memory)
        if not told and office.alerts(case_id=case_id):
            told.append((office.clock.now - START).total_seconds() / 3600)
    assert told == [48.0 + 7 / 60]  # two days later at nine, seen seven minutes past
    with office.desk() as desk:
        digests = desk.session.scalars(select(Digest)).all()
        weeks = {digest.week: digest.decided_at for digest in digests}
        assert sorted(weeks) == ["2026-W10"]
        assert weeks["2026-W10"].isoformat() == "2026-03-09T02:22:00+00:00"  # 8:00 there is 2:15


def test_a_batch_fits_into_a_turn() -> None:
    memory = Memory()
    memory.took(100, 5.0)
    assert memory.batch == 20
    for _ in range(9):
        memory.took(memory.batch, 0.01)
    assert memory.batch == BATCH
    memory.took(3, 9.0)  # the last cases of a morning say nothing about a whole batch
    assert memory.batch == BATCH
