"""Every act that the program writes into the audit trail has its words (safety.md S13)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

from tests.house.files import PROGRAM
from tracker.web.act_words import act_text, groups
from tracker.web.api.table import OPERATIONS

Function = ast.FunctionDef

ELSEWHERE = {"operation.name": {each.name for each in OPERATIONS}}
"""What no reading of the code finds: the names of what programs may ask."""


@cache
def functions() -> dict[Function, Path]:
    """Every function of the program, and the file it stands in."""
    found: dict[Function, Path] = {}
    for path in sorted(PROGRAM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found[node] = path
    return found


def calls(within: Function, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(within):
        if isinstance(node, ast.Call):
            called = node.func
            last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if last == name:
                yield node


def values(node: ast.expr, within: Function) -> set[str]:
    """Every text that this expression can be; fails where that cannot be read from the code."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return values(node.body, within) | values(node.orelse, within)
    if isinstance(node, ast.JoinedStr):
        parts = [values(part, within) for part in node.values]
        return {"".join(each) for each in product(*parts)}
    if isinstance(node, ast.FormattedValue):
        return values(node.value, within)
    if (known := ELSEWHERE.get(ast.unparse(node))) is not None:
        return known
    if isinstance(node, ast.Name):
        return named(node.id, within)
    raise AssertionError(f"the act at {within.name}:{node.lineno} cannot be read from the code")


def named(name: str, within: Function) -> set[str]:
    """What a variable holds: as it was assigned, or as the function was called."""
    assigned = [
        node.value
        for node in ast.walk(within)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    if assigned:
        return set[str]().union(*(values(value, within) for value in assigned))
    place = [each.arg for each in within.args.args].index(name)
    found = set[str]()
    home = functions()[within]
    for caller, path in functions().items():
        if within.name.startswith("_") and path != home:
            continue  # another one of that name
        for call in calls(caller, within.name):
            by_name = [each.value for each in call.keywords if each.arg == name]
            given = by_name or call.args[place : place + 1]
            found |= values(given[0], caller) if given else set()
    assert found, f"nobody calls {within.name} with {name}"
    return found


def written() -> set[str]:
    found = set[str]()
    for function in functions():
        for call in calls(function, "audit"):
            if call.args:
                found |= values(call.args[0], function)
    return found


def test_every_act_written_anywhere_has_words_and_no_other() -> None:
    told = [act for _title, acts in groups().values() for act in acts]
    assert len(told) == len(set(told)), "an act stands in two kinds"
    assert written() - set(told) == set()
    assert set(told) - written() == set(), "words for what nobody does any more"


def test_no_two_acts_of_a_kind_are_called_the_same() -> None:
    for title, acts in groups().values():
        assert len(set(acts.values())) == len(acts), title


def test_an_act_of_an_earlier_version_is_shown_as_it_stands() -> None:
    assert act_text("case.frobnicated") == "case.frobnicated"
