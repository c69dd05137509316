"""What a counter keeps of its enrolment with the library's server."""

from __future__ import annotations

from kiosk.config import Home, read_settings
from kiosk.equipment import key_place_of, open_repository
from kiosk.store.enrolled_store import Membership
from kiosk.store.keys import KeyRecord


def membership(home: Home) -> Membership | None:
    with open_repository(home, read_settings(home.config))[0] as store:
        return store.membership()


def record(home: Home) -> KeyRecord:
    kept = key_place_of(home, read_settings(home.config)).store.load()
    assert kept is not None
    return kept
