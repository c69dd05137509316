"""Keys, store and trust anchors of a counter, opened as configured. Without Qt, for the windows and the command line alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from kiosk.config import Home, Ils, RevocationSource, Settings, counter_rules
from kiosk.config.machine_place import is_machine_home, machine_keys_folder
from kiosk.domain.calendar import day_in_japan
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import Event
from kiosk.domain.handed import Handed
from kiosk.domain.model import AnyService, LibraryCardNumber
from kiosk.domain.states import CounterFacts, HandoverWhen
from kiosk.domain.trial_number import trial_number
from kiosk.program_version import program_version
from kiosk.thread_timeout import meanwhile

if TYPE_CHECKING:
    from kiosk.library.handover.field_teacher import FieldTeacher
    from kiosk.library.ils import IlsClient
    from kiosk.local_api.local_api_thread import LocalApiThread
    from kiosk.smartcard.authority import Authority
    from kiosk.smartcard.judge import CardJudge
    from kiosk.smartcard.revocation import RevocationLists
    from kiosk.store.key_location import KeyPlace
    from kiosk.store.keys import Keys, KeyStore
    from kiosk.store.repository import Repository
    from kiosk.store.sync.credentials import Credentials
    from kiosk.store.sync.sync_thread import SyncThread

_START_SECONDS = 20.0
"""How long start-up waits for the revocation lists."""
_SWITCH_SECONDS = 1.0
"""How long the end waits until other programs are told that nobody listens any more."""

# Imports are local: `kiosk links count` should not load cryptography, nor `kiosk trust list` SQLCipher.


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return day_in_japan(now())


def counter_facts(settings: Settings, *, demo: bool = False) -> CounterFacts:
    """The facts that are known before anything is opened."""
    return CounterFacts(
        counter_name=settings.counter.name,
        revocation_checked=settings.card.revocation is RevocationSource.CRL,
        stale_lists_accepted=settings.card.accepts_stale_lists,
        demo=demo,
    )


def keys_of(home: Home, settings: Settings) -> KeyStore:
    """The key store of this counter."""
    return key_place_of(home, settings).store


def key_place_of(home: Home, settings: Settings) -> KeyPlace:
    """Where the keys are kept, with the anchor beside them."""
    from kiosk.store.key_location import key_place

    if is_machine_home(home.folder):
        # No account has keys that the next one could read: `keys` in config.toml decides nothing there.
        return key_place(home.store, "machine", machine_keys_folder())
    return key_place(home.store, settings.keys.place, home.keys_folder(settings.keys))


def has_key_of_computer(home: Home, settings: Settings) -> bool:
    """Whether the keys belong to the computer, so that they open to whoever has its disk."""
    return is_machine_home(home.folder) or settings.keys.place == "machine"


def open_repository(home: Home, settings: Settings, place: KeyPlace | None = None) -> tuple[Repository, Keys]:
    """Open the store and its keys, creating them at the first start, and finish what a kill has interrupted. `place`: where the keys are,
    if not where this account would have them. Raises Unavailable.
    """
    from kiosk.store.enrolment import finish_joining
    from kiosk.store.erasing import finish_erasing
    from kiosk.store.repository import Repository

    place = place or key_place_of(home, settings)
    finish_erasing(place)
    finish_joining(place, settings.counter.name, now)
    keys = place.open_keys()
    repository = Repository(home.store, keys, settings.counter.name, now, anchor=place.anchor(keys), known=place.known_store())
    # If it cannot be recorded (keys on a write-protected disk), the counter works as before.
    try:
        if (begun := place.under_way()) is not None:
            repository.note(begun.deed, operation=begun.operation)
            place.is_written_down()
        if repository.is_in_order:
            place.remember(repository.identity)
    except Unavailable as trouble:
        if trouble.code in (Code.STORE_MOVED, Code.STORE_COPY):
            repository.close()
            raise
    return repository, keys


def open_sync(home: Home, settings: Settings, repository: Repository) -> Callable[[Callable[[Event], None]], SyncThread] | None:
    """A function that makes the thread which keeps this counter in step with the library's server, not started; None on a counter that is
    alone. It is given what posts events.
    """
    if not repository.is_enrolled():
        return None
    from kiosk.store.sync.sync_thread import SyncThread

    # Without them everything else works on: the windows say that there is no server.
    credentials = registry_credentials(home, settings)
    return lambda post: SyncThread(repository, credentials, post, settings.registry.max_offline, now=now)


def open_local_api(settings: Settings, repository: Repository) -> Callable[[Callable[[Event], None]], LocalApiThread] | None:
    """A function that makes the thread for other programs on this computer, not started; None if they may not ask. It is given what posts
    events.
    """
    if not settings.local_api.on:
        return None
    from kiosk.local_api.local_api_thread import LocalApiThread

    return lambda post: LocalApiThread(settings.local_api.port, repository, post)


def registry_credentials(home: Home, settings: Settings) -> Credentials | None:
    """What this counter shows to the library's server, and what it trusts; None if secret or certificate is missing."""
    from kiosk.store.authority_file import kept_authority
    from kiosk.store.sync.credentials import Credentials
    from kiosk.store.sync.tls import Authority

    with suppress(Unavailable):
        record = key_place_of(home, settings).store.load()
        if record is not None and record.secret:
            return Credentials(record.secret, Authority(kept_authority(home.store, record.authority)), program_version())
    return None


def erase_counter(home: Home, settings: Settings) -> None:
    """Erase store and keys of a counter that the library's server has revoked. Everything must be closed. Raises Unavailable."""
    from kiosk.store.erasing import erase

    erase(key_place_of(home, settings))


def open_library(home: Home, settings: Settings) -> IlsClient | None:
    """A client of the library system, not yet connected; None if none is configured. For one thread only."""
    if settings.ils.system is Ils.NONE:
        return None
    from kiosk.library.ils import IlsClient

    return IlsClient(home.ils_settings(settings.ils), today)


def open_handover(settings: Settings) -> Callable[[LibraryCardNumber, AnyService | None], Handed] | None:
    """A function that types a library card number where the configuration wants it for a service; None if handing over is off.

    Call it on a thread that may wait. It raises Refused and Unavailable with the handover codes.
    """
    if settings.handover.when is HandoverWhen.OFF:
        return None
    from kiosk.library.handover.configured import target_for
    from kiosk.library.handover.typing_process import hand_over_in_turn

    def type_number(number: LibraryCardNumber, service: AnyService | None) -> Handed:
        target = target_for(settings.handover, service)
        lost = hand_over_in_turn(number.text, target)
        return Handed(not target.unchecked, clipboard_lost=lost > 0)

    return type_number


def open_fields(home: Home, settings: Settings) -> FieldTeacher:
    """What teaches fields of other programs, for a thread that may wait. `settings`: those in force."""
    from kiosk.library.handover.field_teacher import FieldTeacher

    return FieldTeacher(home.config, settings.handover, trial_number(counter_rules(settings).barcode))


def open_accessibility(settings: Settings) -> AbstractContextManager[None]:
    """Meanwhile other programs tell of their fields, where the configuration has one to type into. Nobody waits for it to begin."""
    if settings.handover.when is HandoverWhen.OFF or not settings.handover.target:
        return nullcontext()
    from kiosk.library.handover import accessibility

    accessible = accessibility()
    if accessible is None:
        return nullcontext()

    def switch_on(ended: threading.Event) -> None:
        with accessible.switched_on():
            ended.wait()

    return meanwhile(switch_on, _SWITCH_SECONDS, "accessibility")


def revocation_lists(home: Home, settings: Settings, authorities: Sequence[Authority], *, anew: bool = False) -> RevocationLists:
    """The revocation lists as configured.

    Lists read before are cached for the next start. If the cached ones do not suffice, or `anew`, changed lists are read before the first
    card, for some seconds at most.
    """
    from kiosk.smartcard.revocation import CrlFolder, ListCache, NoRevocation, RevocationStatus

    if settings.card.revocation is not RevocationSource.CRL:
        return NoRevocation()
    lists = CrlFolder(home.crl_folder(settings.card), authorities, settings.card.list_limit, ListCache(home.held_lists))
    if anew or lists.standings(now()) != {RevocationStatus.GOOD}:
        lists.refresh(_START_SECONDS)
    return lists


def judge_for(home: Home, settings: Settings, site_key: bytes, *, anew: bool = False) -> CardJudge:
    """The judge of cards, with the configured trust anchors; `anew` as for `revocation_lists`."""
    from kiosk.smartcard.judge import CardJudge
    from kiosk.smartcard.trust import TrustStore

    entries = TrustStore(home.trust).entries()
    authorities = [entry.authority for entry in entries if entry.authority is not None]
    without = Code.TRUST_UNUSABLE if entries else Code.TRUST_MISSING
    return CardJudge(authorities, revocation_lists(home, settings, authorities, anew=anew), site_key, now, without=without)
