"""A store that may be enrolled with the library's server: who it is there, and when the two last spoke."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.decide import Epochs
from kiosk.domain.key_chain import Generations
from kiosk.domain.model import LinkToken
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import HIGHEST_SEQUENCE, MOST_SKIPPED, Position
from kiosk.ledger.digest import LinkSum
from kiosk.store.examination import accept_under
from kiosk.store.keys import Keys
from kiosk.store.ledger_notes import LedgerNotes
from kiosk.store.ledger_seal import LedgerSeal
from kiosk.store.link_digest import LinkDigest
from kiosk.store.opened_store import OpenedStore


@dataclass(frozen=True, slots=True)
class Membership:
    """What the file says of this counter and the library's server. Sealed, so that nobody with the database's key alone can change it."""

    registry: str
    """The server's URL."""
    counter: str
    """This counter's name in the ledger (`Origin.counter`)."""
    key_generation: int
    sequence: int
    """Number of operations made here so far."""
    epochs: Epochs
    """The epoch that runs now, as far as this counter has heard; that of the links may be an earlier one."""
    reached: Position
    """Up to where the links hold."""
    heard: datetime | None
    """When the server last answered; aware, UTC. None: never."""
    latest: datetime | None
    """The latest time this counter has ever seen: a clock behind it was turned back."""
    retiring: bool
    """The server waits for what this counter still holds, and nothing new is to be done here."""
    shut_out: datetime | None
    """Since when the server does not know this counter's secret, or has shut it out; None if it has not."""
    lost_epoch: int | None = None
    """The epoch in which the server was found to know less than this counter."""
    mark: UUID | None = None
    """The operation that the feed brought at `reached`, where it was the feed."""
    newest_generation: int = 0
    """Of the last site key that this counter was given."""
    links_generation: int = 0
    """Of the tokens of the links here."""

    @property
    def awaits_snapshot(self) -> bool:
        """Whether only a snapshot can go on from the links: their epoch is over, or nothing has arrived since the enrolment."""
        return self.reached.epoch != self.epochs.current or self.reached == Position()

    @property
    def is_lost(self) -> bool:
        """Whether that is the epoch that runs now: only another one can go on from the links."""
        return self.lost_epoch == self.epochs.current

    def knows_more_than(self, status: LedgerStatus) -> bool:
        """Whether a server that says this lacks what it once told this counter. In the epoch in which that was noted it always does: what
        was accepted since stands where something else stood.
        """
        if status.key_generation < self.newest_generation:
            return True
        current = status.epochs.current
        if current != self.epochs.current:
            return current < self.epochs.current
        return self.is_lost or (self.reached.epoch == current and self.reached.cursor > status.head.cursor)


class EnrolledStore(OpenedStore):
    """Each method is one short transaction. Those that note something raise ValueError on a counter that is alone."""

    def enrol(self, registry: str, counter: str, key_generation: int = 0) -> None:
        """From now on the library's server at this URL holds the links, and what is done here waits for its answers, under this name.

        The site key is the library's already: `enrolment.join` changes it, and calls this. Repeated under the same name it only notes the
        URL. Raises ValueError on a counter that has links of its own, or another name.
        """
        self.join(registry, counter, key_generation, self._keys)

    def check_joining(self, counter: str, *, changes_key: bool) -> None:
        """Raises ValueError if this counter cannot be enrolled under this name: its links would be lost, or nobody could read them."""
        with self._reading():
            self._check_joining(counter, changes_key)

    def join(self, registry: str, counter: str, key_generation: int, keys: Keys) -> None:
        """As `enrol`, and seal the store with other keys, under which it has to be opened from then on (`enrolment.join`)."""
        with self._writing() as now:
            self._check_joining(counter, keys.site != self._keys.site)
            if keys.site != self._keys.site:
                self._ledger.notes.forget_keys()
            self._ledger.enrol(registry, counter, key_generation)
            self._ledger.notes.keep_shut_out(None)
            digest = LinkDigest(self._database, keys)
            accept_under(self._database, self._digest, digest)
            self._tell(now, AdministrativeAct.ENROLLED, None, reason=None)
            LedgerSeal(self._database, digest).renew()

    def _check_joining(self, counter: str, changes_key: bool) -> None:
        name, alone = self._ledger.notes.counter, self._ledger.is_alone
        if (alone or changes_key) and (self._digest.kept() or LinkSum()).count:
            raise ValueError("only a counter without links can be enrolled")
        if name not in (None, counter):
            raise ValueError(f"enrolled as {name} already")
        if changes_key and not self._ledger.own.is_empty():
            raise ValueError("what is on its way was made under another site key")

    def is_enrolled(self) -> bool:
        """Whether the library's server holds the links; otherwise this counter is alone, and its own feed."""
        with self._reading():
            return not self._ledger.is_alone

    def membership(self) -> Membership | None:
        """Everything about this counter and the server, from one snapshot of the file; None on a counter that is alone."""
        with self._reading():
            notes = self._ledger.notes
            registry = notes.registry
            if registry is None:
                return None
            who = notes.counter or self._counter, notes.key_generation, notes.sequence
            epochs, reached, heard, latest = notes.epochs, notes.position, notes.heard, notes.latest
            retiring, shut_out, found = notes.is_retiring, notes.shut_out, (notes.lost_epoch, notes.mark)
            keys = notes.chain.newest, notes.links_generation
            return Membership(registry, *who, epochs, reached, heard, latest, retiring, shut_out, *found, *keys)

    def take_keys(self, keys: Generations) -> None:
        """Keep the site keys that follow those that are here. The links are under them once a snapshot has brought them (`stage_swap`).
        Raises ValueError for keys that do not follow.
        """
        with self._noting() as notes:
            notes.take_keys(notes.chain.with_more(keys))

    def sealing_key(self) -> bytes:
        """The last site key: backups are sealed so that its sheet opens them."""
        with self._reading():
            later = self._ledger.notes.chain.later
        return later[-1][1] if later else self._keys.site

    def token_under(self, token: LinkToken, generation: int) -> LinkToken | None:
        """A card's token, as computed from the card, under a later site key; None if that key is not here."""
        with self._reading():
            chain = self._ledger.notes.chain
        return chain.wrapped(token, chain.first, generation) if chain.knows(generation) else None

    def move_to(self, registry: str) -> None:
        """The server has a new URL."""
        with self._noting() as notes:
            notes.move_to(registry)

    def heard_at(self, now: datetime) -> None:
        """The server answered at this time of our clock. Writes to the disk: once a minute is enough."""
        with self._noting() as notes:
            notes.hear(now)
            notes.see(now)

    def seen_at(self, now: datetime) -> None:
        """Keep the latest time ever seen, also while the server is away. Writes only if `now` is later than what is kept."""
        with self._reading():
            latest = self._ledger.notes.latest
        if latest is None or now > latest:
            with self._noting() as notes:
                notes.see(now)

    def raise_sequence(self, sequence: int, *, by_staff: bool = False) -> None:
        """The server has seen operations of this counter up to this one: a store that was put back goes on behind them.

        What is further ahead than a counter gets is passed over, since whoever has the secret can make the server say it. Enrolled again
        `by_staff`, under a name whose numbers were raised so, a counter goes on there: its own may be taken.
        """
        with self._reading():
            here = self._ledger.notes.sequence
        if not here < sequence <= (HIGHEST_SEQUENCE if by_staff else here + MOST_SKIPPED):
            return
        with self._noting() as notes:
            notes.count(max(sequence, notes.sequence))

    def mark_retiring(self, *, retiring: bool) -> None:
        """Note `LedgerStatus.retiring`. Writes only a change."""
        with self._reading():
            if retiring == self._ledger.notes.is_retiring:
                return
        with self._noting() as notes:
            notes.keep_retiring(retiring)

    def mark_lost(self, epoch: int) -> None:
        """Note that the server lacks what it once told this counter: only another epoch can go on from the links. Writes only a change."""
        with self._reading():
            if epoch == self._ledger.notes.lost_epoch:
                return
        with self._noting() as notes:
            notes.keep_lost(epoch)

    def mark_shut_out(self, since: datetime | None) -> None:
        """Note that the server shut this counter out, or (None) that it answers again. Writes only a change: the first time stays."""
        with self._reading():
            if (since is None) == (self._ledger.notes.shut_out is None):
                return
        with self._noting() as notes:
            notes.keep_shut_out(since)

    @contextmanager
    def _noting(self) -> Iterator[LedgerNotes]:
        with self._writing():
            self._refuse_alone()
            yield self._ledger.notes
            self._ledger.seal.renew()

    def _refuse_alone(self) -> None:
        if self._ledger.is_alone:
            raise ValueError("a counter that is alone is its own feed")
