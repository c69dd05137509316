from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.revocation import CrlFolder, NoRevocation, Standing
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, rsa_key

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SERIAL = 0x0705D990
POINT = x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere")]))


@pytest.fixture(scope="module")
def root() -> VirtualAuthority:
    return VirtualAuthority.create(demo=False)


@pytest.fixture(scope="module")
def authority(root: VirtualAuthority) -> Authority:
    return Authority(root.der)


@pytest.fixture(scope="module")
def card(root: VirtualAuthority) -> bytes:
    return root.issue(rsa_key(), Leaf(SERIAL, "997794E9AGCIEG13221003A", NOW - DAY, NOW + DAY))


@pytest.fixture(scope="module")
def certificate(card: bytes) -> Certificate:
    return Certificate(card)


def signed_list(root: VirtualAuthority, *extensions: x509.Extension[x509.ExtensionType]) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(root.certificate.subject)
    builder = builder.last_update(NOW - DAY).next_update(NOW + DAY)
    for extension in extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER)


def issuing_point(**values: object) -> x509.Extension[x509.ExtensionType]:
    fields: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    value = x509.IssuingDistributionPoint(**(fields | values))  # type: ignore[arg-type]
    return x509.Extension(value.oid, True, value)


def test_nothing_is_checked_where_the_library_has_no_lists(certificate: Certificate, authority: Authority) -> None:
    assert NoRevocation().look_up(certificate, authority, NOW) is Standing.NOT_CHECKED


@pytest.mark.parametrize(
    ("serials", "issued", "valid_for", "expected"),
    [
        ((), NOW - DAY, 2 * DAY, Standing.GOOD),
        ((SERIAL - 1, SERIAL + 1), NOW - DAY, 2 * DAY, Standing.GOOD),
        ((3, SERIAL), NOW - DAY, 2 * DAY, Standing.REVOKED),
        ((), NOW - 3 * DAY, DAY, Standing.STALE),
        ((SERIAL,), NOW - 3 * DAY, DAY, Standing.REVOKED),
        ((), NOW + DAY, DAY, Standing.STALE),
    ],
)
@pytest.mark.parametrize("pem", [False, True])
def test_a_list_in_the_folder(
    tmp_path: Path,
    root: VirtualAuthority,
    authority: Authority,
    certificate: Certificate,
    serials: tuple[int, ...],
    issued: datetime,
    valid_for: timedelta,
    expected: Standing,
    pem: bool,
) -> None:
    content = root.revoke(serials, issued, valid_for)
    (tmp_path / "a.crl").write_bytes(x509.load_der_x509_crl(content).public_bytes(Encoding.PEM) if pem else content)
    folder = CrlFolder(tmp_path)
    assert folder.look_up(certificate, authority, NOW) is expected
    (facts,) = folder.facts((authority,))
    assert (facts.authority, facts.numbers) == (authority.fingerprint, len(serials))
    assert facts.is_stale(NOW) is (issued + valid_for < NOW)


@pytest.mark.parametrize("content", [None, b"", b"\x30\x82", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"])
def test_without_a_readable_list_it_is_stale(tmp_path: Path, authority: Authority, certificate: Certificate, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.crl").write_bytes(content)
    folder = CrlFolder(tmp_path)
    assert folder.look_up(certificate, authority, NOW) is Standing.STALE
    assert [(facts.readable, facts.is_stale(NOW)) for facts in folder.facts((authority,))] == ([] if content is None else [(False, True)])


def test_a_missing_folder_is_stale(tmp_path: Path, authority: Authority, certificate: Certificate) -> None:
    assert CrlFolder(tmp_path / "none").look_up(certificate, authority, NOW) is Standing.STALE


def test_a_list_of_another_authority_of_the_same_name_says_nothing(tmp_path: Path, authority: Authority, certificate: Certificate) -> None:
    stranger = VirtualAuthority.create(demo=False)
    (tmp_path / "a.crl").write_bytes(stranger.revoke((SERIAL,), NOW - DAY, 2 * DAY))
    folder = CrlFolder(tmp_path)
    assert folder.look_up(certificate, authority, NOW) is Standing.STALE
    assert folder.facts((authority,))[0].is_stale(NOW)


def test_a_changed_file_is_read_anew_and_a_damaged_one_leaves_the_last(
    tmp_path: Path, root: VirtualAuthority, authority: Authority, certificate: Certificate
) -> None:
    path, folder = tmp_path / "a.crl", CrlFolder(tmp_path)
    path.write_bytes(root.revoke((), NOW - DAY, 2 * DAY))
    assert folder.look_up(certificate, authority, NOW) is Standing.GOOD
    path.write_bytes(b"half")
    os.utime(path, ns=(1, 1))
    assert folder.look_up(certificate, authority, NOW) is Standing.GOOD
    path.write_bytes(root.revoke((SERIAL,), NOW - DAY, 2 * DAY))
    os.utime(path, ns=(2, 2))
    assert folder.look_up(certificate, authority, NOW) is Standing.REVOKED
    path.unlink()
    assert folder.look_up(certificate, authority, NOW) is Standing.STALE


def test_a_list_for_other_distribution_points_does_not_clear(
    tmp_path: Path, root: VirtualAuthority, authority: Authority, certificate: Certificate, card: bytes
) -> None:
    own = x509.load_der_x509_certificate(card).extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0].full_name
    for values, expected in (
        ({"full_name": own}, Standing.GOOD),
        ({"full_name": own, "only_contains_user_certs": True}, Standing.GOOD),
        ({"only_contains_user_certs": True}, Standing.GOOD),
        ({"full_name": [POINT]}, Standing.STALE),
        ({"only_contains_ca_certs": True}, Standing.STALE),
        ({"only_some_reasons": frozenset({x509.ReasonFlags.key_compromise})}, Standing.STALE),
    ):
        (tmp_path / "a.crl").write_bytes(signed_list(root, issuing_point(**values)))
        assert CrlFolder(tmp_path).look_up(certificate, authority, NOW) is expected, values


def test_a_delta_does_not_clear(tmp_path: Path, root: VirtualAuthority, authority: Authority, certificate: Certificate) -> None:
    delta = x509.DeltaCRLIndicator(1)
    (tmp_path / "a.crl").write_bytes(signed_list(root, x509.Extension(delta.oid, True, delta)))
    assert CrlFolder(tmp_path).look_up(certificate, authority, NOW) is Standing.STALE


def test_a_look_up_does_not_depend_on_the_length_of_the_list(
    tmp_path: Path, root: VirtualAuthority, authority: Authority, certificate: Certificate
) -> None:
    def look_ups(count: int) -> float:
        place = tmp_path / str(count)
        place.mkdir()
        (place / "a.crl").write_bytes(root.revoke(tuple(range(1, count + 1)), NOW - DAY, 2 * DAY))
        folder = CrlFolder(place)
        assert folder.look_up(certificate, authority, NOW) is Standing.GOOD
        best = float("inf")
        for _ in range(20):
            began = time.perf_counter()
            folder.look_up(certificate, authority, NOW)
            best = min(best, time.perf_counter() - began)
        return best

    assert look_ups(10_000) < 5 * look_ups(10)
