"""Every setting there is, with its kind and default. What each means to the library stands in resources/config.toml."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, StrEnum, auto, unique

from kiosk.config.value_types import Choice, Choices, Flag, Number, NumberOr, PathText, Text, Texts, setting
from kiosk.domain.circulation import Stop
from kiosk.domain.model import LocalService, SlipKind
from kiosk.domain.rules import BarcodeRule, CheckDigit, StartStop
from kiosk.domain.states import CounterRules, HandoverWhen, When


@unique
class RevocationSource(StrEnum):
    """How it is known that a certificate was stopped."""

    CRL = "crl"
    NONE = "none"


@unique
class MaxAge(Enum):
    """How old a revocation list may be, where that is no number of hours."""

    UNDECIDED = auto()
    UNLIMITED = auto()


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
class ServiceSettings:
    local: tuple[str, ...] = setting(Texts(r"[^\x00-\x1f\x7f|]{1,20}", '"…" (1 … 20)', most=8), ())
    """Services of this library's own, beside the seven; each gets a tile."""


@dataclass(frozen=True, slots=True)
class HandoverSettings:
    when: HandoverWhen = setting(Choice({when.value: when for when in HandoverWhen}), HandoverWhen.OFF)
    title: str = setting(Text(), "")
    """Part of the title of the window that takes the number."""
    program: str = setting(Text(), "")
    """Name of the program that window belongs to; empty for any."""
    suffix: str = setting(Choice({word: word for word in ("none", "enter", "tab")}), "none")


_PRINTED = Text(r"[^\x00-\x1f\x7f]{0,60}", '"…" (0 … 60)')


@dataclass(frozen=True, slots=True)
class SlipSettings:
    to: str = setting(Choice({word: word for word in ("off", "printer", "pdf")}), "off")
    printer: str = setting(Text(), "")
    """Name of the printer; empty for the system's own choice."""
    pdf_folder: str = setting(PathText(), "")
    """Empty for `slips` in the home folder."""
    pdf_days: int = setting(Number(1, 31), 1)
    """How many days a PDF is kept; 1: the day on which it was made."""
    default: SlipKind = setting(Choice({kind.value: kind for kind in (SlipKind.NONE, SlipKind.TODAY, SlipKind.ALL)}), SlipKind.NONE)
    width_mm: int = setting(Number(48, 210), 80)
    library: str = setting(_PRINTED, "")
    """How the patron reaches the library, at the end of each slip; what is empty is not printed."""
    telephone: str = setting(_PRINTED, "")
    hours: str = setting(_PRINTED, "")


@unique
class Ils(StrEnum):
    """Which library system is spoken to; each has a profile of its ways in kiosk/library/ils/profile.py."""

    NONE = "none"
    KOHA = "koha"
    EVERGREEN = "evergreen"
    POLARIS = "polaris"
    GENERIC = "generic"


_FIELD_CODE = Text(r"([A-Z][A-Z0-9])?", '"" | "PA"')
_STOPS = {stop.value: stop for stop in Stop}


@dataclass(frozen=True, slots=True)
class IlsSettings:
    """The library's system, over SIP2. Empty and "auto" leave a matter to the profile."""

    system: Ils = setting(Choice({ils.value: ils for ils in Ils}), Ils.NONE)
    host: str = setting(Text(), "")
    port: int = setting(Number(1, 65535), 6001)
    tls: bool = setting(Flag(), False)
    """Never falls back to plain."""
    ca_file: str = setting(PathText(), "")
    """PEM of the authority that signed the server's certificate; empty for the system's authorities."""
    server_name: str = setting(Text(), "")
    """Name in the server's certificate, where it is not `host`."""
    login: str = setting(Choice({word: word for word in ("none", "93")}), "93")
    user: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "")
    password: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "", secret=True)
    location: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "")
    """CP: this counter, in the words of the library's system."""
    institution: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "")
    """AO."""
    encoding: str = setting(Choice({word: word for word in ("auto", "utf-8", "cp932", "euc_jp", "latin-1", "ascii")}), "auto")
    checksum: str = setting(Choice({word: word for word in ("off", "warn", "strict")}), "warn")
    """off: error detection is neither sent nor asked for."""
    terminal_password: str = setting(Choice({word: word for word in ("auto", "absent", "empty")}), "auto")
    """AC."""
    patron_password: str = setting(Choice({word: word for word in ("auto", "absent", "empty")}), "auto")
    """AD. No patron's password is ever asked for."""
    expiry_field: str = setting(_FIELD_CODE, "")
    """Where the library system tells until when a library card is good."""
    stops: tuple[Stop, ...] = setting(Choices(_STOPS), ())
    """Which flags of the patron status stop lending; empty for the profile's."""
    loan_limit: int = setting(Number(1, 999, also=0), 0)
    """How many items a patron may have, where the library's system does not tell; 0: not known."""
    pickup: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "")
    """BS: where reserved items are picked up."""
    connect_seconds: int = setting(Number(1, 30), 3)
    answer_seconds: int = setting(Number(1, 60), 8)
    heartbeat_seconds: int = setting(Number(10, 600), 60)


@dataclass(frozen=True, slots=True)
class CardSettings:
    revocation: RevocationSource = setting(Choice({source.value: source for source in RevocationSource}))
    """No default: what is right depends on the library's standing under 公的個人認証法38条の4."""
    crl_folder: str = setting(PathText(), "")
    """Empty for `crl` in the home folder."""
    crl_max_age: int | MaxAge = setting(NumberOr(1, 8760, "unlimited", MaxAge.UNLIMITED), MaxAge.UNDECIDED)
    """Hours from the issue of a list until no card is accepted on its word. Has to be decided with `crl` (dependent_settings.py)."""

    @property
    def list_limit(self) -> timedelta | None:
        """`crl_max_age`; None: unlimited. Nothing is admitted while it is undecided."""
        if self.crl_max_age is MaxAge.UNLIMITED:
            return None
        return timedelta(hours=self.crl_max_age) if isinstance(self.crl_max_age, int) else timedelta()

    @property
    def accepts_stale_lists(self) -> bool:
        """Cards are accepted on the word of a list however old: said wherever `none` is said."""
        return self.revocation is RevocationSource.CRL and self.crl_max_age is MaxAge.UNLIMITED


@dataclass(frozen=True, slots=True)
class LibraryCardSettings:
    length: int = setting(Number(4, 16, also=0), 0)
    prefix: str = setting(Text(r"[0-9A-Za-z]{0,15}", '"0 … 9 A … Z"'), "")
    check_digit: CheckDigit = setting(Choice({kind.value: kind for kind in CheckDigit}), CheckDigit.NONE)
    drop_check_digit: bool = setting(Flag(), False)
    """The check digit stands in the barcode, but is no part of the number."""
    start_stop: StartStop = setting(Choice({what.value: what for what in StartStop}), StartStop.STRIP)
    items_start_stop: StartStop = setting(Choice({what.value: what for what in StartStop}), StartStop.STRIP)
    """The same for the barcodes of items."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    idle_seconds: int = setting(Number(20, 3600), 60)
    library_card_seconds: int = setting(Number(60, 3600), 900)
    """While a registration waits for a library card, which may be made in that very moment (seed, 手続き)."""
    warning_seconds: int = setting(Number(20, 600), 30)
    """Not under 20: somebody who needs longer must be able to say so (WCAG 2.2, 2.2.1)."""
    done_seconds: int = setting(Number(3, 120), 8)
    card_left_seconds: int = setting(Number(2, 60), 5)
    staff_code: str = setting(Text(r"([0-9]{4,8})?", '"" | "0000" … "99999999"'), "", secret=True)


@dataclass(frozen=True, slots=True)
class LogSettings:
    level: str = setting(Choice({word: word for word in ("info", "debug")}), "info")
    days: int = setting(Number(1, 366), 30)


@dataclass(frozen=True, slots=True)
class KeySettings:
    place: str = setting(Choice({word: word for word in ("auto", "system", "file")}), "auto")
    folder: str = setting(PathText(), "")
    """Where the key file lies; empty for the platform's place."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the library has decided about one counter."""

    card: CardSettings
    counter: CounterSettings = field(default_factory=CounterSettings)
    reader: ReaderSettings = field(default_factory=ReaderSettings)
    display: DisplaySettings = field(default_factory=DisplaySettings)
    lending: LendingSettings = field(default_factory=LendingSettings)
    services: ServiceSettings = field(default_factory=ServiceSettings)
    ils: IlsSettings = field(default_factory=IlsSettings)
    handover: HandoverSettings = field(default_factory=HandoverSettings)
    slip: SlipSettings = field(default_factory=SlipSettings)
    library_card: LibraryCardSettings = field(default_factory=LibraryCardSettings)
    session: SessionSettings = field(default_factory=SessionSettings)
    log: LogSettings = field(default_factory=LogSettings)
    keys: KeySettings = field(default_factory=KeySettings)


def counter_rules(settings: Settings) -> CounterRules:
    """What the machines need to know of the settings."""
    card, session = settings.library_card, settings.session
    return CounterRules(
        barcode=BarcodeRule(card.length, card.prefix, card.check_digit, card.start_stop, card.drop_check_digit),
        confirm_holder=settings.lending.confirm_holder,
        lending_pin=settings.lending.lending_pin,
        end_on_lift=settings.lending.end_on_lift,
        local_services=tuple(LocalService(name) for name in settings.services.local),
        handover=settings.handover.when,
        items_start_stop=card.items_start_stop,
        prints_slips=settings.slip.to != "off",
        slip_printer=settings.slip.printer,
        slip=settings.slip.default if settings.slip.to != "off" else SlipKind.NONE,
        single_display=settings.display.single,
        staff_code=session.staff_code,
        idle_seconds=session.idle_seconds,
        library_card_seconds=session.library_card_seconds,
        warning_seconds=session.warning_seconds,
        done_seconds=session.done_seconds,
        card_left_seconds=session.card_left_seconds,
    )
