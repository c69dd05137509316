"""The two secrets of a counter, and the rule that they outlive every database made with them."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.dataclass import dataclass
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.cipher import same_store
from kiosk.store.files import leftovers


@dataclass(frozen=True, slots=True)
class Keys:
    """`database` opens the store; `site` makes link tokens. They are made, kept and lost apart from each other's use."""

    database: bytes = field(repr=False)
    site: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.database) != 32 or len(self.site) != 32:
            raise ValueError("each key has 32 bytes")

    @classmethod
    def fresh(cls, site: bytes | None = None) -> Keys:
        """New random keys; a counter that joins a site brings the site's key."""
        return cls(secrets.token_bytes(32), site or secrets.token_bytes(32))

    def encoded(self) -> str:
        """As a sealed file keeps them. Secret."""
        return json.dumps({"kiosk-keys": 1, **_spelt(self)})

    @classmethod
    def decoded(cls, text: str) -> Keys:
        """Raises ValueError when this is not what `encoded` made."""
        return _keys_of(_values(text))


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What was begun with the store or its keys and may not be written down in the store yet."""

    deed: AdministrativeAct
    operation: UUID = field(default_factory=uuid4)
    """With which it is written down once."""

    @classmethod
    def decoded(cls, text: str) -> UnderWay:
        """Raises ValueError."""
        deed, _, operation = text.partition(" ")
        return cls(AdministrativeAct(deed), UUID(operation))

    def encoded(self) -> str:
        return f"{self.deed} {self.operation}"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """Keys as they are kept, with the store they were last seen to open and where it lay."""

    keys: Keys
    store: str | None = ""
    """The identity of the store. Empty: none was made with these keys yet. None: not known (written by an earlier version)."""
    folder: str = ""
    """The data folder, as it was last seen; empty before there was a store."""
    under_way: UnderWay | None = None
    before: str = ""
    """The folder it was in, while a move is under way."""

    def encoded(self) -> str:
        """As a key store keeps it. Secret."""
        if self.store is None:
            return self.keys.encoded()
        values = {"kiosk-keys": 2, **_spelt(self.keys), "store": self.store, "folder": self.folder}
        if self.under_way:
            values |= {"under-way": self.under_way.encoded(), "before": self.before}
        return json.dumps(values)

    @classmethod
    def decoded(cls, text: str) -> KeyRecord:
        """Raises ValueError when this is not what `encoded` made."""
        values = _values(text)
        store = None if "store" not in values else str(values["store"])
        under_way = UnderWay.decoded(str(values["under-way"])) if "under-way" in values else None
        return cls(_keys_of(values), store, str(values.get("folder", "")), under_way, str(values.get("before", "")))


class KeyStore(Protocol):
    """Where the keys of one data folder lie."""

    def load(self) -> KeyRecord | None:
        """None when no keys were ever saved here. Raises Unavailable when they cannot be read."""

    def save(self, record: KeyRecord) -> None:
        """Keep it durably before returning. Raises Unavailable; FileExistsError rather than replace other keys."""

    def forget(self) -> None:
        """What was kept here is kept elsewhere by now. Raises Unavailable."""

    def describe(self) -> Description:
        """For `doctor`."""


@dataclass(frozen=True, slots=True)
class Description:
    """`kind` is the last word of the sentences `command.keystore.<kind>` (which store it is, and what that protects)."""

    kind: str
    """credential-manager, secret-service or file."""
    place: str


def open_keys(store: KeyStore, database: Path, elsewhere: Callable[[], KeyRecord | None] = lambda: None) -> Keys:
    """The keys of this counter, made and kept before there is a database. `elsewhere` finds the keys of a database that came from there.

    Raises Unavailable: store-key-missing when there is a database already (a new key could never open it and might hide that the old
    one can still be found); store-moved and store-copy (`first`) when the database was last seen in another folder, and is there no
    more, or is there still; store-missing (`file`) when keys are there and the store that was made with them is not.
    """
    record = store.load()
    if record is not None:
        _check_folder(record, database)
        return record.keys
    # With its leftovers: a -wal file without its database means that the database was taken away, not that none was made.
    if database.exists() or leftovers(database):
        record = store.load()
        if record is not None:  # another program of ours has made both since we asked
            _check_folder(record, database)
            return record.keys
        if (record := elsewhere()) is not None:
            raise _seen_elsewhere(record, database)
        raise Unavailable(Code.STORE_KEY_MISSING, place=store.describe().place)
    made = KeyRecord(Keys.fresh())
    try:
        store.save(made)
    except FileExistsError:  # another program of ours was quicker
        return open_keys(store, database, elsewhere)
    return made.keys


def is_copy(record: KeyRecord, database: Path) -> bool:
    """Whether the store was seen in another folder and is there still."""
    first = Path(record.folder) / database.name
    return first.exists() and not first.samefile(database) and same_store(first, record.keys.database)


def _check_folder(record: KeyRecord, database: Path) -> None:
    if not database.exists():
        if record.store != "" or leftovers(database):
            raise Unavailable(Code.STORE_MISSING, file=str(database))
    elif record.folder and record.folder != folder_of(database):
        raise _seen_elsewhere(record, database)


def _seen_elsewhere(record: KeyRecord, database: Path) -> Unavailable:
    """An earlier version did not note down where."""
    copy = bool(record.folder) and is_copy(record, database)
    return Unavailable(
        Code.STORE_COPY if copy else Code.STORE_MOVED, first=(record.folder if copy else record.before or record.folder) or "?"
    )


def folder_of(database: Path) -> str:
    """How a key record names the data folder."""
    return str(database.parent.resolve())


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
