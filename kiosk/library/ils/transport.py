"""One connection over TCP, plain or TLS, that carries lines: nothing here knows what stands in them.

Every call has a deadline for all it does, so that a server which sends one byte a second holds nobody up.
"""

from __future__ import annotations

import contextlib
import ipaddress
import queue
import socket
import ssl
import threading
from enum import StrEnum, unique
from pathlib import Path

from kiosk.config.file_access import read_regular
from kiosk.config.file_permissions import exposure
from kiosk.library.ils.deadline import Deadline
from kiosk.library.sip2 import Framer, Malformed, Message

_PIECE = 65536
_GRACE_SECONDS = 0.2
"""So long a line that may be over is waited for to go on; pieces of one message come sooner."""


@unique
class Trouble(StrEnum):
    """Why a connection is of no more use. The words stand in the log."""

    NO_NAME = "the name of the server is not known"
    REFUSED = "nobody answers at this address"
    SILENT = "no answer within the time"
    CLOSED = "closed by the server"
    NOISE = "what came is no message"
    FOREIGN = "an answer to something else"
    OTHER_PATRON = "an answer about another library card number"
    WRONG_SUM = "wrong checksum"
    NOT_UNDERSTOOD = "the server did not understand"
    STALE = "something had come without being asked for"
    NO_TLS = "the server does not speak TLS"
    CERTIFICATE = "the certificate is not trusted"
    AUTHORITY_FILE = "the file of the authority cannot be read"
    AUTHORITY_EXPOSED = "others may write to the file of the authority"
    LOGIN = "login refused"
    REQUEST = "the request cannot be put into a message"

    @property
    def reason(self) -> str:
        """Its name in the keys of sentences: `command.why.<code>.<reason>`."""
        return self.name.lower().replace("_", "-")


class Broken(Exception):
    """The connection, or the exchange on it, has failed. Never leaves this package."""

    def __init__(self, trouble: Trouble, reply: Message | None = None) -> None:
        """`reply`: what came instead of the answer, where it could be read."""
        super().__init__(trouble.value)
        self.trouble, self.reply = trouble, reply


def trusting(ca_file: str) -> ssl.SSLContext:
    """TLS that believes the authority in `ca_file` alone, or the system's where it is empty; names are checked. Raises Broken."""
    try:
        if ca_file and exposure(Path(ca_file)) is not None:
            raise Broken(Trouble.AUTHORITY_EXPOSED)
        if not ca_file:
            return ssl.create_default_context()
        # Comments in other letters stand in such files; ssl takes ASCII alone.
        authority = read_regular(Path(ca_file)).decode("ascii", "ignore")
        if not authority:  # would be the system's
            raise ValueError("empty")
        return ssl.create_default_context(cadata=authority)
    except (OSError, ValueError) as error:
        raise Broken(Trouble.AUTHORITY_FILE) from error


class Wire:
    """Opened by `reach`, then `secure` where TLS is wanted. Raises Broken, and after that only `close` makes sense."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._framer = Framer()
        self._lines: list[bytes] = []

    @classmethod
    def reach(cls, host: str, port: int, deadline: Deadline) -> Wire:
        """A TCP connection to the first of the host's addresses that takes one."""
        addresses = _addresses(host, port, deadline)
        trouble = Trouble.REFUSED
        for place, (family, address) in enumerate(addresses):
            # An address behind which nobody answers must leave time for the next.
            left = deadline.left / (len(addresses) - place)
            if left <= 0:
                raise Broken(Trouble.SILENT)
            connected = socket.socket(family, socket.SOCK_STREAM)
            try:
                connected.settimeout(left)
                connected.connect(address)
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            except TimeoutError:
                connected.close()
                trouble = Trouble.SILENT
            except OSError:
                connected.close()
            else:
                return cls(connected)
        raise Broken(trouble)

    def secure(self, context: ssl.SSLContext, name: str, deadline: Deadline) -> None:
        """TLS from here on, with a server whose certificate is for `name`. After a failure nothing is said on it, plain or not."""
        try:
            name.encode("idna")  # what ssl does as well, but after it has taken the socket over
            self._socket.settimeout(max(deadline.left, 0.001))
            self._socket = secured = context.wrap_socket(self._socket, server_hostname=name, do_handshake_on_connect=False)
            secured.do_handshake()
        except ssl.SSLCertVerificationError as error:
            raise Broken(Trouble.CERTIFICATE) from error
        except TimeoutError as error:
            # A plain server takes the greeting for the beginning of a line, and waits for its end.
            raise Broken(Trouble.NO_TLS) from error
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
            raise Broken(Trouble.CLOSED) from error
        except ssl.SSLError as error:
            raise Broken(Trouble.NO_TLS) from error
        except OSError as error:
            raise Broken(Trouble.CLOSED) from error
        except ValueError as error:
            # A name that no certificate can bear.
            raise Broken(Trouble.CERTIFICATE) from error

    def check_quiet(self) -> None:
        """Raise Broken where the server has closed, or has sent what nobody asked for: neither may meet the next request."""
        if self._lines or self._framer.pending:
            raise Broken(Trouble.STALE)
        try:
            self._socket.setblocking(False)
            received = self._socket.recv(_PIECE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return  # TLS may have sent something of its own, such as a session ticket
        except (OSError, ValueError) as error:
            raise Broken(Trouble.CLOSED) from error
        if not received:
            raise Broken(Trouble.CLOSED)
        # The LF of the last line's CRLF may come late; NULs occur.
        if received.strip(b"\r\n\0"):
            raise Broken(Trouble.STALE)

    def send(self, line: bytes, deadline: Deadline) -> None:
        """Raises Broken; then nobody knows how much of the line has arrived."""
        try:
            self._socket.settimeout(max(deadline.left, 0.001))
            self._socket.sendall(line)
        except TimeoutError as error:
            raise Broken(Trouble.SILENT) from error
        except (OSError, ValueError) as error:
            raise Broken(Trouble.CLOSED) from error

    def line(self, deadline: Deadline) -> bytes:
        """The next line, without its end. Raises Broken."""
        while not self._lines:
            try:
                self._lines += self._framer.feed(self._received(deadline))
            except Malformed as malformed:
                raise Broken(Trouble.NOISE) from malformed
            except Broken:
                if not self._framer.may_be_over:
                    raise
                self._lines += self._framer.flush()
        return self._lines.pop(0)

    def expect_sums(self) -> None:
        """From now on every line has a number and a sum at its end."""
        self._framer.sealed = True

    def _received(self, deadline: Deadline) -> bytes:
        """The next piece. Raises Broken, the sooner where what has come may be all."""
        left = min(deadline.left, _GRACE_SECONDS) if self._framer.may_be_over else deadline.left
        if left <= 0:
            raise Broken(Trouble.SILENT)
        try:
            self._socket.settimeout(left)
            received = self._socket.recv(_PIECE)
        except TimeoutError as error:
            raise Broken(Trouble.SILENT) from error
        except (OSError, ValueError) as error:
            raise Broken(Trouble.CLOSED) from error
        if not received:
            raise Broken(Trouble.CLOSED)
        return received

    def close(self) -> None:
        """At once: nothing is sent any more, nothing that still comes is read. Any number of times."""
        with contextlib.suppress(OSError):
            self._socket.close()


_Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


def _addresses(host: str, port: int, deadline: Deadline) -> list[_Address]:
    """Where `host` is. Asking for a name has no time limit of its own, so that a thread asks which nobody waits for too long."""
    with contextlib.suppress(ValueError):
        family = socket.AF_INET if ipaddress.ip_address(host).version == 4 else socket.AF_INET6
        return [(family, (host, port))]
    answers: queue.SimpleQueue[list[_Address] | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            answers.put(None)
        else:
            answers.put([(family, address) for family, _, _, _, address in found])

    threading.Thread(target=ask, name="name of the library's server", daemon=True).start()
    try:
        found = answers.get(timeout=max(deadline.left, 0.001))
    except queue.Empty as error:
        raise Broken(Trouble.SILENT) from error
    if not found:
        raise Broken(Trouble.NO_NAME)
    return found
