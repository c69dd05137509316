"""The pretend library: its settings and its library cards."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.config import (
    CardSettings,
    CounterSettings,
    DisplaySettings,
    LibraryCardSettings,
    RevocationSource,
    SessionSettings,
    Settings,
)
from kiosk.domain.rules import CheckDigit


@dataclass(frozen=True, slots=True)
class SampleCard:
    """A library card of the tray. `barcode` is what a scanner sends, with NW-7's start and stop characters."""

    name: str
    """Last word of its sentence: `demo.library-card.<name>`."""
    barcode: str


LIBRARY_CARDS = (
    SampleCard("own", "A2104067851A"),
    SampleCard("child", "A2104119025A"),
    SampleCard("other", "A2104201336A"),
    SampleCard("misread", "A2104067853A"),
)


def demo_settings(*, single_display: bool = False) -> Settings:
    """As a library might set itself up, but for `revocation`: a demo has no list to look a card up in."""
    return Settings(
        card=CardSettings(revocation=RevocationSource.NONE),
        counter=CounterSettings(name="登録カウンター 2"),
        display=DisplaySettings(single=single_display, patron_width_mm=345),
        library_card=LibraryCardSettings(length=10, prefix="21", check_digit=CheckDigit.LUHN),
        session=SessionSettings(),
    )
