"""The store opened for one command, possibly beside a running counter."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.config import Home, Settings, read_settings
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.equipment import key_place_of, open_repository

if TYPE_CHECKING:
    from kiosk.domain.administrative_acts import AdministrativeAct
    from kiosk.store.keys import Keys
    from kiosk.store.repository import Repository


def opened(home: Home, settings: Settings) -> tuple[Repository, Keys]:
    """Open the store and its keys as `open_repository` does; report on stderr if that migrated the store and dropped its links."""
    repository, keys = open_repository(home, settings)
    if repository.links_dropped_now:
        output.warn("stored.migrated", dropped=repository.links_dropped_now)
    return repository, keys


def with_repository(home: Home, work: Callable[[Repository], int]) -> int:
    """Run `work` on the store and return its exit code. If there is no store yet, report that instead of creating one."""
    settings = read_settings(home.config)
    if not home.has_store():
        key_place_of(home, settings).check_first_start()
        output.tell("stored.new", place=escaped(str(home.store)))
        return output.OK
    repository, _ = opened(home, settings)
    with repository:
        return honestly(repository, lambda: work(repository))


def honestly(repository: Repository, work: Callable[[], int]) -> int:
    """Run `work` on an open store and return its exit code. If the store is doubted, report why: what `work` printed may be wrong."""
    try:
        code = work()
    except KioskError as error:
        if repository.doubt is None or repository.doubt.code is not error.code:
            _tell_doubt(repository)
        raise
    return _tell_doubt(repository) or code


def _tell_doubt(repository: Repository) -> int:
    if repository.doubt is None:
        return output.OK
    output.warn("stored.doubted")
    return output.complain(Unavailable(repository.doubt.code, **dict(repository.doubt.params)))


def note_administrative_act(repository: Repository, deed: AdministrativeAct) -> None:
    """Record what is about to be done. If the store is read-only or full, only warn: it can still be read and rescued."""
    try:
        repository.note(deed)
    except Unavailable as error:
        if error.code not in (Code.STORE_READ_ONLY, Code.STORE_FULL):
            raise
        print(output.words("stored.unrecorded"), file=sys.stderr)


def note_trust(home: Home, deed: AdministrativeAct, fingerprint: str = "") -> None:
    """Record an act on the trust anchors, with the fingerprint of the authority as far as given.

    Without a store there is no trail, and nothing is recorded.
    """
    try:
        is_there = home.store.exists()
    except OSError:  # no access to the folder: opening the store reports it
        is_there = True
    if is_there:
        repository, _ = opened(home, read_settings(home.config))
        with repository:
            repository.note(deed, re.sub(r"[^0-9a-f]", "", fingerprint.lower()))
