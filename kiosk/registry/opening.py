"""Opens the library's server as its home and registry.toml say: key, ledger, authority. Begins them where there is nothing yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from kiosk.config import file_trouble
from kiosk.config.private_files import read_private
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import REGISTRY_CONFIG, RegistrySettings
from kiosk.config.text_encoding import NotUtf8, decoded
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.notes import read_note, write_note
from kiosk.ledger.recovery_sheet import fingerprint
from kiosk.registry.counters import Counters, server_act
from kiosk.registry.database import RegistryDatabase, open_database, open_sqlite, without_password
from kiosk.registry.enrolment import Enrolment
from kiosk.registry.head_row import HeadTable
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.notes import SHEET_CONFIRMED
from kiosk.registry.remembered import Ahead
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.site_key import SiteKey, SiteKeyFile
from kiosk.registry.tls import GivenFiles, OwnAuthority, ServerTls


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class OpenedRegistry:
    """A server's ledger and what belongs to it. `close` closes the connections of the calling thread, and of threads that have ended."""

    home: RegistryHome
    settings: RegistrySettings
    site_key: SiteKey
    ledger: RegistryLedger
    tls: ServerTls
    clock: Callable[[], datetime] = now
    is_new: bool = False
    """Whether the ledger was begun just now."""

    @property
    def counters(self) -> Counters:
        return Counters(self.ledger, self.clock)

    @property
    def enrolment(self) -> Enrolment:
        return Enrolment(self.ledger, self.site_key, self.clock)

    @property
    def is_sheet_confirmed(self) -> bool:
        """Whether the recovery sheet of this key was printed, and parts of it were asked back. Raises Unavailable."""
        note = self.ledger.database.read(lambda database: read_note(database, SHEET_CONFIRMED))
        return note == fingerprint(self.site_key.key)

    def note(self, act: AdministrativeAct, checked: str = "") -> None:
        """Write down in the trail what is done with the server itself. Raises Unavailable."""
        with self.ledger.acting() as audit:
            audit(server_act(self.clock(), act, checked))

    def confirm_sheet(self) -> None:
        """Raises Unavailable."""
        with self.ledger.acting():
            write_note(self.ledger.database.database, SHEET_CONFIRMED, fingerprint(self.site_key.key))

    def remember(self) -> None:
        """Write down beside the keys what outlives a restore. Raises Refused: registry-put-back; Unavailable."""
        RememberedFile(self.home.keys(self.settings.keys)).take(self.ledger.database)

    @property
    def ahead(self) -> Ahead | None:
        """What a counter knew that this ledger does not have. Raises Unavailable."""
        known = RememberedFile(self.home.keys(self.settings.keys)).load()
        return None if known is None else known.ahead

    def close(self) -> None:
        self.ledger.database.close()


def open_registry(
    home: RegistryHome,
    settings: RegistrySettings,
    *,
    begins: bool = False,
    site_key: bytes | None = None,
    clock: Callable[[], datetime] = now,
) -> OpenedRegistry:
    """Open the ledger; if `begins`, begin one where there is neither key nor ledger: under `site_key`, or a new one. May be repeated after
    a kill at any point. A key that is there stays, whatever `site_key` is.

    Raises Unavailable: home-unusable (registry-not-begun), ledger-missing, site-key-missing, site-key-other, site-key-generation,
    site-key-unreadable, certificate-unusable; what `open_database` raises.
    """
    file = SiteKeyFile(home.keys(settings.keys))
    key = file.load()
    if key is None and not begins and not (settings.database.url or home.database.exists()):
        raise _not_begun(home)
    database = open_server_database(home, settings, create=key is None or not key.is_used)
    try:
        library = database.read(HeadTable().find_library)
        if library is None:
            if key is not None and key.is_used:
                raise Unavailable(Code.LEDGER_MISSING, place=database.place)
            if not begins:
                raise _not_begun(home)
            # The key first: a ledger whose key was never saved would be lost.
            key = _begin(file, key or file.save(SiteKey.fresh(site_key)), database, clock())
        elif key is None:
            raise Unavailable(Code.SITE_KEY_MISSING, place=str(file.path))
        elif key.library != library:
            raise Unavailable(Code.SITE_KEY_OTHER, place=str(file.path))
        else:
            key = _of_generation(file, key, database)
        tls = server_tls(home, settings)
        if not key.is_used:
            # Also where the ledger is there: a kill may have come in between. An authority that is lost later is not replaced in silence,
            # since that would shut every counter out.
            if isinstance(tls, OwnAuthority):
                tls.found(key.library, clock())
            key = file.save(replace(key, is_used=True))
        retention = timedelta(days=settings.ledger.retention_days)
        ledger = RegistryLedger(database, key.key, clock=clock, retention=retention, keys=key)
    except BaseException:
        database.close()
        raise
    return OpenedRegistry(home, settings, key, ledger, tls, clock, is_new=library is None)


def open_server_database(home: RegistryHome, settings: RegistrySettings, *, create: bool) -> RegistryDatabase:
    """Open the database that registry.toml names.

    Raises Refused: config-invalid, for a URL that PostgreSQL does not understand; Unavailable, as `open_database` does, but ledger-missing
    if there is none.
    """
    try:
        if not settings.database.url:
            return open_sqlite(home.database, create=create)
        return open_database(_with_password(home, settings), create=create)
    except ValueError as error:
        raise REGISTRY_CONFIG.wrong_value(home.config, "database", "url") from error
    except Unavailable as error:
        # PostgreSQL tells of damage in other ways: a database that opens, and has no schema of ours, is another one.
        if error.code is Code.STORE_MISSING or (error.code is Code.STORE_DAMAGED and settings.database.url):
            place = without_password(settings.database.url) if settings.database.url else str(home.database)
            raise Unavailable(Code.LEDGER_MISSING, place=place) from error
        raise


def server_tls(home: RegistryHome, settings: RegistrySettings) -> ServerTls:
    """The library's own certificate files, or the server's authority."""
    if settings.tls.is_own:
        return GivenFiles(home.folder, settings.tls)
    return OwnAuthority(home.keys(settings.keys), settings.server.certified)


def _begin(file: SiteKeyFile, key: SiteKey, database: RegistryDatabase, at: datetime) -> SiteKey:
    RegistryLedger.found(database, key.key, key.library, at, key.generation)
    if database.read(HeadTable().find_library) != key.library:  # another home was faster
        raise Unavailable(Code.SITE_KEY_OTHER, place=str(file.path))
    return key


def _of_generation(file: SiteKeyFile, key: SiteKey, database: RegistryDatabase) -> SiteKey:
    """The keys up to that which the ledger is under: a rotation may have ended without writing down here that it did."""
    generation = database.read(HeadTable().read).key_generation
    if key.next is not None and key.next[0] == generation:
        key = file.save(key.rotated())
    if key.generation != generation:
        raise Unavailable(Code.SITE_KEY_GENERATION, place=str(file.path))
    return key


def _with_password(home: RegistryHome, settings: RegistrySettings) -> str:
    url, named = settings.database.url, settings.database.password_file
    if not named:
        return url
    path = home.folder / named
    try:
        lines = decoded(read_private(path)).splitlines()
    except (OSError, NotUtf8) as error:
        reason = file_trouble(error, path) if isinstance(error, OSError) else error.encoding
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=reason.value) from error
    password = lines[0].strip() if lines else ""
    return f"{url}{'&' if '?' in url else '?'}password={quote(password, safe='')}"


def _not_begun(home: RegistryHome) -> Unavailable:
    return Unavailable(Code.HOME_UNUSABLE, place=str(home.folder), reason="registry-not-begun")
