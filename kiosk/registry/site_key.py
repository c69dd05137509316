"""The site key in a file beside the database, never in it: whoever gets the database, or a dump of it, has no card's token.

The file has mode 0600 and holds besides the key what tells which ledger it belongs to. The recovery sheet is the key's only other copy.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from kiosk.config import file_trouble
from kiosk.config.private_files import read_private, save_private
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.disk_errors import disk_translated

_NAME = "site-key.json"
_FORM = "kiosk-site-key"


@dataclass(frozen=True, slots=True)
class SiteKey:
    """The key of one library, from which every counter derives its tokens."""

    key: bytes = field(repr=False)
    """32 random bytes."""
    library: str
    """The identity of the ledger (`RegistryLedger.found`): 32 hexadecimal digits."""
    generation: int = 0
    is_used: bool = True
    """Whether its ledger was begun. A used key without a ledger means that the ledger is gone, and no new one takes its place."""

    def __post_init__(self) -> None:
        if len(self.key) != 32 or self.generation < 0:
            raise ValueError("not a site key")

    @classmethod
    def fresh(cls) -> SiteKey:
        return cls(secrets.token_bytes(32), uuid4().hex, is_used=False)

    def encoded(self) -> bytes:
        """Serialize for the key file. Secret."""
        key = base64.b64encode(self.key).decode()
        values = {_FORM: 1, "key": key, "generation": self.generation, "library": self.library, "used": self.is_used}
        return json.dumps(values).encode()

    @classmethod
    def decoded(cls, text: bytes) -> SiteKey:
        """Parse what `encoded` returned. Raises ValueError for anything else."""
        values = json.loads(text)
        if not isinstance(values, dict) or values.get(_FORM) != 1:
            raise ValueError("not a site key")
        try:
            key = base64.b64decode(str(values["key"]), validate=True)
            return cls(key, UUID(hex=str(values["library"])).hex, int(values["generation"]), values["used"] is not False)
        except (KeyError, TypeError) as error:
            raise ValueError("not a site key") from error


class SiteKeyFile:
    """The key file in the folder of keys."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _NAME

    def load(self) -> SiteKey | None:
        """Load the key, after removing access for others; None if there is no file.

        Raises Unavailable: site-key-unreadable (`reason`: "damaged", or a `FileTrouble`), store-foreign, store-unprotected.
        """
        try:
            return SiteKey.decoded(read_private(self.path))
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = file_trouble(error, self.path).value
            raise Unavailable(Code.SITE_KEY_UNREADABLE, place=str(self.path), reason=reason) from error
        except (ValueError, RecursionError) as error:
            raise Unavailable(Code.SITE_KEY_UNREADABLE, place=str(self.path), reason="damaged") from error

    def save(self, key: SiteKey) -> SiteKey:
        """Save a new key, or what else is new of the one that is there; another one stays. Returns what is there then.

        Raises Unavailable.
        """

        def is_the_same() -> bool:
            present = self.load()
            return present is not None and (present.key, present.library) == (key.key, key.library)

        with disk_translated(self.path):
            save_private(self.path, key.encoded(), replaces=is_the_same)
        return self.load() or key
