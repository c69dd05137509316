"""The certificate on the card: what is read from it, the signatures it checks, and malformed bytes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.errors import Code, KioskError, Refused
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.jpki import JpkiSession
from kiosk.smartcard.virtual.authority import Leaf, PrivateKey, VirtualAuthority, ecdsa_key, rsa_key
from kiosk.smartcard.virtual.card import VirtualCard
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import READER, VirtualReaders

BEGINS, ENDS = datetime(2025, 10, 27, 1, 2, 3, tzinfo=UTC), datetime(2030, 2, 17, 14, 59, 59, tzinfo=UTC)
HOLDER = "997794E9AGCIEG13221003A"


@pytest.fixture(scope="module")
def authority() -> VirtualAuthority:
    return VirtualAuthority.create()


@pytest.fixture(scope="module")
def rsa_leaf(authority: VirtualAuthority) -> bytes:
    return authority.issue(rsa_key(), Leaf(0x0705D990, HOLDER, BEGINS, ENDS))


def signed_by_card(key: PrivateKey, prepared: bytes) -> bytes:
    readers = VirtualReaders()
    readers.lay(VirtualCard("any", None, key))
    session = JpkiSession(readers.readers().connect(READER))
    session.verify(bytearray(b"1234"))
    return session.sign(prepared)


@pytest.mark.parametrize(
    "make",
    [
        rsa_key,
        lambda: rsa.generate_private_key(65537, 3072),
        ecdsa_key,
        lambda: ec.generate_private_key(ec.SECP256R1()),
        lambda: ec.generate_private_key(ec.SECP521R1()),
    ],
    ids=["rsa-2048", "rsa-3072", "p-384", "p-256", "p-521"],
)
def test_a_signature_of_the_card_fits_its_certificate_and_no_other_challenge(
    authority: VirtualAuthority, make: Callable[[], PrivateKey]
) -> None:
    key = make()
    certificate = Certificate(authority.issue(key, Leaf(7, HOLDER, BEGINS, ENDS)))
    signature = signed_by_card(key, certificate.prepare(b"challenge"))
    certificate.verify_signature(b"challenge", signature)
    other = Certificate(authority.issue(rsa_key(), Leaf(7, HOLDER, BEGINS, ENDS)))
    for who, challenge, said in ((certificate, b"other", signature), (certificate, b"challenge", b""), (other, b"challenge", signature)):
        with pytest.raises(Refused) as refusal:
            who.verify_signature(challenge, said)
        assert refusal.value.code is Code.KEY_MISMATCH


def test_an_ecdsa_signature_may_come_as_two_numbers(authority: VirtualAuthority) -> None:
    key = ecdsa_key()
    certificate = Certificate(authority.issue(key, Leaf(7, HOLDER, BEGINS, ENDS)))
    r, s = decode_dss_signature(signed_by_card(key, certificate.prepare(b"challenge")))
    certificate.verify_signature(b"challenge", r.to_bytes(48, "big") + s.to_bytes(48, "big"))


def test_the_card_gets_the_usual_digest_info(rsa_leaf: bytes) -> None:
    prepared = Certificate(rsa_leaf).prepare(b"challenge")
    assert len(prepared) == 51
    assert prepared.hex().startswith("3031300d060960864801650304020105000420")


def test_the_issuer_is_the_bytes_of_the_certificate(rsa_leaf: bytes, authority: VirtualAuthority) -> None:
    certificate = Certificate(rsa_leaf)
    assert certificate.issuer in rsa_leaf
    assert certificate.issuer == authority.certificate.subject.public_bytes()
    assert (certificate.serial, certificate.begins, certificate.ends) == (0x0705D990, BEGINS, ENDS)


def test_nothing_of_it_is_printed(rsa_leaf: bytes) -> None:
    assert repr(Certificate(rsa_leaf)) == str(Certificate(rsa_leaf)) == "Certificate()"


@pytest.mark.parametrize("content", [b"", b"\x30\x00", b"\x30\x03\x02\x01\x01", b"\xff" * 1429, b"-----BEGIN CERTIFICATE-----"])
def test_what_is_no_certificate(content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        Certificate(content)
    assert refusal.value.code is Code.CERTIFICATE_UNREADABLE


def test_every_truncation_is_unreadable(rsa_leaf: bytes) -> None:
    for length in range(0, len(rsa_leaf), 7):
        with pytest.raises(Refused):
            Certificate(rsa_leaf[:length])


def test_filler_is_not_part_of_a_certificate(rsa_leaf: bytes) -> None:
    with pytest.raises(Refused):
        Certificate(rsa_leaf + b"\xff")


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_flipped_bits_are_refused_or_read(rsa_leaf: bytes, data: st.DataObject) -> None:
    broken = bytearray(rsa_leaf)
    for position in data.draw(st.lists(st.integers(0, len(rsa_leaf) * 8 - 1), min_size=1, max_size=3)):
        broken[position // 8] ^= 1 << position % 8
    try:
        assert repr(Certificate(bytes(broken))) == "Certificate()"
    except KioskError as error:
        assert error.code is Code.CERTIFICATE_UNREADABLE  # noqa: PT017


def with_serial(leaf: bytes, serial: bytes) -> bytes:
    """The certificate with another serial number of the same length; its signature does not matter here."""
    return leaf.replace(bytes.fromhex("02040705d990"), b"\x02\x04" + serial)


@pytest.mark.parametrize("serial", ["f705d990", "80000000", "00000000"])
def test_odd_serials_are_refused_without_a_warning(rsa_leaf: bytes, serial: str, capfd: pytest.CaptureFixture[str]) -> None:
    actions: tuple[Literal["error", "always"], ...] = ("error", "always")
    for action in actions:
        with warnings.catch_warnings(record=action == "always") as heard:
            warnings.simplefilter(action)
            with pytest.raises(Refused) as refusal:
                Certificate(with_serial(rsa_leaf, bytes.fromhex(serial)))
        assert refusal.value.code is Code.CERTIFICATE_UNREADABLE
        assert not heard
    assert capfd.readouterr() == ("", "")


def test_a_serial_of_sixteen_bytes(authority: VirtualAuthority) -> None:
    serial = 0x7A6B5C4D3E2F1A0B9C8D7E6F5A4B3C2D
    assert Certificate(authority.issue(ecdsa_key(), Leaf(serial, HOLDER, BEGINS, ENDS))).serial == serial


def test_a_kind_of_key_that_no_card_has(authority: VirtualAuthority) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    builder = x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(authority.certificate.subject)
    builder = builder.public_key(key.public_key()).serial_number(7).not_valid_before(BEGINS).not_valid_after(ENDS)
    with pytest.raises(Refused):
        Certificate(builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER))


def test_every_card_of_the_tray_with_a_certificate_can_be_read() -> None:
    deck = Deck()
    cards = [deck.card(name) for name in deck.names]
    assert len([Certificate(card.certificate) for card in cards if card.certificate]) == len(cards) - 2
