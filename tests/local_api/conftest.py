"""Fixtures: a counter that other programs may ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.local_api.counter import CounterWithApi, counter_with_api


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[CounterWithApi]:
    with counter_with_api(tmp_path) as listening:
        yield listening


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CounterWithApi]:
    """One for tests that leave it as it was."""
    with counter_with_api(tmp_path_factory.mktemp("counter")) as listening:
        yield listening
