"""`tracker run`, `web`, `worker` and `doctor`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from types import FrameType

import click

from tracker.bootstrap import Services, set_up, settle
from tracker.cli.base import FAILURE, fail, one_sentence, services, settings
from tracker.cli.setting_up import first_administrator
from tracker.demo import open_demo
from tracker.domain.actor import OPERATOR
from tracker.domain.moments import format_instant
from tracker.engine.keeping import promises
from tracker.engine.keeping.doctor import Finding, examine
from tracker.engine.sending.switches import is_key_copied
from tracker.engine.worker.scheduler import run_worker
from tracker.i18n.dates import datetime_text
from tracker.settings import Settings, load
from tracker.store import migrate

FIRST_ADMINISTRATOR = "administrator@localhost.example"


@click.command()
@click.option("--demo", is_flag=True, help="Invented families, a movable clock, nothing is sent.")
@one_sentence
def run(demo: bool) -> None:
    """Start the web site and the worker on this machine.

    Example: tracker run --demo
    """
    if demo:
        found, greeting = open_demo(os.environ, click.echo)
    else:
        settings()  # refuses what is unsafe before anything is made
        ready = set_up(load(os.environ))
        found, link = ready.settings, first_administrator(ready, FIRST_ADMINISTRATOR)
        greeting = ("" if link is None else _first_start(found, link)) + _ask_for_copy(ready)
        ready.database.engine.dispose()
    click.echo(greeting)
    raise SystemExit(side_by_side(found, (_web_command(found), _worker_command())))


def _ask_for_copy(ready: Services) -> str:
    """Said at every start until somebody says that it was done."""
    with ready.reading(OPERATOR) as desk:
        if is_key_copied(desk):
            return ""
    return (
        f"Keep a copy of {ready.settings.keys} offline, in two places: without it nothing in the "
        "database can be read again.\nThen say so: "
        f"tracker keys copied {ready.ring.fingerprint()}\n"
    )


def _first_start(found: Settings, link: str) -> str:
    return (
        f"A new instance was set up in {found.instance}.\n"
        f"Sign in for the first time here, within 30 minutes:\n  {link}\n"
        f"Your sign-in name is {FIRST_ADMINISTRATOR}. Once you are in, invite yourself under your "
        "own name and address\nas an administrator, and close this account; or begin with: "
        "tracker init --admin you@example.org\n"
    )


@click.command()
@one_sentence
def web() -> None:
    """Start the web site alone; any number of these on PostgreSQL.

    Example: tracker web
    """
    found = settings()
    command = _web_command(found)
    os.execvpe(command[0], [*command], _environment(found))  # noqa: S606 — our own interpreter


@click.command()
@one_sentence
def worker() -> None:
    """Start the worker alone; any number of these on PostgreSQL.

    Example: tracker worker
    """
    ready = services()
    stop = threading.Event()

    def drain(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, drain)
    signal.signal(signal.SIGINT, drain)
    settle()
    run_worker(ready.restricted_to("clock", "contact"), stop)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
@one_sentence
def doctor(as_json: bool) -> None:
    """Check configuration, keys, database, clock, channels, worker and pending deliveries.

    Then the promises S1 to S18: kept, broken, shown by the tests, or to be measured. Exit status 1
    when something is wrong. Example: tracker doctor
    """
    ready = services()

    def on_clock(instant: datetime) -> str:
        return datetime_text(instant, ready.settings.timezone)

    with ready.reading(OPERATOR) as desk:
        if migrate.standing(desk.session.connection()) is None:
            fail(
                "The database is empty: nothing was set up in it yet. To bring a backup back, run:"
                " tracker restore FILE; to begin anew: tracker init --admin you@example.org"
            )
        findings = examine(desk, ready.channels, when=format_instant if as_json else on_clock)
        kept = promises.examine(desk)
    for finding in findings:
        said = json.dumps(finding.as_json()) if as_json else _line(finding, ready.settings)
        click.echo(said)
    if not as_json:
        click.echo("\nThe promises of safety, as far as they can be seen from here:")
    for promise in kept:
        line = f"{promise.state:<8}{promise.what}: {promise.says}"
        click.echo(json.dumps(promise.as_json(), ensure_ascii=False) if as_json else line)
    broken = any(promise.state is promises.State.BROKEN for promise in kept)
    if broken or any(not finding.well for finding in findings):
        raise SystemExit(FAILURE)


def _line(finding: Finding, found: Settings) -> str:
    if finding.well:
        return f"ok     {finding.what}: {finding.says}"
    # Where none is set the site may have been started at another address than we would be.
    site = found.public_url or "on the site "
    see = f" See {site}/help#{finding.alarm}" if finding.alarm else ""
    return f"WRONG  {finding.what}: {finding.says}{see}"


def _web_command(found: Settings) -> Sequence[str]:
    host = f"[{found.bind_host}]" if ":" in found.bind_host else found.bind_host
    return (
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"{host}:{found.bind_port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--worker-class",
        "tracker.web.patience.PatientWorker",
        "--forwarded-allow-ips",  # who may say SCRIPT_NAME, PATH_INFO or the scheme: nobody
        "",
        "--forwarder-headers",
        "",
        "--log-level",
        "warning",
        "tracker.wsgi:app",
    )


def _worker_command() -> Sequence[str]:
    return (sys.executable, "-m", "tracker", "worker")


def _environment(found: Settings) -> dict[str, str]:
    return {**os.environ, "TRACKER_INSTANCE": str(found.instance)}


def _answers(found: Settings) -> bool:
    """Whether the web site answers, whatever it says."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 — what it is bound to, not we
    host = anywhere.get(found.bind_host, found.bind_host)
    with closing(HTTPConnection(host, found.bind_port, timeout=5)) as site:
        try:
            site.request("GET", "/healthz")
            site.getresponse()
        except (OSError, HTTPException):
            return False
    return True


def side_by_side(found: Settings, commands: Sequence[Sequence[str]]) -> int:
    """Run the commands until one ends or we are told to stop; then stop them all.

    Says that the site runs when it answers, not before; another program that answers there already
    would be taken for it, so nothing is started then.
    """
    if _answers(found):
        fail(
            f"Another program answers at {found.bind_host}:{found.bind_port} already; stop it, or "
            "choose another address with TRACKER_BIND."
        )
    environment = _environment(found)
    processes = [
        subprocess.Popen(command, env=environment)  # noqa: S603 — our own interpreter
        for command in commands
    ]
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    told = False
    while not stopped.wait(0.5) and all(process.poll() is None for process in processes):
        if not told and _answers(found):
            told = True
            click.echo(f"Running at {found.base_url} — stop it with Ctrl+C.")
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        process.wait()
    if not stopped.is_set():
        fail("The web site or the worker ended by itself; see above, then start again.")
    return 0
