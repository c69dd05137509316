"""resources/registry/ha as it is: the primary and its agent die by kill -9, under load, in an import and in a rotation."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.virtual.authority import VirtualAuthority, ecdsa_key
from tests.support import ROOT
from tests.support.ha.cluster import HighAvailability
from tests.support.registry.library import Library
from tests.support.registry.server_process import RegistryProcess
from tests.support.wait import LIMIT, wait_until

_log = logging.getLogger(__name__)
pytestmark = [pytest.mark.trial, pytest.mark.timeout(400)]

WRITES_AGAIN = 30.0
"""Seconds after the promotion."""
LINES = 2_000
_WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = 'registry' AND wait_event_type = 'Lock'"


@contextmanager
def load(library: Library) -> Iterator[None]:
    """Acts at all counters, as fast as they can do them, meanwhile."""
    ended = Event()

    def work() -> None:
        while not ended.is_set():
            library.work(20)
            ended.wait(0.2)

    with ThreadPoolExecutor(1) as executor:
        working = executor.submit(work)
        try:
            yield
        finally:
            ended.set()
            working.result(LIMIT)


def head(library: Library) -> tuple[int, int]:
    """Of the ledger, once it can be reached."""
    found: list[tuple[int, int]] = []

    def reads() -> bool:
        with suppress(psycopg.OperationalError):
            found.append(library.server.head())
        return bool(found)

    wait_until(reads, "the ledger", LIMIT)
    return found[-1]


def test_the_primary_killed_under_load_in_an_import_and_in_a_rotation(tmp_path: Path) -> None:
    with HighAvailability() as database:
        url = database.create_database()
        with Library(tmp_path, url, counters=10, servers=2, is_balanced=True) as library:
            first = database.primary()
            library.work(200)
            with load(library):
                wait_until(lambda: head(library)[1] > 200, "load", LIMIT)
                began = time.monotonic()
                database.kill(first)
                second = database.await_primary(but=first)
                promoted = time.monotonic()
                at_promotion = head(library)
                wait_until(lambda: head(library) > at_promotion, f"something new; {library.server.end_of_log()}", WRITES_AGAIN)
                wrote = time.monotonic()
            _log.info("promoted after %.1f s, written %.1f s after that", promoted - began, wrote - promoted)
            database.start(first)
            library.settle(120)
            library.check()
            assert library.server.tables().cuts == (), "nothing was lost, so no epoch began"
            _log.info("%d operations confirmed", len(library.log.confirmed))
            assert all(not server.has_ended() for server in library.servers)
            database.await_step()
            for server in library.servers:
                server.stop(graceful=True)
            _import_with_the_primary_killed(library.server, database, second, tmp_path)
            database.await_step()
            _rotation_with_the_primary_killed(library.servers, database, database.primary())
            for server in library.servers:
                server.start()
            library.settle(120)
            assert len(library.counters[0].links()) >= LINES


def _import_with_the_primary_killed(server: RegistryProcess, database: HighAvailability, primary: str, folder: Path) -> None:
    authority = Authority(VirtualAuthority.create(key=ecdsa_key(), demo=False).certificate.public_bytes(Encoding.DER))
    (folder / "authority.cer").write_bytes(authority.der)
    server.administer("trust", "add", str(folder / "authority.cer"), "--fingerprint", authority.fingerprint)
    listed = folder / "list.csv"
    listed.write_text("".join(f"{0x0B000000 + line:08X},{2_200_000_000 + line}\n" for line in range(LINES)))
    form = ("import", str(listed), "--serial", "hex", "--columns", "serial,number", "--authority", authority.fingerprint)
    before = server.tables()
    _killed_while_it_writes(server, database, primary, *form)
    server.administer(*form, limit=120)
    assert len(server.tables().links) == len(before.links) + LINES


def _rotation_with_the_primary_killed(servers: list[RegistryProcess], database: HighAvailability, primary: str) -> None:
    server = servers[0]
    before = {link[0] for link in server.tables().links}
    _killed_while_it_writes(server, database, primary, "rotate-key", "--yes")
    server.administer("rotate-key", "--yes", limit=120)
    after = {link[0] for link in server.tables().links}
    assert (len(after), after & before) == (len(before), set())
    for other in servers[1:]:
        shutil.copy2(server.keys / "site-key.json", other.keys)


def _killed_while_it_writes(server: RegistryProcess, database: HighAvailability, primary: str, *arguments: str) -> None:
    """A command that writes links, the primary killed meanwhile: it says why it did not, and nothing is half done."""
    before = server.tables()
    command = [sys.executable, "-m", "kiosk", "--home", str(server.home.folder), "registry", *arguments]
    with (
        database.holding(primary, "link"),
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child,
    ):
        try:
            wait_until(lambda: database.execute(primary, _WAITING), "the command to write", LIMIT)
            database.kill(primary)
            said, told = child.communicate(timeout=90)
        finally:
            child.kill()
    assert child.returncode == 1, said + told
    assert "PostgreSQL" in told, told
    assert "Traceback" not in told
    database.await_primary(but=primary)
    wait_until(lambda: _reaches(server), "the ledger", LIMIT)
    after = server.tables()
    assert (after.links, after.epoch, after.cursor) == (before.links, before.epoch, before.cursor), "nothing half done"
    database.start(primary)


def _reaches(server: RegistryProcess) -> bool:
    with suppress(psycopg.OperationalError):
        return bool(server.head())
    return False
