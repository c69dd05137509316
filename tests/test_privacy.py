"""No personal data is kept: after a day at the counter, everything it leaves behind is searched for what the cards revealed.

The tests of the windows search the text of every screen for the same data.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.config import Home
from kiosk.store.cipher import open_file
from kiosk.store.key_file import FileKeyStore, key_name
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.privacy.personal_data import Needle, Person, needles_for, search

ROOT = Path(__file__).parent.parent
SOON = (datetime.now(UTC) + timedelta(days=40)).date()
"""Within the 90 days in which month and year of a certificate's end are told; never its day, which is a birthday."""
OTHER_END = SOON + timedelta(days=1000)
PEOPLE = [
    Person("0968", "0979", 0x6A1F9C04D7E2B85300F14B6D9E27A35C, "7Q3388W5KZCXEB13221014C", SOON),
    Person("0986", "0997", 0x51E03D97AB6C2F480D19E5B7C2834F6A, "2N9160T7HVDQGA27113092B", SOON + timedelta(days=1300)),
    Person("0895", "0884", 0x3B7704E9C15A8D260F62C3D8E9B1475D, "8J4471Y0RWFMUC05120877D", SOON + timedelta(days=700)),
]
NEEDLES = [(person, needle) for person in PEOPLE for needle in needles_for(person)]
ON_WINDOWS = os.name == "nt"
KEYS = "library-card-kiosk-keys" if ON_WINDOWS else "library-card-kiosk/keys"
ABORTED = 3 if ON_WINDOWS else -signal.SIGABRT
"""https://learn.microsoft.com/cpp/c-runtime-library/reference/abort"""


@dataclass
class Premises:
    """All that a process can write to, in one folder each."""

    folder: Path

    def __post_init__(self) -> None:
        for name in ("home", "user", "cwd", "tmp", "output", "exported"):
            (self.folder / name).mkdir(parents=True)

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    @property
    def keys(self) -> Keys:
        record = FileKeyStore(self.folder / "user" / "config" / KEYS / f"{key_name(self.home.data)}.json").load()
        assert record is not None
        return record.keys

    def day(self, people: list[Person], *options: str) -> int:
        """Let a day go by; its exit status."""
        user, tmp = self.folder / "user", self.folder / "tmp"
        places = {"HOME": user, "TMPDIR": tmp, "XDG_CONFIG_HOME": user / "config", "XDG_DATA_HOME": user / "data"}
        if ON_WINDOWS:
            places = {"USERPROFILE": user, "TEMP": tmp, "TMP": tmp, "LOCALAPPDATA": user / "config", "APPDATA": user / "data"}
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "PCSCLITE_CSOCK_NAME", "SYSTEMROOT")}
        with (self.folder / "output" / "stdout").open("wb") as stdout, (self.folder / "output" / "stderr").open("wb") as stderr:
            return subprocess.run(
                [sys.executable, "-m", "tests.support.privacy.scripted_day", str(self.home.folder), *options],
                input=json.dumps([asdict(person) | {"ends": str(person.ends)} for person in people]).encode(),
                cwd=self.folder / "cwd",
                env=kept | {"PYTHONPATH": str(ROOT)} | {name: str(place) for name, place in places.items()},
                stdout=stdout,
                stderr=stderr,
                timeout=50,
            ).returncode

    def export(self, keys: Keys | None = None) -> None:
        """The store, opened with its own key: as a file that is not encrypted, as SQL, and value by value, as bytes and in hex."""
        plain = self.folder / "exported" / "plain.db"
        with closing(open_file(self.home.store, (keys or self.keys).database)) as connection:
            connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
            connection.execute("SELECT sqlcipher_export('plain')")
            connection.execute("DETACH DATABASE plain")
        with closing(sqlite3.connect(plain)) as connection:
            (self.folder / "exported" / "dump.sql").write_text("\n".join(connection.iterdump()), "utf-8")
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            values = [value for table in tables for row in connection.execute(f'SELECT * FROM "{table}"') for value in row]  # noqa: S608
        raw = b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)
        (self.folder / "exported" / "values").write_bytes(raw)
        (self.folder / "exported" / "values.hex").write_text(raw.hex())


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> Premises:
    """After a day on which all of PEOPLE came."""
    premises = Premises(tmp_path_factory.mktemp("day"))
    status = premises.day(PEOPLE)
    assert status == 0, (premises.folder / "output" / "stderr").read_text()
    premises.export()
    return premises


def test_the_day_took_place(premises: Premises) -> None:
    log = (premises.home.logs / "kiosk.log").read_text("utf-8")
    dump = (premises.folder / "exported" / "dump.sql").read_text("utf-8")
    assert log.count("00200098, 9 bytes") > 20
    assert log.count("incident") >= 2
    for act in ("'register'", "'use'", "'release'", "'pin-locked'", "'certificate-unreadable'", "library-card-changed"):
        assert act in dump


def test_nothing_personal_is_left(premises: Premises) -> None:
    assert search((premises.folder,), [needle for _, needle in NEEDLES]) == {}


def test_nothing_personal_is_left_by_a_crash(tmp_path: Path) -> None:
    premises = Premises(tmp_path / "crash")
    assert premises.day(PEOPLE, "crash") == ABORTED
    (crash,) = premises.home.logs.glob("kiosk-crash-*.log")
    assert "_transmit" in crash.read_text()
    premises.export()
    assert search((premises.folder,), [needle for _, needle in NEEDLES]) == {}


FOLDERS = ("home", "home/data", "home/logs", "user/config", "cwd", "tmp", "output")


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.holder)
def test_the_search_finds_what_was_planted_in_files(person: Person, tmp_path: Path) -> None:
    needles = needles_for(person)
    for number, needle in enumerate(needles):
        path = tmp_path / FOLDERS[number % len(FOLDERS)] / f"{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"before: '" + needle.sample + b"', after")
    found = search((tmp_path,), needles)
    for number, needle in enumerate(needles):
        assert tmp_path / FOLDERS[number % len(FOLDERS)] / f"{number}" in found[needle.name], needle


def test_the_search_finds_what_was_planted_in_the_running_day(tmp_path: Path) -> None:
    """In standard output, standard error, log and names of files."""
    needle = needles_for(PEOPLE[0])[0]
    for place in ("output/stdout", "output/stderr", "home/logs/kiosk.log", "home/logs/kiosk-crash-1.log"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"10:00 a line " + needle.sample + b"\n")
        assert search((tmp_path,), [needle]) == {needle.name: {path}}
        path.unlink()
    (tmp_path / f"backup-{PEOPLE[0].pin}.db").touch()
    assert needle.name in search((tmp_path,), [needle])


@pytest.mark.parametrize(
    "column", ["link.number", "link.counter", "link.token", "operation.body", "audit.reason", "audit.hash", "meta.value"]
)
def test_the_search_finds_what_was_planted_in_the_store(column: str, tmp_path: Path) -> None:
    """Each spelling, as bytes and (where it is text) as text, in a row of its own of the encrypted store; then found in the export."""
    planted = Premises(tmp_path / "planted")
    planted.home.data.mkdir()
    store, keys = planted.home.store, Keys(bytes(range(32)), bytes(range(32, 64)))
    Repository(store, keys, "窓口1", lambda: datetime.now(UTC)).close()
    needles = needles_for(PEOPLE[0])
    with closing(open_file(store, keys.database)) as connection:
        for number, needle in enumerate(needles):
            connection.execute(*_row(column, number, needle))
    assert all(needle.pattern.search(store.read_bytes()) is None for needle in needles)
    planted.export(keys)
    found = search((planted.folder / "exported",), needles)
    assert set(found) == {needle.name for needle in needles}


def _row(column: str, number: int, needle: Needle) -> tuple[str, tuple[object, ...]]:
    """An insertion into any table, every other column filled with something that is found nowhere."""
    table, _, name = column.partition(".")
    names = {"link": "token number since counter operation position", "operation": "uuid sequence body state", "meta": "name value"}
    names["audit"] = "at counter act result reason checked operation previous hash"
    columns = names[table].split()
    content = needle.sample + f" {number}".encode()
    try:
        value: object = content.decode()
    except UnicodeDecodeError:
        value = content
    values = [value if one == name else f"x{number}" for one in columns]
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", tuple(values)  # noqa: S608 - our own names


def test_the_needles_lie_nowhere_by_chance(tmp_path: Path) -> None:
    """A day on which others came: the four digits are found in none of the numbers, times and hashes of an ordinary day."""
    premises = Premises(tmp_path / "control")
    others = [
        replace(person, pin=f"012{number}", wrong_pin=f"034{number}", serial=person.serial + 1, holder=person.holder[::-1], ends=OTHER_END)
        for number, person in enumerate(PEOPLE)
    ]
    assert premises.day(others) == 0
    premises.export()
    assert search((premises.folder,), [needle for _, needle in NEEDLES]) == {}
