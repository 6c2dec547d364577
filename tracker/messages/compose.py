"""Wording a message in its reader's language (S4). Nothing here can reach a name.

Three levels: *notice*, a neutral sentence with a reference and an address, which is all a text
message ever holds; *reference*, mail only, with a case reference, a band and days; and *full*, mail
encrypted to its reader, with the reason and the next step too.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from tracker.domain.evaluate import Kind
from tracker.i18n.dates import datetime_text, days_text, threshold_text
from tracker.i18n.languages import LANGUAGES, known
from tracker.i18n.words import as_code, ngettext, speaking, spoken
from tracker.i18n.words import gettext as _
from tracker.messages.alert_words import alert_title
from tracker.messages.kinds import CaseLine, Cause, Detail, Message, Say, Worded
from tracker.messages.sms_size import is_gsm, segments

MOST_SEGMENTS = 2
"""A text message longer than this is shortened: it would cost, and arrive in pieces."""


def language_of(code: str | None) -> str:
    """The language to word in: the reader's, or English for one we do not speak."""
    return known(code) or "en"


def text_message(message: Message) -> Worded:
    """The words of a text message. One segment in GSM 7-bit, two at most in UCS-2.

    Where the language's words would take more, the remark about a repeat goes, then the way to
    answer, then the sentence is said in English: what must not go is the reference and the address.
    """
    most = 1 if is_gsm(_with_language(message, repeat=False)) else MOST_SEGMENTS
    answer = f" 1 {message.reply_code}=OK" if message.reply_code else ""
    tries = [
        (message.language, message.possible_repeat, answer),
        (message.language, False, answer),
        (message.language, False, ""),
        ("en", False, ""),
    ]
    for language, repeat, ending in tries:
        text = _with_language(message, repeat=repeat, language=language) + ending
        if segments(text) <= most:
            return Worded(text)
    return Worded(f"{message.reference} {message.url}")


def mail(message: Message) -> Worded:
    """The words of a mail: subject, plain text, and HTML that says the same."""
    with speaking(language_of(message.language)):
        paragraphs = [_sentence(message.say, message.count)]
        if message.line is not None:
            paragraphs.append(_case_line(message.line))
        if message.detail is not None:
            paragraphs += _reasons(message.detail)
        if message.possible_repeat:
            paragraphs.append(_("You may have received this message before."))
        reference = _("Reference: %(reference)s", reference=message.reference)
        text = "\n\n".join([*paragraphs, message.url, reference]) + "\n"
        language = LANGUAGES[spoken()]
        html = _template("mail.html").render(
            lang=language.tag,
            dir=language.direction,
            subject=_subject(message),
            paragraphs=paragraphs,
            url=message.url,
            open_label=_("Open the page"),
            reference=reference,
        )
        return Worded(text, _subject(message), html)


def _with_language(message: Message, *, repeat: bool, language: str | None = None) -> str:
    with speaking(language_of(language or message.language)):
        words = [_short_sentence(message.say, message.count), message.reference, message.url]
        if repeat:
            # Translators: in a text message; at most 20 characters
            words.append(_("(Sent twice?)"))
        return " ".join(words)


def _short_sentence(say: Say, count: int) -> str:
    match say:
        case Say.SEVERAL:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return ngettext("%(n)s message waits for you.", "%(n)s messages wait for you.", count)
        case Say.GIVEN:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return ngettext("%(n)s item is yours now.", "%(n)s items are yours now.", count)
        case Say.LOOK | Say.UNDELIVERED | Say.PASSED_ON:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return _("Please look at this page.")
        case Say.LOOK_TODAY:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return _("Please look at this page today.")
        case Say.SETTLED:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return _("For your information only.")
        case Say.TEST:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return _("This is a test message.")
        case Say.INVITE:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return _("Your access is ready.")
        case Say.ACCESS | Say.ACCESS_SHOWN:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return _("Your access was changed.")
        case Say.GUESSED:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return _("Wrong codes for your access.")
        case Say.DIGEST:
            # Translators: text message, seen by strangers. Neutral; at most 40 characters
            return _("Your weekly page is ready.")


def _sentence(say: Say, count: int) -> str:
    match say:
        case Say.SEVERAL:
            several = ngettext(
                "%(n)s message waits for you.", "%(n)s messages wait for you.", count
            )
            return " ".join([several, _("Please open this page and sign in.")])
        case Say.GIVEN:
            given = ngettext(
                "A colleague’s work was given to you: %(n)s item is yours now.",
                "A colleague’s work was given to you: %(n)s items are yours now.",
                count,
            )
            return " ".join([given, _("Please open this page and sign in.")])
        case Say.LOOK:
            return _("There is something for you to look at. Please open this page and sign in.")
        case Say.LOOK_TODAY:
            return _(
                "There is something for you to look at today. Please open this page and sign in."
            )
        case Say.SETTLED:
            return _("There is news about something you were told. You need not do anything now.")
        case Say.UNDELIVERED:
            return _(
                "A message could not be delivered to a colleague, so it comes to you. "
                "Please open this page and sign in."
            )
        case Say.PASSED_ON:
            return _("A colleague passed this on to you. Please open this page and sign in.")
        case Say.TEST:
            return _("This is a test message. If you can read it, messages reach you here.")
        case Say.INVITE:
            return _("Your access is ready. Open this page within 30 minutes to set it up.")
        case Say.ACCESS:
            return _(
                "How you sign in, how you are reached, or what you may do was changed. If you did "
                "not expect this, speak to your supervisor at once."
            )
        case Say.ACCESS_SHOWN:
            return _(
                "Your password was reset. The link for a new one was shown to an administrator, "
                "because no mail could be sent. If you did not expect this, speak to your "
                "supervisor at once."
            )
        case Say.GUESSED:
            return _(
                "Somebody gave your right password, and then wrong codes. If that was not you, "
                "sign in and choose another password today."
            )
        case Say.DIGEST:
            return _("Your weekly page is ready. Please open it and sign in.")


def _subject(message: Message) -> str:
    match message.say:
        case Say.TEST:
            return _("Test message %(reference)s", reference=message.reference)
        case Say.SETTLED:
            return _("For your information: %(reference)s", reference=message.reference)
        case Say.LOOK_TODAY | Say.ACCESS | Say.ACCESS_SHOWN | Say.GUESSED:
            return _("Please look today: %(reference)s", reference=message.reference)
        case _:
            return _("Please look: %(reference)s", reference=message.reference)


def _case_line(line: CaseLine) -> str:
    ref, days = as_code(line.ref), days_text(line.at_least, line.at_most, line.is_more)
    match line.settled:
        case Kind.RESOLVED:
            return _(
                "Case %(ref)s: heard from again, after %(days)s of silence.", ref=ref, days=days
            )
        case Kind.CLOSED:
            return _("Case %(ref)s is closed.", ref=ref)
        case _:
            band = _band(line.band)
            return _("Case %(ref)s (%(band)s): silent for %(days)s.", ref=ref, band=band, days=days)


def _reasons(detail: Detail) -> list[str]:
    said = [f"{alert_title(detail.why.kind, detail.why.band)}."]
    if detail.following is not None:
        at, what = detail.following
        said.append(
            _(
                "If nothing is entered, next on %(when)s: %(what)s.",
                when=datetime_text(at, ZoneInfo(detail.zone_name)),
                what=_coming(what),
            )
        )
    return said


def _coming(cause: Cause) -> str:
    """What is to come: a step by its time, for it may stand in the band that already is."""
    if (cause.after_days, cause.after_months) != (None, None):
        return threshold_text(cause.after_days, cause.after_months)
    return alert_title(cause.kind, cause.band)


def _band(code: str) -> str:
    match code:
        case "critical":
            return _("critical")
        case "overdue":
            return _("overdue")
        case "watch":
            return _("watch")
        case "closed":
            return _("closed")
        case _:
            return _("in contact")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tracker.messages"), autoescape=True, undefined=StrictUndefined
    )


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)
