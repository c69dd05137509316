"""The anchor: how long the store was and what it ended with, kept outside it, beside the keys.

A store can be put back whole, by a copy of it, and says nothing of that itself. The anchor is no secret (numbers and hashes) but is
sealed, so that a damaged or invented one is none. Whoever holds the keys and the anchor can make both anew: against them only a note
on paper helps.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import asdict
from pathlib import Path

from kiosk.config.files import read_regular
from kiosk.domain.dataclass import dataclass
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.cipher import make_folder
from kiosk.store.digest import derived
from kiosk.store.keys import Keys
from kiosk.store.trouble import translated

ENDING = ".anchor"
_MARK = "kiosk-anchor"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of one store at one moment. Hashes are hexadecimal."""

    store: str
    """The store's identity."""
    rows: int
    """Rows of its audit trail."""
    head: str
    """The hash of the last one."""
    links: int
    digest: str
    """The sealed digest of the links."""
    sound: bool = True
    """False: while the store was open, somebody else wrote into its file."""


class AnchorFile:
    """One anchor on the disk, replaced as a whole."""

    def __init__(self, path: Path, keys: Keys) -> None:
        self._path = path
        self._key = derived(keys, b"kiosk-anchor-1")

    def load(self) -> Anchor | None:
        """None where there is none. Raises Unavailable: store-unanchored when this is no anchor of ours, or cannot be read."""
        try:
            values = json.loads(read_regular(self._path))
            anchor = Anchor(**values["anchor"])
            if values["mark"] != _MARK or not hmac.compare_digest(values["seal"], self._seal(anchor)):
                raise ValueError("not sealed by us")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Unavailable(Code.STORE_UNANCHORED) from error
        return anchor

    def save(self, anchor: Anchor) -> None:
        """The file holds the old one or the new one, whenever the power fails. Raises Unavailable with one of the store's codes."""
        # One for each program, since several may write at once.
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        text = json.dumps({"mark": _MARK, "anchor": _values(anchor), "seal": self._seal(anchor)})
        with translated(self._path):
            make_folder(self._path.parent)
            try:
                with os.fdopen(os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
                    file.write(text.encode("ascii"))
                    file.flush()
                    # The content alone: should the old name come back after a power cut, the store is ahead, as after any crash.
                    os.fsync(file.fileno())
                os.replace(temporary, self._path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def _seal(self, anchor: Anchor) -> str:
        return hmac.digest(self._key, json.dumps(_values(anchor), sort_keys=True).encode(), "sha256").hex()


def _values(anchor: Anchor) -> dict[str, object]:
    """`sound` only where it tells something."""
    return {name: value for name, value in asdict(anchor).items() if name != "sound" or not value}
