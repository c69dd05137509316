"""What lies ready for the tasks of the course: virtual cards, a reader, a store and a library's system that are thrown away afterwards."""

from __future__ import annotations

from uuid import uuid4

from kiosk.demo.course.progress import Event, Task, Tool
from kiosk.demo.course.signs import number
from kiosk.demo.ils import Circulation, LibraryServer, opening
from kiosk.demo.ils.server import now_in_japan
from kiosk.domain.handed import Handed
from kiosk.domain.model import AnyService, LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.domain.token import link_token
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import READER, VirtualReaders
from kiosk.store.repository import Repository


class Stage:
    """`readers` and `deck` are those of the counter, `library` its library's system, which is running."""

    def __init__(self, deck: Deck, readers: VirtualReaders, library: LibraryServer, site_key: bytes) -> None:
        self._deck, self._readers, self._library = deck, readers, library
        self._site_key, self._issuer = site_key, Authority(deck.authority.der).key_digest
        self._store: Repository | None = None
        self.handed = ""
        """The number that was handed over last, as the library's system would have it in its field."""

    def take(self, store: Repository) -> None:
        """From now on links are made in this store."""
        self._store = store

    def hand_over(self, library_card: LibraryCardNumber, service: AnyService | None) -> Handed:
        """Take a number as the field of the library's system would, which says what it holds."""
        self.handed = library_card.text
        return Handed()

    def tokens(self, task: Task) -> dict[str, LinkToken]:
        return {name: self._token(name) for tool, name in task.tools if tool is Tool.LAY}

    def loans(self) -> dict[str, str]:
        """Who has an item of the library, both by number."""
        return {item: loan.patron for item, loan in self._library.snapshot().loans.items()}

    def set_for(self, task: Task) -> None:
        """Have everything as it is when the task begins, but for `task.first`."""
        self.handed = ""
        self.start_library()
        self._library.change(_begin_anew)
        for name in {*self.tokens(task), *(card for card, _ in task.links)}:
            self._deck.fresh(name)
        if self._store is None:
            return
        for listed in tuple(self._store.list_links(masked=False)):
            self._store.close_link(uuid4(), LibraryCardNumber(listed.number), UnlinkReason.CORRECTION)
        for card, name in task.links:
            self._store.save_link(uuid4(), self._token(card), number(name), revocation=Revocation.NOT_CHECKED)

    def start_library(self) -> None:
        if not self._library.running:
            self._library.start()

    def carry_out(self, event: Event) -> None:
        if event is Event.LIBRARY_STARTS:
            self.start_library()
        else:
            self._library.stop()

    def lay(self, name: str) -> None:
        self._readers.lay(self._deck.card(name), READER)

    def lift(self) -> None:
        self._readers.lift(READER)

    def _token(self, card: str) -> LinkToken:
        return link_token(self._site_key, self._issuer, self._deck.leaf(card).serial)


def _begin_anew(library: Circulation) -> None:
    fresh = opening(now_in_japan().date())
    library.loans.clear()
    library.loans.update(fresh.loans)
    library.holds.clear()
    library.holds.update(fresh.holds)
