"""The server takes only so many unlinkings of one counter at a time: a counter that was offline for a day delivers all of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.registry.api.limits import Limits
from kiosk.token_buckets import Rate
from tests.store.sync.conftest import NewCounter
from tests.support.registry.sent_operations import fresh_number, fresh_token
from tests.support.registry.sites import InProcess, in_process


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    # Eleven are too many, unless sending them takes more than five seconds.
    with in_process("", tmp_path / "server", Limits(stops=Rate(100, 2.0))) as here:
        yield here


def test_what_is_too_much_at_once_is_kept_and_sent_later(new_counter: NewCounter, caplog: pytest.LogCaptureFixture) -> None:
    away, other = new_counter(), new_counter().start()
    token, number = fresh_token(), fresh_number()
    other.link(token, number)
    other.until_settled()
    for _ in range(110):
        away.unlink(fresh_number())
    last = away.unlink(number)
    away.start().until_settled()
    other.until(lambda counter: counter.store.find(token) is None)
    refused = [record for record in caplog.records if record.getMessage() == f"counter {away.name} stops more cards than a counter does"]
    assert refused != []
    assert last not in {own.uuid for own in away.store.outgoing()}
