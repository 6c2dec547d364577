"""How we speak: one small adapter a provider, each with its table of codes beside it."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.channels.file_delivery import FileDelivery
from tracker.channels.heartbeat import Heartbeat
from tracker.channels.imap_mailbox import ImapMailbox
from tracker.channels.kannel_sms import KannelSms
from tracker.channels.other_service import OtherService
from tracker.channels.refusing import Refusing
from tracker.channels.smtp_email import SmtpEmail
from tracker.channels.spare import Spare
from tracker.channels.twilio_sms import TwilioSms
from tracker.channels.twilio_voice import TwilioVoice
from tracker.channels.webhook import Webhook
from tracker.domain.delivery import (
    CHANNEL_KINDS,
    EMAIL,
    HEARTBEAT,
    SERVICE,
    SMS,
    VOICE,
    WEBHOOK,
    Channel,
)
from tracker.domain.mailbox import Mailbox
from tracker.settings import Settings


def build_channels(settings: Settings) -> Mapping[str, Channel]:
    """The channel of each kind. One that is not configured refuses: nothing is quietly filed.

    Calls are an extra way: where no number is set to call from, there is no such channel.
    """
    channels: dict[str, Channel] = {EMAIL: Refusing(EMAIL), SMS: Refusing(SMS)}
    if settings.heartbeat_url:
        channels[HEARTBEAT] = Heartbeat(settings.heartbeat_url)
    if settings.file_delivery:
        for kind in CHANNEL_KINDS:
            channels[kind] = FileDelivery(kind, settings.outbox, settings.sms_deny)
        return channels
    channels[WEBHOOK] = Webhook(settings.webhook_private)
    if settings.services:
        channels[SERVICE] = OtherService(settings.services)
    if settings.smtp and settings.mail_from:
        channels[EMAIL] = SmtpEmail(
            settings.smtp,
            settings.mail_from,
            return_path=settings.mail_return_path,
            receipts=settings.imap is not None,
        )
    if (sms := _text_messages(settings)) is not None:
        channels[SMS] = sms
    if settings.twilio and settings.twilio.caller:
        channels[VOICE] = TwilioVoice(
            settings.twilio, settings.base_url, settings.sms_deny, caller=settings.twilio.caller
        )
    return channels


def build_mailbox(settings: Settings) -> Mailbox | None:
    """Where bounces and answers arrive, if that is set and mails are really sent."""
    return None if settings.imap is None or settings.file_delivery else ImapMailbox(settings.imap)


def _text_messages(settings: Settings) -> Channel | None:
    """Twilio, a Kannel gateway, or Twilio with the gateway as its spare."""
    twilio = kannel = None
    if settings.twilio:
        twilio = TwilioSms(settings.twilio, settings.base_url, settings.sms_deny)
    if settings.kannel:
        kannel = KannelSms(settings.kannel, settings.base_url, settings.sms_deny)
    return Spare(twilio, kannel) if twilio and kannel else twilio or kannel
