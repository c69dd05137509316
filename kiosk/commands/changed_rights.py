"""What accounts are told where somebody has changed the permissions in the computer's place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.config.machine_rights import has_changed_rights
from kiosk.domain.errors import Code, KioskError, Unavailable

_SYMPTOMS = frozenset(
    {
        Code.STORE_FOREIGN,
        Code.STORE_READ_ONLY,
        Code.STORE_UNAVAILABLE,
        Code.STORE_KEY_UNREADABLE,
        Code.CONFIG_EXPOSED,
        Code.CONFIG_UNREADABLE,
        Code.HOME_UNUSABLE,
    }
)


@contextmanager
def changed_rights_told() -> Iterator[None]:
    """Name the cause where its symptom would be told, whose own way on puts nothing right: only the administrator's command knows which
    permissions there were. Raises Unavailable: counter-rights.
    """
    try:
        yield
    except KioskError as error:
        place = str(error.params.get("place", ""))
        if error.code in _SYMPTOMS and place and has_changed_rights(Path(place)):
            raise Unavailable(Code.COUNTER_RIGHTS, place=place) from error
        raise
