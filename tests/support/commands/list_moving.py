"""A list of another system, and a server that trusts the authority whose serial numbers are in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config.registry_home import RegistryHome
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.virtual.authority import VirtualAuthority
from tests.support.commands.call import Call
from tests.support.commands.server import opened

SERIAL = 0x0B000000
FORM = ("--serial", "hex", "--columns", "serial,number")


@pytest.fixture
def issuer(authority: VirtualAuthority) -> Authority:
    return Authority(authority.certificate.public_bytes(Encoding.DER))


@pytest.fixture
def trusting(registry: Call, begun: RegistryHome, issuer: Authority, tmp_path: Path) -> RegistryHome:
    trust(registry, issuer, tmp_path)
    return begun


def trust(registry: Call, issuer: Authority, folder: Path) -> None:
    path = folder / "authority.cer"
    path.write_bytes(issuer.der)
    said = registry("trust", "add", str(path), "--fingerprint", issuer.fingerprint)
    assert said.code == 0, said.err


def written(folder: Path, lines: list[str]) -> str:
    path = folder / "list.csv"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return str(path)


def listed(*cards: int) -> list[str]:
    return [f"{SERIAL + card:08X},{2_000_000_000 + card}" for card in cards]


def links(home: RegistryHome) -> dict[str, bytes]:
    server = opened(home)
    found = {placed.link.number.text: placed.link.token.digest for placed in server.ledger.snapshot().links}
    assert not server.ledger.verify().findings
    server.close()
    return found
