"""A real mail server written by others (aiosmtpd, of Debian), which keeps what it gets in a Maildir."""

from __future__ import annotations

import mailbox
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.support.ports import free_port
from tests.support.wait import LIMIT, end, wait_until

_PYTHON = "/usr/bin/python3"
"""Debian's, for which aiosmtpd is installed."""


class MailServer:
    def __init__(self, port: int, folder: Path) -> None:
        self.port, self._folder = port, folder

    def received(self) -> list[EmailMessage]:
        """In the order in which they came."""
        box = mailbox.Maildir(self._folder)
        return [message_from_bytes(box.get_bytes(key), EmailMessage, policy=default) for key in sorted(box.keys(), key=_place)]


@contextmanager
def mail_server(folder: Path, port: int = 0, *, certificate: Path | None = None) -> Iterator[MailServer]:
    """`certificate`: with its key, for STARTTLS."""
    port = port or free_port()
    tls = ["--tlscert", str(certificate), "--tlskey", str(certificate), "--no-requiretls"] if certificate else []
    command = [_PYTHON, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", *tls, "-c", "aiosmtpd.handlers.Mailbox", str(folder)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port), "the mail server")
        yield MailServer(port, folder)
    finally:
        end(child)


def _place(key: str) -> int:
    """Python's Maildir numbers what one process delivers: …Q1, …Q2."""
    found = re.search(r"Q([0-9]+)\.", key)
    assert found is not None, key
    return int(found[1])


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), LIMIT) as connection:
        return connection.recv(3) == b"220"
    return False
