"""Long lists are read page by page: in little memory, without blocking anything, even if the reader stops halfway."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.equipment import open_repository
from kiosk.ledger.paging import PAGE
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository

SINCE = "2026-11-23T03:00:00+00:00"
MEGABYTE = 1024 * 1024
MOST = 150
ACTS = 500_000


def fill(path: Path, keys: Keys, count: int, acts_of: int | None = None) -> None:
    """Links, and the audit rows (of so many of them) and the count that go with them: fast, not durable, not chained."""
    with closing(open_file(path, keys.database, settings=False)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        links = ((number.to_bytes(32, "big"), f"{number:010}", SINCE, "窓口1", f"{number:032x}", number) for number in range(count))
        connection.executemany("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", links)
        connection.execute("INSERT INTO link_number SELECT number, token FROM link")
        rows = count if acts_of is None else acts_of
        acts = ((SINCE, "窓口1", f"••••••{number % 10000:04}", f"{number:032x}", bytes(32)) for number in range(rows))
        insert = (
            "INSERT INTO audit (at, counter, act, result, checked, number, operation, previous, hash)"
            " VALUES (?, ?, 'register', 'done', 'certificate revocation:good pin', ?, ?, x'00', ?)"
        )
        connection.executemany(insert, acts)
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('audit.head', ?)", (f"{rows} {bytes(32).hex()}",))
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('links.digest', ?)", (f"{count} {0:064x}",))
        connection.execute("INSERT OR REPLACE INTO tally VALUES ('2026-11', 'register', ?)", (count,))
        connection.execute("COMMIT")


def token(number: int) -> LinkToken:
    return LinkToken(number.to_bytes(32, "big"))


@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 7])
def test_every_row_is_listed_once_and_in_order(store: Repository, path: Path, keys: Keys, count: int) -> None:
    fill(path, keys, count)
    assert [link.number for link in store.list_links(masked=False)] == [f"{number:010}" for number in range(count)]
    assert [entry.place for entry in store.audit_rows()] == list(range(1, count + 1))
    assert store.count_links() == count


def test_the_count_follows_every_act(store: Repository) -> None:
    for number in range(3):
        store.save_link(UUID(int=number), token(number), LibraryCardNumber(f"{number:010}"), revocation=Revocation.GOOD)
    store.close_link(UUID(int=9), LibraryCardNumber("0000000001"), UnlinkReason.WISH)
    assert store.count_links() == len(list(store.list_links())) == 2


def test_what_changes_while_a_list_is_read_is_there_once_or_not_at_all(store: Repository, path: Path, keys: Keys) -> None:
    fill(path, keys, 2 * PAGE)
    seen = store.list_links(masked=False)
    numbers = [next(seen).number for _ in range(10)]
    store.close_link(UUID(int=1 << 100), LibraryCardNumber(f"{5:010}"), UnlinkReason.WISH)
    store.close_link(UUID(int=2 << 100), LibraryCardNumber(f"{PAGE + 5:010}"), UnlinkReason.WISH)
    new = LibraryCardNumber(f"{3 * PAGE:010}")
    store.save_link(UUID(int=3 << 100), token(3 * PAGE), new, revocation=Revocation.GOOD)
    numbers += [link.number for link in seen]
    expected = [f"{number:010}" for number in range(2 * PAGE) if number != PAGE + 5]
    assert numbers == [*expected, new.text]


@pytest.mark.parametrize("rows", [Repository.list_links, Repository.audit_rows], ids=["links", "audit"])
def test_whoever_stops_reading_holds_nothing(store: Repository, path: Path, keys: Keys, rows: Callable[[Repository], object]) -> None:
    """A transaction left open would let the -wal file grow for as long as somebody looks at a page of `less`."""
    fill(path, keys, 2 * PAGE)
    unfinished = iter(rows(store))  # type: ignore[call-overload]
    next(unfinished)
    store.close_link(UUID(int=1 << 100), LibraryCardNumber(f"{5:010}"), UnlinkReason.WISH)
    with closing(open_file(path, keys.database, settings=False)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    assert next(unfinished)


@pytest.mark.trial
def test_two_million_links_are_listed_and_counted_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "keys"))
    home = Home(tmp_path / "home")
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    repository, keys = open_repository(home, read_settings(home.config))
    with repository:
        fill(home.store, keys, 2_000_000, acts_of=ACTS)
        began = time.perf_counter()
        assert repository.count_links() == 2_000_000
        counted = time.perf_counter() - began
    figures = [f"count {counted * 1000:.1f} ms"]
    for arguments, lines in ((["links", "list"], 2_000_000), (["audit", "list"], ACTS), (["links", "count"], 1)):
        written = tmp_path / "out"
        began = time.perf_counter()
        code, most = ran(["--home", str(home.folder), *arguments], written)
        figures.append(f"{' '.join(arguments)} {most / MEGABYTE:.0f} MB {time.perf_counter() - began:.1f} s")
        # Rows that were not written by acts fit no anchor: a doubted store.
        assert code == 1
        with written.open("rb") as file:
            assert sum(1 for _ in file) >= lines
        assert most < MOST * MEGABYTE
    with capsys.disabled():
        print(" " + ", ".join(figures), end="")  # noqa: T201
    assert counted < 0.1


AND_SAY_HOW_MUCH = """
import re, sys
from pathlib import Path
from kiosk.__main__ import main
code = main(sys.argv[1:])
sys.stderr.write(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
sys.exit(code)
"""


def ran(arguments: list[str], written: Path) -> tuple[int, int]:
    """Exit code, and the most memory a command held, in bytes (proc(5): the peak of this very program, not of whoever started it)."""
    command = [sys.executable, "-c", AND_SAY_HOW_MUCH, *arguments]
    with written.open("wb") as file:
        ended = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, text=True, timeout=600, check=False)
    return ended.returncode, int(ended.stderr.split()[-1]) * 1024
