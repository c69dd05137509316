"""The site keys that a counter lacks: sealed for the secret that asked, and for no other counter."""

from __future__ import annotations

import pytest

from kiosk.ledger.sealed_keys import open_keys, seal_keys
from tests.support.registry.sites import EnrolledCounter

KEYS = ((5, bytes(32)), (9, bytes(range(32))))


def test_a_counter_that_has_all_of_them_is_given_none(counter: EnrolledCounter) -> None:
    told = counter.get("/v1/site-keys", after=0)
    assert told.status == 200
    assert open_keys(bytes.fromhex(told.json["sealed"]), counter.secret, counter.name) == ()


def test_a_generation_that_is_not_the_librarys_is_told_so(counter: EnrolledCounter) -> None:
    told = counter.get("/v1/site-keys", after=7)
    assert (told.status, told.json["error"], told.json["status"]["key_generation"]) == (409, "key-generation-unknown", 0)
    assert counter.get("/v1/site-keys").status == 400


def test_nobody_else_opens_them() -> None:
    sealed = seal_keys(KEYS, "kioskc-one", "中央1")
    assert open_keys(sealed, "kioskc-one", "中央1") == KEYS
    assert not any(key in sealed for _, key in KEYS)
    for secret, counter, told in (("kioskc-two", "中央1", sealed), ("kioskc-one", "中央2", sealed), ("kioskc-one", "中央1", sealed[:-1])):
        with pytest.raises(ValueError, match="not sealed for this counter"):
            open_keys(told, secret, counter)
