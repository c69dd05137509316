"""The site keys of a library, one after the other: a card's token is computed under the first, and wrapped by each that came later.

token of generation n = HMAC-SHA-256(key n, token of generation n - 1): whoever held the tokens need not read a card again, and whoever
holds an earlier key alone gets from a later token to no card.
"""

from __future__ import annotations

import hmac
from dataclasses import field, replace
from itertools import pairwise

from kiosk.domain.json_fields import counted
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import LinkToken
from kiosk.domain.wire import Operation

Generations = tuple[tuple[int, bytes], ...]
"""Keys of 32 bytes with the names of their generations, the earliest first. A name is never used twice: it grows like that of an epoch."""


def generations_json(keys: Generations) -> list[object]:
    """Secret."""
    return [[generation, key.hex()] for generation, key in keys]


def read_generations(value: object) -> Generations:
    """Parse what `generations_json` made. Raises ValueError."""
    if not isinstance(value, list):
        raise ValueError("no keys")
    found = []
    for one in value:
        if not (isinstance(one, list) and len(one) == 2 and isinstance(one[1], str)):
            raise ValueError("no key")
        found.append((counted(one[0]), bytes.fromhex(one[1])))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class KeyChain:
    """What leads from a token of any generation to one of a later."""

    first: int = 0
    """The generation of the key that tokens are computed under."""
    later: Generations = field(default=(), repr=False)

    def __post_init__(self) -> None:
        names = [self.first, *(generation for generation, _ in self.later)]
        if any(before >= after for before, after in pairwise(names)) or any(len(key) != 32 for _, key in self.later):
            raise ValueError("not a chain of site keys")

    @property
    def newest(self) -> int:
        return self.later[-1][0] if self.later else self.first

    def knows(self, generation: int) -> bool:
        return generation == self.first or any(generation == known for known, _ in self.later)

    def after(self, generation: int) -> Generations:
        """The keys that a holder of this generation lacks. Raises ValueError for one that is not of this chain."""
        if not self.knows(generation):
            raise ValueError(f"no generation {generation}")
        return tuple((later, key) for later, key in self.later if later > generation)

    def with_more(self, keys: Generations) -> KeyChain:
        """Raises ValueError for keys that do not follow."""
        return KeyChain(self.first, (*self.later, *keys))

    def wrapped(self, token: LinkToken, made: int, wanted: int) -> LinkToken:
        """A token of generation `made` as it is in the later generation `wanted`. Raises ValueError for one that is not of this chain."""
        digest = token.digest
        for generation, key in self.after(made):
            if generation > wanted:
                break
            digest = hmac.digest(key, digest, "sha256")
        return LinkToken(digest)

    def carried(self, operation: Operation, wanted: int) -> Operation:
        """An operation of an earlier generation, about the same card in a later one. As it is, if its generation is not of this chain."""
        made = operation.origin.key_generation
        if made == wanted or not self.knows(made):
            return operation
        origin = replace(operation.origin, key_generation=wanted)
        if operation.token is None:
            return replace(operation, origin=origin)
        return replace(operation, origin=origin, token=self.wrapped(operation.token, made, wanted))
