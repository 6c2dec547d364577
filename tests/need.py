"""What some tests need from the machine, skipped by name where it is missing.

With ``TRACKER_TEST_REQUIRE=all`` (as ``.ci/run`` sets) a missing part is a failure instead.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def _program(*names: str) -> Callable[[], str | None]:
    return lambda: next((path for path in map(shutil.which, names) if path), None)


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or _program("chromium", "chromium-browser", "google-chrome")()


def _postgresql() -> str | None:
    """The folder of initdb and postgres: Debian keeps them off the PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    found = str(newest) if newest else shutil.which("initdb")
    return str(Path(found).parent) if found else None


def _sbin(*names: str) -> Callable[[], str | None]:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return lambda: next((p for n in names if (p := shutil.which(n, path=path))), None)


def _prism() -> str | None:
    """Prism with Twilio's document beside it, as scripts/prism installs them."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = cache.glob("tracker-tests/prism-*/node_modules/.bin/prism")
    return next(map(str, found), None) if shutil.which("node") else None


FINDERS: dict[str, Callable[[], str | None]] = {
    "chromium": _chromium,
    "postgresql": _postgresql,
    "kannel": _sbin("bearerbox"),
    "smsbox": _sbin("smsbox"),
    "fakesmsc": lambda: shutil.which("/usr/lib/kannel/test/fakesmsc"),
    "postfix": _sbin("postfix"),
    "dovecot": _sbin("dovecot"),
    "node": _program("node"),
    "prism": _prism,
    "gpg": _program("gpg"),
    "systemd-analyze": _program("systemd-analyze"),
}
"""Name of the part -> where it is on this machine, or None."""


def need(part: str) -> str:
    """The path of ``part``; where it is missing the test is skipped by name, or fails.

    Raises KeyError for a part that is not in ``FINDERS``.
    """
    if path := FINDERS[part]():
        return path
    if os.environ.get("TRACKER_TEST_REQUIRE") == "all":
        pytest.fail(f"{part} is not installed, and TRACKER_TEST_REQUIRE=all asks for it")
    pytest.skip(f"{part} is not installed")
