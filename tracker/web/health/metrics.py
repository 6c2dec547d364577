"""`/metrics` for Prometheus: counts and ages, for a watcher on this machine alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import Response, abort
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tracker.domain.actor import ANYONE
from tracker.engine.desk import Desk
from tracker.engine.keeping.alarms import Alarm, ringing
from tracker.settings.model import is_loopback
from tracker.store import figures, health
from tracker.store.schema import Pulse
from tracker.web import here
from tracker.web.access import public
from tracker.web.health.views import bp
from tracker.web.limits import address


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Prometheus text; for everyone but this machine there is no such page."""
    asker = address()
    if asker is None or not is_loopback(asker):
        abort(404)
    registry = CollectorRegistry(auto_describe=False)
    with here.reading(ANYONE) as desk:
        registry.register(_Reading(desk))
        text = generate_latest(registry)
    return Response(text, mimetype="text/plain")


class _Reading(Collector):
    """One reading of the database; collected at once, while its transaction is open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        session, now = self._desk.session, self._desk.now
        state = health.look(session, now)
        yield _labelled("tracker_cases", "Open cases", "band", figures.open_by_band(session))
        yield GaugeMetricFamily("tracker_cases_due", "Cases to look at", figures.due(session, now))
        lag = _age(now, figures.oldest_look(session) or now)
        yield GaugeMetricFamily("tracker_clock_lag_seconds", "Since the oldest look was due", lag)
        rows = GaugeMetricFamily("tracker_messages", "Outbox rows", labels=["channel", "state"])
        for (channel, status), count in sorted(figures.messages(session).items()):
            rows.add_metric([channel, status], count)
        yield rows
        waiting = {kind: _age(now, at) for kind, at in figures.oldest_waiting(session).items()}
        yield _labelled(
            "tracker_oldest_message_seconds", "Age of the oldest waiting", "channel", waiting
        )
        yield from self._alarms()
        yield GaugeMetricFamily(
            "tracker_alerts_undelivered", "Alerts that did not reach everybody", state.undelivered
        )
        if state.worker_at is not None:
            age = _age(now, state.worker_at)
            yield GaugeMetricFamily("tracker_worker_age_seconds", "Since the last beat", age)
        if (made := figures.last_digest(session)) is not None:
            yield GaugeMetricFamily(
                "tracker_digest_age_seconds", "Since the last digest", _age(now, made)
            )
        if (taken := session.get(Pulse, health.BACKUP)) is not None:
            yield GaugeMetricFamily(
                "tracker_backup_age_seconds", "Since the last backup", _age(now, taken.at)
            )

    def _alarms(self) -> Iterator[Metric]:
        """1 for each alarm of the runbook that rings, 0 for the others."""
        now = ringing(self._desk, here.refused_channels())
        rings = {str(alarm): int(alarm in now) for alarm in Alarm if alarm != Alarm.DATABASE}
        yield _labelled("tracker_alarm", "Whether an alarm rings", "alarm", rings)


def _age(now: datetime, at: datetime) -> float:
    return max(0.0, (now - at).total_seconds())


def _labelled(
    name: str, says: str, label: str, values: dict[str, int] | dict[str, float]
) -> Metric:
    family = GaugeMetricFamily(name, says, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
