"""Run by test_faults.py as an unprivileged user: each fault on a fresh home, each command in a process of its own (a fork, so that the
program is loaded once). Prints the output of each.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from kiosk import app
from kiosk.__main__ import main
from kiosk.config import Home, read_settings
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import open_repository
from kiosk.text import say
from tests.support.wait import LIMIT

OTHER_USER = 65534
CONFIG = '[card]\nrevocation = "none"\n[keys]\nplace = "file"\n'
NUMBER = "2104067853"


@dataclass(frozen=True)
class Place:
    """A counter with one link, and the files around it."""

    folder: Path

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def key(self) -> Path:
        return next(self.keys.rglob("*.json"))

    @property
    def stick(self) -> Path:
        return self.folder / "stick"


COMMANDS: dict[str, Callable[[Place], list[str]]] = {
    "run": lambda place: ["run"],
    "demo": lambda place: ["demo"],
    "doctor": lambda place: ["doctor"],
    "doctor --scan": lambda place: ["doctor", "--scan"],
    "tap": lambda place: ["tap", "--timeout", "0.1"],
    "ils test": lambda place: ["ils", "test"],
    "trust add": lambda place: ["trust", "add", str(place.folder / "nothing.cer")],
    "trust list": lambda place: ["trust", "list"],
    "trust forget-lists": lambda place: ["trust", "forget-lists"],
    "trust remove": lambda place: ["trust", "remove", "00"],
    "links count": lambda place: ["links", "count"],
    "links list": lambda place: ["links", "list"],
    "links unlink": lambda place: ["links", "unlink", NUMBER, "--reason", "lost"],
    "audit list": lambda place: ["audit", "list"],
    "audit verify": lambda place: ["audit", "verify"],
    "stats": lambda place: ["stats"],
    "recovery sheet": lambda place: ["recovery", "sheet"],
    "recovery confirm": lambda place: ["recovery", "confirm"],
    "recovery backup": lambda place: ["recovery", "backup", str(place.stick)],
    "recovery restore": lambda place: ["recovery", "restore", "--sheet", str(place.folder / "nothing.txt")],
    "virtual-card": lambda place: ["virtual-card", "--slot", "1"],
    "config check": lambda place: ["config", "check"],
    "config show-default": lambda place: ["config", "show-default"],
}


def give_away(path: Path, mode: int) -> None:
    path.chmod(mode)
    os.chown(path, OTHER_USER, OTHER_USER)


def give_all_away(folder: Path) -> None:
    """Give a whole folder to another user, readable by everybody."""
    for path in (*folder.rglob("*"), folder):
        give_away(path, 0o755 if path.is_dir() else 0o644)


def in_its_place(path: Path, content: bytes | None = b"") -> None:
    """Put a file in place of what should be there; None: a folder."""
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.mkdir() if content is None else path.write_bytes(content)


def leads_nowhere(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.symlink_to("/nowhere/at/all")


def first_start_shut(place: Place) -> None:
    """A configuration only, in a folder where nothing can be created."""
    for folder in (place.home.data, place.home.trust, place.home.crl, place.home.logs, place.keys):
        shutil.rmtree(folder)
    place.home.folder.chmod(0o555)


def no_log_files(place: Place) -> None:
    for name in ("kiosk", "commands"):
        in_its_place(place.home.logs / f"{name}.log", None)


def lock_given_away(place: Place) -> None:
    in_its_place(place.home.lock)
    give_away(place.home.lock, 0o600)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


FAULTS: dict[str, Callable[[Place], object]] = {
    "none": lambda place: None,
    "home is a file": lambda place: in_its_place(place.home.folder),
    "home leads nowhere": lambda place: leads_nowhere(place.home.folder),
    "home of another user": lambda place: give_away(place.home.folder, 0o700),
    "home shut": lambda place: place.home.folder.chmod(0),
    "home not there": lambda place: shutil.rmtree(place.home.folder),
    "home with nothing of a counter": lambda place: in_its_place(place.home.folder, None),
    "first start, home shut to writing": first_start_shut,
    "mark shut": lambda place: (place.home.folder / "library-card-kiosk.home").chmod(0),
    "data is a file": lambda place: in_its_place(place.home.data),
    "data leads nowhere": lambda place: leads_nowhere(place.home.data),
    "data of another user, shut": lambda place: give_away(place.home.data, 0o700),
    "data of another user, to be read": lambda place: give_all_away(place.home.data),
    "data shut": lambda place: place.home.data.chmod(0),
    "data shut to writing": lambda place: place.home.data.chmod(0o555),
    "config is a folder": lambda place: in_its_place(place.home.config, None),
    "config is a pipe": lambda place: pipe(place.home.config),
    "config shut": lambda place: place.home.config.chmod(0),
    "config of another user": lambda place: give_away(place.home.config, 0o600),
    "config of another user, to be read": lambda place: give_away(place.home.config, 0o644),
    "config open to all": lambda place: place.home.config.chmod(0o666),
    "config leads nowhere": lambda place: leads_nowhere(place.home.config),
    "config in CP932": lambda place: place.home.config.write_bytes(f"# 図書館\n{CONFIG}".encode("cp932")),
    "config in UTF-16": lambda place: place.home.config.write_bytes(CONFIG.encode("utf-16")),
    "config is no TOML": lambda place: place.home.config.write_text(f"{CONFIG}[counter\nname = 窓口\n", encoding="utf-8"),
    "config is noise": lambda place: place.home.config.write_bytes(bytes(range(256)) * 64),
    "config is empty": lambda place: place.home.config.write_bytes(b""),
    "key file is text": lambda place: place.key.write_text("no key"),
    "key file is empty": lambda place: place.key.write_bytes(b""),
    "key file is noise": lambda place: place.key.write_bytes(bytes(range(256))),
    "key file cut": lambda place: place.key.write_bytes(place.key.read_bytes()[:60]),
    "key file is a folder": lambda place: in_its_place(place.key, None),
    "key file is a pipe": lambda place: pipe(place.key),
    "key file shut": lambda place: place.key.chmod(0),
    "key file of another user": lambda place: give_away(place.key, 0o644),
    "key file gone": lambda place: place.key.unlink(),
    "key folder shut": lambda place: place.key.parent.chmod(0),
    "key folder is a file": lambda place: in_its_place(place.key.parent),
    "store is a folder": lambda place: in_its_place(place.home.store, None),
    "store is a pipe": lambda place: pipe(place.home.store),
    "store is empty": lambda place: place.home.store.write_bytes(b""),
    "store is noise": lambda place: place.home.store.write_bytes(os.urandom(9000)),
    "store shut": lambda place: place.home.store.chmod(0),
    "store shut to writing": lambda place: place.home.store.chmod(0o400),
    "store of another user": lambda place: give_away(place.home.store, 0o644),
    "logs is a file": lambda place: in_its_place(place.home.logs),
    "logs leads nowhere": lambda place: leads_nowhere(place.home.logs),
    "logs shut to writing": lambda place: place.home.logs.chmod(0o555),
    "logs of another user": lambda place: give_away(place.home.logs, 0o700),
    "log files shut": no_log_files,
    "lock is a folder": lambda place: in_its_place(place.home.lock, None),
    "lock of another user": lock_given_away,
    "trust is a file": lambda place: in_its_place(place.home.trust),
    "trust shut": lambda place: place.home.trust.chmod(0),
    "trust of another user": lambda place: give_away(place.home.trust, 0o700),
    "crl is a file": lambda place: in_its_place(place.home.crl),
}


def template(place: Place) -> None:
    """Create a counter with one link, to be copied."""
    place.folder.mkdir()
    os.environ["XDG_CONFIG_HOME"] = str(place.keys)
    home = place.home
    home.prepare()
    home.logs.mkdir()
    home.config.write_text(CONFIG, encoding="utf-8")
    with open_repository(home, read_settings(home.config))[0] as repository:
        repository.save_link(uuid.uuid4(), LinkToken(bytes(32)), LibraryCardNumber(NUMBER), revocation=Revocation.GOOD)


@contextlib.contextmanager
def faulty(fault: str, origin: Path, place: Place) -> Iterator[None]:
    """A copy of that counter, at the same path, with one fault."""
    shutil.copytree(origin, place.folder)
    FAULTS[fault](place)
    try:
        yield
    finally:
        _open_again(place.folder)
        shutil.rmtree(place.folder)


def _open_again(folder: Path) -> None:
    """Make the folder deletable again; changing a file's owner is the one privilege of root that is left."""
    os.chown(folder, os.geteuid(), os.getegid())
    folder.chmod(0o700)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            _open_again(path)


def called(arguments: list[str], folder: Path) -> dict[str, object]:
    """Exit code and output; code None for a program that did not end."""
    out, err = folder / "out", folder / "err"
    child = os.fork()
    if child == 0:
        _be(arguments, out, err)
    ended = os.pidfd_open(child)
    code: int | None = None
    if select.select([ended], [], [], LIMIT)[0]:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.close(ended)
    return {"code": code, "out": out.read_text("utf-8"), "err": err.read_text("utf-8")}


def _be(arguments: list[str], out: Path, err: Path) -> None:
    code = 99
    try:
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdout, sys.stderr = open(1, "w", encoding="utf-8", closefd=False), open(2, "w", encoding="utf-8", closefd=False)
        _end_when_shown()
        code = main(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_when_shown() -> None:
    """Make a counter that can start end at once."""
    start = app.Program.start

    def start_and_end(self: app.Program) -> None:
        start(self)
        # What works behind the windows begins as well; if it cannot, this raises.
        assert self.conductor.counter.flow.about.rests
        QTimer.singleShot(0, lambda: QApplication.exit(0))

    app.Program.start = start_and_end  # type: ignore[method-assign]


def load_once() -> None:
    """Import what every child would have to load: modules and catalogues."""
    for module in ("demo.program", "checks.stored_data", "ledger.recovery_sheet", "smartcard.pcsc", "smartcard.vpcd"):
        importlib.import_module(f"kiosk.{module}")
    for key in ("command.place", "refusal.store-full.staff", "staff.start.title", "demo.tour.done"):
        say(key)


def observe(chosen: dict[str, list[str]]) -> dict[str, dict[str, object]]:
    load_once()
    seen: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="kiosk-faults-", ignore_cleanup_errors=True) as folder:
        where = Path(folder)
        place, origin = Place(where / "counter"), where / "origin"
        template(place)
        place.folder.rename(origin)
        for fault, commands in chosen.items():
            seen[fault] = {}
            for command in commands:
                with faulty(fault, origin, place):
                    answer = called(["--home", str(place.home.folder), *COMMANDS[command](place)], where)
                seen[fault][command] = answer | {"folder": str(place.folder)}
    return seen


if __name__ == "__main__":
    os.umask(0o022)
    sys.stdout.write(json.dumps(observe(json.loads(sys.argv[1]))))
