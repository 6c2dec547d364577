"""What is deployed keeps to what we promise: units and image are read, and judged where possible.

No container is built here: that needs a network and a daemon.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest

from tests.house.files import ROOT, text
from tests.need import need
from tracker.cli import main
from tracker.domain.delivery import LEASE
from tracker.settings import NAMES

DEPLOY = ROOT / "scripts" / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
AT_MOST = 1.5
"""systemd's figure: 0 is nothing exposed, 10 everything; a service with no hardening has 9.6."""

HARDENED = {
    "User": "tracker",
    "UMask": "0077",
    "CapabilityBoundingSet": "",
    "NoNewPrivileges": "yes",
    "PrivateTmp": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "MemoryDenyWriteExecute": "yes",
    "LimitCORE": "0",
    "MemorySwapMax": "0",
    "StateDirectoryMode": "0700",
}
"""Of each service: among others no key in a core dump or in swap."""


def unit(path: Path) -> dict[str, list[str]]:
    """The settings of a unit, each with all its values in order."""
    found: dict[str, list[str]] = {}
    for line in (text(path) or "").splitlines():
        if line and line[0] not in "#[;":
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def is_command(words: list[str]) -> bool:
    """Whether the program knows this command."""
    command: click.Command | None = main
    while words and isinstance(command, click.Group):
        command = command.commands.get(words.pop(0))
    return command is not None and not isinstance(command, click.Group)


def test_a_worker_that_is_stopped_may_finish_the_calls_it_has_begun() -> None:
    """SIGTERM drains: what is killed before leaves mails in doubt, and they come twice (D4)."""
    (service,) = unit(DEPLOY / "tracker-worker.service")["TimeoutStopSec"]
    image = re.search(r"--stop-timeout (\d+) tracker worker", text(DEPLOY / "Dockerfile") or "")
    assert image is not None
    assert min(int(service), int(image[1])) > LEASE.total_seconds()


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_has_no_more_than_it_needs(path: Path) -> None:
    found = unit(path)
    for name, value in HARDENED.items():
        assert found[name] == [value], name
    (start,) = found["ExecStart"]
    program, *words = start.split()
    assert program == "/opt/tracker/.venv/bin/tracker"
    assert is_command(words)
    settings = {entry.variable for entry in NAMES}
    assert {line.partition("=")[0] for line in found["Environment"]} <= settings
    assert "IPAddressDeny" in found or "SocketBindDeny" in found


def test_the_site_and_the_worker_come_back_whatever_happens() -> None:
    for name in ("web", "worker"):
        found = unit(DEPLOY / f"tracker-{name}.service")
        assert (found["Restart"], found["StartLimitIntervalSec"]) == (["always"], ["0"])
    timer = unit(DEPLOY / "tracker-backup.timer")
    assert timer["Persistent"] == ["yes"], "a night the machine was off is made up for"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_systemd_finds_little_exposed(path: Path) -> None:
    judged = subprocess.run(
        [need("systemd-analyze"), "security", "--offline=true", "--no-pager", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    figure = re.search(r"exposure level for \S+: ([\d.]+)", judged.stdout)
    assert figure is not None
    assert float(figure[1]) <= AT_MOST


def image() -> list[tuple[str, str]]:
    """The steps of the Dockerfile: instruction and arguments, continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", text(DEPLOY / "Dockerfile") or "")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_runs_as_nobody_and_holds_what_is_pinned() -> None:
    steps = image()
    last = len(steps) - 1 - [word for word, _ in reversed(steps)].index("FROM")
    final = dict(steps[last:])
    assert final["USER"] == "10001:10001", "a number, so that a cluster can see it is not root"
    assert is_command(re.findall(r"\w+", final["CMD"]))
    assert "TRACKER_INSTANCE=/var/lib/tracker" in final["ENV"]
    installs = [rest for word, rest in steps if word == "RUN" and " install " in rest]
    for rest in installs:
        for command in re.findall(r"pip install (.*?)(?: && |$)", rest):
            assert "--require-hashes" in command or "--no-index" in command
            assert "--no-deps" in command
    copied = [rest for word, rest in steps if word == "COPY"]
    assert not [rest for rest in copied if rest.split()[0] in (".", "./")]
    assert [rest for rest in copied if "--chown=root:root" in rest], "it cannot change itself"


def test_nothing_secret_goes_into_the_image() -> None:
    """Everything is left out but what is named; each file that is copied is let in."""
    lines = (text(DEPLOY / "Dockerfile.dockerignore") or "").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = [rule[1:] for rule in rules if rule.startswith("!")]
    assert not [rule for rule in let_in if rule.startswith(("instance", ".", "tests"))]
    for word, rest in image():
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert any(Path(source).match(rule) for rule in let_in), source


def test_the_command_runs_as_the_services_do() -> None:
    """Typed at night, it looks at their instance, with their settings and as their account."""
    command, web = text(DEPLOY / "tracker") or "", unit(DEPLOY / "tracker-web.service")
    assert f"export {web['Environment'][0]}\n" in command
    assert web["EnvironmentFile"][0].removeprefix("-") in command
    program = web["ExecStart"][0].removesuffix(" web")
    assert f'exec runuser -u {web["User"][0]} -- {program} "$@"' in command
    assert subprocess.run(["bash", "-n", DEPLOY / "tracker"], check=False).returncode == 0
