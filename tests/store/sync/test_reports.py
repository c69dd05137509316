"""What the windows are told of how long the server has been away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kiosk.domain.events import Event, RegistryChanged
from kiosk.domain.model import RegistryCondition
from kiosk.store.sync.reports import Reports

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
HOUR = 3600.0


def test_a_clock_that_stands_still_does_not_hide_how_long_the_server_is_away() -> None:
    told, passed = list[Event](), [0.0]
    reports = Reports(told.append, lambda: NOW, lambda: passed[0], timedelta(hours=24))
    reports.begin(None, None, None)
    reports.answered(NOW, NOW, NOW, has_stops=True)
    reports.caught_up()
    reports.failed()
    reports.failed()
    passed[0] = 23 * HOUR
    reports.look()
    assert told[-1] == RegistryChanged(RegistryCondition.UNREACHABLE, NOW)
    passed[0] = 25 * HOUR
    reports.look()
    assert told[-1] == RegistryChanged(RegistryCondition.TOO_LONG_OFFLINE, NOW)
