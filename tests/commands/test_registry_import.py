"""kiosk registry trust | import, as an administrator types them."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.commands.output import words
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.errors import Code
from kiosk.domain.moving_list import Cause
from kiosk.domain.token import link_token
from kiosk.ledger.running_lock import RunningLock
from kiosk.smartcard.authority import Authority
from kiosk.text import plain, say
from tests.support.backup.served_library import Library
from tests.support.commands.call import Call
from tests.support.commands.list_moving import FORM, SERIAL, issuer, links, listed, trust, trusting, written

__all__ = ["issuer", "trusting"]


def test_a_list_is_taken_in_and_its_cards_are_known(registry: Call, library: Library, issuer: Authority, tmp_path: Path) -> None:
    trust(registry, issuer, tmp_path)
    path, of_all = written(tmp_path, listed(1, 2, 3)), (*FORM, "--authority", issuer.fingerprint[:8])
    dry = registry("import", path, *of_all, "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    assert words("registry.import.would", taken=3, present=0) in dry.out
    assert links(library.home) == {}
    said = registry("import", path, *of_all)
    assert (said.code, said.err) == (0, "")
    expected = {str(2_000_000_000 + card): link_token(library.key, issuer.key_digest, SERIAL + card).digest for card in (1, 2, 3)}
    assert links(library.home) == expected
    assert library.position() == (1, 1)
    (backup,) = library.backups()
    assert "登録3件" in registry("verify", str(backup)).out
    assert str(backup) in said.out
    again = registry("import", path, *of_all)
    assert words("registry.import.none-new", present=3) in again.out
    assert library.position() == (1, 1)


def test_ten_kinds_of_faults_are_one_report_and_nothing_is_taken(
    registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten in each kind among thousands of good lines; a report names lines and causes, and nothing that is in them."""
    lines = [f"{line},{issuer.fingerprint}" for line in listed(*range(10_000))]
    good = lines.copy()
    bad: dict[Cause, Callable[[str], str]] = {
        Cause.COLUMNS: lambda line: line + ",x",
        Cause.QUOTES: lambda line: '"' + line,
        Cause.SERIAL_EMPTY: lambda line: line[8:],
        Cause.SERIAL_DIGITS: lambda line: "G" + line[1:],
        Cause.SERIAL_ROUNDED: lambda line: "1.17E+08" + line[8:],
        Cause.AUTHORITY_UNKNOWN: lambda line: line[:-64] + "f" * 64,
        Cause.NUMBER_EMPTY: lambda line: line[:9] + line[19:],
        Cause.NUMBER_LENGTH: lambda line: line[:9] + "1" + line[19:],
        Cause.CARD_TWICE: lambda line: good[0][:8] + line[8:],
        Cause.NUMBER_TWICE: lambda line: line[:8] + good[1][8:],
    }
    for kind, spoil in enumerate(bad.values(), 1):
        for place in range(100 * kind, 100 * kind + 10):
            lines[place] = spoil(lines[place])
    columns = ("--serial", "hex", "--columns", "serial,number,authority")
    report = tmp_path / "report.csv"
    caplog.set_level(logging.DEBUG, "kiosk")
    said = registry("import", written(tmp_path, lines), *columns, "--report", str(report))
    assert said.code == 1
    for kind, cause in enumerate(bad, 1):
        shown = "、".join(
            str(line) + ("" if cause not in (Cause.CARD_TWICE, Cause.NUMBER_TWICE) else f"(前は{kind - 8})")
            for line in range(100 * kind + 1, 100 * kind + 11)
        )
        assert words("registry.import.cause", why=words(f"registry.import.cause.{cause}"), count=10, lines=shown) in said.err
    assert say("command.registry.import.refused") in said.err
    assert links(trusting) == {}
    table = list(csv.reader(io.StringIO(report.read_text("utf-8-sig"))))[1:]
    assert [(int(row[0]), row[1]) for row in table] == [
        (100 * kind + place + 1, cause.value) for kind, cause in enumerate(bad, 1) for place in range(10)
    ]
    told = said.out + said.err + report.read_text("utf-8") + caplog.text
    assert not [line for line in good if line[:8] in told or line[9:19] in told]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--columns", "serial,number"), "authority-missing"),
        (("--columns", "serial,number,authority", "--authority", "authca03"), "authority-both"),
        (("--columns", "serial,number", "--authority", "authca03"), "authority-unknown"),
    ],
)
def test_whose_the_numbers_are_is_never_guessed(
    registry: Call, trusting: RegistryHome, tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    said = registry("import", written(tmp_path, listed(1)), "--serial", "hex", *options)
    assert (said.code, said.err.strip()) == (
        1,
        words(f"registry.import.{why}", name="authca03") if "unknown" in why else words(f"registry.import.{why}"),
    )
    assert links(trusting) == {}


@pytest.mark.parametrize(
    "given", [("--columns", "serial,number"), ("--serial", "hex"), (*FORM[:3], "serial"), (*FORM[:3], "serial,number,number")]
)
def test_what_a_column_is_and_how_it_is_written_is_never_guessed(
    registry: Call, trusting: RegistryHome, tmp_path: Path, given: tuple[str, ...]
) -> None:
    assert registry("import", written(tmp_path, listed(1)), *given).code == 2


def test_without_an_authority_nothing_can_be_imported(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    said = registry("import", written(tmp_path, listed(1)), *FORM, "--authority", "authca03")
    assert (said.code, said.err.strip()) == (1, say("command.registry.import.no-authorities"))


def test_no_server_may_run_but_for_a_dry_run(registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path) -> None:
    path = written(tmp_path, listed(1))
    with RunningLock(trusting.lock):
        said = registry("import", path, *FORM, "--authority", issuer.fingerprint)
        assert (said.code, plain(say(f"refusal.{Code.REGISTRY_SERVING}.staff")) in said.err) == (1, True)
        assert registry("import", path, *FORM, "--authority", issuer.fingerprint, "--dry-run").code == 0
    assert links(trusting) == {}


def test_the_rule_of_the_counters_finds_zeros_that_were_dropped(
    registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[card]\nrevocation = "none"\n[library_card]\nlength = 10\n', "utf-8")
    path = written(tmp_path, [*listed(1), f"{SERIAL + 2:X},12345678"])
    said = registry("import", path, *FORM, "--authority", issuer.fingerprint, "--counter-config", str(config))
    assert (said.code, words(f"registry.import.cause.{Cause.NUMBER_LENGTH}") in said.err) == (1, True)
    told = registry("import", path, *FORM, "--authority", issuer.fingerprint, "--dry-run")
    shown = "、".join(words("registry.import.length", length=length, count=1) for length in (8, 10))
    assert (told.code, told.err.strip()) == (0, words("registry.import.lengths", lengths=shown))


def test_a_line_with_two_faults_is_one_line(registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path) -> None:
    crossed = f"{SERIAL + 1:08X},{2_000_000_002}"
    said = registry("import", written(tmp_path, [*listed(1, 2), crossed]), *FORM, "--authority", issuer.fingerprint)
    assert words("registry.import.faults", count=1) in said.err


def test_what_contradicts_the_ledger_is_told_by_line(registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path) -> None:
    of_all = (*FORM, "--authority", issuer.fingerprint)
    assert registry("import", written(tmp_path, listed(1, 2)), *of_all).code == 0
    before = links(trusting)
    for dry in ((), ("--dry-run",)):
        said = registry("import", written(tmp_path, [*listed(3), f"{SERIAL + 1:08X},2000000009"]), *of_all, *dry)
        assert said.code == 1
        assert words("registry.import.cause", why=words(f"registry.import.cause.{Cause.CARD_LINKED}"), count=1, lines="2") in said.err
    assert links(trusting) == before


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), ("A1,2000000001".encode("utf-16"), "wide")])
def test_what_is_no_list_is_said(
    registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    said = registry("import", str(path), *FORM, "--authority", issuer.fingerprint)
    assert (said.code, said.err.strip()) == (1, words(f"registry.import.unusable.{why}", file=str(path)))
    assert registry("import", str(tmp_path / "nowhere.csv"), *FORM, "--authority", issuer.fingerprint).code == 1


def test_a_report_that_is_there_is_left(registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path) -> None:
    path, report = written(tmp_path, ["x"]), tmp_path / "report.csv"
    report.write_text("somebody's", "utf-8")
    said = registry("import", path, *FORM, "--authority", issuer.fingerprint, "--report", str(report))
    assert (said.code, said.err.strip()) == (1, words("registry.import.report-there", file=str(report)))
    assert report.read_text("utf-8") == "somebody's"
