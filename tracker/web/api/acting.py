"""What programs do: hold an alert for a day, hand a report in; nothing that silences a case."""

from __future__ import annotations

from flask import abort

from tracker.domain.contact import ContactClass
from tracker.domain.edtf import parse_edtf
from tracker.domain.moments import local_date, zone
from tracker.engine.cases import record
from tracker.engine.sending.acknowledge import by_token
from tracker.i18n.words import gettext as _
from tracker.security.errors import TextRefused
from tracker.security.text import clean
from tracker.web.api import shapes
from tracker.web.api.calls import Call, Wrong
from tracker.web.api.reading import alert_shape, one_case


def acknowledge(call: Call) -> shapes.Alert:
    """For 24 hours, and the supervisor is shown it: as from a message, without sign-in (S6)."""
    found = by_token(call.desk, call.desk.actor.at_desk(), call.path["alert_id"])
    if found is None:
        abort(404)
    alert, case = found
    call.case_id = case.id
    return alert_shape(call.desk, alert, case)


def report(call: Call) -> shapes.Report:
    """An account that the person was heard from; it enters unconfirmed (R14)."""
    body: shapes.NewReport = call.body
    case = one_case(call)
    try:
        days = parse_edtf(body.occurred)
    except ValueError:
        raise Wrong("/occurred", _("Write a date as 2018-01-22, 2018-01 or 2018.")) from None
    details = {
        "words": None,
        "said": _text("/said", body.said, 2000, lines=True) or None,
        "means": str(body.means),
        "source": _text("/source", body.source, 200),
        "said_on": local_date(call.desk.now, zone(case.zone_name)).isoformat(),
    }
    if not details["source"]:
        raise Wrong("/source", _("Say who told it: a source is needed."))
    made = record.report_contact(
        call.desk,
        case,
        occurred=days,
        cls=ContactClass(body.cls),
        edtf=body.occurred,
        details=details,
    )
    return shapes.Report(made.id, "pending")


def _text(at: str, text: str, longest: int, *, lines: bool = False) -> str:
    try:
        return clean(text, max_chars=longest, multiline=lines, allow_empty=True)
    except TextRefused:
        raise Wrong(at, _("This holds characters that cannot be read. Type it anew.")) from None
