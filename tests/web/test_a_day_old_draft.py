"""A family's draft when its day is over (S18): gone, and said to be gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.standins.photos import photo
from tests.web.conftest import Desks, MovableClock, csrf_of
from tests.web.family_reports import answer, send
from tests.web.test_pictures import upload
from tracker.bootstrap import Services
from tracker.engine.worker.tick import tick
from tracker.store.schema import Case, Draft, DraftPicture


@pytest.mark.parametrize("swept", [True, False], ids=["the worker runs", "no worker runs"])
def test_s18_a_day_after_its_beginning_nothing_of_a_draft_is_left_and_the_family_is_told(
    swept: bool,
    client: FlaskClient,
    desk: Desks,
    services: Services,
    clock: MovableClock,
) -> None:
    """A minute before, all of it is there, photos too; a minute after, no way into it is, and who
    presses “send” is not left to think that it was sent."""

    def rows() -> list[int | None]:
        with desk() as d:
            kinds = (Draft, DraftPicture)
            return [d.session.scalar(select(func.count()).select_from(kind)) for kind in kinds]

    def worker() -> None:
        if swept:
            tick(services.restricted_to("clock", "contact"))

    answer(client)
    upload(client, "/report/pictures", photo())
    check = client.get("/report/check")
    assert rows() == [1, 1]
    clock.move(timedelta(hours=23, minutes=59))
    worker()
    assert rows() == [1, 1]
    assert "still here" in client.get("/report").text
    assert "Сабина Оразова" in client.get("/report/check").text
    clock.move(timedelta(minutes=2))
    worker()
    assert rows() == ([0, 0] if swept else [1, 1])
    typed = {"name_1": "Sabina", "csrf_token": csrf_of(check)}
    posts = ("send", "names", "understood")
    for method, name in (*(("POST", name) for name in posts), ("GET", "names"), ("GET", "check")):
        sent = {"data": typed} if method == "POST" else {}
        late = client.open(f"/report/{name}", method=method, **sent)
        assert (late.status_code, late.location) == (303, "/report")
        page = client.get("/report").text
        assert "no longer here" in page and "24 hours have passed" in page
        assert "Sabina" not in page and "still here" not in page
    with desk() as d:
        assert d.session.scalars(select(Case)).all() == []
    send(client, "/report", {})
    assert rows() == [1, 0], "begun anew, and nothing of the old one beside it"
