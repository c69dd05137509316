"""The real card thread with blocking questions: each returns the thread's answer."""

from __future__ import annotations

from kiosk.domain.events import CardKnown
from kiosk.domain.model import Insertion, Ticket
from kiosk.domain.pin import Pin
from kiosk.smartcard.card_thread import CardThread
from kiosk.smartcard.held_card import Patience
from kiosk.smartcard.judge import CardJudge
from tests.support.cards.readers import Ear, World

IMPATIENT = Patience(unsaid=0.1, limit=0.5)


class AskedCardThread:
    """A card thread and its event queue, asked one question at a time."""

    def __init__(self, world: World, judge: CardJudge, slow_after: float = 5.0) -> None:
        self.ear = Ear()
        self.thread = CardThread(world.readers, judge, self.ear, slow_after=slow_after, patience=IMPATIENT)
        self.thread.start()
        self._ticket = 0

    def ticket(self) -> Ticket:
        self._ticket += 1
        return Ticket(self._ticket)

    def read(self, insertion: Insertion) -> object:
        """The first answer other than CardKnown."""
        self.thread.read(self.ticket(), insertion)
        said = self.ear.next()
        return self.ear.next() if isinstance(said, CardKnown) else said

    def tries(self, insertion: Insertion) -> object:
        self.thread.tries(self.ticket(), insertion)
        return self.ear.next()

    def verify(self, insertion: Insertion, pin: str | Pin) -> object:
        self.thread.verify(self.ticket(), insertion, Pin(pin) if isinstance(pin, str) else pin)
        return self.ear.next()
