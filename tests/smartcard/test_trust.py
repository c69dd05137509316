"""The trust store: which authorities may be pinned, and what becomes of damaged or foreign files."""

from __future__ import annotations

import os
import stat
import sys
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
    roots = [VirtualAuthority.create(serial=n, demo=False) for n in (11, 12, 13)]
    added = {store.add(one.der).fingerprint for one in roots}
    assert {authority.fingerprint for authority in store.load()} == added
    assert sorted(path.stem for path in (tmp_path / "trust").iterdir()) == sorted(added)


def test_an_ecdsa_authority_and_an_expired_one_can_be_pinned(store: TrustStore) -> None:
    store.add(VirtualAuthority.create(key=ecdsa_key(), demo=False).der)
    store.add(
        VirtualAuthority.create(
            serial=2, begins=datetime(2015, 10, 20, tzinfo=UTC), ends=datetime(2025, 10, 19, tzinfo=UTC), demo=False
        ).der
    )
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
    demo = VirtualAuthority.create(serial=2)
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
    place = str(tmp_path / "file" / "trust")
    assert (trouble.value.code, trouble.value.params) == (Code.HOME_UNUSABLE, {"place": place, "reason": "not-a-folder"})


def test_the_published_ones_known_to_us(root: VirtualAuthority) -> None:
    assert [known.file for known in PUBLISHED] == ["authca01.cer", "authca02.cer", "authca03.cer"]
    assert all(known.fingerprint is None or len(bytes.fromhex(known.fingerprint)) == 32 for known in PUBLISHED)
    assert published_as(Authority(root.der)) is None


def test_an_authority_prints_its_fingerprint_only(root: VirtualAuthority) -> None:
    authority = read_authority(root.der)
    assert repr(authority) == f"Authority({authority.fingerprint[:16]})"
    assert authority.name.startswith("OU=Japan Agency for Local Authority Information Systems")
    assert x509.load_der_x509_certificate(authority.der) == root.certificate


# --- forged, or put there by others -------------------------------------------------------------------------------------


def written(tmp_path: Path, authority: VirtualAuthority) -> Path:
    """Put into the folder by hand."""
    path = tmp_path / "trust" / f"{Authority(authority.der).fingerprint}.cer"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(authority.der)
    return path


def troubles(store: TrustStore) -> list[tuple[Code, str | int]]:
    return [(entry.trouble.code, entry.trouble.params["reason"]) for entry in store.entries() if entry.trouble]


@pytest.mark.parametrize("name", [authority_name(), authority_name("jpki "), authority_name("JPKI", "jpki  for User authentication")])
@pytest.mark.parametrize("serial", [0x01, 0x06D18006])
def test_name_and_number_of_a_published_authority_with_another_fingerprint(
    tmp_path: Path, store: TrustStore, serial: int, name: x509.Name
) -> None:
    impostor = VirtualAuthority.create(serial=serial, name=name, demo=False)
    print_ = Authority(impostor.der).fingerprint
    assert refusal(store, impostor.der, print_) == (Code.TRUST_REFUSED, {"reason": "impostor"})
    written(tmp_path, impostor)
    assert (store.load(), troubles(store)) == ((), [(Code.TRUST_REFUSED, "impostor")])


def test_the_second_generation_whose_fingerprint_is_not_known_here_can_be_pinned(store: TrustStore) -> None:
    assert store.add(VirtualAuthority.create(serial=0x0133C349, demo=False).der) in store.load()


def test_of_two_with_one_name_and_number_the_second_is_refused_and_put_there_neither_is_trusted(
    tmp_path: Path, store: TrustStore, root: VirtualAuthority
) -> None:
    twin = VirtualAuthority.create(demo=False)
    third = VirtualAuthority.create(serial=3, demo=False)
    store.add(root.der)
    store.add(third.der)
    with pytest.raises(KioskError) as trouble:
        store.add(twin.der, Authority(twin.der).fingerprint)
    assert trouble.value.params == {"reason": "twin"}
    assert len(store.load()) == 2
    written(tmp_path, twin)
    assert (store.load(), troubles(store)) == ((Authority(third.der),), [(Code.TRUST_REFUSED, "twin")] * 2)
    # The way back.
    assert store.remove(Authority(twin.der).fingerprint) == 1
    assert set(store.load()) == {Authority(root.der), Authority(third.der)}


@pytest.mark.linux("file modes")
def test_a_file_or_folder_that_others_may_write_is_not_trusted(tmp_path: Path, store: TrustStore, root: VirtualAuthority) -> None:
    store.add(root.der)
    folder, (path,) = tmp_path / "trust", (tmp_path / "trust").iterdir()
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(path.stat().st_mode)) == (0o700, 0o600)
    path.chmod(0o646)
    assert (store.load(), troubles(store)) == ((), [(Code.TRUST_REFUSED, "writable")])
    path.chmod(0o644)
    folder.chmod(0o777)
    assert (store.load(), troubles(store)) == ((), [(Code.TRUST_REFUSED, "writable")])
    with pytest.raises(KioskError) as trouble:
        store.add(root.der)
    assert trouble.value.params == {"reason": "writable"}
    folder.chmod(0o755)
    assert store.load() == (Authority(root.der),)


@pytest.mark.root
def test_a_file_of_another_user_is_not_trusted(tmp_path: Path, store: TrustStore, root: VirtualAuthority) -> None:
    store.add(root.der)
    (path,) = (tmp_path / "trust").iterdir()
    os.chown(path, 4711, 0)
    assert (store.load(), troubles(store)) == ((), [(Code.TRUST_REFUSED, "foreign")])


@pytest.mark.linux("named pipes")
def test_what_never_ends_is_not_read(tmp_path: Path, store: TrustStore, root: VirtualAuthority) -> None:
    store.add(root.der)
    os.mkfifo(tmp_path / "trust" / "pipe.cer")
    (tmp_path / "trust" / "zeroes.cer").symlink_to("/dev/zero")
    (tmp_path / "trust" / "folder.cer").mkdir()
    (tmp_path / "trust" / "nowhere.cer").symlink_to("/nowhere/at/all")
    assert store.load() == (Authority(root.der),)
    troubles = {entry.file: entry.trouble.params["reason"] for entry in store.entries() if entry.trouble}
    assert troubles == {
        "pipe.cer": "not-a-file",
        "zeroes.cer": "not-a-file",
        "folder.cer": "folder",
        "nowhere.cer": "leads-nowhere",
    }


def test_a_name_that_would_act_on_a_terminal_is_shown_as_it_stands(tmp_path: Path, store: TrustStore) -> None:
    odd = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "J\x1b[2J\u202ePKI\r\nA")])
    authority = Authority(VirtualAuthority.create(name=odd, demo=False).der)
    assert authority.name == "CN=J\\u{001B}[2J\\u{202E}PKI\\u{000D}\\u{000A}A"
    # Windows admits no control characters: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
    file, shown = ("\u202e[2J.cer", "\\u{202E}[2J.cer") if sys.platform == "win32" else ("\x1b[2J.cer", "\\u{001B}[2J.cer")
    written(tmp_path, VirtualAuthority.create(name=odd, demo=False)).rename(tmp_path / "trust" / file)
    assert [entry.file for entry in store.entries()] == [shown]
