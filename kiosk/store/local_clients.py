"""The programs on this computer that may ask for the number of the patron being served, and the record of each number they were given."""

from __future__ import annotations

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.effects import Act
from kiosk.domain.errors import Code, Refused
from kiosk.domain.local_client import MOST_CLIENTS, LocalClient, decode_clients, encode_clients
from kiosk.domain.model import LibraryCardNumber
from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.store.metadata import LOCAL_CLIENTS
from kiosk.store.opened_store import OpenedStore


class LocalClientStore(OpenedStore):
    """Thread-safe. Every method raises `Unavailable` with one of the store's codes."""

    def local_clients(self) -> tuple[LocalClient, ...]:
        """In the order in which they were added."""
        with self._reading():
            return self._clients()

    def add_local_client(self, client: LocalClient) -> None:
        """Raises Refused: local-client-refused, if there is one of that name, or there are as many as there may be."""
        with self._writing() as now:
            known = self._clients()
            if any(each.name == client.name for each in known):
                raise Refused(Code.LOCAL_CLIENT_REFUSED, reason="name-taken", name=client.name)
            if len(known) >= MOST_CLIENTS:
                raise Refused(Code.LOCAL_CLIENT_REFUSED, reason="too-many", name=client.name)
            write_note(self._database, LOCAL_CLIENTS, encode_clients((*known, client)))
            self._tell(now, AdministrativeAct.CLIENT_ADDED, None, reason=client.name)

    def revoke_local_client(self, name: str) -> None:
        """From now on its token is nobody's. Raises Refused: local-client-refused, if there is none of that name."""
        with self._writing() as now:
            known = self._clients()
            left = tuple(client for client in known if client.name != name)
            if left == known:
                raise Refused(Code.LOCAL_CLIENT_REFUSED, reason="unknown", name=name)
            write_note(self._database, LOCAL_CLIENTS, encode_clients(left))
            self._tell(now, AdministrativeAct.CLIENT_REVOKED, None, reason=name)

    def record_hand_out(self, client: str, number: LibraryCardNumber) -> None:
        """Record that a client is given this number. Call it before."""
        with self._writing() as now:
            self._tell(now, Act.HAND_OUT, number, reason=client)

    def _clients(self) -> tuple[LocalClient, ...]:
        note = read_note(self._database, LOCAL_CLIENTS)
        return () if note is None else parsed(note, decode_clients)
