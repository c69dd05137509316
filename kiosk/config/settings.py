"""Every setting there is, with its kind and default. What each means to the library stands in resources/config.toml."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, unique

from kiosk.config.kinds import Choice, Flag, Number, Text, setting
from kiosk.domain.rules import BarcodeRule, CheckDigit
from kiosk.domain.states import CounterRules, When


@unique
class RevocationSource(StrEnum):
    """How it is known that a certificate was stopped."""

    CRL = "crl"
    NONE = "none"


_EVERY_TAP = {"every-tap": When.ALWAYS, "first-of-day": When.FIRST_OF_DAY, "off": When.NEVER}


@dataclass(frozen=True, slots=True)
class CounterSettings:
    name: str = setting(Text(r"[^\x00-\x1f\x7f]{1,40}", '"…" (1 … 40)'), "窓口1")


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    name: str = setting(Text(), "")
    """Part of the reader's name; empty for the first that holds a card."""


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    single: bool = setting(Flag(), False)
    staff_screen: str = setting(Text(), "")
    patron_screen: str = setting(Text(), "")
    staff_width_mm: int = setting(Number(150, 2000, also=0), 0)
    """0: what the display says of itself."""
    patron_width_mm: int = setting(Number(150, 2000, also=0), 0)
    keypad: bool = setting(Flag(), False)
    """Digits and Enter of a keyboard reach the PIN pad."""
    sounds: int = setting(Number(0, 100), 60)
    """Volume in hundredths; 0 is off."""


@dataclass(frozen=True, slots=True)
class LendingSettings:
    confirm_holder: When = setting(Choice(_EVERY_TAP), When.ALWAYS)
    lending_pin: When = setting(Choice({when.value: when for when in When}), When.NEVER)
    end_on_lift: bool = setting(Flag(), False)


@dataclass(frozen=True, slots=True)
class CardSettings:
    revocation: RevocationSource = setting(Choice({source.value: source for source in RevocationSource}))
    """No default: what is right depends on the library's standing under 公的個人認証法38条の4."""
    crl_folder: str = setting(Text(), "")
    """Empty for `crl` in the home folder."""


@dataclass(frozen=True, slots=True)
class LibraryCardSettings:
    length: int = setting(Number(4, 16, also=0), 0)
    prefix: str = setting(Text(r"[0-9]{0,15}", '"0 … 9"'), "")
    check_digit: CheckDigit = setting(Choice({kind.value: kind for kind in CheckDigit}), CheckDigit.NONE)


@dataclass(frozen=True, slots=True)
class SessionSettings:
    idle_seconds: int = setting(Number(20, 3600), 60)
    library_card_seconds: int = setting(Number(60, 3600), 900)
    """While a registration waits for a library card, which may be made in that very moment (seed, 手続き)."""
    warning_seconds: int = setting(Number(20, 600), 30)
    """Not under 20: somebody who needs longer must be able to say so (WCAG 2.2, 2.2.1)."""
    done_seconds: int = setting(Number(3, 120), 8)
    card_left_seconds: int = setting(Number(2, 60), 5)
    staff_code: str = setting(Text(r"([0-9]{4,8})?", '"" | "0000" … "99999999"'), "")


@dataclass(frozen=True, slots=True)
class LogSettings:
    level: str = setting(Choice({word: word for word in ("info", "debug")}), "info")
    days: int = setting(Number(1, 366), 30)


@dataclass(frozen=True, slots=True)
class KeySettings:
    place: str = setting(Choice({word: word for word in ("auto", "system", "file")}), "auto")
    folder: str = setting(Text(), "")
    """Where the key file lies; empty for the platform's place."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the library has decided about one counter."""

    card: CardSettings
    counter: CounterSettings = field(default_factory=CounterSettings)
    reader: ReaderSettings = field(default_factory=ReaderSettings)
    display: DisplaySettings = field(default_factory=DisplaySettings)
    lending: LendingSettings = field(default_factory=LendingSettings)
    library_card: LibraryCardSettings = field(default_factory=LibraryCardSettings)
    session: SessionSettings = field(default_factory=SessionSettings)
    log: LogSettings = field(default_factory=LogSettings)
    keys: KeySettings = field(default_factory=KeySettings)


def counter_rules(settings: Settings) -> CounterRules:
    """What the machines need to know of the settings."""
    card, session = settings.library_card, settings.session
    return CounterRules(
        barcode=BarcodeRule(card.length, card.prefix, card.check_digit),
        confirm_holder=settings.lending.confirm_holder,
        lending_pin=settings.lending.lending_pin,
        end_on_lift=settings.lending.end_on_lift,
        single_display=settings.display.single,
        staff_code=session.staff_code,
        idle_seconds=session.idle_seconds,
        library_card_seconds=session.library_card_seconds,
        warning_seconds=session.warning_seconds,
        done_seconds=session.done_seconds,
        card_left_seconds=session.card_left_seconds,
    )
