"""Twilio's status callbacks as the network brings them: late, twice, in any order, or never; then
Twilio itself must be asked (D5, S14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from flask.testing import FlaskClient

from tests.standins.office import SITE, Office
from tests.standins.twilio import Twilio
from tracker.web import create_app

STORY = ("queued", "sent", "delivered")
TWICE = 0.3
"""How many of the callbacks come a second time."""
NEVER = 0.6
"""Of how many messages no callback comes."""


@dataclass
class Postman:
    """Carries callbacks to the real hook of the web site."""

    office: Office
    twilio: Twilio
    rng: Random
    never: float = NEVER
    carried: int = 0
    _seen: int = 0
    _bag: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    _client: FlaskClient | None = None

    def carry(self, share: float = 1.0) -> None:
        """Collect what there is to say, shuffle, and deliver a share of the bag.

        Raises AssertionError when the hook does not take a genuine callback.
        """
        for message in self.twilio.messages[self._seen :]:
            self._seen += 1
            if self.rng.random() < self.never:
                message.status = STORY[-1]
                continue
            for status in STORY:
                times = 2 if self.rng.random() < TWICE else 1
                self._bag += [self.twilio.callback(message, status)] * times
        self.rng.shuffle(self._bag)
        for _ in range(round(len(self._bag) * share)):
            url, form, signature = one = self._bag.pop()
            answer = self._web().post(
                url.removeprefix(SITE),
                data=form,
                headers={"X-Twilio-Signature": signature},
                base_url=SITE,
            )
            if answer.status_code == 503:  # its database is busy: it is told again later
                self._bag.insert(0, one)
                continue
            assert answer.status_code == 204, (answer.status_code, form)
            self.carried += 1

    def _web(self) -> FlaskClient:
        if self._client is None:
            self._client = create_app(self.office.services, testing=True).test_client()
        return self._client
