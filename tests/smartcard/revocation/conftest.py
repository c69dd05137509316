"""Fixture: an issuer of revocation lists, shared by all tests."""

from __future__ import annotations

import pytest

from tests.support.cards.revocation_lists import Issuer


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer()
