"""A real pcscd with vpcd's two virtual slots, private to this test session: the fixture `pcscd`, from a pytest plugin.

    @pytest.mark.pcscd
    def test_something(pcscd: PcscdRig) -> None:
        pcscd.lay(card)                     # returns once pcscd has seen it
        readers = PcscReaders()             # pyscard and subprocesses find this pcscd through PCSCLITE_CSOCK_NAME
        ...
        pcscd.lift(); pcscd.kill(); pcscd.start()

pcscd and vpcd's TCP ports live in mount and network namespaces of their own (see `supervisor.py`); the test itself runs outside.
libpcsclite is told of the socket by PCSCLITE_CSOCK_NAME, which is set for the whole session, so that no test ever talks to the pcscd of the
machine; the connections to vpcd are opened inside and handed out as file descriptors.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from smartcard import scard

from kiosk.smartcard.vpcd import PORTS, PluggableCard, PluggedCard
from tests.support.wait import LIMIT, wait_until

SLOTS = ("Virtual PCD 00 00", "Virtual PCD 00 01")
_VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_NEEDS = {"pcscd": "pcscd", "unshare": "util-linux", "nsenter": "util-linux", "mount": "mount"}
_FOLDER = pytest.StashKey[Path]()


class RigFailed(AssertionError):
    """The rig could not be set up or failed to do as told; the message suggests a remedy."""


class PcscdRig:
    def __init__(self, folder: Path) -> None:
        for program, package in _NEEDS.items():
            if shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is None:
                raise RigFailed(f"{program} is missing; on Debian: apt-get install {package}")
        if not _VPCD.exists():
            raise RigFailed("pcscd's virtual reader is missing; on Debian: apt-get install vsmartcard-vpcd")
        self.folder = folder
        self.socket = folder / "run" / "pcscd" / "pcscd.comm"
        self._laid: dict[int, PluggedCard] = {}
        self._frozen = False
        self._as_root = os.geteuid() == 0
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(LIMIT + 5)
        namespaces = ["--mount", "--net"] if self._as_root else ["--user", "--map-root-user", "--mount", "--net"]
        self._supervisor = subprocess.Popen(
            ["unshare", *namespaces, sys.executable, "-I", str(Path(__file__).with_name("supervisor.py")), str(folder)],
            stdin=theirs.fileno(),
            env=os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"},
        )
        theirs.close()
        try:
            if not self._line.recv(65536):
                raise RigFailed("namespaces of our own could not be made: unshare says above why (root, or user namespaces, are needed)")
            self.start()
        except BaseException:
            self.close()
            raise

    # --- pcscd --------------------------------------------------------------------------------------------------------

    def start(self, *, readers: bool = True) -> None:
        """Start pcscd unless it is running; returns once it shows both slots, or none if without `readers`."""
        if not self.running:
            self._ask("start", readers=int(readers))
        wait_until(lambda: self._shows(SLOTS if readers else ()), f"pcscd to show its readers, see {self.folder / 'pcscd.log'}")

    def stop(self) -> None:
        """Terminate pcscd as the system would; cards on the slots are lost."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill pcscd as a crash would; cards on the slots are lost."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop pcscd without ending it: every call to it blocks until `thaw`."""
        self._frozen = True
        self._ask("signal", signal=int(signal.SIGSTOP))

    def thaw(self) -> None:
        if self._frozen:
            self._frozen = False
            self._ask("signal", signal=int(signal.SIGCONT))

    def restart(self, *, readers: bool = True) -> None:
        """Restart pcscd; without `readers`, as if every reader had been disconnected."""
        self.stop()
        self.start(readers=readers)

    @property
    def running(self) -> bool:
        return bool(self._ask("alive")["alive"])

    def _end(self, how: signal.Signals) -> None:
        self._ask("end", signal=int(how))
        for plugged in self._laid.values():
            plugged.pull()
        self._laid.clear()

    # --- cards --------------------------------------------------------------------------------------------------------

    def lay(self, card: PluggableCard, slot: int = 0, *, mute: bool = False, wait: bool = True) -> PluggedCard:
        """Place a card on a slot that is empty or has lost its card; with `wait`, returns once pcscd shows it."""
        self.wait_for(slot, present=False)
        plugged = PluggedCard(card, self.connect(slot), mute=mute)
        self._laid[slot] = plugged
        if wait:
            self.wait_for(slot, present=True)
        return plugged

    def lift(self, slot: int = 0, *, wait: bool = True) -> None:
        """Remove the card from a slot; with `wait`, returns once pcscd shows the slot empty."""
        self._laid.pop(slot).pull()
        if wait:
            self.wait_for(slot, present=False)

    def wait_for(self, slot: int, *, present: bool) -> None:
        """Wait until pcscd itself shows the slot occupied, or empty."""
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != scard.SCARD_S_SUCCESS:
            raise RigFailed("pcscd does not run")
        wanted = scard.SCARD_STATE_PRESENT if present else scard.SCARD_STATE_EMPTY
        try:
            state, end = scard.SCARD_STATE_UNAWARE, time.monotonic() + LIMIT
            # pcscd counts a slot's events in the upper half of its state, from 0 with no card: until it has counted a lost card, it would
            # never notice another one placed there.
            while not (state & wanted and (state >> 16) % 2 == int(present)):
                left = int((end - time.monotonic()) * 1000)
                result, seen = scard.SCardGetStatusChange(context, max(left, 0), [(SLOTS[slot], state)])
                if result != scard.SCARD_S_SUCCESS:
                    wish = "occupied" if present else "empty"
                    raise RigFailed(f"slot {slot} did not become {wish}: {scard.SCardGetErrorMessage(result)}")
                state = seen[0][1] & ~scard.SCARD_STATE_CHANGED
        finally:
            scard.SCardReleaseContext(context)

    def connect(self, slot: int = 0) -> socket.socket:
        """A connection to vpcd's port of a slot, for `PluggedCard` or for raw bytes."""
        return self._connection(PORTS[slot])

    def clear(self) -> None:
        """Empty both slots and start pcscd, the state each test expects."""
        for plugged in self._laid.values():
            plugged.pull()
        self._laid.clear()
        self.thaw()
        if not self._shows(SLOTS):
            self.stop()
        self.start()
        for slot in range(len(SLOTS)):
            self.wait_for(slot, present=False)

    # --- other programs -----------------------------------------------------------------------------------------------

    def inside(self, *command: str) -> list[str]:
        """A command line that runs `command` where vpcd's ports are 127.0.0.1:35963 and :35964. Not needed for PC/SC."""
        which = [] if self._as_root else ["--user", "--preserve-credentials"]
        return ["nsenter", "--target", str(self._supervisor.pid), *which, "--mount", "--net", "--", *command]

    def close(self) -> None:
        self._line.close()
        try:
            self._supervisor.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait(LIMIT)

    def _shows(self, readers: tuple[str, ...]) -> bool:
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != scard.SCARD_S_SUCCESS:
            return False
        _result, shown = scard.SCardListReaders(context, [])
        scard.SCardReleaseContext(context)
        return set(shown) == set(readers)

    def _ask(self, do: str, **details: int) -> dict[str, Any]:
        self._line.send(json.dumps({"do": do, **details}).encode())
        return self._reply(self._line.recv(65536))

    def _connection(self, port: int) -> socket.socket:
        self._line.send(json.dumps({"do": "connect", "port": port}).encode())
        reply, descriptors, _, _ = socket.recv_fds(self._line, 65536, 1)
        self._reply(reply)
        return socket.socket(fileno=descriptors[0])

    def _reply(self, message: bytes) -> dict[str, Any]:
        if not message:
            raise RigFailed("the rig's process has ended")
        reply: dict[str, Any] = json.loads(message)
        if "error" in reply:
            raise RigFailed(str(reply["error"]))
        return reply


def pytest_configure(config: pytest.Config) -> None:
    # libpcsclite reads the name once per process, so it is set before anything can have asked for it.
    folder = Path(tempfile.mkdtemp(prefix="kiosk-pcscd-"))
    config.stash[_FOLDER] = folder
    os.environ["PCSCLITE_CSOCK_NAME"] = str(folder / "run" / "pcscd" / "pcscd.comm")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)


@pytest.fixture(scope="session")
def pcscd_of_the_session(pytestconfig: pytest.Config) -> Iterator[PcscdRig]:
    rig = PcscdRig(pytestconfig.stash[_FOLDER])
    yield rig
    rig.close()


@pytest.fixture
def pcscd(pcscd_of_the_session: PcscdRig) -> Iterator[PcscdRig]:
    """A running pcscd with both slots empty. Never left frozen: every later test that asks for readers would time out."""
    pcscd_of_the_session.clear()
    yield pcscd_of_the_session
    pcscd_of_the_session.thaw()
