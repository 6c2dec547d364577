"""Where an alert stands: each state is waiting, cared for, news, or at its end; none is two."""

from tracker.domain.alerts import ENDED, NEEDS_SOMEBODY, STANDING, WAITING, AlertState


def test_every_state_is_open_or_ended_or_news() -> None:
    assert sorted([*STANDING, *ENDED, AlertState.INFORMED]) == sorted(AlertState)


def test_d6_only_what_nobody_took_yet_needs_somebody() -> None:
    assert set(WAITING) == set(STANDING) - {AlertState.ACKNOWLEDGED}
    assert set(NEEDS_SOMEBODY).isdisjoint({AlertState.ACKNOWLEDGED, *ENDED})
