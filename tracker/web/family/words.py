"""The answers offered to families, in words. Codes are what is kept; words are only shown."""

from __future__ import annotations

from tracker.domain.means import Means
from tracker.i18n.words import gettext as _

Choices = list[tuple[str, str]]
Explained = list[tuple[str, str, str]]


def relations() -> Choices:
    """Who the teller is to the person."""
    return [
        ("spouse", _("Wife or husband")),
        ("parent", _("Mother or father")),
        ("child", _("Son or daughter")),
        ("sibling", _("Brother or sister")),
        ("relative", _("Another relative")),
        ("friend", _("Friend, neighbour or colleague")),
        ("representative", _("Lawyer or representative")),
        ("other", _("Something else")),
    ]


def means() -> Choices:
    """By which means; the family's own contact first, news through others after it."""
    return [
        (Means.VISIT, _("I visited, also if guards were there")),
        (Means.TELEPHONE, _("We spoke by telephone")),
        (Means.VIDEO, _("We spoke by video")),
        (Means.LETTER, _("A letter came")),
        (Means.MESSAGE, _("A text or voice message came")),
        (Means.RED_CROSS_MESSAGE, _("A Red Cross or Red Crescent message came")),
        (Means.SHOWN, _("Shown in a video or photograph that others published")),
        (Means.LAWYER_VISIT, _("A lawyer met the person")),
        (Means.CONSULAR_VISIT, _("A consul met the person")),
        (Means.CO_DETAINEE, _("Somebody who was held there told it")),
        (Means.THROUGH_OTHERS, _("A relative, neighbour or other person told it")),
        (Means.AUTHORITY, _("The authorities said it")),
        (Means.NEWS, _("It was in the news")),
        (Means.TALK, _("People say it; nobody knows from whom it comes")),
    ]


def news_means() -> Choices:
    """As `means`, and the attempt that failed: no answer is news too."""
    return [*means(), (Means.ATTEMPT, _("We tried to reach the person and got no answer"))]


def yes_no() -> Choices:
    """Could the person speak freely? Did it seem staged? In one order: thumbs go by habit."""
    return [("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))]


def rhythms() -> Choices:
    """How often there was contact before."""
    return [
        ("daily", _("Every day or nearly")),
        ("weekly", _("About every week")),
        ("monthly", _("About every month")),
        ("rarely", _("A few times a year")),
        ("irregular", _("Now and then, without a rule")),
        ("never", _("There was none")),
    ]


def stopped() -> Choices:
    """What stopped."""
    return [
        ("visits", _("Visits are not allowed any more")),
        ("letters", _("Letters do not arrive any more")),
        ("telephone", _("The telephone does not answer or is dead")),
        ("messages", _("Messages or the messaging app do not work any more")),
        ("parcels", _("Money or parcels are not accepted any more")),
        ("passport", _("The passport was taken away")),
        ("silence", _("Nothing was forbidden; they just fell silent")),
    ]


def reach() -> Explained:
    """Whether the family may be contacted (S5: not by default)."""
    return [
        ("never", _("No, never contact me"), _("You can always come back here with your code.")),
        ("yes", _("Yes, in the way I write here"), ""),
    ]


def consents() -> Explained:
    """What may be shared with whom; each asked apart, none chosen for the family (R13)."""
    return [
        (
            "caseworkers",
            _("Other caseworkers of this organisation"),
            _("Without this only the one who looks after your report and the supervisors read it."),
        ),
        (
            "consular",
            _("A consulate that can ask about the person"),
            _(
                "Which consulate, and what it sees, is agreed with you first. Never the consulate "
                "of the country that holds the person. It is not told who you are."
            ),
        ),
        (
            "un",
            _("The United Nations"),
            _("They may ask the government officially. It then learns that somebody reported."),
        ),
        (
            "public",
            _("The public: newspapers, the internet"),
            _("Once something is public it cannot be taken back."),
        ),
    ]


def safety() -> list[str]:
    """What happens to what a family writes, in a few plain sentences."""
    return [
        _("What you write is locked before it is stored. You need not give your name."),
        _("Only a caseworker and the supervisors of this organisation read it."),
        _("Nobody contacts you unless you ask for it, and nothing is shared unless you allow it."),
        _(
            "When you send it, we start to count the days of silence at once and caseworkers are "
            "told."
        ),
        _("You can stop at any time. What you have not sent is deleted after 24 hours."),
        _("Do not write here on a phone or computer that somebody else may look into."),
    ]


def label(choices: Choices, code: str | None) -> str:
    """The words of a code; empty for none."""
    return next((words for value, words in choices if value == code), "")
