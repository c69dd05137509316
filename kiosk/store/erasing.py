"""Erases a counter that the library's server has revoked: keys first, so that nothing that is left can be read."""

from __future__ import annotations

from kiosk.store.key_location import KeyPlace


def erase(place: KeyPlace) -> None:
    """Erase the store at `place`, whose connections are closed: keys, database with -wal and -shm, copies made by migrations and restores,
    anchor, the authority of the server.

    A kill at any point leaves no key; `finish_erasing` goes on. Afterwards the key record says that the counter was revoked, until it is
    begun anew. Raises Unavailable.
    """
    raise NotImplementedError


def finish_erasing(place: KeyPlace) -> None:
    """Finish what a kill interrupted. To be called before keys and store are opened; does nothing otherwise."""
    raise NotImplementedError
