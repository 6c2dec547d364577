"""A policy as a form: rows of steps to the policy document, and its faults to sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from tracker.domain.contact import ContactClass
from tracker.domain.errors import MalformedDocument
from tracker.domain.policy import Band
from tracker.i18n.words import gettext as _
from tracker.web.fields import Form

ROWS: Final = 12
SPARE: Final = 2
"""Empty rows below the steps there are."""

ROLES: Final = ("caseworker", "supervisor", "consular", "administrator")
_BANDS = (str(Band.WATCH), str(Band.OVERDUE), str(Band.CRITICAL))
_PATH = re.compile(r"steps\[(\d+)\](?:\.(\w+))?")
_FIELD_OF = {
    "after_days": "after",
    "after_months": "after",
    "notify": "tell",
    "repeat_every_days": "repeat",
    "max_repeats": "most",
    "ack_within_hours": "ack",
    "then": "then",
}


def values_of(document: Mapping[str, Any]) -> MultiDict[str, str]:
    """The form's fields for a policy document."""
    values: MultiDict[str, str] = MultiDict()
    values["at"] = document.get("at", "09:00")
    values["counts_from"] = document.get("counts_from", "earliest")
    values["ack_lasts_days"] = str(document.get("ack_lasts_days") or "")
    for each in document.get("resets", ["direct"]):
        values.add("resets", each)
    for each in document.get("needs_consent", []):
        values.add("needs_consent", each)
    for row, step in enumerate(document["steps"]):
        months = step.get("after_months")
        values[f"after-{row}"] = str(months or step.get("after_days"))
        values[f"unit-{row}"] = "months" if months else "days"
        values[f"band-{row}"] = step.get("band", "watch")
        values[f"repeat-{row}"] = str(step.get("repeat_every_days") or "")
        values[f"most-{row}"] = str(step["max_repeats"]) if "max_repeats" in step else ""
        values[f"ack-{row}"] = str(step.get("ack_within_hours") or "")
        values[f"urgent-{row}"] = "1" if step.get("urgent") else ""
        for each in step["notify"]:
            values.add(f"tell-{row}", each)
        for each in step.get("then", []):
            values.add(f"then-{row}", each)
    return values


def rows_shown(values: Mapping[str, Any]) -> int:
    """How many rows the form has: those filled in, and some to add to."""
    filled = [row for row in range(ROWS) if values.get(f"after-{row}")]
    return min(ROWS, max(filled, default=-1) + 1 + SPARE)


def read_document(form: Form) -> tuple[dict[str, Any], list[int]]:
    """The policy document a form describes, and which row each of its steps came from."""
    rows = [row for row in range(ROWS) if form.raw.get(f"after-{row}", "").strip()]
    if not rows:
        form.fail("after-0", _("A policy needs at least one step. Fill in the first row."))
    document: dict[str, Any] = {
        "at": form.text("at", required=_("Write a time of day, as 09:00."), longest=5),
        "counts_from": form.choice(
            "counts_from", ("earliest", "latest"), required=_("Choose one.")
        ),
        "resets": form.choices(
            "resets", [str(each) for each in ContactClass], required=_("Choose at least one.")
        ),
        "needs_consent": form.choices("needs_consent", [r for r in ROLES if r != "caseworker"]),
        "steps": [_step(form, row, number) for number, row in enumerate(rows, start=1)],
    }
    lasts = form.number("ack_lasts_days", least=1, most=3650)
    if lasts is not None:
        document["ack_lasts_days"] = lasts
    return document, rows


def _step(form: Form, row: int, number: int) -> dict[str, Any]:
    after = form.number(f"after-{row}", least=1, most=3650)
    unit = form.choice(f"unit-{row}", ("days", "months"), required=_("Choose days or months."))
    hours = form.number(f"ack-{row}", least=1, most=8760)
    then = form.choices(f"then-{row}", ROLES)
    if hours is not None and not then:
        form.fail(f"then-{row}", _("Say who takes over when nobody acknowledges in time."))
    if then and hours is None:
        form.fail(f"ack-{row}", _("Say after how many hours the others take over."))
    members = {
        "step": number,
        f"after_{unit or 'days'}": after,
        "notify": form.choices(f"tell-{row}", ROLES, required=_("A step tells at least one role.")),
        "band": form.choice(f"band-{row}", _BANDS, required=_("Choose the band.")),
        "repeat_every_days": form.number(f"repeat-{row}", least=1, most=3650),
        "max_repeats": form.number(f"most-{row}", least=0, most=1000),
        "ack_within_hours": hours,
        "then": then or None,
        "urgent": form.checked(f"urgent-{row}") or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def explain(form: Form, wrong: MalformedDocument, rows: list[int]) -> None:
    """Say a fault of the document at the row it came from."""
    found = _PATH.match(wrong.path)
    if found is None:
        form.fail(wrong.path.split(".")[0].split("[")[0], _in_words(wrong))
        return
    row = rows[int(found[1])]
    if found[2] is None:
        form.fail(
            f"after-{row}",
            _(
                "Step %(n)s must fall due after the one before it, whatever the month. Move it "
                "later.",
                n=int(found[1]) + 1,
            ),
        )
    else:
        form.fail(f"{_FIELD_OF.get(found[2], 'after')}-{row}", _in_words(wrong))


def _in_words(wrong: MalformedDocument) -> str:
    if wrong.path == "at":
        return _("Write a time of day, as 09:00.")
    return _("This cannot be taken: %(why)s", why=wrong.reason)
