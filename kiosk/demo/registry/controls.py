"""What the tray offers about the library's server and the other counter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.demo.ils import PATRONS
from kiosk.demo.registry.library_server import DemoLibraryServer
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.token import link_token
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.virtual.demo_cards import Deck

FIRST, SECOND, OWN = "fine", "two-tries", "own"
"""The patron's card, another one, and the library card that both may be registered with."""


@dataclass(frozen=True, slots=True)
class RegistryControls:
    server: DemoLibraryServer
    deck: Deck
    site_key: bytes

    def acts(self) -> dict[str, Callable[[], None]]:
        """What can be done at the other counter, and at the server; by the suffix of its text key, `demo.tray.registry-<suffix>`."""
        own = LibraryCardNumber(PATRONS[OWN])
        return {
            "register": lambda: self.server.register_elsewhere(self._token(FIRST), own),
            "first": lambda: self.server.register_elsewhere(self._token(SECOND), own),
            "unlink": lambda: self.server.unlink_elsewhere(own),
            "retire": self.server.retire,
        }

    def switch_line(self) -> None:
        self.server.mend() if self.server.is_cut else self.server.cut()

    def switch_time(self) -> None:
        self.server.come_back() if self.server.has_skipped else self.server.skip()

    @property
    def line(self) -> str:
        """The suffix of the text key of what `switch_line` would do."""
        return "mend" if self.server.is_cut else "cut"

    @property
    def time(self) -> str:
        return "come-back" if self.server.has_skipped else "skip"

    def _token(self, card: str) -> LinkToken:
        return link_token(self.site_key, Authority(self.deck.authority.der).key_digest, self.deck.leaf(card).serial)
