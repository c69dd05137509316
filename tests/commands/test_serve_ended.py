"""kiosk serve, ended from a console of Windows, and ended by force: what a counter was told is done stays done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config.registry_home import RegistryHome
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.registry_wire import Answers, FoundLinks
from kiosk.store.sync.client import RegistryClient
from kiosk.store.sync.connection import Connection
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.tls import Authority
from tests.support import ROOT
from tests.support.commands.server import opened
from tests.support.ledger.acts import CounterActs
from tests.support.wait import wait_until

LIMIT = 60.0
SENDS_CTRL_C = """
import ctypes, sys
kernel = ctypes.windll.kernel32
kernel.FreeConsole()
stay = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_ulong)(lambda event: 1)
sent = kernel.AttachConsole(int(sys.argv[1])) and kernel.SetConsoleCtrlHandler(stay, 1) and kernel.GenerateConsoleCtrlEvent(0, 0)
sys.exit(not sent)
"""
"""From a program in the server's console, which is where the key is pressed."""


@pytest.fixture
def home(tmp_path: Path) -> RegistryHome:
    place = RegistryHome(tmp_path / "server")
    place.folder.mkdir(mode=0o700)
    place.config.write_text("[server]\nport = 0\n[backup]\nevery_hours = 0\n", encoding="utf-8")
    return place


@contextmanager
def serving(home: RegistryHome) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The server, and its address."""
    told = home.folder / "told.txt"
    with told.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "--home", str(home.folder), "serve"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            creationflags=getattr(subprocess, "CREATE_NEW_CONSOLE", 0),
        )

    def address() -> str:
        return next((word.decode() for word in told.read_bytes().split() if word.startswith(b"https://")), "")

    try:
        wait_until(lambda: address() or server.poll() is not None, "the server", LIMIT)
        yield server, address()
    finally:
        server.kill()
        server.communicate(timeout=LIMIT)


@pytest.mark.timeout(120)
def test_what_was_confirmed_outlives_a_server_that_is_killed(home: RegistryHome) -> None:
    """As Windows does when the console is closed and the user logs off: only Ctrl-C and Ctrl-Break reach Python in time."""
    with serving(home) as (server, address):
        beside, secret = opened(home), fresh_secret()
        authority = Authority(beside.tls.authority.public_bytes(Encoding.DER))
        beside.enrolment.enrol(beside.enrolment.open("中央1", authority.der).secret, secret)
        act = CounterActs("中央1", beside.ledger.head().position).link(1, 1)
        beside.close()
        with client(address, authority, secret) as counter:
            answered = counter.submit([act])
            server.kill()
    assert isinstance(answered, Answers)
    assert act.origin.uuid in answered.answers
    with serving(home) as (_, address), client(address, authority, secret) as counter:
        found = counter.find([act.token])
    assert isinstance(found, FoundLinks)
    assert [placed.link.number for placed in found.links] == [act.number]


@pytest.mark.timeout(120)
@pytest.mark.skipif(sys.platform != "win32", reason="consoles of Windows")
def test_ctrl_c_in_its_console_ends_the_server_in_order(home: RegistryHome) -> None:
    with serving(home) as (server, _):
        subprocess.run([sys.executable, "-c", SENDS_CTRL_C, str(server.pid)], stdin=subprocess.DEVNULL, check=True, timeout=LIMIT)
        assert server.wait(LIMIT) == 0
    assert not home.database.with_name(home.database.name + "-wal").exists()


@contextmanager
def client(address: str, authority: Authority, secret: str) -> Iterator[RegistryClient]:
    with closing(Connection.verified(ServerUrl.parse(address), authority)) as connection:
        yield RegistryClient(connection, secret, "0.1.0")
