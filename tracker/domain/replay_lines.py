"""The lines a replay prints (clock.md, "The same rules as a file")."""

from __future__ import annotations

import json
from typing import Any

from tracker.domain.foresee import Told
from tracker.domain.moments import format_instant


def line(told: Told) -> dict[str, Any]:
    """One notice as the members of a printed line, in their order."""
    notice = told.notice
    return {
        "at": format_instant(told.at),
        "case": told.case,
        "kind": str(notice.kind),
        "step": notice.step,
        "repetition": notice.repetition,
        "notify": list(notice.notify),
        "consent_needed": list(notice.consent_needed),
        "passed_over": list(notice.passed_over),
        "silent_days": list(notice.silent_days[:2]),
    }


def text(told: Told) -> str:
    """One notice as the line of JSON that is printed."""
    return json.dumps(line(told), ensure_ascii=False)
