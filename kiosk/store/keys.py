"""The two secret keys of a counter, which are never replaced while a database made with them may exist."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from kiosk.config.windows_paths import plain
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.cipher import same_store
from kiosk.store.database_files import leftovers


@dataclass(frozen=True, slots=True)
class Keys:
    """`database` encrypts the store; `site` derives link tokens. Independent random keys of 32 bytes."""

    database: bytes = field(repr=False)
    site: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.database) != 32 or len(self.site) != 32:
            raise ValueError("each key has 32 bytes")

    @classmethod
    def fresh(cls, site: bytes | None = None) -> Keys:
        """Generate keys; a counter that joins a site brings the site key."""
        return cls(secrets.token_bytes(32), site or secrets.token_bytes(32))

    def encoded(self) -> str:
        """Serialize for a sealed file. Secret."""
        return json.dumps({"kiosk-keys": 1, **_spelt(self)})

    @classmethod
    def decoded(cls, text: str) -> Keys:
        """Parse what `encoded` returned. Raises ValueError for anything else."""
        return _keys_of(_values(text))


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What was begun with the store or its keys and may not be written down in the store yet."""

    deed: AdministrativeAct
    operation: UUID = field(default_factory=uuid4)
    """Idempotency key of its audit row."""

    @classmethod
    def decoded(cls, text: str) -> UnderWay:
        """Parse what `encoded` returned. Raises ValueError."""
        deed, _, operation = text.partition(" ")
        return cls(AdministrativeAct(deed), UUID(operation))

    def encoded(self) -> str:
        return f"{self.deed} {self.operation}"


@dataclass(frozen=True, slots=True)
class Joining:
    """An enrolment that the store may not have followed yet."""

    registry: str
    counter: str
    key_generation: int
    site_before: bytes = field(repr=False)
    """The site key that the store was sealed with until then."""

    @classmethod
    def decoded(cls, values: object) -> Joining:
        """Parse what `spelt` returned. Raises ValueError."""
        if not isinstance(values, dict):
            raise ValueError("not an enrolment")
        site = base64.b64decode(str(values.get("site-before")), validate=True)
        return cls(str(values.get("registry")), str(values.get("counter")), int(str(values.get("key-generation"))), site)

    def spelt(self) -> dict[str, str | int]:
        site = base64.b64encode(self.site_before).decode()
        return {"registry": self.registry, "counter": self.counter, "key-generation": self.key_generation, "site-before": site}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an enrolment shows a server until it is done. The credential of before stays beside it, and works on if this server refuses."""

    secret: str = field(repr=False)
    authority: str
    """SHA-256 of the authority that vouches for that server, in hexadecimal."""

    @classmethod
    def decoded(cls, values: object) -> Attempt:
        """Parse what `spelt` returned. Raises ValueError."""
        if not isinstance(values, dict):
            raise ValueError("not an attempt")
        return cls(str(values.get("secret")), str(values.get("authority")))

    def spelt(self) -> dict[str, str]:
        return {"secret": self.secret, "authority": self.authority}


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """Stored keys, with the identity and folder of the store last opened with them."""

    keys: Keys
    store: str | None = ""
    """The identity of the store. Empty: none was created with these keys yet. None: unknown (written by an earlier version)."""
    folder: str = ""
    """The data folder last seen; empty before a store was created."""
    under_way: UnderWay | None = None
    before: str = ""
    """The previous folder, while a move is in progress."""
    secret: str = field(default="", repr=False)
    """What this counter shows the library's server; empty on one that is alone."""
    authority: str = ""
    """SHA-256 of the server's authority, in hexadecimal."""
    joining: Joining | None = None
    attempt: Attempt | None = None

    @property
    def is_erased(self) -> bool:
        """Whether it is what is left of a counter that was revoked: the keys are new, and open nothing."""
        return self.under_way is not None and self.under_way.deed is AdministrativeAct.ERASED

    def encoded(self) -> str:
        """Serialize for a key store. Secret."""
        if self.store is None and not self.secret and not self.joining and not self.attempt:
            return self.keys.encoded()
        values: dict[str, object] = {"kiosk-keys": 2, **_spelt(self.keys), "store": self.store or "", "folder": self.folder}
        if self.under_way:
            values |= {"under-way": self.under_way.encoded(), "before": self.before}
        if self.secret:
            values |= {"secret": self.secret, "authority": self.authority}
        if self.joining:
            values["joining"] = self.joining.spelt()
        if self.attempt:
            values["attempt"] = self.attempt.spelt()
        return json.dumps(values)

    @classmethod
    def decoded(cls, text: str) -> KeyRecord:
        """Parse what `encoded` returned. Raises ValueError for anything else."""
        values = _values(text)
        store = None if "store" not in values else str(values["store"])
        under_way = UnderWay.decoded(str(values["under-way"])) if "under-way" in values else None
        joining = Joining.decoded(values["joining"]) if "joining" in values else None
        attempt = Attempt.decoded(values["attempt"]) if "attempt" in values else None
        folder, before, secret, authority = (str(values.get(name, "")) for name in ("folder", "before", "secret", "authority"))
        return cls(_keys_of(values), store, folder, under_way, before, secret, authority, joining, attempt)


class KeyStore(Protocol):
    """Stores the keys of one data folder."""

    def load(self) -> KeyRecord | None:
        """Load the keys; None if none were ever saved. Raises Unavailable if they cannot be read."""

    def save(self, record: KeyRecord) -> None:
        """Save durably before returning. Raises Unavailable; FileExistsError rather than replace other keys."""

    def replace(self, record: KeyRecord) -> None:
        """Save durably in one step, in place of whatever keys are here: either the old record is read afterwards or the new one. Raises
        Unavailable.
        """

    def forget(self) -> None:
        """Delete the keys here, after they were saved elsewhere. Raises Unavailable."""

    def try_out(self) -> None:
        """Find out whether keys can be saved, where only trying tells; the keys are left alone. Raises Unavailable."""

    def settle(self) -> None:
        """Save what an earlier version saved with less protection as it is saved now. Raises Unavailable."""

    def describe(self) -> Description:
        """Describe the place for `doctor`."""


@dataclass(frozen=True, slots=True)
class Description:
    """`kind` selects the text `command.doctor.keys.<kind>` (which key store, and what protects it)."""

    kind: str
    """credential-manager, secret-service, file or machine."""
    place: str


def open_keys(
    store: KeyStore,
    database: Path,
    elsewhere: Callable[[], KeyRecord | None] = lambda: None,
    creating: Callable[[], UnderWay | None] = lambda: None,
) -> Keys:
    """Load the keys, or create them if there is no database yet. `elsewhere` looks for the keys of a database moved here; `creating` is
    called before they are created, and returns what is to be written down of that.

    Raises Unavailable: store-key-missing if there is a database but no key (a new key could not open it, and might hide that the old one
    can still be found); store-moved or store-copy (`first`) if the database was last seen in another folder and is gone from there, or
    still there; store-missing (`file`) if there are keys but not their store; counter-revoked if both were erased.
    """
    record = store.load()
    if record is not None:
        check_store(record, database)
        return record.keys
    # A leftover -wal without its database means that the database was removed, not that none was created.
    if database.exists() or leftovers(database):
        record = store.load()
        if record is not None:  # another process created both in the meantime
            check_store(record, database)
            return record.keys
        if (record := elsewhere()) is not None:
            raise seen_elsewhere(record, database)
        raise Unavailable(Code.STORE_KEY_MISSING, place=store.describe().place)
    made = KeyRecord(Keys.fresh(), under_way=creating())
    try:
        store.save(made)
    except FileExistsError:  # another process was faster
        return open_keys(store, database, elsewhere, creating)
    return made.keys


def is_copy(record: KeyRecord, database: Path) -> bool:
    """Whether the store was last seen in another folder and still exists there."""
    first = Path(record.folder) / database.name
    return first.exists() and not first.samefile(database) and same_store(first, record.keys.database)


def check_store(record: KeyRecord, database: Path) -> None:
    """Check that the keys have their store here, or none was made with them yet. Raises Unavailable as `open_keys` does: store-missing,
    store-moved, store-copy, counter-revoked.
    """
    if record.is_erased:
        raise Unavailable(Code.COUNTER_REVOKED)
    if not database.exists():
        if record.store != "" or leftovers(database):
            raise Unavailable(Code.STORE_MISSING, file=str(database))
    elif record.folder and record.folder != folder_of(database):
        raise seen_elsewhere(record, database)


def seen_elsewhere(record: KeyRecord, database: Path) -> Unavailable:
    """The exception to raise; "?" where an earlier version did not record the folder."""
    copy = bool(record.folder) and is_copy(record, database)
    return Unavailable(
        Code.STORE_COPY if copy else Code.STORE_MOVED, first=(record.folder if copy else record.before or record.folder) or "?"
    )


def folder_of(database: Path) -> str:
    """The data folder as written in a key record."""
    return str(plain(database.parent).resolve())


def _spelt(keys: Keys) -> dict[str, str]:
    return {name: base64.b64encode(getattr(keys, name)).decode() for name in ("database", "site")}


def _values(text: str) -> dict[str, object]:
    values = json.loads(text)
    if not isinstance(values, dict):
        raise ValueError("not a set of keys")
    return values


def _keys_of(values: dict[str, object]) -> Keys:
    try:
        database, site = (base64.b64decode(str(values[name]), validate=True) for name in ("database", "site"))
    except KeyError as error:
        raise ValueError("not a set of keys") from error
    return Keys(database, site)
