"""The token that stands for a certificate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.token import link_token

KEY = bytes(range(32))
ISSUER = bytes.fromhex("300d310b3009060355040613024a50")  # C=JP


def test_the_vector_that_every_other_program_has_to_reach() -> None:
    # printf 'kiosk-link-1\0' | cat - <4-byte length> <issuer> <serial> | openssl dgst -sha256 -mac HMAC -macopt hexkey:<key>
    serial = 0x0123456789ABCDEF0123456789ABCDEF
    assert link_token(KEY, ISSUER, serial).digest.hex() == "8a1467f14251209057989d264179103dc9ffc6749558a4e366b06d24fa467612"


def test_a_serial_has_no_leading_zeros_and_no_sign() -> None:
    assert link_token(KEY, ISSUER, 0x80) != link_token(KEY, ISSUER, 0x8000)
    assert link_token(KEY, ISSUER, 0) != link_token(KEY, ISSUER, 1)


def test_another_librarys_key_gives_another_token() -> None:
    assert link_token(KEY, ISSUER, 7) != link_token(KEY[::-1], ISSUER, 7)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        link_token(bytes(length), ISSUER, 7)


def test_a_token_shows_nothing() -> None:
    token = link_token(KEY, ISSUER, 7)
    assert token.digest.hex() not in repr(token)
    assert repr(token.digest) not in repr(token)


@given(st.binary(max_size=8), st.integers(min_value=0, max_value=2**64), st.integers(min_value=1, max_value=8))
def test_issuer_and_serial_never_run_into_each_other(issuer: bytes, serial: int, moved: int) -> None:
    """The same bytes, cut elsewhere between issuer and serial, are another certificate."""
    unsigned = serial.to_bytes((serial.bit_length() + 7) // 8, "big")
    longer, rest = issuer + unsigned[:moved], unsigned[moved:]
    if longer == issuer or rest[:1] == b"\0":
        return
    assert link_token(KEY, issuer, serial) != link_token(KEY, longer, int.from_bytes(rest, "big"))


@given(st.tuples(st.binary(max_size=40), st.integers(0, 2**160)), st.tuples(st.binary(max_size=40), st.integers(0, 2**160)))
def test_two_certificates_never_share_a_token(one: tuple[bytes, int], other: tuple[bytes, int]) -> None:
    assert (link_token(KEY, *one) == link_token(KEY, *other)) is (one == other)
