"""The server's TLS: the authority that counters trust, and the certificate the server shows them."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config import FileTrouble, file_trouble
from kiosk.config.file_access import read_regular
from kiosk.config.private_files import read_private, save_private
from kiosk.config.registry_settings import TlsSettings
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.disk_errors import disk_translated
from kiosk.registry.authority import RENEW_BEFORE, Issued, as_written, issue, names_of, new_authority


class ServerTls(Protocol):
    """Where certificate and authority come from. Every method raises Unavailable: certificate-unusable (`file`, `reason`)."""

    @property
    def authority(self) -> x509.Certificate:
        """The certificate of the authority that counters trust."""

    def ends(self) -> datetime:
        """The end of the server's certificate."""

    def renew(self, now: datetime) -> bool:
        """Renew the certificate where that is due and up to the program; whether it was. The context then has to `load` it."""

    def load(self, context: ssl.SSLContext) -> None:
        """Make a context show the certificate from the next connection on."""


class OwnAuthority:
    """An authority made here, and the certificate it issues, in two files of the folder of keys, each with its private key."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.authority_path = folder / "authority.pem"
        self.path = folder / "server.pem"
        self._names = [as_written(name) for name in names]

    def exists(self) -> bool:
        return self.authority_path.exists()

    def found(self, library: str, now: datetime) -> None:
        """Make the authority unless there is one. Raises Unavailable, also with the codes of disks."""
        with disk_translated(self.authority_path):
            save_private(self.authority_path, new_authority(library, now).encoded())

    @property
    def authority(self) -> x509.Certificate:
        return self._read(self.authority_path).certificate

    def ends(self) -> datetime:
        return self._read(self.path).certificate.not_valid_after_utc

    def renew(self, now: datetime) -> bool:
        """Due when it is missing or damaged, when it ends soon, and when it is for other names."""
        authority = self._read(self.authority_path)
        if self._is_fresh(authority, now):
            return False
        with disk_translated(self.path):
            save_private(self.path, issue(authority, self._names, now).encoded(), replaces=lambda: True)
        return True

    def load(self, context: ssl.SSLContext) -> None:
        _load(context, self.path, self.path)

    def _is_fresh(self, authority: Issued, now: datetime) -> bool:
        try:
            certificate = self._read(self.path).certificate
            certificate.verify_directly_issued_by(authority.certificate)
        except (Unavailable, InvalidSignature, ValueError, TypeError):  # missing, damaged, or of another authority
            return False
        # A certificate made while the clock was ahead ends too late, and would begin too late.
        begun = certificate.not_valid_before_utc <= now
        return begun and certificate.not_valid_after_utc - now > RENEW_BEFORE and names_of(certificate) == set(self._names)

    def _read(self, path: Path) -> Issued:
        try:
            return Issued.decoded(read_private(path))
        except OSError as error:
            raise _unusable(path, file_trouble(error, path).value) from error
        except ValueError as error:
            raise _unusable(path, "damaged") from error


class GivenFiles:
    """The library's own certificate, key and authority. The program reads them and never writes them."""

    def __init__(self, folder: Path, settings: TlsSettings) -> None:
        self._certificate, self._key = folder / settings.certificate, folder / settings.key
        self._authority = folder / settings.authority

    @property
    def authority(self) -> x509.Certificate:
        return self._read(self._authority)

    def ends(self) -> datetime:
        return self._read(self._certificate).not_valid_after_utc

    def renew(self, now: datetime) -> bool:
        """Whoever renews the files does not tell: they are loaded anew each time."""
        return True

    def load(self, context: ssl.SSLContext) -> None:
        _load(context, self._certificate, self._key)

    def _read(self, path: Path) -> x509.Certificate:
        try:
            return x509.load_pem_x509_certificate(read_regular(path))
        except OSError as error:
            raise _unusable(path, file_trouble(error, path).value) from error
        except ValueError as error:
            raise _unusable(path, "damaged") from error


def authority_pem(tls: ServerTls) -> bytes:
    """The authority's certificate as `GET /v1/authority` tells it: public."""
    return tls.authority.public_bytes(Encoding.PEM)


def server_context(tls: ServerTls) -> ssl.SSLContext:
    """A context for a server that shows the certificate. Raises Unavailable: certificate-unusable."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Threads of connections that are cut off without a close would log it.
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    tls.load(context)
    return context


def check_as_a_counter(tls: ServerTls, names: Sequence[str]) -> dict[str, str]:
    """Connect as a counter would by each name, in memory: with the authority alone and the name checked. Returns OpenSSL's reason for each
    name that a counter would refuse. Raises Unavailable: certificate-unusable.
    """
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=authority_pem(tls).decode())
    server = server_context(tls)
    return {name: why for name in names if (why := _refusal(client, server, name))}


def _refusal(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> str:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = client.wrap_bio(down, up, server_hostname=name), server.wrap_bio(up, down, server_side=True)
    # Each turn both take what the other has written: three suffice for TLS 1.3, four for 1.2.
    for _ in range(5):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
            except ssl.SSLError as error:
                return error.reason or "tls"
    return ""


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        # Without the callback OpenSSL would ask for a password on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        raise _unusable(certificate, "no-pair") from error
    except OSError as error:
        raise _unusable(certificate, file_trouble(error, certificate).value) from error


def _unusable(path: Path, reason: str) -> Unavailable:
    return Unavailable(Code.CERTIFICATE_UNUSABLE, file=str(path), reason=reason if reason != FileTrouble.OTHER else "damaged")
