from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.domain.errors import Code, KioskError
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.trust import PUBLISHED, TrustStore, published_as, read_authority
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, authority_name, ecdsa_key, rsa_key

BEGINS, ENDS = datetime(2025, 10, 27, tzinfo=UTC), datetime(2030, 2, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def root() -> VirtualAuthority:
    return VirtualAuthority.create(demo=False)


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    return TrustStore(tmp_path / "trust")


def pem(authority: VirtualAuthority) -> bytes:
    return authority.certificate.public_bytes(Encoding.PEM)


def refusal(store: TrustStore, content: bytes, fingerprint: str | None = None) -> tuple[Code, dict[str, str | int]]:
    with pytest.raises(KioskError) as trouble:
        store.add(content, fingerprint)
    assert store.load() == ()
    return trouble.value.code, trouble.value.params


def test_der_and_pem_are_the_same_authority(store: TrustStore, root: VirtualAuthority) -> None:
    assert store.add(root.der) == store.add(pem(root)) == store.add(b"\xef\xbb\xbf# a remark\r\n" + pem(root).replace(b"\n", b"\r\n"))
    assert store.load() == (Authority(root.der),)


def test_the_three_generations_lie_beside_each_other(store: TrustStore, tmp_path: Path) -> None:
    roots = [VirtualAuthority.create(serial=n, demo=False) for n in (1, 2, 3)]
    added = {store.add(one.der).fingerprint for one in roots}
    assert {authority.fingerprint for authority in store.load()} == added
    assert sorted(path.stem for path in (tmp_path / "trust").iterdir()) == sorted(added)


def test_an_ecdsa_authority_and_an_expired_one_can_be_pinned(store: TrustStore) -> None:
    store.add(VirtualAuthority.create(key=ecdsa_key(), demo=False).der)
    store.add(VirtualAuthority.create(begins=datetime(2015, 10, 20, tzinfo=UTC), ends=datetime(2025, 10, 19, tzinfo=UTC), demo=False).der)
    assert len(store.load()) == 2


def test_a_fingerprint_may_be_spelled_as_people_do(store: TrustStore, root: VirtualAuthority) -> None:
    print_ = Authority(root.der).fingerprint
    spaced = " ".join(print_[i : i + 2].upper() for i in range(0, 64, 2))
    for spelling in (print_, print_.upper(), spaced, spaced.replace(" ", ":"), f"SHA256:{spaced}"):
        assert store.add(root.der, spelling).fingerprint == print_


@pytest.mark.parametrize("fingerprint", ["", "00", "0" * 64])
def test_another_fingerprint(store: TrustStore, root: VirtualAuthority, fingerprint: str) -> None:
    assert refusal(store, root.der, fingerprint)[0] is Code.TRUST_FINGERPRINT


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"hello", "not-a-certificate"),
        (b"\x30\x82\x05\x91", "not-a-certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "not-a-certificate"),
        (bytes((1 << 20) + 1).replace(b"\0", b"\1"), "not-a-certificate"),
    ],
)
def test_what_is_no_certificate(store: TrustStore, content: bytes, reason: str) -> None:
    assert refusal(store, content) == (Code.TRUST_FILE_INVALID, {"reason": reason})


def test_certificates_that_are_no_authority(store: TrustStore, root: VirtualAuthority) -> None:
    leaf = root.issue(rsa_key(), Leaf(7, "997794E9AGCIEG13221003A", BEGINS, ENDS))
    for der in (
        leaf,
        VirtualAuthority.create(demo=False, is_authority=False).der,
        VirtualAuthority.create(demo=False, key_cert_sign=False).der,
    ):
        assert refusal(store, der) == (Code.TRUST_FILE_INVALID, {"reason": "not-an-authority"})


def test_an_authority_whose_own_signature_is_wrong(store: TrustStore, root: VirtualAuthority) -> None:
    assert refusal(store, root.der[:-1] + bytes((root.der[-1] ^ 1,))) == (Code.TRUST_FILE_INVALID, {"reason": "own-signature"})


def test_several_certificates_in_one_file(store: TrustStore, root: VirtualAuthority) -> None:
    assert refusal(store, pem(root) * 2) == (Code.TRUST_FILE_INVALID, {"reason": "several-certificates"})


@pytest.mark.parametrize(
    ("authority", "reason"),
    [
        (VirtualAuthority.create(), "demo"),
        (VirtualAuthority.create(name=authority_name("JPKI-TEST"), demo=False), "test"),
        (VirtualAuthority.create(name=authority_name(unit="JPKI for digital signature"), demo=False), "for-signatures"),
    ],
    ids=["demo", "test", "for-signatures"],
)
def test_authorities_never_trusted_in_a_normal_run(store: TrustStore, authority: VirtualAuthority, reason: str) -> None:
    assert refusal(store, authority.der) == (Code.TRUST_REFUSED, {"reason": reason})


def test_put_there_by_hand_they_are_not_trusted_either(tmp_path: Path, store: TrustStore, root: VirtualAuthority) -> None:
    demo = VirtualAuthority.create()
    TrustStore(tmp_path / "trust", allow_test=True).add(demo.der)
    store.add(root.der)
    assert store.load() == (Authority(root.der),)
    troubles = {entry.file: entry.trouble.code for entry in store.entries() if entry.trouble is not None}
    assert troubles == {f"{Authority(demo.der).fingerprint}.cer": Code.TRUST_REFUSED}


def test_a_damaged_file_hides_no_other_and_can_be_removed(tmp_path: Path, store: TrustStore, root: VirtualAuthority) -> None:
    store.add(root.der)
    (tmp_path / "trust" / f"{'ab' * 32}.cer").write_bytes(b"")
    (tmp_path / "trust" / f"{'cd' * 32}.cer").write_bytes(root.der)
    assert store.load() == (Authority(root.der),)
    assert [entry.authority is None for entry in store.entries()].count(True) == 2
    assert store.remove("abab") == 1
    assert len(store.entries()) == 2


def test_removing_needs_one_that_is_meant(store: TrustStore, root: VirtualAuthority) -> None:
    print_ = store.add(root.der).fingerprint
    other = store.add(VirtualAuthority.create(serial=2, demo=False).der).fingerprint
    assert [store.remove(prefix) for prefix in ("", print_[:3], "zzzz", print_ + "0")] == [0, 0, 0, 0]
    assert store.remove(print_[:16].upper()) == 1
    assert [authority.fingerprint for authority in store.load()] == [other]


def test_an_empty_store_and_a_missing_folder(store: TrustStore) -> None:
    assert store.load() == store.entries() == ()
    assert store.remove("abcdef") == 0


def test_a_folder_that_cannot_be_written(tmp_path: Path, root: VirtualAuthority) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(KioskError) as trouble:
        TrustStore(tmp_path / "file" / "trust").add(root.der)
    assert trouble.value.code is Code.STORE_UNAVAILABLE


def test_the_published_ones_known_to_us(root: VirtualAuthority) -> None:
    assert [known.file for known in PUBLISHED] == ["authca01.cer", "authca02.cer", "authca03.cer"]
    assert all(known.fingerprint is None or len(bytes.fromhex(known.fingerprint)) == 32 for known in PUBLISHED)
    assert published_as(Authority(root.der)) is None


def test_an_authority_prints_its_fingerprint_only(root: VirtualAuthority) -> None:
    authority = read_authority(root.der)
    assert repr(authority) == f"Authority({authority.fingerprint[:16]})"
    assert authority.name.startswith("OU=Japan Agency for Local Authority Information Systems")
    assert x509.load_der_x509_certificate(authority.der) == root.certificate
