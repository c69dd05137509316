"""Asks the library's server about one card, on the side: links made elsewhere may not have arrived."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import Link, LinkToken
from kiosk.store.enrolled_store import Membership
from kiosk.store.ledger_store import LedgerStore
from kiosk.store.sync.client import RegistryClient, Said
from kiosk.store.sync.connection import Connection, Limits
from kiosk.store.sync.credentials import Credentials
from kiosk.store.sync.server_url import ServerUrl

_CLOSE_SECONDS = 1.0
LIMITS = Limits(connect=1.0, silence=1.5, whole=2.0)
"""A patron waits."""


@dataclass(slots=True)
class Question:
    """For one thread, but `close`."""

    store: LedgerStore
    credentials: Credentials
    _asked: tuple[str, Connection] | None = None
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def find(self, token: LinkToken) -> Link | None:
        """The link that the server has for a card; None if it has none. Raises Unavailable, also where its answer proves nothing: while
        something done here about this card or its number is on its way, or from a server that knows less than this counter; and while the
        server shuts this counter out, without asking.
        """
        membership = self._membership()
        generation = membership.newest_generation
        wanted, here = (self.store.token_under(token, one) for one in (generation, membership.links_generation))
        if wanted is None or here is None:
            raise Unavailable(Code.REGISTRY_ANSWER_UNEXPECTED)
        with self._asking:
            said = RegistryClient(self._connection(membership), self.credentials.secret, self.credentials.version).find([wanted])
        if isinstance(said, Said) or membership.knows_more_than(said.status) or said.status.key_generation != generation:
            # Under another site key the card has another token there.
            raise Unavailable(Code.REGISTRY_ANSWER_UNEXPECTED)
        found = next((placed.link for placed in said.links if placed.link.token == wanted), None)
        if found is None:
            return None
        if any(each.is_pending and each.touches & {here, found.number} for each in self.store.outgoing()):
            raise Unavailable(Code.REGISTRY_ANSWER_UNEXPECTED)
        return Link(token, found.number, found.since, found.counter, found.operation)

    def close(self) -> None:
        """End a question that is asked, and close the connection once nobody uses it."""
        if self._asked is None:
            return
        self._asked[1].abort()
        if self._asking.acquire(timeout=_CLOSE_SECONDS):
            self._asked[1].close()
            self._asking.release()

    def _membership(self) -> Membership:
        membership = self.store.membership()
        if membership is None or membership.shut_out is not None:
            raise Unavailable(Code.REGISTRY_UNREACHABLE)
        return membership

    def _connection(self, membership: Membership) -> Connection:
        if self._asked is None or self._asked[0] != membership.registry:
            if self._asked is not None:
                self._asked[1].close()
            self._asked = membership.registry, Connection.verified(ServerUrl.parse(membership.registry), self.credentials.authority, LIMITS)
        return self._asked[1]
