"""Chromium as the machine has it, sites on free ports, and visitors who complain at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site, serving
from tests.browser.visitor import Visitor, Visitors, content
from tests.demo_instance import ToldDemo
from tests.need import need
from tests.standins.office import MovableClock
from tracker.bootstrap import Services, set_up
from tracker.settings import load

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    "--force-color-profile=srgb",
)
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The browser of the distribution; Playwright's own is never downloaded."""
    return {"executable_path": need("chromium"), "args": list(FLAGS)}


@pytest.fixture
def clock() -> MovableClock:
    """The clock of the empty site: it stands still until it is moved."""
    return MovableClock()


@pytest.fixture
def empty(tmp_path: Path, clock: MovableClock) -> Iterator[Site]:
    """A new instance, as after `tracker init`, with nobody in it."""

    def services_at(bind: str) -> Services:
        environ = {"TRACKER_BIND": bind, "TRACKER_DELIVERY": "file", "TRACKER_TIMEZONE": "UTC"}
        return set_up(load(environ, tmp_path / "instance"), clock=clock)

    with serving(services_at) as site:
        yield site


@pytest.fixture
def demo(told_demo: ToldDemo, tmp_path: Path) -> Iterator[Site]:
    """A copy of the demonstration, to change at will."""
    with serving(lambda bind: told_demo.copied(tmp_path / "demo", bind)) as site:
        yield site


@pytest.fixture(scope="session")
def shown_demo(told_demo: ToldDemo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One copy of the demonstration for all who only look."""
    folder = tmp_path_factory.mktemp("shown") / "demo"
    with serving(lambda bind: told_demo.copied(folder, bind)) as site:
        yield site


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitors]:
    """`visitor(site, width=360, scripts=False, lang="ug")`: each has a browser of their own.

    Whatever they complained about fails the test when it has ended.
    """
    made: list[Visitor] = []

    def visit(site: Site, *, width: int = 1280, scripts: bool = True, lang: str = "en") -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=lang, java_script_enabled=scripts
        )
        context.set_default_timeout(10_000)
        made.append(Visitor(context, site.address, scripts=scripts))
        return made[-1]

    yield visit
    for each in made:
        each.page.context.close()
    content(made)
