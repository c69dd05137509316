"""Authorities that share a name or a key: whose card it is, the signature decides, and the token follows the key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.model import LinkToken
from kiosk.domain.token import link_token
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.der import elements
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, authority_name, ecdsa_key, rsa_key
from tests.support.cards.malformed_der import content_of, encoded, signed

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LABEL = "JPKIAPICCTOKEN2"
SITE_KEY = bytes(range(32))
BLOCK = 256
LEAF = Leaf(0x0705D990, "997794E9AGCIEG13221003A", NOW - timedelta(days=400), NOW + timedelta(days=1400))
CARD_KEY = rsa_key()
OLDER, NEWER = (VirtualAuthority.create(serial=serial, demo=False) for serial in (0x0133C349, 0x06D18006))


def judge_for(*pinned: Authority) -> CardJudge:
    return CardJudge(pinned, NoRevocation(), SITE_KEY, lambda: NOW)


def read(root: VirtualAuthority) -> Authority:
    return Authority(root.der)


def judged(judge: CardJudge, card: bytes) -> LinkToken:
    return judge.judge(card, LABEL).reading.token


def reissued(root: VirtualAuthority) -> VirtualAuthority:
    """The same key and name in another certificate, as a CA is renewed."""
    return VirtualAuthority.create(key=root.key, serial=0x07777777, ends=NOW + timedelta(days=4000), demo=False)


# --- two generations of one name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("issuer", [OLDER, NEWER], ids=["older", "newer"])
@pytest.mark.parametrize("turned", [False, True], ids=["older first", "newer first"])
def test_the_token_is_that_of_the_generation_that_signed(issuer: VirtualAuthority, turned: bool) -> None:
    pinned = [read(OLDER), read(NEWER)][:: -1 if turned else 1]
    judge, card = judge_for(*pinned), issuer.issue(CARD_KEY, LEAF)
    assert judged(judge, card) == link_token(SITE_KEY, read(issuer).key_digest, LEAF.serial)
    assert judge.candidates(card[:BLOCK]) == tuple(link_token(SITE_KEY, one.key_digest, LEAF.serial) for one in pinned)


@given(st.integers(1, 2**159 - 1))
def test_the_same_serial_of_two_generations_is_two_cards_with_the_same_candidates(serial: int) -> None:
    judge = judge_for(read(OLDER), read(NEWER))
    one, other = (root.issue(CARD_KEY, replace(LEAF, serial=serial)) for root in (OLDER, NEWER))
    assert judge.candidates(one[:BLOCK]) == judge.candidates(other[:BLOCK]) == (judged(judge, one), judged(judge, other))
    assert judged(judge, one) != judged(judge, other)


def test_an_authority_of_another_name_is_no_candidate() -> None:
    stranger = VirtualAuthority.create(name=authority_name("Somebody"), demo=False)
    judge, card = judge_for(read(stranger), read(NEWER)), NEWER.issue(CARD_KEY, LEAF)
    assert judge.candidates(card[:BLOCK]) == (judged(judge, card),)


def test_an_authority_that_is_refused_here_is_no_candidate() -> None:
    judge, card = judge_for(read(VirtualAuthority.create(demo=True)), read(NEWER)), NEWER.issue(CARD_KEY, LEAF)
    assert judge.candidates(card[:BLOCK]) == (judged(judge, card),)


# --- one key in two certificates --------------------------------------------------------------------------------------------


def test_a_certificate_issued_anew_for_one_key_gives_the_same_token() -> None:
    card, renewed = NEWER.issue(CARD_KEY, LEAF), read(reissued(NEWER))
    assert renewed != read(NEWER)
    assert judged(judge_for(renewed), card) == judged(judge_for(read(NEWER)), card)


def test_one_key_pinned_twice_is_one_candidate() -> None:
    pinned = (read(NEWER), read(OLDER), read(reissued(NEWER)), read(NEWER))
    judge, card = judge_for(*pinned), NEWER.issue(CARD_KEY, LEAF)
    older = judged(judge, OLDER.issue(CARD_KEY, LEAF))
    assert judge.candidates(card[:BLOCK]) == (judged(judge, card), older)


def test_one_key_whose_first_certificate_has_ended_gives_the_same_token() -> None:
    ended = VirtualAuthority.create(key=NEWER.key, begins=NOW - timedelta(days=3000), ends=NOW - timedelta(days=1), demo=False)
    card = NEWER.issue(CARD_KEY, LEAF)
    assert judged(judge_for(read(ended), read(NEWER)), card) == judged(judge_for(read(NEWER)), card)


# --- points of a curve ------------------------------------------------------------------------------------------------------


def compressed(root: VirtualAuthority) -> bytes:
    """The root's certificate with its public point in compressed form (SEC 1 §2.3.3), signed anew."""
    public = root.key.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    plain = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    algorithm = next(elements(next(elements(plain)).value)).whole
    point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    short = encoded(0x30, algorithm + encoded(0x03, b"\x00" + point))
    fields = [short if field.whole == plain else field.whole for field in elements(next(elements(content_of(root.der))).value)]
    assert short in fields
    return signed(root.key, encoded(0x30, b"".join(fields)))


def test_a_compressed_point_is_the_same_key() -> None:
    root = VirtualAuthority.create(key=ecdsa_key(), demo=False)
    short, plain = Authority(compressed(root)), read(root)
    assert len(short.der) < len(plain.der)
    assert (short.subject, short.key_digest) == (plain.subject, plain.key_digest)
    card = root.issue(CARD_KEY, LEAF)
    assert judged(judge_for(short), card) == judged(judge_for(plain), card)
    assert judge_for(short, plain).candidates(card[:BLOCK]) == (judged(judge_for(plain), card),)


def test_the_digest_is_that_of_the_key_as_openssl_writes_it() -> None:
    """The vector of the tokens begins with this key (`tests/domain/test_token.py`)."""
    root = VirtualAuthority.create(key=ec.derive_private_key(1, ec.SECP256R1()), demo=False)
    expected = "5cd252fb0ce8932436faf8ccd1040981b89ee4ad6b9fe9e2a2b7e71aacb27cd3"
    assert Authority(compressed(root)).key_digest.hex() == read(root).key_digest.hex() == expected
