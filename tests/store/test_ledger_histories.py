"""The histories of `tests/support/ledger`, with two real stores: each shows what the model of the ledger says, also after a restart."""

from __future__ import annotations

import random

import pytest

from tests.support.ledger.counter_in_store import stores
from tests.support.ledger.histories import make


def test_some_histories() -> None:
    with stores() as counters:
        make(first=0, count=50, counters=counters)


@pytest.mark.trial
@pytest.mark.timeout(600)
def test_2_000_histories() -> None:
    """Others each time; a failure names the one that went wrong."""
    with stores() as counters:
        make(random.SystemRandom().randrange(1_000_000_000), 2_000, counters)
