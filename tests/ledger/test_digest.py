"""The digest of the links: the same everywhere, in any order, and different for any other set of links."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ledger.digest import LinkHash, LinkSum

SITE_KEY = bytes(range(32))
HASH = LinkHash(SITE_KEY)
TOKEN = b"\xa5" * 32
# Computed with OpenSSL 3:
#   site=$(printf %02x $(seq 0 31))
#   key() { openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:$site -kdfopt info:$1 HKDF | tr -d ':\n'; }
#   mac() { xxd -r -p | openssl dgst -sha256 -mac HMAC -macopt hexkey:$1; }
#   { printf a5%.0s $(seq 32); printf %08x 10; printf 2104067853 | xxd -p; printf %016x 4711; } | mac $(key kiosk-links-2)
LINK_HASH = 0x8FFC8C968A3520D1C9729B764CEB14902C5B5A7A1AC13AD4CE2253C5BB6EC348
#   { printf %016x 1; printf 8ffc8c968a3520d1c9729b764ceb14902c5b5a7a1ac13ad4ce2253c5bb6ec348; } | mac $(key kiosk-links-seal-1)
SEAL = "3ec34419766b191d40f0479aea33f10fe7f61a2f00215e39cd54464fffb88e32"

links = st.tuples(st.binary(min_size=32, max_size=32), st.text("0123456789ABCDEF", min_size=1, max_size=64), st.integers(0, (1 << 63) - 1))


def test_it_never_changes() -> None:
    """Counters and servers of different versions compare it."""
    assert HASH.of(TOKEN, "2104067853", 4711) == LINK_HASH
    assert HASH.seal(LinkSum(1, LINK_HASH)).hex() == SEAL


@given(st.lists(links), st.randoms())
def test_the_order_does_not_matter(rows: list[tuple[bytes, str, int]], random: Any) -> None:
    folded = LinkSum()
    for row in random.sample(rows, len(rows)):
        folded = folded.plus(HASH.of(*row))
    assert folded == HASH.of_all(rows)


@given(st.lists(links), st.lists(links))
def test_what_is_closed_is_as_if_it_had_never_been(kept: list[tuple[bytes, str, int]], closed: list[tuple[bytes, str, int]]) -> None:
    after = HASH.of_all([*closed, *kept])
    for row in closed:
        after = after.minus(HASH.of(*row))
    assert after == HASH.of_all(kept)


def test_nothing_is_nothing() -> None:
    assert HASH.of_all([]) == LinkSum() == LinkSum(0, 0)


@given(links, links)
def test_different_links_differ(one: tuple[bytes, str, int], other: tuple[bytes, str, int]) -> None:
    for row in (other, (other[0], *one[1:]), (one[0], other[1], one[2]), (*one[:2], other[2])):
        assert (HASH.of(*row) == HASH.of(*one)) is (row == one)


def test_number_and_position_cannot_run_into_each_other() -> None:
    assert HASH.of(TOKEN, "2104", 0x3035 << 48) != HASH.of(TOKEN, "210405", 0)


@given(st.binary(min_size=32, max_size=32))
def test_another_library_has_another_digest(site_key: bytes) -> None:
    ours, theirs = (made.of(TOKEN, "2104067853", 4711) for made in (HASH, LinkHash(site_key)))
    assert (ours == theirs) is (site_key == SITE_KEY)


@pytest.mark.parametrize(
    "row",
    [
        (TOKEN[1:], "2104067853", 4711),
        (TOKEN + b"\0", "2104067853", 4711),
        ("a" * 32, "2104067853", 4711),
        (None, "2104067853", 4711),
        (5, "2104067853", 4711),
        (TOKEN, b"2104067853", 4711),
        (TOKEN, 2104067853, 4711),
        (TOKEN, None, 4711),
        (TOKEN, "\ud800", 4711),
        (TOKEN, "2104067853", -1),
        (TOKEN, "2104067853", 1 << 64),
        (TOKEN, "2104067853", "4711"),
        (TOKEN, "2104067853", 47.5),
        (TOKEN, "2104067853", None),
    ],
    ids=repr,
)
def test_a_row_that_is_no_link_is_found_by_its_count(row: Any) -> None:
    """SQLite keeps anything in any column."""
    assert HASH.of(*row) == 0
    good = (TOKEN, "2104067853", 4711)
    assert HASH.of_all([good, row]) == LinkSum(2, LINK_HASH) != HASH.of_all([good])
    assert HASH.of_all([row]) == LinkSum(1, 0) != HASH.of_all([good])


@given(st.integers(-(1 << 63) + 1, (1 << 63) - 1), st.integers(0, (1 << 256) - 1))
def test_a_note_gives_the_sum_back(count: int, total: int) -> None:
    links = LinkSum(count, total)
    assert LinkSum.decoded(links.encoded()) == links
    assert len(HASH.seal(links)) == 32


NOT_OURS = ("", "1", "1 2 3", "a 0", f"{1 << 63} {0:064x}", f"1 {1 << 256:x}", f"1 -{1:063x}", "1 1", f"1_0 {0:064x}", f"1 {0:064x}\n")


@pytest.mark.parametrize("note", NOT_OURS)
def test_any_other_note_is_refused(note: str) -> None:
    with pytest.raises(ValueError, match="no sum of links"):
        LinkSum.decoded(note)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 9)), unique=True, min_size=2, max_size=2))
def test_sums_have_seals_of_their_own(sums: list[tuple[int, int]]) -> None:
    one, other = (HASH.seal(LinkSum(*parts)) for parts in sums)
    assert one != other


def test_long_tables_give_way() -> None:
    pauses: list[None] = []
    HASH.of_all([(TOKEN, "2104067853", place) for place in range(200)], lambda: pauses.append(None))
    assert len(pauses) == 3
