"""The certificate of the authority that vouches for the library's server, beside the store. Not secret; which one it is, the keys say."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kiosk.config.file_access import read_regular
from kiosk.config.private_files import save_private
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.error_table import translated

_NAME = "registry-authority.der"


def authority_path(database: Path) -> Path:
    return database.with_name(_NAME)


def keep_authority(database: Path, certificate: bytes) -> None:
    """Save a certificate (DER), in place of the one before. Raises Unavailable."""
    with translated(database):
        save_private(authority_path(database), certificate, replaces=lambda: True)


def kept_authority(database: Path, fingerprint: str) -> bytes:
    """The certificate (DER) with this SHA-256 (hexadecimal). Raises Unavailable: registry-authority-missing, if there is none or another:
    the file is no proof of itself.
    """
    try:
        certificate = read_regular(authority_path(database))
    except OSError:
        certificate = b""
    if hashlib.sha256(certificate).hexdigest() != fingerprint:
        raise Unavailable(Code.REGISTRY_AUTHORITY_MISSING, place=str(authority_path(database)))
    return certificate
