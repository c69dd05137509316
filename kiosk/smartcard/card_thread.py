"""The only thread that talks to cards. It owns a PC/SC context and the connection; commands come through a queue, results go out as events.

It keeps the rules of the PIN (ARCHITECTURE, Rules of the PIN: 1, 2, 4, 5).
"""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.events import (
    Broke,
    CardFailed,
    CardInUse,
    CardKnown,
    CardRead,
    CardSlow,
    CardsTurn,
    CardWaits,
    Event,
    HolderProved,
    PinRejected,
    TriesRead,
)
from kiosk.domain.model import Insertion, Ticket
from kiosk.domain.pin import Pin
from kiosk.incidents import record_incident, report_incident
from kiosk.smartcard.card_commands import Asked, Command, Read, Release, Tries, Verify, forget
from kiosk.smartcard.held_card import USUAL, Patience, connect_when_free
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.metered_connection import MeteredConnection, SlowWatch
from kiosk.smartcard.reader import CardConnection, CardReaders
from kiosk.smartcard.tap import OpenCard, TapReport, read_card

SLOW_AFTER = 5.0
"""Seconds without an answer until people are asked to remove the card: nothing else ends a transmit."""
CHALLENGE_BYTES = 32


@dataclass
class _Held:
    """The card of the current session. Dropped on the first error; the card is not addressed again after that."""

    insertion: Insertion
    card: OpenCard = field(repr=False)
    tries_known: bool = False
    """The remaining tries were read on this connection."""


class CardThread:
    """The card thread. Its request methods only enqueue, from any thread; results are passed to `emit` on the card thread."""

    def __init__(
        self,
        readers: Callable[[], CardReaders],
        judge: CardJudge,
        emit: Callable[[Event], None],
        *,
        slow_after: float = SLOW_AFTER,
        patience: Patience = USUAL,
        observe: Callable[[Insertion, TapReport], None] = lambda insertion, report: None,
    ) -> None:
        """On the card thread, `readers` opens a context, anew after each failure, and `observe` gets the report of each reading.
        `patience`: with other programs that hold the card.

        A bug is emitted as Broke; the next command starts with a new context.
        """
        self._open_readers, self._judge, self._emit, self._observe, self._patience = readers, judge, emit, observe, patience
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._readers: CardReaders | None = None
        self._held: _Held | None = None
        self._busy_with: Insertion | None = None
        self._silent: Insertion | None = None
        """The card that has exceeded `slow_after` without an answer."""
        self._to_read: Insertion | None = None
        """The card whose reading was requested last and has not started."""
        self._waits: Insertion | None = None
        """The card for which CardWaits was emitted last."""
        self._telling = threading.Lock()
        """Guards the order of CardWaits and CardsTurn: "wait" is never emitted after the card's turn has come."""
        self._slow = SlowWatch(slow_after, self._say_slow)
        self._thread = threading.Thread(target=self._run, name="card", daemon=True)

    # --- for the other threads ------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._slow.start()
        self._thread.start()

    def stop(self, limit: float = 5.0) -> bool:
        """Release the card and end the thread; queued commands are dropped. Returns whether it ended within `limit` seconds."""
        self._stopping.set()
        self._commands.put(None)
        self._thread.join(limit)
        self._slow.stop()
        return not self._thread.is_alive()

    def read(self, ticket: Ticket, insertion: Insertion) -> None:
        """Request a reading, which ends any current session. Emits CardRead or CardFailed, possibly preceded by CardInUse and CardKnown.

        Emits CardWaits when a card that does not answer has to be removed first, then CardsTurn once it was.
        """
        with self._telling:
            self._to_read = insertion
            self._commands.put(Read(ticket, insertion))
            if (silent := self._silent) is not None:
                self._say_waits(insertion, silent)

    def tries(self, ticket: Ticket, insertion: Insertion) -> None:
        """Query the remaining PIN tries. Emits TriesRead or CardFailed."""
        self._commands.put(Tries(ticket, insertion))

    def verify(self, ticket: Ticket, insertion: Insertion, pin: Pin) -> None:
        """Verify the PIN and let the card sign a challenge. Emits HolderProved, PinRejected or CardFailed. Takes ownership of `pin`."""
        self._commands.put(Verify(ticket, insertion, pin))

    def release(self, insertion: Insertion) -> None:
        """End the session with this insertion, if it is the current one. Emits nothing."""
        self._commands.put(Release(insertion))

    # --- the thread -----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            command = self._commands.get()
            if command is None or self._stopping.is_set():
                forget(command)
                break
            try:
                self._obey(command)
            except Exception as error:
                self._begin_anew()
                self._tell_bug(error)
            # Hold no reference to the last command while waiting for the next.
            del command
        self._begin_anew()
        while not self._commands.empty():
            forget(self._commands.get())

    def _begin_anew(self) -> None:
        """Let go of card and context, whatever state they are in."""
        for release in (self._let_go, self._drop_readers):
            try:
                release()
            except Exception as error:
                record_incident(error)

    def _tell_bug(self, error: Exception) -> None:
        try:
            self._emit(Broke(record_incident(error)))
        except Exception as untold:
            report_incident(untold)

    def _obey(self, command: Command) -> None:
        if isinstance(command, Release):
            self._release(command.insertion)
            return
        try:
            self._begin(command)
            answer = self._answer(command)
        except KioskError as error:
            answer = self._fail(command, error)
        finally:
            with self._telling:
                self._busy_with = self._silent = None
            forget(command)
        self._emit(answer)

    def _begin(self, command: Asked) -> None:
        with self._telling:
            self._busy_with = command.insertion
            if self._to_read == command.insertion:
                self._to_read = None
            if isinstance(command, Read) and self._waits == command.insertion:
                self._waits = None
                self._emit(CardsTurn(command.insertion))

    def _answer(self, command: Asked) -> Event:
        match command:
            case Read(ticket, insertion):
                return self._read(ticket, insertion)
            case Tries(ticket, insertion):
                return self._read_tries(ticket, insertion)
            case Verify(ticket, insertion, pin):
                return self._verify(ticket, insertion, pin)

    def _fail(self, command: Asked, error: KioskError) -> CardFailed:
        """Every failure ends the session; one that is not a refusal also discards the context."""
        self._let_go()
        if not isinstance(error, Refused):
            self._drop_readers()
        return CardFailed(command.ticket, command.insertion, error.code, tuple(error.params.items()))

    def _read(self, ticket: Ticket, insertion: Insertion) -> CardRead:
        self._let_go()
        report = TapReport()
        try:
            card = read_card(
                lambda: self._connect(insertion),
                self._judge,
                report,
                lambda first_block: self._say_known(ticket, insertion, first_block),
            )
        finally:
            self._observe(insertion, report)
        self._held = _Held(insertion, card)
        return CardRead(ticket, insertion, card.judgement.reading)

    def _say_known(self, ticket: Ticket, insertion: Insertion, first_block: bytes) -> None:
        """Emit CardKnown so that look-ups can start early. Errors here never affect the reading; a bug is reported."""
        try:
            if tokens := self._judge.candidates(first_block):
                self._emit(CardKnown(ticket, insertion, tokens))
        except Exception as error:
            report_incident(error)

    def _read_tries(self, ticket: Ticket, insertion: Insertion) -> TriesRead:
        held = self._find(insertion)
        left = held.card.session.tries_left()
        held.tries_known = True
        return TriesRead(ticket, insertion, left)

    def _verify(self, ticket: Ticket, insertion: Insertion, pin: Pin) -> HolderProved | PinRejected:
        held = self._find(insertion)
        if not held.tries_known:
            raise ValueError("a PIN for a card whose tries nobody has seen")
        session, judgement = held.card.session, held.card.judgement
        try:
            session.verify(pin.take())
        except Refused as error:
            left = error.params.get("tries_left", 0)
            return PinRejected(ticket, insertion, int(left))
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        signature = session.sign(judgement.certificate.prepare(challenge))
        judgement.certificate.verify_signature(challenge, signature)
        return HolderProved(ticket, insertion, judgement.reading.token)

    def _release(self, insertion: Insertion) -> None:
        if self._held is not None and self._held.insertion == insertion:
            self._let_go()

    def _find(self, insertion: Insertion) -> _Held:
        """The session of exactly this insertion. Raises Unavailable(card-removed) for any other, without addressing a card."""
        if self._held is None or self._held.insertion != insertion:
            raise Unavailable(Code.CARD_REMOVED)
        return self._held

    # --- connection and context -----------------------------------------------------------------------------------------

    def _connect(self, insertion: Insertion) -> MeteredConnection:
        def connect() -> MeteredConnection:
            with self._slow.over():
                return MeteredConnection(self._open(insertion.reader), self._slow)

        def wait(seconds: float) -> bool:
            # The next reading does not wait for a card that another program holds.
            return self._stopping.wait(seconds) or self._to_read is not None

        return connect_when_free(connect, lambda: self._emit(CardInUse(insertion)), wait, self._patience)

    def _open(self, reader: str) -> CardConnection:
        if self._readers is not None:
            try:
                return self._readers.connect(reader)
            except KioskError as error:
                if error.code not in (Code.READER_SERVICE_MISSING, Code.READER_MISSING):
                    raise
                # The service was restarted, on Windows by plugging in the only reader. Nothing has been sent to the card yet, so a retry on
                # a new context is safe.
                self._drop_readers()
        self._readers = self._open_readers()
        return self._readers.connect(reader)

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.card.connection.close()

    def _drop_readers(self) -> None:
        readers, self._readers = self._readers, None
        if readers is not None:
            readers.release()

    def _say_slow(self) -> None:
        with self._telling:
            if (insertion := self._busy_with) is None:
                return
            self._silent = insertion
            self._emit(CardSlow(insertion))
            if (waiting := self._to_read) is not None:
                self._say_waits(waiting, insertion)

    def _say_waits(self, insertion: Insertion, behind: Insertion) -> None:
        self._waits = insertion
        self._emit(CardWaits(insertion, behind.reader))
