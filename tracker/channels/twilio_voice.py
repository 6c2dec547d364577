"""Calls by Twilio: a voice says what a text message may say, and a key answers it (D6, D8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tracker.channels.twilio_account import TwilioAccount
from tracker.channels.twilio_http import FAILURES
from tracker.channels.twilio_receipts import call_word
from tracker.channels.twiml import asking, spoken_language
from tracker.domain.delivery import VOICE, Envelope, Outcome, SendResult, Word
from tracker.i18n.languages import known
from tracker.messages.answers import call_words

RINGS_SECONDS = 40
"""How long it rings: shorter than most mailboxes take to answer."""
LISTED = 20
CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TwilioVoice(TwilioAccount):
    """One Twilio account that calls. Thread-safe."""

    caller: str = field(kw_only=True)
    """The number that calls."""

    @property
    def kind(self) -> str:
        """`voice`."""
        return VOICE

    def send(self, envelope: Envelope) -> SendResult:
        """Ask Twilio to call. The words go along, so that a call needs nothing of our web site
        until a key is pressed."""
        if (refused := self.denied(envelope)) is not None:
            return refused
        hooks = f"{self.base_url}/hooks/twilio"
        language = spoken_language(known(envelope.language) or "en")
        words = asking(call_words(language), language, f"{hooks}/voice/{envelope.token}")
        return self.lines.create(
            lambda to: to.calls.create(
                to=envelope.to,
                from_=self.caller,
                twiml=words,
                timeout=RINGS_SECONDS,
                status_callback=f"{hooks}/status/{envelope.token}",
            )
        )

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """A call bears no reference: any of ours to this number since then is taken for it."""
        with self.lines.line() as line:
            listed = line.client.calls.list(
                to=envelope.to,
                from_=self.caller,
                start_time_after=since - timedelta(days=1),
                limit=LISTED,
            )
        for call in listed:
            if call.date_created is not None and call.date_created >= since - CLOCKS_DIFFER:
                return SendResult(Outcome.ACCEPTED, provider_id=call.sid, code=call.status)
        return None

    def status(self, provider_id: str) -> Word | None:
        """What Twilio says became of a call."""
        try:
            with self.lines.line() as line:
                found = line.client.calls(provider_id).fetch()
        except FAILURES:
            return None
        return call_word(provider_id, str(found.status))
