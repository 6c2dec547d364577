"""`/demo` exists in a demonstration only; there it signs in and moves the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import PostForm
from tracker.bootstrap import Services, set_up
from tracker.demo.opening import STARTS, prepare
from tracker.demo.people import STAFF, hire
from tracker.domain.actor import OPERATOR
from tracker.i18n.dates import date_text
from tracker.web import create_app


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Services]:
    """A demonstration on its first day: its people, and no story yet."""
    ready = set_up(prepare({}, tmp_path / "demo"))
    with ready.desk(OPERATOR) as desk:
        hire(desk)
    yield ready
    ready.database.engine.dispose()


@pytest.fixture
def visitor(demo: Services) -> FlaskClient:
    return create_app(demo, testing=True).test_client()


@pytest.mark.parametrize("path", ["/demo", "/demo/clock", "/demo/enter/token"])
def test_elsewhere_there_is_no_such_page(app: Flask, post_form: PostForm, path: str) -> None:
    client = app.test_client()
    assert client.get(path).status_code in (404, 405)
    assert post_form(client, path, {"who": "dana", "step": "1d"}, "/signin").status_code == 404


def test_one_signs_in_as_each_of_them(visitor: FlaskClient, post_form: PostForm) -> None:
    page = visitor.get("/demo").get_data(as_text=True)
    for member in STAFF:
        assert member.name in page
        assert post_form(visitor, "/demo", {"who": member.key}).status_code == 303
        assert member.name in visitor.get("/account").get_data(as_text=True)


def test_a_sign_in_is_told_in_the_storys_time(
    visitor: FlaskClient, demo: Services, post_form: PostForm
) -> None:
    """The wall's clock, by which sessions go, is shown nowhere: it would contradict all else."""
    post_form(visitor, "/demo", {"who": "dana"})
    page = visitor.get("/account").text.replace("\u00a0", " ")
    since = page[page.index('data-label="Since"') :]
    assert date_text(demo.clock().astimezone(ZoneInfo("Asia/Almaty")).date()) in since


def test_nobody_else_can_be_chosen(visitor: FlaskClient, post_form: PostForm) -> None:
    for who in ("", "root", "dana@demo.example"):
        assert post_form(visitor, "/demo", {"who": who}).status_code == 404


def test_the_way_on_stays_on_this_site(visitor: FlaskClient, post_form: PostForm) -> None:
    told = {"who": "dana", "next": "https://example.net/"}
    assert post_form(visitor, "/demo", told).headers["Location"] == "/queue"


@pytest.mark.parametrize(("step", "days"), [("1d", 1), ("1w", 7), ("30d", 30)])
def test_the_clock_moves(
    demo: Services, visitor: FlaskClient, post_form: PostForm, step: str, days: int
) -> None:
    assert post_form(visitor, "/demo/clock", {"step": step}, "/demo").status_code == 303
    assert demo.clock() == STARTS + timedelta(days=days)


def test_a_step_it_does_not_know_moves_nothing(
    demo: Services, visitor: FlaskClient, post_form: PostForm
) -> None:
    assert post_form(visitor, "/demo/clock", {"step": "-1d"}, "/demo").status_code == 422
    assert demo.clock() == STARTS


def test_it_comes_back_to_the_page_it_was_sent_from(
    visitor: FlaskClient, post_form: PostForm
) -> None:
    post_form(visitor, "/demo", {"who": "vera"})
    token = visitor.get("/queue").get_data(as_text=True).split('name="csrf_token" value="')[1]
    answer = visitor.post(
        "/demo/clock",
        data={"step": "1d", "csrf_token": token.split('"')[0]},
        headers={"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/queue"},
    )
    assert answer.headers["Location"] == "/queue"
