"""What it costs to take a list of a million links into the ledger, on SQLite and on PostgreSQL, beside a script that reads the same list,
computes the tokens and inserts the sorted rows; and what a list of 100,000 lines with ten kinds of faults costs until its report.

Usage: python -m tests.bench.registry_import [LINES]
"""

from __future__ import annotations

import hmac
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.virtual.authority import VirtualAuthority, ecdsa_key
from tests.support.postgres.cluster import PostgresCluster

ROOT = Path(__file__).resolve().parents[2]
LINES, FAULTY = 1_000_000, 100_000
LIMIT = 1800
"""Seconds after which something hangs."""
SECONDS, MEGABYTES = 300, 300
"""What must be reached, on two cores; of the command's process."""
_FIRST = 0x0B000000
_SPOILT = ("{0},x", '"{0}', ",{2}", "G{0}", "1.17E+08,{2}", "{1},", "{1},12", "{1},１２３４５６78Z", "0,{2}", "{1},1999999999")
"""Ten ways to spoil a line: {0} is all of it, {1} its serial number, {2} its number."""


@dataclass(frozen=True, slots=True)
class Figures:
    seconds: float
    busy: float
    """Seconds of a processor."""
    megabytes: float

    def told(self, what: str) -> str:
        lasted = f"{self.seconds:.0f} s (limit {SECONDS}; {self.busy:.0f} s of a processor)"
        return f"{what}: {lasted}, {self.megabytes:.0f} MB (limit {MEGABYTES})"


def measure(folder: Path, lines: int = LINES) -> Iterator[str]:
    """One line for each figure."""
    folder.mkdir(parents=True, exist_ok=True)
    good, faulty = folder / "list.csv", folder / "faulty.csv"
    _apart("write_lists", good, faulty, lines)
    bare = float(_apart("in_a_script", good, folder / "bare.db"))
    on_sqlite = taken_in(folder / "sqlite", good, "")
    yield on_sqlite.told(f"a list of {lines:,} links into SQLite: {on_sqlite.seconds / bare:.1f} times a script")
    with PostgresCluster(is_durable=True) as postgres:
        on_postgresql = taken_in(folder / "postgresql", good, f'[database]\nurl = "{postgres.create_database()}"\n')
    yield on_postgresql.told(f"into PostgreSQL: {on_postgresql.seconds / bare:.1f} times the script")
    refused = taken_in(folder / "faulty", faulty, "", code=1)
    yield refused.told(f"a list of {FAULTY:,} lines with ten kinds of faults until its report")


def taken_in(folder: Path, path: Path, config: str, code: int = 0) -> Figures:
    folder.mkdir()
    (folder / "registry.toml").write_text(config, "utf-8")
    authority = Authority(VirtualAuthority.create(key=ecdsa_key(), demo=False).certificate.public_bytes(Encoding.DER))
    (folder / "authority.cer").write_bytes(authority.der)
    command = [sys.executable, "-m", "kiosk", "--home", str(folder), "registry"]
    subprocess.run([*command, "init"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=LIMIT)
    pinning = [*command, "trust", "add", str(folder / "authority.cer"), "--fingerprint", authority.fingerprint]
    subprocess.run(pinning, cwd=ROOT, capture_output=True, check=True, timeout=LIMIT)
    of_all = ["--serial", "hex", "--columns", "serial,number", "--authority", authority.fingerprint]
    begun = time.monotonic()
    report = folder / "report.txt"
    with report.open("wb") as said:
        child = subprocess.Popen([*command, "import", str(path), *of_all], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    told = report.read_text("utf-8")
    if child.returncode != code or (code and told.count("・") != len(_SPOILT)):
        raise RuntimeError(told)
    return Figures(time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _apart(function: str, *arguments: object) -> str:
    """What a function of this module prints, in a process of its own: what a child began as a copy of counts for it (getrusage(2))."""
    calling = f"import sys; from tests.bench import registry_import; registry_import.{function}(*sys.argv[1:])"
    command = [sys.executable, "-c", calling, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=LIMIT).stdout


def in_a_script(path: str, database: str) -> None:
    """Print its seconds."""
    begun = time.monotonic()
    rows = []
    for line in Path(path).read_text().splitlines():
        serial, number = line.split(",")
        rows.append((hmac.digest(bytes(32), bytes(44) + bytes.fromhex(serial), "sha256"), number))
    rows.sort()
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA cache_size = -65536")
        opened.execute("CREATE TABLE link (token BLOB PRIMARY KEY, number TEXT UNIQUE) WITHOUT ROWID")
        opened.executemany("INSERT INTO link VALUES (?, ?)", rows)
        opened.commit()
    print(time.monotonic() - begun)


def write_lists(good: str, faulty: str, lines: str) -> None:
    """Serial numbers and numbers in no order."""
    drawn = random.Random(1)
    serials = drawn.sample(range(_FIRST, _FIRST + 8 * int(lines)), int(lines))
    numbers = drawn.sample(range(2_000_000_000, 2_000_000_000 + int(lines)), int(lines))
    written = [f"{serial:08X},{number}" for serial, number in zip(serials, numbers, strict=True)]
    Path(good).write_text("".join(f"{line}\n" for line in written), "utf-8")
    some = written[:FAULTY]
    for place in range(0, len(some), 100):
        line = some[place]
        some[place] = _SPOILT[place // 100 % len(_SPOILT)].format(line, *line.split(","))
    Path(faulty).write_text("".join(f"{line}\n" for line in some), "utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        for line in measure(Path(temporary) / "lists", int(sys.argv[1]) if len(sys.argv) > 1 else LINES):
            print(line, flush=True)
