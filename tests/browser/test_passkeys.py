"""Passkeys in a real browser with a virtual authenticator; and that nothing needs a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.entering import sign_in, take_up
from tests.browser.site import Site, serving
from tests.browser.visitor import Visitor, Visitors
from tests.standins.office import MovableClock
from tracker.bootstrap import Services, set_up
from tracker.settings import load


@pytest.fixture
def named(tmp_path: Path, clock: MovableClock) -> Iterator[Site]:
    """A site reached by a name: passkeys are for names, not for numbers."""

    def services_at(bind: str) -> Services:
        environ = {
            "TRACKER_BIND": bind,
            "TRACKER_PUBLIC_URL": f"http://localhost:{bind.rpartition(':')[2]}",
            "TRACKER_DELIVERY": "file",
            "TRACKER_TIMEZONE": "UTC",
        }
        return set_up(load(environ, tmp_path / "instance"), clock=clock)

    with serving(services_at) as site:
        yield site


def give_authenticator(who: Visitor) -> None:
    """A device with a finger that always fits."""
    devtools = who.page.context.new_cdp_session(who.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_s10_a_passkey_is_made_and_signs_in(
    named: Site, clock: MovableClock, visitor: Visitors
) -> None:
    who = visitor(named)
    give_authenticator(who)
    take_up(named, clock, who, "Dana Invented", "administrator")
    who.go("/account/passkeys")
    who.look(once="passkeys")
    who.fill(label="my computer")
    who.press("Make a passkey")
    who.page.wait_for_selector("text=The passkey works from now on.")
    assert "my computer" in who.text
    who.look(once="one passkey")
    who.press("Sign out")
    who.press("Sign in with a passkey")
    who.look(once="passkey")
    who.press("Use a passkey")
    who.page.wait_for_url(lambda url: "/signin" not in url)
    clock.move(minutes=6)
    who.go("/account/recovery")
    assert who.path == "/account/confirm"
    who.look(once="confirm")
    who.press("Use a passkey")
    who.page.wait_for_url(lambda url: "/confirm" not in url)
    who.press("Make ten new codes")
    who.look(once="recovery")


def test_s12_without_scripts_codes_do(named: Site, clock: MovableClock, visitor: Visitors) -> None:
    who = visitor(named, scripts=False, width=360)
    colleague = take_up(named, clock, who, "Dana Invented", "administrator")
    who.go("/account/passkeys")
    assert "Make a passkey" not in who.text
    who.press("Sign out")
    sign_in(clock, who, colleague)
    assert who.path != "/signin/code"
