"""The example of the clock's rules (clock.md): its file, and the lines it prints, to the letter."""

from __future__ import annotations

FILE = """{"timezone": "Asia/Almaty", "to": "2018-03-02T00:00:00Z",
 "policy": {"at": "09:00", "counts_from": "earliest", "resets": ["direct"],
   "needs_consent": ["consular"],
   "steps": [
     {"step": 1, "after_days": 7,  "notify": ["caseworker"]},
     {"step": 2, "after_days": 30, "notify": ["caseworker", "supervisor"],
      "repeat_every_days": 7, "max_repeats": 4},
     {"step": 3, "after_months": 3, "notify": ["consular"], "ack_within_hours": 48,
      "then": ["supervisor"]}]},
 "downtime": [],
 "cases": [
   {"case": "A", "opened": "2018-01-05T10:00:00Z", "missing_since": "2017-12", "consents": [],
    "events": [
      {"at": "2018-01-23T09:00:00Z", "type": "contact", "id": "c1", "occurred": "2018-01-22",
       "class": "direct", "confirmed": true},
      {"at": "2018-02-02T09:00:00Z", "type": "retract", "id": "c1"},
      {"at": "2018-02-03T09:00:00Z", "type": "acknowledge"}]}]}
"""
_BOTH = '["caseworker", "supervisor"]'
_LINES = [
    ("2018-01-05T10:00:00Z", "step", "2", "0", _BOTH, "[]", "[1]", "[5, 35]"),
    ("2018-01-12T03:00:00Z", "repeat", "2", "1", _BOTH, "[]", "[]", "[12, 42]"),
    ("2018-01-19T03:00:00Z", "repeat", "2", "2", _BOTH, "[]", "[]", "[19, 49]"),
    ("2018-01-23T09:00:00Z", "resolved", "null", "null", _BOTH, "[]", "[]", "[23, 53]"),
    ("2018-01-29T03:00:00Z", "step", "1", "0", '["caseworker"]', "[]", "[]", "[7, 7]"),
    ("2018-02-02T09:00:00Z", "step", "2", "0", _BOTH, "[]", "[]", "[33, 63]"),
    ("2018-03-01T03:00:00Z", "step", "3", "0", '["caseworker"]', '["consular"]', "[]", "[60, 90]"),
]
PRINTED = "".join(
    f'{{"at": "{at}", "case": "A", "kind": "{kind}", "step": {step}, "repetition": {repetition}, '
    f'"notify": {notify}, "consent_needed": {needed}, "passed_over": {passed}, '
    f'"silent_days": {silent}}}\n'
    for at, kind, step, repetition, notify, needed, passed, silent in _LINES
)
"""What `tracker replay` prints."""
