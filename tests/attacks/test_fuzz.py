"""Every form and hook with whatever may come: no 500, no stack trace, nothing half-written."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.conftest import World
from tests.attacks.kept import untidy
from tests.attacks.nasty import NASTY
from tests.attacks.test_matrix import KEPT_FOR_LAST, OWNERS, ROLES, Row, counts, filled, table
from tests.standins.twilio import ACCOUNT, sign
from tests.web.conftest import Desks
from tracker.web.family.questions import QUESTIONS

TOKEN = "the-token-of-the-fuzzed-account"
SITE = "https://tracker.example.org"
REFUSED = (400, 403, 404, 405, 409, 413, 422, 429)
FORGETFUL = {"drafts"}
"""Tables in which a refused form may leave something: what was typed so far, for 24 hours."""

WORDS = st.one_of(
    st.sampled_from(sorted(NASTY.values())),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.from_regex(r"\A\d{4}-\d\d-\d\d\Z"),
    st.integers(-5, 10**20).map(str),
)
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def environ() -> dict[str, str]:
    return {
        "TRACKER_PUBLIC_URL": "http://localhost",
        "TRACKER_TRUSTED_HOSTS": "localhost",
        "TRACKER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "TRACKER_TWILIO_AUTH_TOKEN": TOKEN,
        "TRACKER_TWILIO_FROM": "+15005550006",
    }


def asker(row: Row) -> str:
    """Somebody who may send this form."""
    door = next((door for door in OWNERS if row.rule.startswith(f"{door}<")), None)
    if row.kind in ("public", "family"):
        return {"public": "anyone", "family": "family"}[row.kind]
    able = [name for name, role in ROLES.items() if role in row.roles]
    return next(name for name in able if door is None or name in OWNERS[door])


def fields_of(world: World, row: Row, name: str) -> list[str]:
    """The names of a form's fields, as its page has them."""
    page = world.who[name].get(filled(row.rule, world.mine)).text
    return sorted({*re.findall(r'name="(\w+)"', page), "id", "reason", "text"} - {"csrf_token"})


FORMS = [
    row
    for row in table()
    if row.method == "POST" and row.kind not in ("hook", "bearer") and row.rule not in KEPT_FOR_LAST
]


def test_whatever_a_form_is_sent_it_answers_with_a_sentence(world: World, desk: Desks) -> None:
    tokens = {name: world.token(name) for name in world.who}
    known = {(row.rule, row.method): fields_of(world, row, asker(row)) for row in FORMS}

    @quick
    @given(
        row=st.sampled_from(FORMS),
        values=st.lists(WORDS, min_size=12, max_size=12),
        twice=st.booleans(),
    )
    def attack(row: Row, values: list[str], twice: bool) -> None:
        name = asker(row)
        data: dict[str, Any] = {
            field: [value, value] if twice else value
            for field, value in zip(known[row.rule, row.method], values, strict=False)
        }
        before = counts(desk)
        address = filled(row.rule, world.mine)
        answer = world.who[name].post(address, data=data | {"csrf_token": tokens[name]})
        assert answer.status_code < 500, f"{name} {address} {data}"
        assert b"Traceback" not in answer.data  # some answers are files
        if answer.status_code in REFUSED:
            after = counts(desk)
            changed = {table for table in after if after[table] != before[table]} - FORGETFUL
            assert not changed, f"{name} {address} {answer.status}: {changed}"

    attack()
    assert untidy(desk) == set()


def test_each_attack_stands_in_each_field_of_the_family_s_form(world: World, desk: Desks) -> None:
    """The one form that strangers fill in: every attack in every field of every question."""
    browser, before = world.who["anyone"], counts(desk)
    token = world.token("anyone")
    browser.post("/report", data={"csrf_token": token})
    assert len(QUESTIONS) > 10
    for question in (each.key for each in QUESTIONS):
        page = browser.get(f"/report/{question}")
        fields = set(re.findall(r'name="(\w+)"', page.text)) - {"csrf_token"}
        for what, text in NASTY.items():
            data = dict.fromkeys(fields, text)
            answer = browser.post(f"/report/{question}", data=data | {"csrf_token": token})
            assert answer.status_code < 500, f"{question}: {what}"
            assert "<script>alert" not in answer.text, f"{question}: {what}"
    changed = {t for t, n in counts(desk).items() if n != before[t]} - FORGETFUL
    assert not changed
    assert untidy(desk) == set(), "S16"


HOOKS = ["/hooks/twilio/status/{token}", "/hooks/twilio/sms", "/hooks/twilio/voice/{token}"]
NAMES = ["MessageSid", "MessageStatus", "From", "To", "Body", "Digits", "ErrorCode", "CallSid",
         "CallStatus", "NumMedia", "RawDlrDoneDate", "AccountSid"]  # fmt: skip


def test_s14_a_hook_takes_anything_and_writes_nothing_that_is_not_ours(
    world: World, desk: Desks
) -> None:
    """Signed as the provider would sign it: garbage inside changes no case; unsigned, 403."""
    client = world.app.test_client()

    @quick
    @given(
        path=st.sampled_from(HOOKS),
        token=st.one_of(st.just("0" * 43), st.from_regex(r"\A[A-Za-z0-9_.-]{1,80}\Z")),
        values=st.lists(WORDS, min_size=len(NAMES), max_size=len(NAMES)),
        signed=st.booleans(),
    )
    def attack(path: str, token: str, values: list[str], signed: bool) -> None:
        where = path.format(token=token)
        fields = dict(zip(NAMES, values, strict=True)) | {"AccountSid": ACCOUNT}
        signature = sign(f"http://localhost{where}", fields, TOKEN if signed else "another")
        before = counts(desk)
        headers = {"X-Twilio-Signature": signature}
        answer = client.post(where, data=fields, headers=headers)
        assert answer.status_code < 500, where
        if not signed:
            assert answer.status_code in (403, 404), where
        after = counts(desk)
        assert {table for table in after if after[table] != before[table]} <= {"replies"}

    attack()
    assert untidy(desk) == set(), "S16"


@pytest.mark.parametrize("path", ["/hooks/kannel/{s}/sms", "/hooks/kannel/{s}/dlr/x"])
def test_s14_kannel_without_its_secret_is_nobody(world: World, path: str) -> None:
    for secret in ("x", "0" * 32, "%00", "..%2f", "é"):
        answer = world.app.test_client().get(path.format(s=secret), query_string=NASTY)
        assert answer.status_code in (403, 404)
