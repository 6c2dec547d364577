"""`/metrics`: counts for a watcher on this machine, and for nobody else (D10, S1)."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.conftest import Desks
from tracker.engine.cases import cases


def test_a_watcher_on_this_machine_reads_counts(client: FlaskClient, desk: Desks) -> None:
    with desk() as d:
        case = cases.open_case(d, zone_name="UTC")
        cases.look_now(d, case)
    answer = client.get("/metrics")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert 'tracker_cases{band="in_contact"} 1.0' in text
    assert "tracker_cases_due 0.0" in text
    assert case.ref not in text


def test_for_everybody_else_there_is_no_such_page(client: FlaskClient) -> None:
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 404
