"""Arbitrary bytes from a card, a list or an authority's file lead to a verdict, never to a bug.

cryptography parses most of an object lazily, and raises only then.
"""

from __future__ import annotations

import warnings
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.errors import Code, KioskError, Refused
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.trust import read_authority
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, ecdsa_key, rsa_key
from tests.support.cards.malformed_der import SHA256_WITH_RSA, UNKNOWN_ALGORITHM, content_of, mutations, signed

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SHA384_WITH_RSA = bytes.fromhex("06092a864886f70d01010c")
LABEL = "JPKIAPICCTOKEN2"
LEAF = Leaf(0x0705D990, "997794E9AGCIEG13221003A", NOW - timedelta(days=400), NOW + timedelta(days=400))
ROOT = VirtualAuthority.create(demo=False)
CARD = ROOT.issue(rsa_key(), LEAF)
NEXT_ROOT = VirtualAuthority.create(key=ecdsa_key(), demo=False)
NEXT_CARD = NEXT_ROOT.issue(ecdsa_key(), LEAF)
JUDGE = CardJudge([Authority(ROOT.der), Authority(NEXT_ROOT.der)], NoRevocation(), bytes(32), lambda: NOW)
QUICK = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=4_000, deadline=None, suppress_health_check=list(HealthCheck))
OF_A_CARD = {
    Code.CERTIFICATE_UNREADABLE,
    Code.ISSUER_UNKNOWN,
    Code.CARD_NOT_YET_VALID,
    Code.CARD_EXPIRED,
}


def named_otherwise(der: bytes) -> bytes:
    """With an unknown algorithm in both places where a signature's algorithm stands."""
    return der.replace(SHA256_WITH_RSA, UNKNOWN_ALGORITHM)


def judged(der: bytes) -> Code | None:
    """What becomes of a card with that certificate; None: accepted. Anything but a refusal of the card fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            JUDGE.judge(der, LABEL)
        except Refused as refusal:
            return refusal.code
    return None


def taken(der: bytes) -> Code | None:
    try:
        read_authority(der)
    except KioskError as trouble:
        return trouble.code
    return None


def test_a_card_whose_certificate_names_an_unknown_algorithm_is_refused() -> None:
    assert judged(CARD) is None
    assert judged(named_otherwise(CARD)) is Code.CERTIFICATE_UNREADABLE


def test_the_algorithm_has_to_be_the_same_in_both_places() -> None:
    """Inside, where it is signed, stands another than the one that was used."""
    assert judged(signed(ROOT.key, content_of(CARD).replace(SHA256_WITH_RSA, SHA384_WITH_RSA))) is Code.CERTIFICATE_UNREADABLE
    assert judged(signed(ROOT.key, content_of(CARD), SHA384_WITH_RSA)) is Code.CERTIFICATE_UNREADABLE


def test_an_authority_that_names_an_unknown_algorithm_is_refused() -> None:
    assert taken(named_otherwise(ROOT.der)) is Code.TRUST_FILE_INVALID


def test_nothing_that_is_kept_of_an_object_is_looked_at_later() -> None:
    """No certificate of cryptography's, whose parts are read when somebody asks for them, is kept."""
    kept = [Certificate(CARD), Authority(ROOT.der), JUDGE.judge(CARD, LABEL).certificate]
    while kept:
        thing = kept.pop()
        assert not isinstance(thing, x509.Certificate | x509.Extensions | x509.CertificateRevocationList | x509.Name)
        if is_dataclass(thing):
            kept += [getattr(thing, field.name) for field in fields(thing)]
        elif isinstance(thing, tuple | list | set | frozenset):
            kept += thing
        else:
            kept += vars(thing).values() if type(thing).__module__.startswith("kiosk") else ()


@QUICK
@given(st.data())
def test_a_card_of_any_bytes_is_judged(data: st.DataObject) -> None:
    assert judged(data.draw(mutations(CARD))) in {None, *OF_A_CARD}


@QUICK
@given(st.data())
def test_a_card_that_the_authority_really_signed_is_judged_too(data: st.DataObject) -> None:
    root, der = data.draw(st.sampled_from([(ROOT, CARD), (NEXT_ROOT, NEXT_CARD)]))
    assert judged(signed(root.key, data.draw(mutations(content_of(der))))) in {None, *OF_A_CARD}


@QUICK
@given(st.data())
def test_a_file_of_any_bytes_is_an_authority_or_is_refused(data: st.DataObject) -> None:
    assert taken(data.draw(mutations(ROOT.der))) in {None, Code.TRUST_FILE_INVALID}
    assert taken(signed(ROOT.key, data.draw(mutations(content_of(ROOT.der))))) in {None, Code.TRUST_FILE_INVALID}


@QUICK
@given(st.binary(max_size=600), st.booleans())
def test_a_file_that_looks_like_pem_is_an_authority_or_is_refused(content: bytes, whole: bool) -> None:
    text = ROOT.certificate.public_bytes(Encoding.PEM)
    inside = text[:60] + content + text[60:] if whole else b"-----BEGIN CERTIFICATE-----\n" + content
    assert taken(inside) in {None, Code.TRUST_FILE_INVALID}


@pytest.mark.trial
@pytest.mark.timeout(600)
# In rounds: Hypothesis remembers every example of a run.
@pytest.mark.parametrize("turn", range(5))
@LONG
@given(st.data())
def test_many_cards_and_authorities_of_any_bytes(turn: int, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, 3))
    if which == 0:
        assert judged(data.draw(mutations(CARD))) in {None, *OF_A_CARD}
    elif which == 1:
        assert judged(signed(NEXT_ROOT.key, data.draw(mutations(content_of(NEXT_CARD))))) in {None, *OF_A_CARD}
    elif which == 2:
        assert taken(data.draw(mutations(ROOT.der))) in {None, Code.TRUST_FILE_INVALID}
    else:
        assert taken(signed(NEXT_ROOT.key, data.draw(mutations(content_of(NEXT_ROOT.der))))) in {None, Code.TRUST_FILE_INVALID}


def test_the_tools_of_these_tests_are_right(tmp_path: Path) -> None:
    assert judged(signed(ROOT.key, content_of(CARD))) is None
    assert judged(signed(NEXT_ROOT.key, content_of(NEXT_CARD))) is None
    assert taken(signed(ROOT.key, content_of(ROOT.der))) is None
