"""What every file of the project keeps to."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.files import PROGRAM, ROOT, lines_with, program, text, tracked

TOP = {
    *("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("tracker", "scripts", "tests", "requirements", "docs"),
}
LONGEST = 350
"""Lines; about 300 are meant, see house.md."""

PLACES = r"index[-]url|/[w]ork/(main|shared|brief|scratch)|/[r]oot/|/[h]ome/[a-z]|/[t]mp/[a-z]"
HOSTS = r"find[-]links|pypi[.]org|python[h]osted|registry[.]npm|\"[r]esolved\":\s*\"http"
NO_PLACES = {"scripts/requirements"}  # tells pip-compile to write no such line


def test_nothing_lies_about_at_the_top() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in found if not name.startswith(".")} <= TOP


@pytest.mark.parametrize("room", [path.name for path in PROGRAM.iterdir() if path.is_dir()])
def test_no_file_of_the_program_is_long(room: str) -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in program(".py")
        if room in path.parts and "migrations" not in path.parts
        if (lines := len((text(path) or "").splitlines())) > LONGEST
    }
    assert long == {}


def test_no_file_names_this_machine_or_where_packages_come_from() -> None:
    files = [path for path in tracked() if str(path.relative_to(ROOT)) not in NO_PLACES]
    assert lines_with(f"{PLACES}|{HOSTS}", files) == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in program(".py")
        if "versions" not in path.parts and not ast.get_docstring(ast.parse(text(path) or ""))
    ]
    assert silent == []


def test_every_room_has_its_place_on_the_stairs() -> None:
    """import-linter is strict about modules; a folder without any would escape it."""
    stairs = re.search(r"layers = \[(.*?)\n\]", text(ROOT / "pyproject.toml") or "", re.DOTALL)
    assert stairs
    rooms = {path.relative_to(PROGRAM).parts[0] for path in program(".py")} - {"__init__.py"}
    assert {Path(room).stem for room in rooms} <= set(re.findall(r"\w+", stairs[1]))


NO_DOORS = {"charts", "paper"}
"""Folders of web that several doors draw from."""


def test_every_door_is_in_the_contract_of_the_doors() -> None:
    contract = re.search(r'id = "doors".*?\n\]', text(ROOT / "pyproject.toml") or "", re.DOTALL)
    assert contract
    doors = {
        path.parent.name
        for path in program(".py")
        if path.parent.parent == PROGRAM / "web" and path.name == "__init__.py"
    }
    assert doors - NO_DOORS == set(re.findall(r"tracker\.web\.(\w+)", contract[0]))
