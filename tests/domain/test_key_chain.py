"""Site keys one after the other: a token of one generation as it is in a later."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from uuid import UUID

import pytest

from kiosk.domain.key_chain import Generations, KeyChain, generations_json, read_generations
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.domain.wire import LinkOperation, Origin, Position, UnlinkOperation

KEYS: Generations = ((5, b"a" * 32), (9, b"b" * 32))
CHAIN = KeyChain(0, KEYS)
CARD = LinkToken(bytes(32))
NUMBER = LibraryCardNumber("2104067853")


def under(*keys: bytes) -> LinkToken:
    digest = CARD.digest
    for key in keys:
        digest = hmac.digest(key, digest, "sha256")
    return LinkToken(digest)


def origin(generation: int) -> Origin:
    return Origin(UUID(int=1), "窓口1", 1, Position(1, 1), generation, datetime(2026, 12, 1, tzinfo=UTC))


def test_each_key_since_wraps_a_token() -> None:
    assert CHAIN.wrapped(CARD, 0, 9) == under(b"a" * 32, b"b" * 32)
    assert CHAIN.wrapped(CARD, 0, 5) == under(b"a" * 32)
    assert CHAIN.wrapped(CARD, 5, 9) == under(b"b" * 32)
    assert CHAIN.wrapped(CARD, 9, 9) == CARD
    assert KeyChain(3).wrapped(CARD, 3, 3) == CARD


def test_what_a_holder_of_a_generation_lacks() -> None:
    assert (CHAIN.after(0), CHAIN.after(5), CHAIN.after(9)) == (KEYS, KEYS[1:], ())
    assert (CHAIN.newest, KeyChain(3).newest) == (9, 3)
    assert [generation for generation in range(11) if CHAIN.knows(generation)] == [0, 5, 9]
    with pytest.raises(ValueError, match="no generation 7"):
        CHAIN.after(7)
    assert KeyChain(0, KEYS[:1]).with_more(KEYS[1:]) == CHAIN


@pytest.mark.parametrize("more", [((9, b"c" * 32),), ((4, b"c" * 32),), ((10, b"short"),)])
def test_keys_that_do_not_follow_are_refused(more: Generations) -> None:
    with pytest.raises(ValueError, match="not a chain"):
        CHAIN.with_more(more)


def test_an_operation_is_about_the_same_card_in_a_later_generation() -> None:
    link = LinkOperation(origin(5), CARD, NUMBER, Revocation.GOOD, by_guardian=False)
    carried = CHAIN.carried(link, 9)
    assert (carried.token, carried.origin.key_generation, carried.origin.uuid) == (under(b"b" * 32), 9, link.origin.uuid)
    blank = UnlinkOperation(origin(0), NUMBER, UnlinkReason.LOST, None)
    assert (CHAIN.carried(blank, 9).token, CHAIN.carried(blank, 9).origin.key_generation) == (None, 9)
    for same in (CHAIN.carried(link, 5), KeyChain(0).carried(link, 9)):
        assert same == link


def test_keys_as_they_are_told() -> None:
    assert read_generations(generations_json(KEYS)) == KEYS
    assert "aaaa" not in repr(CHAIN)
    wrong: object
    for wrong in (None, {}, [1], [[1]], [[1, 2]], [["x", "00"]], [[1, "xy"]], [[1, "00", 3]]):
        with pytest.raises(ValueError, match=r"."):
            read_generations(wrong)
