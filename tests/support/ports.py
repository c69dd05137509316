"""Ports of this machine."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

_NEVER_GIVEN = range(20_000, 32_000)
"""Below those that the system gives who asks for any port, or connects: from 32768 on Linux, from 49152 on Windows."""


def free_port() -> int:
    """A port on which nobody listens, and on which nobody will by chance until the test does."""
    draw = random.SystemRandom()
    while True:
        port = draw.choice(_NEVER_GIVEN)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
