"""Looks at every page, in every language and width. Run it by scripts/looks."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
import looks_sheets
import pypdfium2
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.entering import be
from tests.browser.reporting import report
from tests.browser.site import Site, serving
from tests.browser.visitor import WIDTHS, Visitor
from tests.browser.walking import kind, walk
from tests.demo_instance import ToldDemo
from tests.need import need
from tracker.i18n.languages import LANGUAGES

PEOPLE = ("vera", "consul", "admin", "auditor")
STRANGERS = ("/", "/report", "/status", "/signin", "/help/family", "/demo", "/no-such-page")
_WEIGHT = """() => {
    const all = performance.getEntriesByType('resource');
    const page = performance.getEntriesByType('navigation')[0];
    return [page.encodedBodySize, all.reduce((sum, e) => sum + e.encodedBodySize, 0), all.length,
        Math.round(page.responseEnd - page.requestStart)];
}"""
"""Bytes of the page and of what belongs to it, as they came over the line, how many files, and
how many milliseconds the site took for the page."""


@dataclass
class Looker:
    """Looks at pages for one language: takes pictures, weighs, and lists what is wrong."""

    browser: Browser
    site: Site
    folder: Path
    language: str
    only: str
    shots: dict[int, list[tuple[str, Path]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    weights: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    looked: int = 0

    def visitor(self, *, scripts: bool = True) -> Visitor:
        """Somebody with a browser of their own that speaks this language."""
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 900},
            locale=LANGUAGES[self.language].tag,
            java_script_enabled=scripts,
            bypass_csp=False,
        )
        context.set_default_timeout(30_000)
        return Visitor(context, self.site.address, scripts=scripts)

    def look(self, who: Visitor, name: str) -> None:
        """Both widths: a picture, axe, and whether anything sticks out."""
        if self.only not in name:
            return
        who.page.wait_for_load_state()
        self.weights.setdefault(name, tuple(who.page.evaluate(_WEIGHT)))
        for width in WIDTHS:
            who.page.set_viewport_size({"width": width, "height": 900})
            at = f"{self.language} {width} {name}"
            self.faults += [f"{at}: sticks out: {one}" for one in who.sticking_out()]
            self.faults += [f"{at}: {one}" for one in who.violations()]
            self.looked += 1
            shots = self.shots.setdefault(width, [])
            folder = self.folder / f"{self.language}-{width}"
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{len(shots):02}-{name.strip('/').replace('/', '.') or 'start'}.png"
            who.page.screenshot(path=file, full_page=True, animations="disabled")
            shots.append((name, file))
        who.page.set_viewport_size({"width": 1280, "height": 900})

    def finish(self, who: Visitor) -> None:
        """Keep what the visitor complained about by themselves, and go."""
        self.faults += [f"{self.language}: {one}" for one in who.complaints if "404" not in one]
        who.page.context.close()


def strangers(looker: Looker) -> None:
    """What anybody sees."""
    who = looker.visitor()
    for address in STRANGERS:
        who.go(f"{address}?lang={looker.language}")
        looker.look(who, address)
    looker.finish(who)


def family(looker: Looker) -> None:
    """The whole form, page by page, and the way back with the code."""
    who = looker.visitor()
    who.go(f"/?lang={looker.language}")
    code = report(who, lambda: looker.look(who, who.path))
    who.go("/status")
    if who.page.locator('[name="code"]').count():
        who.fill(code=code)
        who.submit()
    for address in (
        "/status",
        "/status/news",
        "/status/pictures",
        "/status/message",
        "/status/reach",
        "/status/permissions",
        "/status/withdraw",
    ):
        who.go(address)
        looker.look(who, f"{address} (receipt)")
    looker.finish(who)


def staff(looker: Looker, key: str) -> None:
    """Every kind of page that one of the demonstration's people can reach."""
    who = looker.visitor()
    who.go("/demo?lang=en")
    be(who, key)
    who.go(f"{who.path}?lang={looker.language}")
    for address in walk(who):
        looker.look(who, f"{key}: {kind(address)}")
        if key == "vera" and kind(address) == "/cases/*/paper":
            who.fill(language=looker.language)
            save_paper(looker, who, "case", who.submit)
            for which in ("months", "years"):
                save_picture(looker, who, which, f'button[value="{which}"]')
        if key == "vera" and kind(address) == "/digests/*":
            link = who.page.locator('a[href*="/sheet.pdf"]')
            save_paper(looker, who, "digest", link.click)
            save_picture(looker, who, "week", 'a[href*="/bands.png"]')
        if key == "vera" and kind(address) == "/digests":
            save_picture(looker, who, "weeks", 'a[href*="/bands.png"]')
    looker.finish(who)


def save_paper(looker: Looker, who: Visitor, name: str, ask: Callable[[], None]) -> None:
    """A PDF that the page gives, each of its pages as a picture."""
    with who.page.expect_download() as awaited:
        ask()
    with pypdfium2.PdfDocument(awaited.value.path()) as document:
        for number, page in enumerate(document, 1):
            file = looker.folder / f"paper-{name}-{looker.language}-{number}.png"
            page.render(scale=1.5).to_pil().save(file)


def save_picture(looker: Looker, who: Visitor, name: str, press: str) -> None:
    """A PNG that the page gives."""
    with who.page.expect_download() as awaited:
        who.page.locator(press).click()
    awaited.value.save_as(looker.folder / f"png-{name}-{looker.language}.png")


def table(lookers: list[Looker]) -> str:
    """What was found, and what pages weigh, in Markdown."""
    lines = ["| language | views looked at | faults |", "|---|---|---|"]
    lines += [f"| {each.language} | {each.looked} | {len(each.faults)} |" for each in lookers]
    lines += ["", *(f"- {fault}" for each in lookers for fault in each.faults), ""]
    lines += ["| page | bytes | with what belongs to it | files | ms |", "|---|---|---|---|---|"]
    heaviest: dict[str, tuple[int, int, int, int]] = {}
    for each in lookers:
        for name, weight in each.weights.items():
            heaviest[name] = max(weight, heaviest.get(name, weight), key=lambda w: w[0] + w[1])
    lines += [
        f"| {name} | {page:,} | {page + rest:,} | {count + 1} | {waited} |"
        for name, (page, rest, count, waited) in heaviest.items()
    ]
    return "\n".join([*lines, ""])


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--languages", default=",".join(LANGUAGES), help="Codes, separated by commas.")
@click.option("--only", default="", help="Only pages whose name holds this.")
@click.option("--people", default=f"anybody,family,{','.join(PEOPLE)}", help="Whose pages.")
def main(folder: Path, languages: str, only: str, people: str) -> None:
    """Take pictures of every page into FOLDER, and write tables of faults and weights there."""
    folder.mkdir(parents=True, exist_ok=True)
    doors: dict[str, Callable[[Looker], None]] = {"anybody": strangers, "family": family}
    lookers = []
    with tempfile.TemporaryDirectory() as told, sync_playwright() as playwright:
        story = ToldDemo.told(Path(told) / "told")
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=list(FLAGS))
        for code in languages.split(","):
            copy = Path(told) / code
            with serving(lambda bind, copy=copy: story.copied(copy, bind)) as site:  # type: ignore[misc]
                looker = Looker(browser, site, folder, code, only)
                for name in people.split(","):
                    if name in doors:
                        doors[name](looker)
                    else:
                        staff(looker, name)
            looks_sheets.contact_sheets(looker.shots, folder, code)
            looks_sheets.overview(looker.shots, folder, code)
            lookers.append(looker)
            click.echo(f"{code}: {looker.looked} views, {len(looker.faults)} faults")
        browser.close()
    (folder / "found.md").write_text(table(lookers), "utf-8")


if __name__ == "__main__":
    main()
