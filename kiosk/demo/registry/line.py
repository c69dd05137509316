"""The network between the demo's counter and its library's server: bytes are passed on until somebody cuts it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from kiosk.hang_up import hang_up

HOST = "127.0.0.1"
_CHUNK = 1 << 16


class Line:
    """Listens from the moment it is made. What arrives before `lead_to`, or while it is cut, is hung up on."""

    def __init__(self) -> None:
        self._listening = socket.create_server((HOST, 0))
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._port: int | None = None
        self._is_cut = False
        self._hung_up = 0
        """How often: a connection may still be on its way."""
        threading.Thread(target=self._accept, name="demo-line", daemon=True).start()

    @property
    def port(self) -> int:
        number: int = self._listening.getsockname()[1]
        return number

    @property
    def is_cut(self) -> bool:
        return self._is_cut

    def lead_to(self, port: int) -> None:
        """From now on pass everything on to this port."""
        self._port = port

    def cut(self) -> None:
        self._is_cut = True
        self.hang_up()

    def mend(self) -> None:
        self._is_cut = False

    def close(self) -> None:
        self._is_cut = True
        self._listening.close()
        self.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            hung_up = self._hung_up
            if self._is_cut or self._port is None:
                near.close()
                continue
            try:
                far = socket.create_connection((HOST, self._port))
            except OSError:
                near.close()
                continue
            with self._lock:
                is_over = self._hung_up != hung_up
                if not is_over:
                    self._ends |= {near, far}
            if is_over:
                _end(near)
                _end(far)
                continue
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, target), name="demo-line", daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                target.sendall(chunk)
        with self._lock:
            self._ends -= {source, target}
        for end in (source, target):
            _end(end)

    def hang_up(self) -> None:
        """End every connection; new ones are possible unless it is cut."""
        with self._lock:
            ends, self._ends = self._ends, set()
            self._hung_up += 1
        for end in ends:
            _end(end)


def _end(end: socket.socket) -> None:
    hang_up(end)
    end.close()
