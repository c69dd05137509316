"""Debian's OpenSC, which supports the JPKI card, takes a virtual card on pcscd's virtual reader for a real one."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.smartcard.virtual.card import VirtualCard
from kiosk.smartcard.virtual.demo_cards import PIN, Deck
from tests.support.pcscd.rig import PcscdRig

pytestmark = pytest.mark.pcscd
MODULE = Path("/usr/lib") / f"{platform.machine()}-linux-gnu" / "opensc-pkcs11.so"
TOKEN = "JPKI (User Authentication PIN)"


def run(*command: str | Path) -> str:
    """What the program says on both channels. Fails with it when the program fails."""
    done = attempt(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def attempt(*command: str | Path) -> subprocess.CompletedProcess[str]:
    assert shutil.which(command[0]) is not None, f"{command[0]} is missing; on Debian: apt-get install opensc openssl"
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def card(pcscd: PcscdRig, tray: Deck) -> VirtualCard:
    card = tray.fresh("fine")
    pcscd.lay(card)
    return card


@pytest.fixture
def certificate(card: VirtualCard, tmp_path: Path) -> Path:
    read = tmp_path / "certificate.pem"
    run("pkcs15-tool", "--read-certificate", "1", "--output", read)
    return read


def test_the_certificate_is_read_and_verified_with_openssl(tray: Deck, certificate: Path, tmp_path: Path) -> None:
    (tmp_path / "authority.cer").write_bytes(tray.authority.der)
    run("openssl", "x509", "-inform", "DER", "-in", tmp_path / "authority.cer", "-out", tmp_path / "authority.pem")
    assert "OK" in run("openssl", "verify", "-CAfile", tmp_path / "authority.pem", certificate)
    run("openssl", "x509", "-in", certificate, "-outform", "DER", "-out", tmp_path / "certificate.cer")
    assert (tmp_path / "certificate.cer").read_bytes() == tray.card("fine").certificate


def test_the_tries_are_shown_and_a_pin_is_told_from_a_wrong_one(card: VirtualCard) -> None:
    def tries_shown() -> str:
        pins = run("pkcs15-tool", "--list-pins").partition("[User Authentication PIN]")[2]
        found = re.search(r"Tries left\s*:\s*(\d)", pins)
        assert found is not None
        return found[1]

    assert tries_shown() == "3"
    assert attempt("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", "0000").returncode != 0
    assert (card.verifies, card.tries, tries_shown()) == (1, 2, "2")
    run("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", PIN.decode())
    assert (card.verifies, card.tries, tries_shown()) == (2, 3, "3")


def test_a_signature_is_checked_with_openssl(card: VirtualCard, certificate: Path, tmp_path: Path) -> None:
    message, signature, key = tmp_path / "message", tmp_path / "signature", tmp_path / "key.pem"
    message.write_bytes(b"a challenge")
    signing = ["--sign", "--mechanism", "SHA256-RSA-PKCS", "--id", "1", "--login", "--pin", PIN.decode()]
    files = ["--input-file", str(message), "--output-file", str(signature)]
    run("pkcs11-tool", "--module", MODULE, "--token-label", TOKEN, *signing, *files)
    key.write_text(run("openssl", "x509", "-in", certificate, "-pubkey", "-noout"))
    assert "Verified OK" in run("openssl", "dgst", "-sha256", "-verify", key, "-signature", signature, message)
    message.write_bytes(b"another challenge")
    assert attempt("openssl", "dgst", "-sha256", "-verify", key, "-signature", signature, message).returncode != 0
