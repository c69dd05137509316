"""Request-reply exchanges over one wire, with sequence numbers, checksums and matching."""

from __future__ import annotations

import logging

from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.matching import Match, match
from kiosk.library.ils.transport import Broken, Trouble, Wire
from kiosk.library.sip2 import Checksum, Malformed, Message, decode, encode, masked

_log = logging.getLogger(__name__)


class Dialogue:
    """One exchange at a time; sequence numbers start at 0 on each connection.

    Everything raises Broken, after which only `close` is valid, except that NOT_UNDERSTOOD and WRONG_SUM leave the line usable.
    """

    def __init__(self, wire: Wire, encoding: str, checksum: Checksum) -> None:
        self._wire, self._encoding, self._checksum = wire, encoding, checksum
        self._next_number = 0
        self._server_numbers = False
        """Whether the server echoes our sequence numbers; from then on an answer without one is not ours."""

    def check_quiet(self) -> None:
        self._wire.check_quiet()

    def close(self) -> None:
        self._wire.close()

    def ask(self, request: Message, by: Deadline, *, believe_sums: bool) -> Message:
        """Send one request and return its answer. With Trouble.REQUEST nothing was sent.

        `believe_sums`: whether a wrong checksum indicates damage; some servers compute it differently.
        """
        number = None
        if self._checksum is not Checksum.OFF:
            number = self._next_number
            self._next_number = (number + 1) % 10
        try:
            line = encode(request, sequence=number, encoding=self._encoding)
        except Malformed as malformed:
            raise Broken(Trouble.REQUEST) from malformed
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("> %s", masked(request))
        self._wire.send(line, by)
        reply = self._decoded(self._wire.line(by))
        if reply.kind == "96":
            raise Broken(Trouble.NOT_UNDERSTOOD)
        found = match(reply, request, number, server_numbers=self._server_numbers)
        if found is not Match.ANSWER:
            raise Broken(Trouble.OTHER_PATRON if found is Match.OTHER_PATRON else Trouble.FOREIGN, reply)
        if reply.sequence is not None and not self._server_numbers:
            self._server_numbers = True
            self._wire.expect_sums()
        wrong = not reply.checksum_good if self._checksum is Checksum.STRICT else reply.checksum_good is False
        if wrong and believe_sums:
            raise Broken(Trouble.WRONG_SUM, reply)
        return reply

    def _decoded(self, line: bytes) -> Message:
        # A 96 without a checksum is accepted even in strict mode; other answers are checked afterwards.
        checksum = Checksum.OFF if self._checksum is Checksum.OFF else Checksum.WARN
        try:
            reply = decode(line, encoding=self._encoding, checksum=checksum)
        except Malformed as malformed:
            raise Broken(Trouble.NOISE) from malformed
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("< %s", masked(reply))
        return reply
