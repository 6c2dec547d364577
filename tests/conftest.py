"""What every test may ask for. Rooms add their own parts in their own conftest.py."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.databases import Source
    from tests.demo_instance import ToldDemo

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile(
    "ci" if os.environ.get("TRACKER_TEST_REQUIRE") == "all" else "house"
)


_UMASK = os.umask(0o022)
os.umask(_UMASK)


def pytest_runtest_teardown() -> None:
    """The command line keeps what it writes to itself (S1), and so would every server that is
    started behind it in this process: the next test begins as the first did."""
    os.umask(_UMASK)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for a database carries the mark ``database``, without being told."""
    for item in items:
        if {"database_url", "empty_database_url"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not go through it again and again,
    which took a fifth of the time of all tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TRACKER_") and not name.startswith("TRACKER_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def _databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    from tests import databases  # noqa: PLC0415 — the others need no store

    kind = os.environ.get("TRACKER_TEST_DATABASE", "sqlite")
    if kind == "sqlite":
        yield databases.SqliteSource(tmp_path_factory.mktemp("database"))
    elif kind == "postgresql":
        with databases.postgresql_server() as socket_folder:
            yield databases.PostgresqlSource(socket_folder)
    else:
        pytest.exit(f"TRACKER_TEST_DATABASE is sqlite or postgresql, not {kind!r}", returncode=2)


@pytest.fixture
def database_url(_databases: Source, tmp_path: Path) -> Iterator[str]:
    """A new database at the newest migration, SQLite or what TRACKER_TEST_DATABASE says."""
    url = _databases.fresh(tmp_path)
    yield url
    _databases.drop(url)


@pytest.fixture
def empty_database_url(_databases: Source, tmp_path: Path) -> Iterator[str]:
    """A new database without any table: for the tests of the migrations themselves."""
    url = _databases.empty(tmp_path)
    yield url
    _databases.drop(url)


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An empty instance folder."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="session")
def told_demo(tmp_path_factory: pytest.TempPathFactory) -> ToldDemo:
    """The demonstration, told once; `told_demo.copied(tmp_path / "demo")` to change anything."""
    from tests.demo_instance import ToldDemo  # noqa: PLC0415 — the others need no demonstration

    return ToldDemo.told(tmp_path_factory.mktemp("told") / "demo")
