"""Runs inside the private namespaces of the test rig: starts and ends pcscd there and opens connections to vpcd's ports.

Started by `rig.py` under `unshare --mount --net`, with one end of a socket pair as its standard input. It exits, and pcscd with it, when
the other end is closed, so that nothing is left behind if the tests are killed. Standard library only.
"""

from __future__ import annotations

import array
import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
PR_SET_PDEATHSIG = 1
READERS = """
FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:0x8C7B
LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID 0x8C7B
"""


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = fcntl.ioctl(probe, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack("16sh14x", request)[1]
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def hide_the_machine(run: Path) -> None:
    """Mount our folder over the fixed path of pcscd's socket. Real readers stay with the machine's own pcscd."""
    (run / "pcscd").mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "--bind", str(run), "/run"], check=True, timeout=30)
    if Path("/dev/bus").is_dir():
        subprocess.run(["mount", "-t", "tmpfs", "none", "/dev/bus"], check=True, timeout=30)


class Supervisor:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pcscd: subprocess.Popen[bytes] | None = None
        (folder / "readers").mkdir(exist_ok=True)

    def start(self, readers: bool) -> dict[str, Any]:
        (self._folder / "readers" / "vpcd").write_text(READERS if readers else "")
        for leftover in ("pcscd.comm", "pcscd.pid"):
            (self._folder / "run" / "pcscd" / leftover).unlink(missing_ok=True)
        with (self._folder / "pcscd.log").open("ab") as log:
            self._pcscd = subprocess.Popen(
                ["pcscd", "--foreground", "--config", str(self._folder / "readers")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )
        return {"pid": self._pcscd.pid}

    def end(self, with_signal: int) -> dict[str, Any]:
        if self._pcscd is not None:
            self._pcscd.send_signal(with_signal)
            # A stopped process receives no signal until it continues.
            self._pcscd.send_signal(signal.SIGCONT)
            try:
                self._pcscd.wait(30)
            except subprocess.TimeoutExpired:
                self._pcscd.kill()
                self._pcscd.wait(30)
            self._pcscd = None
        return {}

    def signal(self, number: int) -> dict[str, Any]:
        if self._pcscd is not None:
            self._pcscd.send_signal(number)
        return {}

    def alive(self) -> dict[str, Any]:
        return {"alive": self._pcscd is not None and self._pcscd.poll() is None}


def answer(line: socket.socket, supervisor: Supervisor, question: dict[str, Any]) -> None:
    connection: socket.socket | None = None
    try:
        match question["do"]:
            case "start":
                reply = supervisor.start(bool(question["readers"]))
            case "end":
                reply = supervisor.end(question["signal"])
            case "signal":
                reply = supervisor.signal(question["signal"])
            case "alive":
                reply = supervisor.alive()
            case "connect":
                connection = socket.create_connection(("127.0.0.1", question["port"]), timeout=30)
                reply = {}
            case other:
                raise ValueError(other)
    except OSError as error:
        reply = {"error": str(error)}
    ancillary = [] if connection is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [connection.fileno()]))]
    line.sendmsg([json.dumps(reply).encode()], ancillary)
    if connection is not None:
        connection.close()


def main() -> NoReturn:
    folder = Path(sys.argv[1])
    line = socket.socket(fileno=0)
    hide_the_machine(folder / "run")
    bring_loopback_up()
    supervisor = Supervisor(folder)
    line.send(b"{}")
    while question := line.recv(65536):
        answer(line, supervisor, json.loads(question))
    supervisor.end(signal.SIGTERM)
    os._exit(0)


if __name__ == "__main__":
    die_with_parent()
    main()
