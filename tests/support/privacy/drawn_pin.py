"""A PIN drawn for one module of tests: fixtures to import."""

from __future__ import annotations

import pytest

from tests.support.privacy.pin_in_memory import draw_digits


@pytest.fixture(scope="module")
def drawn() -> int:
    """A PIN, as what the search does not look at: to draw one takes a search itself."""
    return int(draw_digits())


@pytest.fixture
def digits(drawn: int) -> bytearray:
    return bytearray(b"%04d" % drawn)
