"""The site key in a file beside the database, never in it: whoever gets the database, or a dump of it, has no card's token.

The file has mode 0600 and holds besides the key what tells which ledger it belongs to. The recovery sheet is the key's only other copy.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

from kiosk.config import file_trouble
from kiosk.config.private_files import read_private, save_private
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.key_chain import Generations, KeyChain
from kiosk.ledger.disk_errors import disk_translated

_NAME = "site-key.json"
_FORM = "kiosk-site-key"
_ROTATED = 2
"""The form of a file that holds more than one key: whoever knows the first alone must not take it for that."""


@dataclass(frozen=True, slots=True)
class SiteKey:
    """The key of one library, under which tokens are, and those before it, from the first of which every counter derives them."""

    key: bytes = field(repr=False)
    """32 random bytes."""
    library: str
    """The identity of the ledger (`RegistryLedger.found`): 32 hexadecimal digits."""
    generation: int = 0
    is_used: bool = True
    """Whether its ledger was begun. A used key without a ledger means that the ledger is gone, and no new one takes its place."""
    earlier: Generations = field(default=(), repr=False)
    """The keys before it, the first one first."""
    next: tuple[int, bytes] | None = field(default=None, repr=False)
    """The one that is to take its place: which of the two the ledger is under, the ledger says."""

    def __post_init__(self) -> None:
        if len(self.root) != 32 or len(self.key) != 32 or self.generation < 0:
            raise ValueError("not a site key")
        # Raises ValueError for keys that do not follow each other.
        _ = self.chain if self.next is None else self.rotated().chain

    @property
    def root(self) -> bytes:
        """The key that tokens are computed under."""
        return self.earlier[0][1] if self.earlier else self.key

    @property
    def chain(self) -> KeyChain:
        """What wraps a token since."""
        (first, _), *later = (*self.earlier, (self.generation, self.key))
        return KeyChain(first, tuple(later))

    def rotated(self) -> SiteKey:
        """With `next` in its place."""
        if self.next is None:
            raise ValueError("no key is to follow")
        generation, key = self.next
        return replace(self, key=key, generation=generation, earlier=(*self.earlier, (self.generation, self.key)), next=None)

    def as_of(self, key: bytes) -> SiteKey | None:
        """As it was while this key was the last one; None if it never was."""
        keys = (*self.earlier, (self.generation, self.key))
        for place, (generation, known) in enumerate(keys):
            if known == key:
                return replace(self, key=key, generation=generation, earlier=keys[:place], next=None)
        return None

    @classmethod
    def fresh(cls, key: bytes | None = None) -> SiteKey:
        """`key`: of a counter that ran alone, whose links are to be taken in."""
        return cls(key or secrets.token_bytes(32), uuid4().hex, is_used=False)

    def encoded(self) -> bytes:
        """Serialize for the key file. Secret."""
        values: dict[str, object] = {_FORM: 1, "key": _spelt(self.key), "generation": self.generation}
        values |= {"library": self.library, "used": self.is_used}
        if self.earlier or self.next:
            values |= {_FORM: _ROTATED, "earlier": [[generation, _spelt(key)] for generation, key in self.earlier]}
        if self.next:
            values["next"] = [self.next[0], _spelt(self.next[1])]
        return json.dumps(values).encode()

    @classmethod
    def decoded(cls, text: bytes) -> SiteKey:
        """Parse what `encoded` returned. Raises ValueError for anything else."""
        values = json.loads(text)
        if not isinstance(values, dict) or values.get(_FORM) not in (1, _ROTATED):
            raise ValueError("not a site key")
        try:
            generation, key = _generation((values["generation"], values["key"]))
            earlier = tuple(map(_generation, values.get("earlier", ())))
            following = None if values.get("next") is None else _generation(values["next"])
            return cls(key, UUID(hex=str(values["library"])).hex, generation, values["used"] is not False, earlier, following)
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
        """Save a new key, or what else is new of the one that is there, or one that follows it; another one stays. Returns what is there
        then.

        Raises Unavailable.
        """

        def is_the_same() -> bool:
            present = self.load()
            return present is not None and present.library == key.library and key.as_of(present.key) is not None

        with disk_translated(self.path):
            save_private(self.path, key.encoded(), replaces=is_the_same)
        return self.load() or key


def _spelt(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _generation(told: Sequence[object]) -> tuple[int, bytes]:
    generation, key = told
    return int(str(generation)), base64.b64decode(str(key), validate=True)
