"""A walk over every page that links lead to, once of each kind."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Error

from tests.browser.visitor import Visitor

NOT_FOLLOWED = {"/leave", "/demo", "/api/*/openapi.json"}
"""The quick exit ends the walk; the demonstration began it; the last is for programs."""

CONFIRM = "/account/confirm"
"""Stands before some pages; those who walk confirm that it is them, and go on."""

_DOWNLOAD = "Download is starting"


def kind(address: str) -> str:
    """What kind of page it is: references, ids, weeks and versions are all the same."""
    path = urlsplit(address).path
    return re.sub(r"/(?=[^/]*\d)[\w.-]+|/[A-Z]{6}\b", "/*", path)


def walk(who: Visitor, most: int = 80, without: Collection[str] = ()) -> Iterator[str]:
    """The address of one page of every kind that can be reached from here; each is open now.

    Kinds of `without` are passed by, and so is what only they lead to.
    """
    seen = {kind(who.path), *without}
    ahead = deque([who.path])
    while ahead:
        assert len(seen) < most, f"the walk does not end: {sorted(seen)}"
        address = ahead.popleft()
        if not _opened(who, address):
            continue
        if who.path == CONFIRM:
            if CONFIRM not in seen:
                seen.add(CONFIRM)
                yield CONFIRM
            with who.page.expect_response(lambda answer: answer.request.method == "POST"):
                who.submit()  # a demonstration asks for no password here
            who.page.wait_for_load_state()
            if not _opened(who, address):
                continue
        yield address
        for link in _links(who):
            if kind(link) not in seen and kind(link) not in NOT_FOLLOWED:
                seen.add(kind(link))
                ahead.append(link)


def _opened(who: Visitor, address: str) -> bool:
    try:
        answer = who.page.goto(who.address + address)
    except Error as error:
        if _DOWNLOAD in error.message:
            return False
        raise
    assert answer is not None and answer.status == 200, f"{answer and answer.status} {address}"
    return True


def _links(who: Visitor) -> list[str]:
    """Where the links of this page lead, on this site."""
    found: list[str] = who.page.locator('a[href^="/"]').evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    return [address for address in found if "?lang=" not in address]
