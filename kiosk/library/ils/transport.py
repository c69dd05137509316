"""A line-based connection over TCP or TLS, independent of the content of lines.

Every call has one deadline for everything it does, so that a server trickling bytes blocks nobody.
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
"""Seconds to wait for the continuation of a line that may be complete; parts of one message arrive sooner."""


@unique
class Trouble(StrEnum):
    """Why a connection is unusable. The values are log messages."""

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
        """The last part of the message key `command.why.<code>.<reason>`."""
        return self.name.lower().replace("_", "-")


class Broken(Exception):
    """A failed connection or exchange. Never leaves this package."""

    def __init__(self, trouble: Trouble, reply: Message | None = None) -> None:
        """`reply`: the unusable answer, if it could be parsed."""
        super().__init__(trouble.value)
        self.trouble, self.reply = trouble, reply


def trusting(ca_file: str) -> ssl.SSLContext:
    """A TLS context that trusts only `ca_file`, or the system's authorities if empty, and checks host names. Raises Broken."""
    try:
        if ca_file and exposure(Path(ca_file)) is not None:
            raise Broken(Trouble.AUTHORITY_EXPOSED)
        if not ca_file:
            return ssl.create_default_context()
        # Such files contain comments that are not ASCII; ssl accepts ASCII only.
        authority = read_regular(Path(ca_file)).decode("ascii", "ignore")
        if not authority:  # empty would mean the system's authorities
            raise ValueError("empty")
        return ssl.create_default_context(cadata=authority)
    except (OSError, ValueError) as error:
        raise Broken(Trouble.AUTHORITY_FILE) from error


class Wire:
    """Opened by `reach`, then `secure` for TLS. Raises Broken, after which only `close` is valid."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._framer = Framer()
        self._lines: list[bytes] = []

    @classmethod
    def reach(cls, host: str, port: int, deadline: Deadline) -> Wire:
        """Connect to the first address of the host that accepts."""
        addresses = _addresses(host, port, deadline)
        trouble = Trouble.REFUSED
        for place, (family, address) in enumerate(addresses):
            # An unresponsive address must leave time for the next.
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
        """Start TLS with a server whose certificate is for `name`. After a failure nothing more is sent, not even in clear."""
        try:
            name.encode("idna")  # ssl does so too, but only after taking over the socket
            self._socket.settimeout(max(deadline.left, 0.001))
            self._socket = secured = context.wrap_socket(self._socket, server_hostname=name, do_handshake_on_connect=False)
            secured.do_handshake()
        except ssl.SSLCertVerificationError as error:
            raise Broken(Trouble.CERTIFICATE) from error
        except TimeoutError as error:
            # A server without TLS reads the ClientHello as an incomplete line and keeps waiting.
            raise Broken(Trouble.NO_TLS) from error
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
            raise Broken(Trouble.CLOSED) from error
        except ssl.SSLError as error:
            raise Broken(Trouble.NO_TLS) from error
        except OSError as error:
            raise Broken(Trouble.CLOSED) from error
        except ValueError as error:
            # No certificate can match such a name.
            raise Broken(Trouble.CERTIFICATE) from error

    def check_quiet(self) -> None:
        """Raise Broken if the server has closed the connection or sent anything unsolicited: neither may meet the next request."""
        if self._lines or self._framer.pending:
            raise Broken(Trouble.STALE)
        try:
            self._socket.setblocking(False)
            received = self._socket.recv(_PIECE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return  # TLS may send records of its own, such as session tickets
        except (OSError, ValueError) as error:
            raise Broken(Trouble.CLOSED) from error
        if not received:
            raise Broken(Trouble.CLOSED)
        # The LF of the last CRLF may arrive late; NULs occur.
        if received.strip(b"\r\n\0"):
            raise Broken(Trouble.STALE)

    def send(self, line: bytes, deadline: Deadline) -> None:
        """Send a line. Raises Broken; how much has arrived is then unknown."""
        try:
            self._socket.settimeout(max(deadline.left, 0.001))
            self._socket.sendall(line)
        except TimeoutError as error:
            raise Broken(Trouble.SILENT) from error
        except (OSError, ValueError) as error:
            raise Broken(Trouble.CLOSED) from error

    def line(self, deadline: Deadline) -> bytes:
        """Return the next line without its terminator. Raises Broken."""
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
        """Expect sequence number and checksum at the end of every line from now on."""
        self._framer.sealed = True

    def _received(self, deadline: Deadline) -> bytes:
        """Receive the next chunk. Raises Broken, sooner if the line may be complete."""
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
        """Close at once, discarding pending data. Idempotent."""
        with contextlib.suppress(OSError):
            self._socket.close()


_Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


def _addresses(host: str, port: int, deadline: Deadline) -> list[_Address]:
    """Resolve `host`. Name resolution has no timeout of its own, so a thread does it that can be abandoned."""
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
