"""The means of contact as pages call them, which sheets may call them too."""

from __future__ import annotations

from tracker.domain.means import Means
from tracker.i18n.words import gettext as _


def means_labels() -> dict[str, str]:
    """By which means somebody was heard from."""
    return {
        Means.VISIT: _("visit"),
        Means.TELEPHONE: _("telephone"),
        Means.VIDEO: _("video call"),
        Means.LETTER: _("letter"),
        Means.MESSAGE: _("message"),
        Means.RED_CROSS_MESSAGE: _("Red Cross message"),
        Means.SHOWN: _("shown in a video or photograph"),
        Means.LAWYER_VISIT: _("lawyer’s visit"),
        Means.CONSULAR_VISIT: _("consular visit"),
        Means.CO_DETAINEE: _("seen by a released co-detainee"),
        Means.THROUGH_OTHERS: _("told by somebody else"),
        Means.AUTHORITY: _("authority’s statement"),
        Means.NEWS: _("news"),
        Means.TALK: _("talk"),
        Means.ATTEMPT: _("tried, nobody answered"),
        Means.UNKNOWN: _("not known how"),
    }
