"""Manners that no linter knows of. An exception stands here with its reason."""

import ast
import re
import subprocess
import sys

import pytest

from tests.house.files import PROGRAM, ROOT, lines_with, program

UNESCAPED = r"\|\s*safe\b|Markup\(|render_template_string|_external\s*=\s*True|autoescape false"
UNESCAPED_ALLOWED: dict[str, str] = {
    "tracker/web/family/summary.py": "a line break and <bdi>; every line goes through escape()",
    "tracker/web/qr.py": "squares drawn by segno; it holds no word",
    "tracker/web/charts/svg.py": "drawn here; every word in it went through escape()",
}
"""Beginning of ``file:`` -> why text may be marked as safe, or an address be built, there."""


def test_nothing_is_marked_safe_and_no_link_is_built_from_the_host_header() -> None:
    """safety.md, traps: ``url_for(_external=True)`` follows a forged Host."""
    found = lines_with(UNESCAPED, program(".py", ".html", ".txt", ".xml"))
    assert [line for line in found if not line.startswith(tuple(UNESCAPED_ALLOWED))] == []


def test_every_exception_is_still_needed() -> None:
    found = lines_with(UNESCAPED, program(".py", ".html", ".txt", ".xml"))
    assert [name for name in UNESCAPED_ALLOWED if not any(f.startswith(name) for f in found)] == []


def test_templates_hold_no_inline_code() -> None:
    """safety.md S12: the content security policy would silently drop it."""
    templates = [path for path in program(".html") if "web" in path.parts]
    inline = r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=\"|javascript:"
    assert lines_with(inline, templates) == []


CLEANERS = {"text", "email", "number", "date", "zone", "instant"}


def test_no_form_is_read_while_the_database_is_locked() -> None:
    """safety.md S11: what a stranger typed is cleaned before anybody else has to wait for it."""
    locked = [
        (path, node)
        for path in program(".py")
        if "web" in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.With)
        and any("here.writing(" in ast.unparse(item.context_expr) for item in node.items)
    ]
    assert locked, "this test has lost what it looks at"
    calls = [
        (path, call)
        for path, node in locked
        for line in node.body
        for call in ast.walk(line)
        if isinstance(call, ast.Call)
    ]
    read = [
        f"{path.name}:{call.lineno}"
        for path, call in calls
        if (
            re.search(r"(^|[._])read(_\w+)?$", ast.unparse(call.func))
            and any(isinstance(said, ast.Name) and said.id == "form" for said in call.args)
        )
        or (
            ast.unparse(call.func).partition(".")[0] == "form"
            and ast.unparse(call.func).partition(".")[2] in CLEANERS
        )
    ]
    assert read == []


def test_the_database_does_not_tell_the_time() -> None:
    """Only domain/clock.py reads the clock; linters do not see SQL."""
    clocks = r"func\.now\(|CURRENT_(TIMESTAMP|DATE|TIME)|datetime\('now'|\bnow\(\)'"
    assert lines_with(clocks, program(".py")) == []


@pytest.mark.parametrize(
    "line",
    ["datetime.now(UTC)", "datetime.utcnow()", "date.today()", "time.time()", "dt.datetime.now()"],
)
def test_reading_the_clock_is_refused_by_the_linter(line: str) -> None:
    """Else a slip in pyproject.toml would open the gate unseen."""
    imports = "import datetime as dt\nimport time\nfrom datetime import UTC, date, datetime\n"
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename=tracker/engine/example.py", "-"],
        input=f"{imports}\nprint({line})\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert "TID251" in checked.stdout


def test_the_store_never_commits() -> None:
    """Sessions are opened and committed at the edge."""
    store = [path for path in program(".py") if PROGRAM / "store" in path.parents]
    assert lines_with(r"\.commit\(", store) == []


def test_words_are_sealed_through_one_door() -> None:
    """S16: `Safe` tidies what it seals; whoever sealed without it would go round that."""
    found = lines_with(r"\.seal_(json|text)\(", program(".py"))
    doors = ("tracker/store/sealing.py", "tracker/security/vault.py")
    assert [line for line in found if not line.startswith(doors)] == []
