"""The two secrets of a counter, and the rule that they outlive every database made with them."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kiosk.domain.errors import Code, Unavailable


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
        """As a key store keeps them. Secret."""
        return json.dumps({"kiosk-keys": 1, **{name: base64.b64encode(getattr(self, name)).decode() for name in ("database", "site")}})

    @classmethod
    def decoded(cls, text: str) -> Keys:
        """Raises ValueError when this is not what `encoded` made."""
        try:
            values = json.loads(text)
            return cls(base64.b64decode(values["database"], validate=True), base64.b64decode(values["site"], validate=True))
        except (KeyError, TypeError) as error:
            raise ValueError("not a set of keys") from error


class KeyStore(Protocol):
    """Where the keys lie."""

    def load(self) -> Keys | None:
        """The keys, or None when none were ever saved here. Raises Unavailable when they cannot be read."""

    def save(self, keys: Keys) -> None:
        """Keep the keys durably before returning. Raises Unavailable; FileExistsError rather than replace other keys."""

    def describe(self) -> Description:
        """For `doctor`."""


@dataclass(frozen=True, slots=True)
class Description:
    """`kind` is the last word of the sentences `command.keystore.<kind>` (which store it is, and what that protects)."""

    kind: str
    """credential-manager, secret-service or file."""
    place: str


def open_keys(store: KeyStore, database: Path) -> Keys:
    """The keys of this counter, made and kept before there is a database.

    Raises Unavailable: store-key-missing when there is a database already; a new key could never open it and might hide that the old
    one can still be found.
    """
    if (keys := store.load()) is not None:
        return keys
    # With its leftovers: a -wal file without its database means that the database was taken away, not that none was made.
    if any(database.with_name(database.name + ending).exists() for ending in ("", "-wal")):
        if (keys := store.load()) is not None:  # another program of ours has made both since we asked
            return keys
        raise Unavailable(Code.STORE_KEY_MISSING, place=store.describe().place)
    made = Keys.fresh()
    try:
        store.save(made)
    except FileExistsError:  # another program of ours was quicker
        return open_keys(store, database)
    return made
