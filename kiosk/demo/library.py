"""The simulated library: settings, sample library cards and items, SIP2 server."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.config import (
    CardSettings,
    CounterSettings,
    DisplaySettings,
    Ils,
    IlsSettings,
    LibraryCardSettings,
    RevocationSource,
    SessionSettings,
    Settings,
    SlipSettings,
)
from kiosk.demo.ils import ITEMS, KOHA, PATRONS, Language, LibraryServer, Login, Medium, Rules, opening
from kiosk.demo.ils.context import INSTITUTION
from kiosk.demo.ils.server import HOST, now_in_japan
from kiosk.domain.rules import CheckDigit
from kiosk.domain.slip import SlipKind

LATENCY = 0.15
"""Response time of the library system, in seconds."""


@dataclass(frozen=True, slots=True)
class SampleCard:
    """A library card on the tray. `barcode` is what a scanner sends, with NW-7's start and stop characters."""

    name: str
    """Suffix of its text key, `demo.library-card.<name>`."""
    barcode: str


@dataclass(frozen=True, slots=True)
class SampleItem:
    """An item on the tray, scanned like a library card."""

    kind: str
    """Suffix of its text key, `demo.item.<kind>`; the text includes the title."""
    name: str
    """Key in ITEMS, or "unknown"."""
    title: str
    barcode: str


def _library_card(name: str) -> SampleCard:
    return SampleCard(name, f"A{PATRONS[name]}A")


LIBRARY_CARDS = (
    *map(_library_card, ("own", "child", "other")),
    SampleCard("misread", "A2104067853A"),
    *map(_library_card, ("busy", "full", "soon", "expired", "stopped", "lost", "owing", "bar", "replaced", "unknown")),
)


def _item(kind: str, name: str) -> SampleItem:
    return SampleItem(kind, name, ITEMS[name].title, f"A{ITEMS[name].number}A")


_SHELF = ("bamboo", "post", "stars", "kitchen", "crafts", "baker", "statistics", "design")
SAMPLE_ITEMS = {
    "free": (
        *(_item("shelf", name) for name in _SHELF),
        *(_item("disc", name) for name, copy in ITEMS.items() if copy.medium is Medium.DISC),
    ),
    "own": tuple(_item(name, name) for name in ("own-renewable", "own-renewed", "own-wanted")),
    "not": (
        _item("on-loan", "on-loan"),
        _item("queue", "queue"),
        _item("held", "shelf"),
        _item("reference", "reference"),
        _item("missing", "missing"),
        SampleItem("unknown", "unknown", "", "A1103099999A"),
    ),
}
"""By what can be done: lend; renew or not, on loan to the first library card; not lendable."""


def demo_server() -> LibraryServer:
    """Return the library system, not started: a Koha in Japanese that also reports card expiry and queue positions."""
    dialect = replace(KOHA, language=Language.JAPANESE, expiry_field="PA", says_position=True)
    login = Login("counter2", secrets.token_hex(8))
    return LibraryServer(opening(now_in_japan().date()), dialect, login=login, latency=LATENCY)


def demo_ils(server: LibraryServer) -> IlsSettings:
    """Return a counter's settings for that system, once it is started."""
    login = server.login or Login("", "")
    return IlsSettings(
        system=Ils.KOHA,
        host=HOST,
        port=server.port,
        user=login.user,
        password=login.password,
        location="COUNTER2",
        institution=INSTITUTION,
        encoding="utf-8",
        expiry_field="PA",
        loan_limit=Rules().loans,
        pickup=INSTITUTION,
    )


def demo_settings(*, single_display: bool = False, ils: IlsSettings | None = None, slips: Path | None = None) -> Settings:
    """Return typical settings, except for `revocation`: the demo has no list to look up cards in.

    `ils` None: no library system. `slips`: output folder for slips, if not the home folder.
    """
    return Settings(
        card=CardSettings(revocation=RevocationSource.NONE),
        counter=CounterSettings(name="登録カウンター 2"),
        display=DisplaySettings(single=single_display, patron_width_mm=345),
        ils=ils or IlsSettings(),
        library_card=LibraryCardSettings(length=10, prefix="21", check_digit=CheckDigit.LUHN),
        session=SessionSettings(),
        slip=SlipSettings(
            to="pdf",
            pdf_folder=str(slips.resolve()) if slips else "",
            default=SlipKind.TODAY,
            library="見本市立図書館",
            telephone="025-000-0000",
            hours="火〜日 9:30〜19:00(月曜休館)",
        ),
    )
