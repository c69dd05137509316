"""The token that stands for a certificate."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.token import link_token

KEY = bytes(range(32))
# The SubjectPublicKeyInfo of an authority: P-256, whose private key is 1.
PUBLIC_KEY = bytes.fromhex(
    "3059301306072a8648ce3d020106082a8648ce3d030107034200"
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
ISSUER = hashlib.sha256(PUBLIC_KEY).digest()
DIGESTS, SERIALS = st.binary(min_size=32, max_size=32), st.integers(0, 2**160)


def test_the_vector_that_every_other_program_has_to_reach() -> None:
    # openssl x509 -inform DER -in AUTHORITY.cer -noout -pubkey |
    #   openssl pkey -pubin -ec_conv_form uncompressed -pubout -outform DER > key.der
    # { printf 'kiosk-link-2\0'; openssl dgst -sha256 -binary key.der; printf 0123456789abcdef0123456789abcdef | xxd -r -p; } |
    #   openssl dgst -sha256 -mac HMAC -macopt hexkey:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
    # Here key.der is PUBLIC_KEY.
    serial = 0x0123456789ABCDEF0123456789ABCDEF
    assert link_token(KEY, ISSUER, serial).digest.hex() == "7acca38da918435c6afad8883d8b32f78fba7c4346afd2efe122d5e4b3993075"


def test_a_serial_that_der_writes_with_a_zero_before_it_has_none_here() -> None:
    # The same with printf 80 | xxd -r -p.
    assert link_token(KEY, ISSUER, 0x80).digest.hex() == "13056774b065eb670f67c617a7e894f3fa4687dd7573a99f2594e8b8e326a578"


def test_a_serial_has_no_leading_zeros_and_no_sign() -> None:
    assert link_token(KEY, ISSUER, 0x80) != link_token(KEY, ISSUER, 0x8000)
    assert link_token(KEY, ISSUER, 0) != link_token(KEY, ISSUER, 1)


@given(DIGESTS, DIGESTS)
def test_another_librarys_key_gives_another_token(one: bytes, other: bytes) -> None:
    assert (link_token(one, ISSUER, 7) == link_token(other, ISSUER, 7)) is (one == other)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="the site key has 32 bytes"):
        link_token(bytes(length), ISSUER, 7)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_no_digest_of_another_length_runs_into_the_serial(length: int) -> None:
    with pytest.raises(ValueError, match="the digest of the issuer's key has 32 bytes"):
        link_token(KEY, bytes(length), 7)


def test_a_token_shows_nothing() -> None:
    token = link_token(KEY, ISSUER, 7)
    assert token.digest.hex() not in repr(token)
    assert repr(token.digest) not in repr(token)


@given(st.tuples(DIGESTS, SERIALS), st.tuples(DIGESTS, SERIALS))
def test_two_certificates_never_share_a_token(one: tuple[bytes, int], other: tuple[bytes, int]) -> None:
    assert (link_token(KEY, *one) == link_token(KEY, *other)) is (one == other)


@given(DIGESTS, DIGESTS, SERIALS)
def test_the_same_serial_of_two_authorities_is_two_cards(one: bytes, other: bytes, serial: int) -> None:
    assert (link_token(KEY, one, serial) == link_token(KEY, other, serial)) is (one == other)
