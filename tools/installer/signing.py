"""Authenticode signatures on what we build, by osslsigncode: with a key in a file, or in a token by PKCS#11.

Usage: python -m tools.installer.signing --sign-with KEY --certificate PEM [--pkcs11-module FILE] [--passphrase FILE] [--timestamp URL] FILE
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


class SigningError(Exception):
    """Nothing was signed; says why in one line."""


@dataclass(frozen=True, slots=True)
class Signer:
    key: str
    """A file (PEM), or a URI of PKCS#11 (RFC 7512)."""
    certificate: Path
    """PEM, the signer's first, then those that lead to the root."""
    pkcs11_module: Path | None = None
    passphrase: Path | None = None
    """A file with the key's passphrase or the token's PIN."""
    timestamp: str | None = None
    """Of a service after RFC 3161. Without one the signature is worth nothing once the certificate has run out."""

    def sign(self, path: Path) -> None:
        """In place. Raises SigningError."""
        signed = path.with_name(path.name + ".signed")
        command = [*self._options(), "-in", str(path), "-out", str(signed)]
        told = subprocess.run(
            ["osslsigncode", "sign", *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
        )
        if told.returncode != 0:
            signed.unlink(missing_ok=True)
            lines = (told.stderr + told.stdout).strip().splitlines() or ["osslsigncode failed"]
            raise SigningError(f"{path.name} is not signed: {lines[0]}")
        signed.chmod(path.stat().st_mode)
        signed.replace(path)

    def arguments(self) -> list[str]:
        """The same, for the command of this module."""
        told = ["--sign-with", self.key, "--certificate", str(self.certificate)]
        for name, value in (("pkcs11-module", self.pkcs11_module), ("passphrase", self.passphrase), ("timestamp", self.timestamp)):
            told += [] if value is None else [f"--{name}", str(value)]
        return told

    def _options(self) -> list[str]:
        """As osslsigncode takes them."""
        told = ["-h", "sha256", "-certs", str(self.certificate), "-key", self.key, "-n", "Library Card Kiosk"]
        if self.pkcs11_module is not None:
            told += ["-pkcs11module", str(self.pkcs11_module)]
        if self.passphrase is not None:
            told += ["-readpass", str(self.passphrase)]
        if self.timestamp is not None:
            told += ["-ts", self.timestamp]
        return told


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sign-with", metavar="KEY", help="a file (PEM), or pkcs11:… for a key in a token")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="the signer's certificate, and those that lead to its root")
    parser.add_argument("--pkcs11-module", type=Path, metavar="FILE", help="the library of the token's maker")
    parser.add_argument("--passphrase", type=Path, metavar="FILE", help="a file that holds the key's passphrase, or the token's PIN")
    parser.add_argument(
        "--timestamp", metavar="URL", help="of a timestamp service (RFC 3161); without one a signature ends with its certificate"
    )


def signer_told(parser: argparse.ArgumentParser, told: argparse.Namespace) -> Signer | None:
    """None: nothing is to be signed."""
    if (told.sign_with is None) != (told.certificate is None):
        parser.error("--sign-with and --certificate go together")
    if told.sign_with is None:
        return None
    key = told.sign_with if told.sign_with.startswith("pkcs11:") else str(Path(told.sign_with).resolve())
    module, passphrase = (None if path is None else path.resolve() for path in (told.pkcs11_module, told.passphrase))
    signer = Signer(key, told.certificate.resolve(), module, passphrase, told.timestamp)
    for path in (signer.certificate, module, passphrase, None if key.startswith("pkcs11:") else Path(key)):
        if path is not None and not path.is_file():
            parser.error(f"{path} is not there")
    return signer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.installer.signing")
    add_options(parser)
    parser.add_argument("file", type=Path)
    told = parser.parse_args()
    signer = signer_told(parser, told)
    if signer is None:
        parser.error("--sign-with and --certificate are needed")
    try:
        signer.sign(told.file)
    except SigningError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
