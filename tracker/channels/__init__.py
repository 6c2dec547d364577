"""How we speak: one small adapter a provider, each with its table of codes beside it."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.channels.file_delivery import FileDelivery
from tracker.channels.refusing import Refusing
from tracker.channels.smtp_email import SmtpEmail
from tracker.channels.twilio_sms import TwilioSms
from tracker.domain.delivery import EMAIL, SMS, Channel
from tracker.settings import Settings


def build_channels(settings: Settings) -> Mapping[str, Channel]:
    """The channel of each kind. One that is not configured refuses: nothing is quietly filed."""
    if settings.file_delivery:
        return {
            kind: FileDelivery(kind, settings.outbox, settings.sms_deny) for kind in (EMAIL, SMS)
        }
    channels: dict[str, Channel] = {EMAIL: Refusing(EMAIL), SMS: Refusing(SMS)}
    if settings.smtp and settings.mail_from:
        channels[EMAIL] = SmtpEmail(settings.smtp, settings.mail_from)
    if settings.twilio:
        channels[SMS] = TwilioSms(settings.twilio, settings.base_url, settings.sms_deny)
    return channels
