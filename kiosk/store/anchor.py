"""The anchor: the length and last hash of the store's audit trail, kept outside the store, beside the keys.

It detects a rollback: a store replaced by an older copy of itself is internally consistent. The anchor is not secret (counts and hashes),
but authenticated, so that a damaged or forged one is rejected. Whoever holds the keys and the anchor can forge both; only a note on paper
reveals that.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import read_regular
from kiosk.config.private_files import make_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.key_derivation import derived
from kiosk.store.error_table import translated
from kiosk.store.keys import Keys

ENDING = ".anchor"
_MARK = "kiosk-anchor"
_DEFAULTS = {"sound": True, "epoch": 0, "cursor": 0}


@dataclass(frozen=True, slots=True)
class Anchor:
    """The state of a store at one moment. Hashes are hexadecimal."""

    store: str
    """The store's identity."""
    rows: int
    """Number of rows in its audit trail."""
    head: str
    """Hash of the last row."""
    links: int
    digest: str
    """The sealed digest of the links (`LinkDigest.seal`)."""
    sound: bool = True
    """False after a foreign write to the file while the store was open."""
    epoch: int = 0
    cursor: int = 0
    """Up to where in the ledger the links hold."""


class AnchorFile:
    """One anchor file, replaced atomically."""

    def __init__(self, path: Path, keys: Keys) -> None:
        self._path = path
        self._key = derived(keys.database + keys.site, b"kiosk-anchor-1")

    def load(self) -> Anchor | None:
        """Load the anchor; None if there is no file. Raises Unavailable: store-unanchored, when it is unreadable or not authentic."""
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
        """Replace the anchor atomically, safe against power failure. Raises Unavailable with one of the store's codes."""
        text = json.dumps({"mark": _MARK, "anchor": _values(anchor), "seal": self._seal(anchor)})
        with translated(self._path):
            make_folder(self._path.parent)
            # If the old one reappears after a power cut, the store is ahead, as after any crash.
            replace_file(self._path, text.encode("ascii"))

    def _seal(self, anchor: Anchor) -> str:
        return hmac.digest(self._key, json.dumps(_values(anchor), sort_keys=True).encode(), "sha256").hex()


def _values(anchor: Anchor) -> dict[str, object]:
    """The fields as a dict; without those that stand at their default, which anchors of earlier versions do not have."""
    return {name: value for name, value in asdict(anchor).items() if value != _DEFAULTS.get(name)}
