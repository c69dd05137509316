"""The secret by which the library's server knows a counter."""

from __future__ import annotations

import pytest

from kiosk.domain.counter_secret import fresh_secret, is_secret, secret_hash


def test_every_secret_is_another_and_looks_like_one() -> None:
    made = {fresh_secret() for _ in range(100)}
    assert (len(made), all(map(is_secret, made)), {len(secret_hash(secret)) for secret in made}) == (100, True, {32})
    assert len({secret_hash(secret) for secret in made}) == 100


@pytest.mark.parametrize(
    "text",
    ["", "kioskc-", "kioskc-" + "a" * 42, "kioskc-" + "a" * 44, "kioskC-" + "a" * 43, "kioskc-" + "あ" * 43, "kioskc-" + "a" * 43 + "\n"],
)
def test_what_looks_otherwise_is_none(text: str) -> None:
    assert not is_secret(text)
