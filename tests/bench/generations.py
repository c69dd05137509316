"""The authorities that a library pins: more than one, of one name."""

from __future__ import annotations

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.virtual.authority import VirtualAuthority
from kiosk.smartcard.virtual.demo_cards import Deck


def pinned(deck: Deck) -> list[Authority]:
    """Another generation of the same name and then the deck's, so that the other's key is tried in vain on each of the deck's cards."""
    return [Authority(authority.der) for authority in (VirtualAuthority.create(), deck.authority)]
