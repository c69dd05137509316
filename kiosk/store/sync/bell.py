"""Ends a thread's wait from another thread."""

from __future__ import annotations

import selectors
import socket


class Bell:
    """One thread listens, any may ring. A pair of sockets: what Windows can wait for beside a connection."""

    def __init__(self) -> None:
        self._here, self._there = socket.socketpair()
        self._here.setblocking(False)
        self._there.setblocking(False)

    def ring(self) -> None:
        """Wake the listener, or the next wait if none listens now."""
        try:
            self._there.send(b"!")
        except (BlockingIOError, OSError):
            # It has been rung often enough, or nobody listens any more.
            return

    def was_rung(self) -> bool:
        """Whether it was rung since the last time this was asked."""
        try:
            return bool(self._here.recv(4096))
        except (BlockingIOError, OSError):
            return False

    def wait(self, seconds: float, beside: socket.socket | None = None) -> bool:
        """Wait until it is rung or `beside` has something to read, for `seconds` at most. Returns whether `beside` has."""
        # Not `select`, which takes no descriptor above 1,023.
        with selectors.DefaultSelector() as both:
            both.register(self._here, selectors.EVENT_READ)
            if beside is not None:
                both.register(beside, selectors.EVENT_READ)
            return any(key.fileobj is beside for key, _ in both.select(max(0.0, seconds)))

    def close(self) -> None:
        self._here.close()
        self._there.close()
