"""The files that this program makes in the home of a counter, told by their names: others may have folders of these names as well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kiosk.config.home_marker import MARK
from kiosk.store.copied_home import is_link

_NONE = r"(?!)"
_CARDS = r"lock|[a-z-]+\.key\.pem|[a-z-]+\.cer"
_BACKUPS, _DATA = r"kiosk-v[0-9]+.*\.db.*", r"kiosk\.db([.-].*)?|crashes\.txt|registry-authority\.der"
# What moves and mass installation have replaced; what says that there is a counter is not among it.
_TOP = r"config\.toml\.before.*"
_NAMES = {
    ("data", "backups"): _BACKUPS,
    ("data",): _DATA,
    ("trust",): r"[0-9a-f]{64}\.cer",
    ("crl",): _NONE,
    ("crl-held",): r"lock|held\.json|[0-9a-f]+\.numbers",
    ("logs",): r"(kiosk|commands)(-crash.*)?\.log(\..*)?",
    ("slips",): r"slip-[0-9]{8}-[0-9]+\.pdf|(?<=\.)(slip|kiosk)-.*",
    ("virtual-cards", "demo"): _CARDS,
    ("virtual-cards", "for-trust"): _CARDS,
    ("virtual-cards",): _NONE,
}
"""Each folder before the one that it lies in. Revocation lists are put there by people, or by a program of theirs."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of a home."""

    home: Path
    parts: tuple[str, ...]
    names: str
    """Of its files, and with a dot before and more behind, of their drafts."""

    @property
    def folder(self) -> Path:
        return self.home.joinpath(*self.parts)

    def link(self) -> Path | None:
        """What leads elsewhere, of the folder and those around it in the home. Raises OSError."""
        around = (self.home.joinpath(*self.parts[:count]) for count in range(1, len(self.parts) + 1))
        return next(filter(is_link, around), None)

    def files(self) -> list[Path]:
        """What this program has made in it; the link instead, if it leads elsewhere. Raises OSError."""
        if (link := self.link()) is not None:
            return [link]
        try:
            found = sorted(self.folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        ours = re.compile(rf"{self.names}|\.({self.names})(\..*)?")
        return [path for path in found if ours.fullmatch(path.name) and (is_link(path) or not path.is_dir())]


def places_in(home: Path) -> list[Place]:
    """All folders that this program makes in a home, those of the demo and the home itself as well, each before the one it lies in."""
    top = rf"running\.lock|config\.toml|{re.escape(MARK)}"
    demo = [Place(home, ("demo", *parts), names) for parts, names in {**_NAMES, (): top}.items()]
    drafted = rf"{_TOP}|(?<=\.)({top})"  # these themselves go last of all, by `home_erasing.remove_home`
    return [*demo, *(Place(home, parts, names) for parts, names in {**_NAMES, (): drafted}.items())]
