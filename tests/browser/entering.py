"""Ways in: an invitation with password and authenticator app; a demonstration's button."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyotp

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.standins.office import MovableClock
from tracker.domain.actor import OPERATOR
from tracker.engine.staff.accounts import invite

PASSWORD = "seven quiet rivers run north"
PERIOD = 30
"""Seconds that a code of the app holds; each is taken once."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account: their id, address, and what their app holds."""

    person_id: str
    email: str
    secret: str

    def code(self, clock: MovableClock) -> str:
        """What the app shows now."""
        return pyotp.TOTP(self.secret).at(clock.now)


def take_up(site: Site, clock: MovableClock, who: Visitor, name: str, *roles: str) -> Colleague:
    """Invite somebody, and let them follow the link, choose a password and set up the app."""
    email, person_id, token = _invited(site, name, roles)
    who.go(f"/welcome/{token}")
    who.look(once="welcome")
    who.fill(password=PASSWORD, again=PASSWORD)
    who.press("Continue")
    assert who.path == "/enrol"
    who.look(once="enrol")
    secret = who.page.locator("main bdi.code").inner_text().replace(" ", "")
    colleague = Colleague(person_id, email, secret)
    who.fill(code=colleague.code(clock))
    who.press("Continue")
    return colleague


def _invited(site: Site, name: str, roles: Collection[str]) -> tuple[str, str, str]:
    email = f"{name.partition(' ')[0].lower()}@example.net"
    with site.services.desk(OPERATOR) as desk:
        invited = invite(desk, email=email, name=name, roles=roles)
        return email, invited.person.id, invited.token


def sign_in(clock: MovableClock, who: Visitor, colleague: Colleague) -> None:
    """Password, then the app's next code, from wherever the sign-in page is open."""
    clock.move(seconds=PERIOD)
    assert who.path == "/signin"
    who.look(once="signin")
    who.fill(email=colleague.email, password=PASSWORD)
    who.press("Continue")
    assert who.path == "/signin/code"
    who.look(once="code")
    who.fill(code=colleague.code(clock))
    who.press("Sign in")


def be(who: Visitor, key: str) -> None:
    """In a demonstration: sign in as one of its invented people (`dana`, `vera`, `consul`…)."""
    who.go("/demo")
    who.look(once="demo")
    form = who.page.locator(f'main .row form:has(input[name="who"][value="{key}"])')
    form.get_by_role("button").click()
