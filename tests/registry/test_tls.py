"""The server's authority and certificate: made once, renewed in time, and accepted by whoever trusts that authority alone."""

from __future__ import annotations

import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from kiosk.config.registry_settings import TlsSettings
from kiosk.domain.errors import Code, Unavailable
from kiosk.registry.authority import LIFE, RENEW_BEFORE, issue, names_of, new_authority
from kiosk.registry.tls import GivenFiles, OwnAuthority, check_as_a_counter, server_context
from tests.support.registry.handshake import shown

NAMES = ("registry.example.jp", "192.0.2.10", "localhost", "127.0.0.1", "::1")
LIBRARY = "0123456789abcdef0123456789abcdef"


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def own(tmp_path: Path) -> OwnAuthority:
    tls = OwnAuthority(tmp_path / "keys", NAMES)
    tls.found(LIBRARY, now())
    tls.renew(now())
    return tls


def test_a_counter_accepts_every_name_that_was_configured_and_no_other(own: OwnAuthority) -> None:
    assert check_as_a_counter(own, NAMES) == {}
    assert set(check_as_a_counter(own, ["other.example.jp", "192.0.2.11"])) == {"other.example.jp", "192.0.2.11"}


def test_a_counter_of_another_library_accepts_none(own: OwnAuthority, tmp_path: Path) -> None:
    other = OwnAuthority(tmp_path / "other", NAMES)
    other.found("f" * 32, now())
    context = server_context(own)
    with pytest.raises(ssl.SSLCertVerificationError):
        shown(context, trusting=other)


@pytest.mark.linux("file modes")
def test_only_this_user_may_read_what_holds_a_key(own: OwnAuthority) -> None:
    for path in (own.authority_path, own.path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
    assert check_as_a_counter(own, ["localhost"]) == {}
    own.renew(now())
    assert {stat.S_IMODE(path.stat().st_mode) for path in (own.authority_path, own.path)} == {0o600}


def test_an_authority_is_made_once(own: OwnAuthority) -> None:
    before = own.authority
    own.found("f" * 32, now())
    assert own.authority == before


def test_a_certificate_is_renewed_before_its_end_under_the_same_authority(own: OwnAuthority) -> None:
    authority, first = own.authority, own.ends()
    assert not own.renew(now())
    assert not own.renew(now() + LIFE - RENEW_BEFORE - timedelta(days=1))
    assert own.ends() == first
    later = now() + LIFE - RENEW_BEFORE + timedelta(days=1)
    assert own.renew(later)
    assert own.ends() == later + LIFE
    assert own.authority == authority
    assert not own.renew(later)


def test_a_renewed_certificate_is_shown_from_the_next_connection_on(own: OwnAuthority) -> None:
    context = server_context(own)
    first = shown(context, trusting=own)
    own.path.unlink()
    assert own.renew(now())
    own.load(context)
    assert shown(context, trusting=own) != first


def test_other_names_get_another_certificate_and_the_same_authority(own: OwnAuthority, tmp_path: Path) -> None:
    moved = OwnAuthority(tmp_path / "keys", ("New.Example.JP.", "::1"))
    assert moved.renew(now())
    assert moved.authority == own.authority
    assert check_as_a_counter(moved, ["new.example.jp", "::1"]) == {}
    assert not moved.renew(now())


@pytest.mark.parametrize("content", [b"", b"noise", None])
def test_a_damaged_certificate_is_replaced(own: OwnAuthority, content: bytes | None) -> None:
    own.path.unlink() if content is None else own.path.write_bytes(content)
    assert own.renew(now())
    assert check_as_a_counter(own, NAMES) == {}


def test_a_certificate_of_another_authority_is_replaced(own: OwnAuthority) -> None:
    own.path.write_bytes(issue(new_authority(LIBRARY, now()), NAMES, now()).encoded())
    assert own.renew(now())
    assert check_as_a_counter(own, NAMES) == {}


def test_a_certificate_made_while_the_clock_was_ahead_is_replaced(own: OwnAuthority) -> None:
    own.renew(now() + timedelta(days=3650))
    assert check_as_a_counter(own, ["localhost"]) != {}
    assert own.renew(now())
    assert check_as_a_counter(own, ["localhost"]) == {}


def test_a_damaged_authority_is_told_and_never_replaced(own: OwnAuthority) -> None:
    """Every counter trusts it: a new one would shut all of them out."""
    own.authority_path.write_bytes(b"noise")
    with pytest.raises(Unavailable) as trouble:
        own.renew(now())
    assert (trouble.value.code, trouble.value.params) == (
        Code.CERTIFICATE_UNUSABLE,
        {"file": str(own.authority_path), "reason": "damaged"},
    )


def test_a_file_with_another_key_or_a_locked_one_is_none_of_ours(own: OwnAuthority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = own.authority.public_bytes(Encoding.PEM)
    for lock in (NoEncryption(), BestAvailableEncryption(b"locked")):
        own.authority_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock) + certificate)
        with pytest.raises(Unavailable) as trouble:
            _ = own.authority
        assert trouble.value.params["reason"] == "damaged"


def test_a_certificate_never_outlives_its_authority() -> None:
    authority = new_authority(LIBRARY, now())
    end = authority.certificate.not_valid_after_utc
    assert issue(authority, NAMES, end - timedelta(days=3)).certificate.not_valid_after_utc == end


# --- the library's own files ------------------------------------------------------------------------------------------


@pytest.fixture
def given(tmp_path: Path) -> GivenFiles:
    """Certificate, key and authority as an authority of the library's would hand them out."""
    authority = new_authority(LIBRARY, now())
    server = issue(authority, ("registry.example.jp",), now())
    key, _, certificate = server.encoded().partition(b"-----BEGIN CERTIFICATE-----")
    (tmp_path / "server.pem").write_bytes(b"-----BEGIN CERTIFICATE-----" + certificate)
    (tmp_path / "server.key").write_bytes(key)
    (tmp_path / "ca.pem").write_bytes(authority.encoded().partition(b"-----BEGIN CERTIFICATE-----")[2])
    (tmp_path / "ca.pem").write_bytes(b"-----BEGIN CERTIFICATE-----" + (tmp_path / "ca.pem").read_bytes())
    return GivenFiles(tmp_path, TlsSettings("server.pem", "server.key", "ca.pem"))


def test_the_librarys_own_certificate_serves_as_well(given: GivenFiles) -> None:
    assert check_as_a_counter(given, ["registry.example.jp"]) == {}
    assert set(check_as_a_counter(given, ["localhost"])) == {"localhost"}
    assert given.ends() > now()
    assert names_of(given.authority) == set()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("server.pem", b"noise", "damaged"),
        ("server.pem", None, "missing"),
        ("ca.pem", b"", "damaged"),
        ("ca.pem", None, "missing"),
    ],
)
def test_a_file_that_is_none_is_named(given: GivenFiles, tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    (tmp_path / name).unlink() if content is None else (tmp_path / name).write_bytes(content)
    with pytest.raises(Unavailable) as trouble:
        _ = (given.ends(), given.authority)
    assert (trouble.value.code, trouble.value.params) == (
        Code.CERTIFICATE_UNUSABLE,
        {"file": str(tmp_path / name), "reason": reason},
    )


def test_a_key_that_belongs_to_another_certificate_is_told(given: GivenFiles, tmp_path: Path) -> None:
    other = issue(new_authority(LIBRARY, now()), ("x",), now()).encoded()
    (tmp_path / "server.key").write_bytes(other)
    with pytest.raises(Unavailable) as trouble:
        server_context(given)
    assert trouble.value.params["reason"] == "no-pair"


@pytest.mark.root
def test_an_authority_of_another_user_is_not_used(own: OwnAuthority) -> None:
    os.chown(own.authority_path, 4711, 4711)
    with pytest.raises(Unavailable) as trouble:
        own.renew(now())
    assert trouble.value.code is Code.STORE_FOREIGN
