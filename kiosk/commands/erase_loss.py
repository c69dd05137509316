"""What is lost if a counter is erased: counted before it, and told to the library's server after."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.config import Home, read_settings
from kiosk.domain.errors import KioskError
from kiosk.equipment import now

if TYPE_CHECKING:
    from kiosk.store.enrolled_store import Membership
    from kiosk.store.key_location import KeyPlace
    from kiosk.store.keys import KeyRecord

UNKNOWN = "unknown"
"""Nobody can count it."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What nobody has any more afterwards."""

    lost: str = ""
    """How much, as it is to be confirmed; empty: nothing."""
    told: str = ""
    membership: Membership | None = None


def _may_have_store(home: Home, record: KeyRecord | None) -> bool:
    """Also one that is not to be seen: its disk may not be connected just now. Raises Unavailable."""
    if record is None:
        return home.has_store()
    return not record.is_erased and (home.has_store() or record.store != "")


def loss_of(home: Home, place: KeyPlace) -> Loss:
    from kiosk.store.repository import Repository

    try:
        record = place.store.load()
        if not _may_have_store(home, record):
            return Loss()
        keys = place.open_keys()
        with Repository(home.store, keys, "", now, anchor=place.anchor(keys), known=place.known_store()) as store:
            membership = store.membership()
            count = store.count_links() if membership is None else store.pending_count()
    except KioskError:
        return Loss(UNKNOWN, output.words("erase.lost-unknown"))
    if not count:
        return Loss(membership=membership)
    told = output.words("erase.lost-links" if membership is None else "erase.lost-unsent", count=count)
    return Loss(str(count), told, membership)


def tell_server(home: Home, loss: Loss) -> bool:
    """Whether the server let it go, which it does if an administrator retires the counter there."""
    from kiosk.equipment import registry_credentials
    from kiosk.store.sync.enrolment import leaves
    from kiosk.store.sync.server_url import ServerUrl

    if loss.membership is None or loss.lost:
        return False
    with suppress(KioskError):
        credentials = registry_credentials(home, read_settings(home.config))
        if credentials is not None:
            return leaves(ServerUrl.parse(loss.membership.registry), credentials.authority, credentials.secret, credentials.version)
    return False
