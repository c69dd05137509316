"""All settings with their types and defaults. What each means to the library is explained in resources/config.toml."""

from __future__ import annotations

from dataclasses import asdict, field
from datetime import timedelta
from enum import Enum, StrEnum, auto, unique

from kiosk.config.handover_settings import HandoverSettings
from kiosk.config.network_settings import LocalApiSettings, RegistrySettings
from kiosk.config.value_types import Choice, Choices, Flag, Number, NumberOr, PathText, Text, Texts, setting
from kiosk.domain.circulation import Stop
from kiosk.domain.field_targets import FieldTarget
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import LocalService
from kiosk.domain.rules import BarcodeRule, CheckDigit, StartStop
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import CounterRules, When


@unique
class RevocationSource(StrEnum):
    """How revocation of a certificate is checked."""

    CRL = "crl"
    NONE = "none"


@unique
class MaxAge(Enum):
    """Maximum age of a revocation list, if not given in hours."""

    UNDECIDED = auto()
    UNLIMITED = auto()


_EVERY_TAP = {"every-tap": When.ALWAYS, "first-of-day": When.FIRST_OF_DAY, "off": When.NEVER}


@dataclass(frozen=True, slots=True)
class CounterSettings:
    """[counter]: the counter's name, as shown and recorded."""

    name: str = setting(Text(r"[^\x00-\x1f\x7f]{1,40}", '"…" (1 … 40)'), "窓口1")


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """[reader]: the card reader to use."""

    name: str = setting(Text(), "")
    """Part of the reader's name; empty for the first that holds a card."""


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """[display]: the displays, the keypad and the sounds."""

    single: bool = setting(Flag(), False)
    staff_screen: str = setting(Text(), "")
    patron_screen: str = setting(Text(), "")
    staff_width_mm: int = setting(Number(150, 2000, also=0), 0)
    """0: as reported by the display."""
    patron_width_mm: int = setting(Number(150, 2000, also=0), 0)
    keypad: bool = setting(Flag(), False)
    """Whether digits and Enter of a keyboard operate the PIN pad."""
    sounds: int = setting(Number(0, 100), 60)
    """Volume in percent; 0 is off."""


@dataclass(frozen=True, slots=True)
class LendingSettings:
    """[lending]: checks before a patron is shown, and whether removing the card ends the session."""

    confirm_holder: When = setting(Choice(_EVERY_TAP), When.ALWAYS)
    lending_pin: When = setting(Choice({when.value: when for when in When}), When.NEVER)
    end_on_lift: bool = setting(Flag(), False)


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """[services]: services beyond the built-in ones."""

    local: tuple[str, ...] = setting(Texts(r"[^\x00-\x1f\x7f|]{1,20}", '"…" (1 … 20)', most=8), ())
    """The library's own services, beside the seven built-in ones; each gets a tile."""


_PRINTED = Text(r"[^\x00-\x1f\x7f]{0,60}", '"…" (0 … 60)')


@dataclass(frozen=True, slots=True)
class SlipSettings:
    """[slip]: slips for patrons, printed or saved as PDF."""

    to: str = setting(Choice({word: word for word in ("off", "printer", "pdf")}), "off")
    printer: str = setting(Text(), "")
    """Name of the printer; empty for the system default."""
    pdf_folder: str = setting(PathText(), "")
    """Empty for `slips` in the home folder."""
    pdf_days: int = setting(Number(1, 31), 1)
    """Days a PDF is kept; 1: only the day it was made."""
    default: SlipKind = setting(Choice({kind.value: kind for kind in (SlipKind.NONE, SlipKind.TODAY, SlipKind.ALL)}), SlipKind.NONE)
    width_mm: int = setting(Number(48, 210), 80)
    library: str = setting(_PRINTED, "")
    """The library's contact details, printed at the end of each slip; empty lines are left out."""
    telephone: str = setting(_PRINTED, "")
    hours: str = setting(_PRINTED, "")


@unique
class Ils(StrEnum):
    """The type of library system; each has a profile in kiosk/library/ils/profile.py."""

    NONE = "none"
    KOHA = "koha"
    EVERGREEN = "evergreen"
    POLARIS = "polaris"
    GENERIC = "generic"


_FIELD_CODE = Text(r"([A-Z][A-Z0-9])?", '"" | "PA"')
_STOPS = {stop.value: stop for stop in Stop}


@dataclass(frozen=True, slots=True)
class IlsSettings:
    """[ils]: the connection to the library system over SIP2. Empty or "auto" leaves the choice to the profile."""

    system: Ils = setting(Choice({ils.value: ils for ils in Ils}), Ils.NONE)
    host: str = setting(Text(), "")
    port: int = setting(Number(1, 65535), 6001)
    tls: bool = setting(Flag(), False)
    """Never falls back to plain text."""
    ca_file: str = setting(PathText(), "")
    """PEM file of the CA that signed the server's certificate; empty for the system's CAs."""
    server_name: str = setting(Text(), "")
    """Name in the server's certificate, if it differs from `host`."""
    login: str = setting(Choice({word: word for word in ("none", "93")}), "93")
    user: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "")
    password: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "", secret=True)
    location: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "")
    """CP: the library system's name for this counter."""
    institution: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "")
    """AO."""
    encoding: str = setting(Choice({word: word for word in ("auto", "utf-8", "cp932", "euc_jp", "latin-1", "ascii")}), "auto")
    checksum: str = setting(Choice({word: word for word in ("off", "warn", "strict")}), "warn")
    """off: error detection is neither sent nor requested."""
    terminal_password: str = setting(Choice({word: word for word in ("auto", "absent", "empty")}), "auto")
    """AC."""
    patron_password: str = setting(Choice({word: word for word in ("auto", "absent", "empty")}), "auto")
    """AD. Patrons are never asked for a library password."""
    expiry_field: str = setting(_FIELD_CODE, "")
    """Field that holds the expiry date of the library card."""
    stops: tuple[Stop, ...] = setting(Choices(_STOPS), ())
    """Patron status flags that prevent lending; empty for the profile's."""
    loan_limit: int = setting(Number(1, 999, also=0), 0)
    """How many items a patron may have on loan, if the library system does not report it; 0: unknown."""
    pickup: str = setting(Text(r"[ -{}~]*", '"A-Z a-z 0-9"'), "")
    """BS: pick-up location of holds."""
    connect_seconds: int = setting(Number(1, 30), 3)
    answer_seconds: int = setting(Number(1, 60), 8)
    heartbeat_seconds: int = setting(Number(10, 600), 60)


@dataclass(frozen=True, slots=True)
class CardSettings:
    """[card]: revocation checking of the My Number Card."""

    revocation: RevocationSource = setting(Choice({source.value: source for source in RevocationSource}))
    """No default: what is right depends on the library's status under 公的個人認証法38条の4."""
    crl_folder: str = setting(PathText(), "")
    """Empty for `crl` in the home folder."""
    crl_max_age: int | MaxAge = setting(NumberOr(1, 8760, "unlimited", MaxAge.UNLIMITED), MaxAge.UNDECIDED)
    """Hours after its issue for which a list is trusted; no card is accepted on an older one. Mandatory with `crl` (dependent_settings.py).
    """

    @property
    def list_limit(self) -> timedelta | None:
        """`crl_max_age`; None: unlimited. Zero while undecided, so that no card is accepted."""
        if self.crl_max_age is MaxAge.UNLIMITED:
            return None
        return timedelta(hours=self.crl_max_age) if isinstance(self.crl_max_age, int) else timedelta()

    @property
    def accepts_stale_lists(self) -> bool:
        """Whether revocation lists of any age are trusted: shown wherever `none` is shown."""
        return self.revocation is RevocationSource.CRL and self.crl_max_age is MaxAge.UNLIMITED


@dataclass(frozen=True, slots=True)
class LibraryCardSettings:
    """[library_card]: format of library card numbers, and how barcodes are read."""

    length: int = setting(Number(4, 16, also=0), 0)
    prefix: str = setting(Text(r"[0-9A-Za-z]{0,15}", '"0 … 9 A … Z"'), "")
    check_digit: CheckDigit = setting(Choice({kind.value: kind for kind in CheckDigit}), CheckDigit.NONE)
    drop_check_digit: bool = setting(Flag(), False)
    """The barcode carries a check digit that is not part of the number."""
    start_stop: StartStop = setting(Choice({what.value: what for what in StartStop}), StartStop.STRIP)
    items_start_stop: StartStop = setting(Choice({what.value: what for what in StartStop}), StartStop.STRIP)
    """The same for item barcodes."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """[session]: timeouts, and the code staff enter to take back a single display, and to end the counter."""

    idle_seconds: int = setting(Number(20, 3600), 60)
    library_card_seconds: int = setting(Number(60, 3600), 900)
    """Timeout while a registration waits for a library card, which may be being issued at that moment (seed, 手続き)."""
    warning_seconds: int = setting(Number(20, 600), 30)
    """Not under 20: people need time to ask for more (WCAG 2.2, 2.2.1)."""
    done_seconds: int = setting(Number(3, 120), 8)
    card_left_seconds: int = setting(Number(2, 60), 5)
    staff_code: str = setting(Text(r"([0-9]{4,8})?", '"" | "0000" … "99999999"'), "", secret=True)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """[log]: level, and how many days log files are kept."""

    level: str = setting(Choice({word: word for word in ("info", "debug")}), "info")
    days: int = setting(Number(1, 366), 30)


@dataclass(frozen=True, slots=True)
class KeySettings:
    """[keys]: where the store's keys are kept."""

    place: str = setting(Choice({word: word for word in ("auto", "system", "file", "machine")}), "auto")
    folder: str = setting(PathText(), "")
    """Folder of the key file (`file`, `machine`); empty for the platform's default."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one counter."""

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
    registry: RegistrySettings = field(default_factory=RegistrySettings)
    local_api: LocalApiSettings = field(default_factory=LocalApiSettings)
    log: LogSettings = field(default_factory=LogSettings)
    keys: KeySettings = field(default_factory=KeySettings)


def counter_rules(settings: Settings) -> CounterRules:
    """The settings the machines need."""
    card, session = settings.library_card, settings.session
    return CounterRules(
        barcode=BarcodeRule(card.length, card.prefix, card.check_digit, card.start_stop, card.drop_check_digit),
        confirm_holder=settings.lending.confirm_holder,
        lending_pin=settings.lending.lending_pin,
        end_on_lift=settings.lending.end_on_lift,
        local_services=tuple(LocalService(name) for name in settings.services.local),
        handover=settings.handover.when,
        handover_window=bool(settings.handover.title.strip()),
        handover_targets=tuple(FieldTarget(**asdict(target)) for target in settings.handover.target),
        local_api=settings.local_api.on,
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
