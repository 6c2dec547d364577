"""From an outbox row to an envelope, worded now, in the recipient's language (D3, S4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tracker.domain.delivery import EMAIL, SMS, VOICE, Envelope
from tracker.domain.errors import BrokenPromise
from tracker.domain.evaluate import Kind, Notice
from tracker.domain.policy import Policy
from tracker.engine.cases.leaving import GIVEN, given
from tracker.engine.clock.clockwork import foresee_case, policy_of
from tracker.engine.desk import Desk
from tracker.engine.digests.digest import words_of
from tracker.engine.sending.replies import ANSWER, said_to
from tracker.engine.sending.replying import was_passed_on
from tracker.engine.sending.row_tokens import callback_token_of, page_url, reply_code
from tracker.engine.staff import mailed_links
from tracker.engine.staff.account_news import ACCESS, ASKED, COLLEAGUE, GUESSED, SHOWN
from tracker.engine.staff.audience import ADMINISTRATOR, CONSULAR
from tracker.engine.staff.mail_keys import KEY, seal_for
from tracker.engine.staff.points import POINT
from tracker.i18n.languages import LANGUAGES
from tracker.messages.answers import answer_mail, call_words
from tracker.messages.compose import language_of, mail, text_message
from tracker.messages.entity import entity
from tracker.messages.kinds import FULL, NOTICE, CaseLine, Cause, Detail, Message, Say, Worded
from tracker.store.schema import Alert, Case, Person
from tracker.store.unsent import AlertSaid, Unsent

ALERT_VALID_FOR = timedelta(hours=10)
URGENT_VALID_FOR = timedelta(hours=2)
"""How long a provider may try: an urgent text must not arrive after the next person was called."""

_OWN = {
    ACCESS: Say.ACCESS,
    SHOWN: Say.ACCESS_SHOWN,
    ASKED: Say.LOOK_TODAY,
    GUESSED: Say.GUESSED,
}

AHEAD = timedelta(days=400)
"""So far ahead the full level looks for what follows."""


def envelope(desk: Desk, row: Unsent, person: Person, address: str, carried: int = 0) -> Envelope:
    """Word a row, and `carried` more in the same message. Whatever goes wrong is raised; the caller
    keeps the rows and the error."""
    if carried:
        worded = _several(desk, row, person, carried + 1)
    else:
        worded = _at_level(desk, row, person, address)
    return Envelope(
        row_id=row.id,
        channel=row.channel,
        to=address,
        text=worded.text,
        subject=worded.subject,
        html=worded.html,
        reference=row.reference,
        token=callback_token_of(desk.ring, row.id),
        at=desk.now,
        language=LANGUAGES[language_of(person.language)].tag,
        possible_repeat=row.possible_repeat,
        sealed=worded.sealed,
        valid_for=URGENT_VALID_FOR if row.urgent else ALERT_VALID_FOR,
    )


def _several(desk: Desk, row: Unsent, person: Person, count: int) -> Worded:
    """One message about many cases leads to the list behind sign-in: none of them can be
    acknowledged by whoever holds it (D7, S6)."""
    return _many(desk, row, person, Say.SEVERAL, count)


def _many(desk: Desk, row: Unsent, person: Person, say: Say, count: int) -> Worded:
    page = "shared" if row.role == CONSULAR else "queue"
    message = Message(
        say=say,
        reference=row.reference,
        url=f"{desk.settings.base_url}/{page}",
        language=language_of(person.language),
        possible_repeat=row.possible_repeat,
        count=count,
    )
    return _by_channel(row, message)


def _by_channel(row: Unsent, message: Message) -> Worded:
    if row.channel == VOICE:
        return Worded(call_words(message.language))
    return mail(message) if row.channel == EMAIL else text_message(message)


def _at_level(desk: Desk, row: Unsent, person: Person, address: str) -> Worded:
    """The words of one row. What cannot be encrypted to its reader says next to nothing (S4)."""
    level = _level(row, person)
    if level != FULL:
        return _words(desk, row, person, address, level)
    whole = _words(desk, row, person, address, FULL)
    sealed = seal_for(desk, person, entity(whole))
    if sealed is None:
        return _words(desk, row, person, address, NOTICE)
    return Worded(sealed, whole.subject, sealed=True)


def _level(row: Unsent, person: Person) -> str:
    """Mail only, about cases only, and never of those that came to an administrator as the last."""
    may = row.channel == EMAIL and row.kind in ("alert", "digest") and row.role != ADMINISTRATOR
    return person.disclosure if may else NOTICE


def _words(desk: Desk, row: Unsent, person: Person, address: str, level: str) -> Worded:
    if row.kind == "digest":
        return words_of(desk, row.digest_id, person, level)
    if row.kind == ANSWER:
        return answer_mail(said_to(desk, row.id, person.language), row.reference)
    if row.kind == GIVEN:
        return _many(desk, row, person, Say.GIVEN, given(desk, row.id))
    message = Message(
        say=_say(desk, row),
        reference=row.reference,
        url=_way_in(desk, row) if row.kind == "invite" else page_url(desk, row.id),
        language=language_of(person.language),
        possible_repeat=row.possible_repeat,
        line=_case_line(desk, row) if level != NOTICE else None,
        detail=_detail(desk, row, person) if level == FULL else None,
        reply_code=_reply_code(desk, row, address),
    )
    return _by_channel(row, message)


def _say(desk: Desk, row: Unsent) -> Say:
    if row.kind == "test":
        return Say.TEST
    if row.kind == "invite":
        return Say.INVITE
    if row.kind in ("hold", COLLEAGUE):
        return Say.LOOK_TODAY
    if row.kind in _OWN:
        return _OWN[row.kind]
    if row.kind in (POINT, KEY):
        return Say.LOOK
    alert = _alert(row)
    if alert.kind in (Kind.RESOLVED, Kind.CLOSED):
        return Say.SETTLED
    if row.role not in alert.roles:
        return Say.PASSED_ON if was_passed_on(desk, alert.id) else Say.UNDELIVERED
    return Say.LOOK_TODAY if row.urgent else Say.LOOK


def _case_line(desk: Desk, row: Unsent) -> CaseLine | None:
    """What the reference level adds."""
    if (alert := row.alert) is None:
        return None
    silent = desk.safe.open_for(Alert, "silent", alert.id, alert.case_id, alert.silent_sealed)
    case = desk.session.get_one(Case, alert.case_id)
    settled = alert.kind if alert.kind in (Kind.RESOLVED, Kind.CLOSED) else ""
    return replace(CaseLine(case.ref, alert.band, *silent), settled=settled)


def _detail(desk: Desk, row: Unsent, person: Person) -> Detail | None:
    """What the full level adds. A post is not told of the desk's own steps."""
    if (alert := row.alert) is None or row.role == CONSULAR:
        return None
    case = desk.session.get_one(Case, alert.case_id)
    following = None
    if case.state == "open":
        policy = policy_of(desk.session, case.policy_version_id)
        coming = next(foresee_case(desk, case, desk.now + AHEAD), None)
        if coming is not None:
            at, notice = coming
            following = (at, _cause(notice, policy, alert.band))
    return Detail(Cause(alert.kind, alert.band), following, person.zone_name)


def _cause(notice: Notice, policy: Policy, band: str) -> Cause:
    """What is to come; `band` is the one that is."""
    kind = str(notice.kind)
    if notice.step is None:
        return Cause(kind, band)
    step = policy.step(notice.step)
    band = str(step.band or band)
    if notice.kind is not Kind.STEP:
        return Cause(kind, band)
    return Cause(kind, band, step.after_days, step.after_months)


def _reply_code(desk: Desk, row: Unsent, address: str) -> str | None:
    """The code to answer with, where an answer can reach us and has something to say (D8)."""
    if row.channel != SMS or row.kind not in ("alert", "test"):
        return None
    return reply_code(desk.ring, row.id) if address.startswith(desk.settings.sms_replies) else None


def _way_in(desk: Desk, row: Unsent) -> str:
    return f"{desk.settings.base_url}/welcome/{mailed_links.make(desk, row.id, row.person_id)}"


def _alert(row: Unsent) -> AlertSaid:
    if row.alert is None:
        raise BrokenPromise("this message is about no alert")
    return row.alert
