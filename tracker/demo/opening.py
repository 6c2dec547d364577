"""`tracker run --demo`: make the demonstration where there is none, and say how to walk in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tracker.bootstrap import Services, set_up
from tracker.demo.people import Member, links
from tracker.demo.story import live_through
from tracker.demo.time import set_clock
from tracker.domain.actor import OPERATOR
from tracker.domain.errors import Refused
from tracker.settings import DEMO_MARK, Settings, load

FOLDER = Path("instance/demo")
STARTS = datetime(2026, 10, 5, 3, tzinfo=UTC)
"""When the invented office begins to use the product: a Monday, 08:00 in its zone."""

TODAY = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
"""Where the story stands when a visitor comes in: a Friday morning."""

_CLOCK = "clock.txt"
_DONE = "story-told"


def _nothing(_line: str) -> None:
    """Said to nobody."""


def open_demo(
    environ: Mapping[str, str], say: Callable[[str], None] = _nothing
) -> tuple[Settings, str]:
    """The demonstration's settings, and the words to greet with. Made on the first call.

    Making it takes a while: `say` is told at once what goes on, then a line a week of the story.
    """
    settings = prepare(environ)
    ready = set_up(settings)
    _tell(ready, say)
    with ready.desk(OPERATOR) as desk:
        doors = links(desk)
    ready.database.engine.dispose()
    return settings, _greeting(settings, doors)


def prepare(environ: Mapping[str, str], folder: Path | None = None) -> Settings:
    """A marked folder with its clock, whatever else the environment says about a real instance."""
    where = (folder or Path(environ.get("TRACKER_INSTANCE") or FOLDER)).absolute()
    if (where / "keys.json").exists() and not (where / DEMO_MARK).exists():
        raise Refused(f"{where} holds a real instance; a demonstration needs a folder of its own.")
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    (where / DEMO_MARK).touch()
    clock = where / _CLOCK
    if not clock.exists():
        set_clock(clock, STARTS)
    (where / "settings.toml").write_text(
        'delivery = "file"\nclock_file = "clock.txt"\ntimezone = "Asia/Almaty"\n', encoding="utf-8"
    )
    kept = {name: environ[name] for name in ("TRACKER_BIND",) if environ.get(name)}
    return load(kept, where)


def _tell(ready: Services, say: Callable[[str], None]) -> None:
    done = ready.settings.instance / _DONE
    if done.exists():
        return
    if ready.clock() != STARTS:
        raise Refused(
            f"The demonstration in {ready.settings.instance} was left half-made; "
            "delete that folder and start again."
        )
    say("Making the invented families: half a minute, longer on a slow machine.")
    live_through(ready, TODAY, say)
    done.touch()


def _greeting(settings: Settings, doors: list[tuple[Member, str]]) -> str:
    lines = ["A demonstration with invented people. Walk in as:"]
    for member, token in doors:
        roles = ", ".join(member.roles)
        lines.append(f"  {member.name:<20} {roles:<14} {settings.base_url}/demo/enter/{token}")
    lines += [
        f"  a family reports at                {settings.base_url}/report",
        f"  what to try first                  {settings.base_url}/demo",
    ]
    return "\n".join(lines)
