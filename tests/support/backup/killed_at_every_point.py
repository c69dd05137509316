"""Run by tests/registry/backup/test_killed.py:
`python -m tests.support.backup.killed_at_every_point backup|empty|replace|import|adopt|rotate FOLDER EVERY`.

For each point in turn, or for one of EVERY so many, a fork of this process runs the command on a copy of a server's home and is killed at
that point, until one runs to its end. A point is a statement of SQL or a change of the file system. Prints, as JSON, what was found after
each kill.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.__main__ import main
from kiosk.config import Home, read_settings
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import RegistrySettings
from kiosk.domain.errors import KioskError
from kiosk.domain.model import LibraryCardNumber, Revocation
from kiosk.domain.token import link_token
from kiosk.equipment import open_repository
from kiosk.ledger.recovery_sheet import sheet
from kiosk.registry.backup.folder import backups_in, unfinished_in
from kiosk.registry.backup.reading import verify
from kiosk.registry.opening import OpenedRegistry, open_registry
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.trust import TrustStore
from kiosk.smartcard.virtual.authority import VirtualAuthority, ecdsa_key
from tests.support.backup.server_machine import ServerMachine

SETTINGS = RegistrySettings()
CHANGES = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.chmod"}


def first_home(folder: Path, founding_sheet: Path | None = None) -> RegistryHome:
    """A server's home with links, one backup, and links since."""
    home = RegistryHome(folder / "first")
    home.prepare()
    if founding_sheet is not None:
        run(home, "init", "--sheet", str(founding_sheet))
    registry = open_registry(home, SETTINGS, begins=founding_sheet is None)
    machine = ServerMachine(home.folder, f"sqlite:///{home.database}", registry.site_key.key, registry.site_key.library)
    machine.enrol("中央1")
    machine.enrol("分館1")
    machine.link(*range(1, 6))
    machine.unlink(3)
    machine.close()
    (folder / "sheet.txt").write_text(sheet(registry.site_key.key, datetime.now(UTC).date()))
    registry.close()
    run(home, "backup")
    (made,) = (home.folder / "backups").iterdir()
    shutil.copy(made, folder / "old.backup")
    made.unlink()
    machine.link(10, 11)
    machine.close()
    return home


def run(home: RegistryHome, *arguments: str) -> int:
    with redirect_stdout(StringIO()):
        return main(["--home", str(home.folder), "registry", *arguments])


def killed_at(point: int, home: RegistryHome, arguments: tuple[str, ...]) -> bool:
    """Run a command in a fork that is killed at its point; whether it was."""
    child = os.fork()
    if not child:
        left = point

        def pass_point(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def heard(event: str, values: tuple[Any, ...]) -> None:
            if event in CHANGES and str(home.folder) in str(values[0]) and not str(values[0]).endswith(".log"):
                pass_point()

        connect = sqlite3.connect

        def traced(*given: Any, **named: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*given, **named)
            connection.set_trace_callback(pass_point)
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]
        sys.addaudithook(heard)
        os._exit(run(home, *arguments))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, f"point {point}: exit code {os.WEXITSTATUS(status)}"
    return False


def state_of(home: RegistryHome) -> str:
    """What a server would find there: "old", "restored", "taken in", "rotated", or why it does not start."""
    try:
        registry = open_registry(home, SETTINGS)
    except KioskError as error:
        return f"{error.code} {error.params.get('reason', '')}".strip()
    return described(registry)


def described(registry: OpenedRegistry) -> str:
    try:
        head, found = registry.ledger.head(), registry.ledger.verify().findings
        if found:
            return f"altered: {found}"
        known = {(6, 0): "new", (8, 0): "old", (6, 1): "restored", (9, 1): "taken in", (8, 1): "rotated"}
        return known.get((head.position.cursor, len(head.epochs.cuts)), str(head))
    finally:
        registry.close()


def copies(folder: Path, first: RegistryHome | None, every: int) -> Iterator[tuple[int, RegistryHome]]:
    for point in count(1, every):
        home = RegistryHome(folder / f"home{point}")
        if first is not None:
            shutil.copytree(first.folder, home.folder)
        yield point, home
        shutil.rmtree(home.folder, ignore_errors=True)


def backing_up(folder: Path, every: int) -> Iterator[dict[str, object]]:
    first = first_home(folder)
    for point, home in copies(folder, first, every):
        was_killed = killed_at(point, home, ("backup",))
        key = bytes.fromhex(site_key(home))
        before = [
            verify(kept.path, key).manifest.position.cursor for kept in backups_in(home.folder / "backups", key, library(home)).backups
        ]
        run(home, "backup")
        left = [path.name for path in unfinished_in(home.folder / "backups")]
        yield {"killed": was_killed, "whole": before, "left": left, "state": state_of(home)}
        if not was_killed:
            return


def restoring(folder: Path, every: int, *, over: bool) -> Iterator[dict[str, object]]:
    first = first_home(folder)
    arguments = ("restore", str(folder / "old.backup"), "--sheet", str(folder / "sheet.txt"), *(["--replace"] if over else []))
    for point, home in copies(folder, first if over else None, every):
        was_killed = killed_at(point, home, arguments)
        found = state_of(home)
        has_key = (home.folder / "keys" / "site-key.json").exists()
        again = run(home, *arguments, *([] if over or found != "restored" else ["--replace"]))
        registry = open_registry(home, SETTINGS)
        head, whole = registry.ledger.head(), not registry.ledger.verify().findings
        registry.close()
        yield {"killed": was_killed, "state": found, "key": has_key, "again": again, "cursor": head.position.cursor, "whole": whole}
        if not was_killed:
            return


def importing(folder: Path, every: int) -> Iterator[dict[str, object]]:
    first, path, authority = first_home(folder), folder / "list.csv", VirtualAuthority.create(key=ecdsa_key(), demo=False)
    path.write_text("".join(f"{0x0B000000 + card:X},{2_000_000_000 + card}\n" for card in range(30)))
    certificate = Authority(authority.certificate.public_bytes(Encoding.DER))
    TrustStore(first.trust).add(certificate.der)
    form = ("--serial", "hex", "--columns", "serial,number", "--authority", certificate.fingerprint)
    return taking_in(folder, first, every, "import", str(path), *form)


def adopting(folder: Path, every: int) -> Iterator[dict[str, object]]:
    lone, counter_sheet = Home(folder / "lone"), folder / "counter-sheet.txt"
    lone.folder.mkdir()
    lone.config.write_text(f'[card]\nrevocation = "none"\n[keys]\nplace = "file"\nfolder = "{lone.folder / "keys"}"\n', "utf-8")
    repository, keys = open_repository(lone, read_settings(lone.config))
    with repository:
        for card in range(30):
            token, number = link_token(keys.site, bytes(32), 0x0B000000 + card), LibraryCardNumber(f"{2_000_000_000 + card}")
            repository.save_link(uuid4(), token, number, revocation=Revocation.NOT_CHECKED)
    counter_sheet.write_text(sheet(keys.site, datetime.now(UTC).date()), "utf-8")
    with redirect_stdout(StringIO()):
        main(["--home", str(lone.folder), "recovery", "backup", str(folder / "stick")])
    (backup,) = (folder / "stick").glob("*.db")
    return taking_in(folder, first_home(folder, counter_sheet), every, "adopt", str(backup))


def taking_in(folder: Path, first: RegistryHome, every: int, *arguments: str) -> Iterator[dict[str, object]]:
    for point, home in copies(folder, first, every):
        was_killed = killed_at(point, home, arguments)
        found = state_of(home)
        again = run(home, *arguments)
        registry = open_registry(home, SETTINGS)
        head, whole = registry.ledger.head(), not registry.ledger.verify().findings
        registry.close()
        yield {"killed": was_killed, "state": found, "again": again, "links": head.count, "whole": whole}
        if not was_killed:
            return


def rotating(folder: Path, every: int) -> Iterator[dict[str, object]]:
    first = first_home(folder)
    for point, home in copies(folder, first, every):
        was_killed = killed_at(point, home, ("rotate-key", "--yes"))
        found = state_of(home)
        again = run(home, "rotate-key", "--yes")
        registry = open_registry(home, SETTINGS)
        head, whole, keys = registry.ledger.head(), not registry.ledger.verify().findings, len(registry.site_key.earlier) + 1
        registry.close()
        yield {"killed": was_killed, "state": found, "again": again, "links": head.count, "whole": whole, "keys": keys}
        if not was_killed:
            return


def site_key(home: RegistryHome) -> str:
    registry = open_registry(home, SETTINGS)
    registry.close()
    return registry.site_key.key.hex()


def library(home: RegistryHome) -> str:
    registry = open_registry(home, SETTINGS)
    registry.close()
    return registry.site_key.library


if __name__ == "__main__":
    what, place, every = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    ways = {"backup": backing_up, "import": importing, "adopt": adopting, "rotate": rotating}
    seen = ways[what](place, every) if what in ways else restoring(place, every, over=what == "replace")
    print(json.dumps(list(seen)))  # noqa: T201 - read by the test
