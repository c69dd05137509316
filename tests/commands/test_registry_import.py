"""kiosk registry trust | import, as an administrator types them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.commands.output import words
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code
from kiosk.domain.moving_list import Cause
from kiosk.domain.token import link_token
from kiosk.ledger.database import ask
from kiosk.ledger.notes import write_note
from kiosk.ledger.running_lock import RunningLock
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.trust import TrustStore
from kiosk.smartcard.virtual.authority import VirtualAuthority
from kiosk.text import plain, say
from tests.support.backup.served_library import Library
from tests.support.commands.call import Call
from tests.support.commands.server import opened
from tests.support.postgres.cluster import PostgresCluster

SERIAL = 0x0B000000
FORM = ("--serial", "hex", "--columns", "serial,number")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.linux("PostgreSQL"))])
def library(registry: Call, place: RegistryHome, tmp_path: Path, request: pytest.FixtureRequest) -> Library:
    place.prepare()
    if request.param == "postgresql":
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        place.config.write_text(f'[database]\nurl = "{cluster.create_database()}"\n', "utf-8")
    registry("init")
    return Library(tmp_path, place)


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


def test_without_a_backup_of_it_the_list_is_to_be_kept(registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path) -> None:
    (trusting.folder / "backups").write_text("in the way", "utf-8")
    said = registry("import", written(tmp_path, listed(1, 2)), *FORM, "--authority", issuer.fingerprint)
    assert (said.code, words("registry.import.no-backup") in said.err) == (1, True)
    assert words("registry.import.delete") not in said.out
    assert len(links(trusting)) == 2


def test_a_restore_of_a_backup_from_before_names_the_list(
    registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path
) -> None:
    assert registry("backup", str(tmp_path / "before")).code == 0
    assert registry("import", written(tmp_path, listed(1, 2)), *FORM, "--authority", issuer.fingerprint).code == 0
    (before,) = (tmp_path / "before").iterdir()
    said = registry("restore", str(before), "--replace", "--sheet", str(Library(tmp_path, trusting).sheet))
    assert words("registry.restore.lost-lists", lists=1, links=2) in said.out
    assert words("registry.restore.lacking", count=1) not in said.out


def test_ten_kinds_of_faults_are_one_report_and_nothing_is_taken(
    registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path
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
    told = said.out + said.err + report.read_text("utf-8") + "".join(path.read_text("utf-8") for path in trusting.logs.glob("*"))
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


def test_the_generation_whose_fingerprint_is_not_in_the_program_has_its_name(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    """Most older cards are of authca02."""
    trust(registry, Authority(VirtualAuthority.create(serial=0x0133C349, demo=False).der), tmp_path)
    path = written(tmp_path, ["0233C349,2000000001"])
    said = registry("import", path, *FORM, "--authority", "authca02", "--dry-run")
    assert (said.code, said.err) == (0, "")
    said = registry("import", written(tmp_path, listed(1)), *FORM, "--authority", "authca02", "--dry-run")
    assert words(f"registry.import.cause.{Cause.SERIAL_NEWER}") in said.err


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


def test_what_contradicts_the_ledger_is_told_by_line(registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path) -> None:
    of_all = (*FORM, "--authority", issuer.fingerprint)
    assert registry("import", written(tmp_path, listed(1, 2)), *of_all).code == 0
    before = links(trusting)
    for dry in ((), ("--dry-run",)):
        said = registry("import", written(tmp_path, [*listed(3), f"{SERIAL + 1:08X},2000000009"]), *of_all, *dry)
        assert said.code == 1
        assert words("registry.import.cause", why=words(f"registry.import.cause.{Cause.CARD_LINKED}"), count=1, lines="2") in said.err
    assert links(trusting) == before


def test_the_day_of_the_list_is_asked_for_once_stops_were_forgotten(
    registry: Call, trusting: RegistryHome, issuer: Authority, tmp_path: Path
) -> None:
    server = opened(trusting)
    write_note(server.ledger.database.database, "stops.since", str(int(datetime(2026, 6, 30, 20, tzinfo=UTC).timestamp())))
    server.close()
    asked = ("import", written(tmp_path, listed(1)), *FORM, "--authority", issuer.fingerprint, "--dry-run")
    said = registry(*asked)
    assert (said.code, said.err.strip()) == (1, words("registry.import.made-missing", day="2026-07-02"))
    said = registry(*asked, "--made", "2026-07-01")
    assert (said.code, said.err.strip()) == (1, words("registry.import.made-before", day="2026-07-02"))
    said = registry(*asked, "--made", "2026-07-02")
    assert (said.code, said.err.strip()) == (0, words("registry.import.stops-since", day="2026-07-02"))
    assert registry(*asked, "--made", f"{datetime.now(JAPAN).date() + timedelta(days=1)}").code == 2, "a slip"


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


@pytest.mark.linux("PostgreSQL")
def test_whether_it_was_taken_is_not_known_when_the_database_goes_away(
    registry: Call, place: RegistryHome, postgres: PostgresCluster, issuer: Authority, tmp_path: Path
) -> None:
    """The answer to the commit may be lost as well; the same command again tells, and makes the backup."""
    place.prepare()
    url = postgres.create_database()
    place.config.write_text(f'[database]\nurl = "{url}"\n', "utf-8")
    registry("init")
    trust(registry, issuer, tmp_path)
    asked = ("import", written(tmp_path, listed(1)), *FORM, "--authority", issuer.fingerprint)
    ends = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END"
    server = opened(place)
    with server.ledger.database.writing() as database:
        ask(database, f"CREATE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS $$ {ends} $$")
        ask(database, "CREATE TRIGGER failing BEFORE INSERT ON link FOR EACH ROW EXECUTE FUNCTION failing()")
    server.close()
    said = registry(*asked)
    assert (said.code, words("registry.import.broken-off") in said.err) == (1, True)
    server = opened(place)
    with server.ledger.database.writing() as database:
        ask(database, "DROP TRIGGER failing ON link")
    server.close()
    assert registry(*asked).code == 0
    (place.folder / "backups").rename(tmp_path / "kept")
    again = registry(*asked)
    assert (again.code, words("registry.import.none-new", present=1) in again.out) == (0, True)
    assert len(list((place.folder / "backups").glob("*.backup"))) == 1


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
    assert registry("trust", "remove", issuer.fingerprint[:8]).code == 1
