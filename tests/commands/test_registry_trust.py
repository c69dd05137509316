"""kiosk registry trust, and what import makes of the authorities that were pinned."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kiosk.commands.output import words
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.moving_list import Cause
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.trust import TrustStore
from kiosk.smartcard.virtual.authority import VirtualAuthority
from kiosk.text import say
from tests.support.commands.call import Call
from tests.support.commands.list_moving import FORM, issuer, listed, trust, trusting, written

__all__ = ["issuer", "trusting"]


def test_the_generation_whose_fingerprint_is_not_in_the_program_has_its_name(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    """Most older cards are of authca02."""
    trust(registry, Authority(VirtualAuthority.create(serial=0x0133C349, demo=False).der), tmp_path)
    path = written(tmp_path, ["0233C349,2000000001"])
    said = registry("import", path, *FORM, "--authority", "authca02", "--dry-run")
    assert (said.code, said.err) == (0, "")
    said = registry("import", written(tmp_path, listed(1)), *FORM, "--authority", "authca02", "--dry-run")
    assert words(f"registry.import.cause.{Cause.SERIAL_NEWER}") in said.err


def test_cards_of_an_authority_that_has_ended_are_warned_of(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    ended = VirtualAuthority.create(serial=0x0133C349, demo=False, ends=datetime(2025, 10, 19, tzinfo=UTC))
    trust(registry, Authority(ended.der), tmp_path)
    for columns, more in (("serial,number", ["--authority", "authca02"]), ("serial,number,authority", [])):
        line = "0233C349,2000000001" + ("" if more else ",authca02")
        said = registry("import", written(tmp_path, [line]), "--serial", "hex", "--columns", columns, *more, "--dry-run")
        assert said.code == 0
        assert said.err.startswith(words("registry.import.authority-ended", name="").partition("「")[0])


def test_an_authority_is_trusted_only_if_it_can_be_written_down(
    registry: Call, place: RegistryHome, issuer: Authority, tmp_path: Path
) -> None:
    path = tmp_path / "authority.cer"
    path.write_bytes(issuer.der)
    place.prepare()
    assert registry("trust", "add", str(path), "--fingerprint", issuer.fingerprint).code == 1
    assert TrustStore(place.trust).load() == ()
    registry("init")
    assert registry("trust", "add", str(path), "--fingerprint", issuer.fingerprint).code == 0
    place.database.rename(tmp_path / "gone")
    assert registry("trust", "remove", issuer.fingerprint).code == 1
    assert TrustStore(place.trust).load() == (issuer,)


def test_an_authority_is_pinned_listed_and_removed(registry: Call, trusting: RegistryHome, issuer: Authority) -> None:
    assert registry("trust", "list").code == 0
    assert issuer.name in registry("trust", "list").out
    assert registry("trust", "remove", issuer.fingerprint[:8]).code == 0
    assert say("command.registry.trust.empty") in registry("trust", "list").out
    again = registry("trust", "remove", issuer.fingerprint[:8])
    assert (again.code, again.err.strip()) == (1, say("command.registry.trust.nothing-removed"))
