"""Rules that need neither a state nor a card: ages, library card numbers, item numbers, whose link it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum, unique

from kiosk.domain.errors import Code, Refused
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import LibraryCardNumber, Link, LinkToken

_START_STOP = frozenset("ABCD")


def born_on_or_after_to_be_under_15(today: date) -> date:
    """The earliest birthday of a person under 15 on `today`.

    A person turns 15 at 24:00 of the day before the 15th birthday (年齢計算ニ関する法律; 民法143条), so is 15 throughout the birthday.
    Somebody born on 29 February turns 15 at 24:00 of 28 February in a common year.
    """
    day = min(today.day, 28) if today.month == 2 else today.day
    return date(today.year - 15, today.month, day) + timedelta(days=1)


@unique
class CheckDigit(StrEnum):
    """How the last digit of a library card number is computed from the preceding ones."""

    NONE = "none"
    SEVEN_DR = "7dr"
    NINE_DR = "9dr"
    MOD_10_WEIGHT_3_1 = "mod10-3-1"
    LUHN = "luhn"
    MOD_11_WEIGHT_2_7 = "mod11-2-7"


@unique
class StartStop(StrEnum):
    """Handling of NW-7 (Codabar, JIS X 0506) start and stop characters, which a scanner may or may not send."""

    STRIP = "strip"
    """Strip the letters A–D at both ends, except the first if numbers begin with such a letter."""
    KEEP = "keep"
    """They are part of the number."""


@dataclass(frozen=True, slots=True)
class BarcodeRule:
    """The format of library card numbers, and how they are read from a barcode."""

    length: int = 0
    """Number of characters including prefix and, unless dropped, check digit; 0 for any from 4 to 16."""
    prefix: str = ""
    """What every number begins with: digits, or letters such as the D of D0123456789. Case-insensitive."""
    check_digit: CheckDigit = CheckDigit.NONE
    start_stop: StartStop = StartStop.STRIP
    drop_check_digit: bool = False
    """The barcode carries a check digit that the library system does not treat as part of the number."""

    @property
    def drops(self) -> int:
        """How many characters of the scanned number are dropped."""
        return int(self.drop_check_digit and self.check_digit is not CheckDigit.NONE)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan split into its parts, not validated."""

    plain: str
    """Normalised: half-width, upper case, no spaces or hyphens."""
    start: str = ""
    """The start character stripped; empty if none."""
    stop: str = ""

    @property
    def number(self) -> str:
        return self.plain[len(self.start) : len(self.plain) - len(self.stop)]


def _remainder(values: list[int], modulus: int) -> int:
    """The decimal number modulo `modulus`. Python converts no more than 4,300 digits at once."""
    remainder = 0
    for value in values:
        remainder = (remainder * 10 + value) % modulus
    return remainder


def expected_check_digit(kind: CheckDigit, digits: str) -> str:
    """The check digit for `digits`; empty for NONE. Mod 11 gives "0" for a remainder of 10 or 11."""
    values = [int(digit) for digit in digits]
    match kind:
        case CheckDigit.NONE:
            return ""
        case CheckDigit.SEVEN_DR:
            return str(_remainder(values, 7))
        case CheckDigit.NINE_DR:
            return str(_remainder(values, 9))
        case CheckDigit.MOD_10_WEIGHT_3_1:
            total = sum(value * (3 if index % 2 == 0 else 1) for index, value in enumerate(reversed(values)))
            return str(-total % 10)
        case CheckDigit.LUHN:
            doubled = [value * 2 if index % 2 == 0 else value for index, value in enumerate(reversed(values))]
            return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)
        case CheckDigit.MOD_11_WEIGHT_2_7:  # pragma: no branch
            total = sum(value * (2 + index % 6) for index, value in enumerate(reversed(values)))
            remainder = 11 - total % 11
            return "0" if remainder >= 10 else str(remainder)


def read_library_card(text: str, rule: BarcodeRule) -> LibraryCardNumber:
    """The number in scanned or typed text: full width, lower case, spaces, hyphens and start/stop characters are normalised.

    Raises Refused with number-empty, number-characters, number-is-my-number, number-length, number-prefix or number-check-digit.
    """
    plain, prefix = take_apart(text, rule).number, rule.prefix.upper()
    if not plain:
        raise Refused(Code.NUMBER_EMPTY)
    has_prefix = plain.startswith(prefix)
    digits = plain[len(prefix) :] if has_prefix else plain
    if rule.start_stop is StartStop.KEEP:
        digits = digits.strip("ABCD")
    if not (digits.isascii() and digits.isdigit()):
        raise Refused(Code.NUMBER_CHARACTERS)
    length, got = rule.length + rule.drops if rule.length else 0, len(plain)
    if len(plain) == 12 and length != 12 and plain.isdigit() and _is_my_number(plain):
        raise Refused(Code.NUMBER_IS_MY_NUMBER)
    if length and got != length:
        raise Refused(Code.NUMBER_LENGTH, expected=str(length), got=got)
    if not length and not 4 <= got <= 16:
        raise Refused(Code.NUMBER_LENGTH, expected="4-16", got=got)
    if not has_prefix:
        raise Refused(Code.NUMBER_PREFIX, prefix=prefix)
    if not fits_check_digit(rule.check_digit, plain):
        raise Refused(Code.NUMBER_CHECK_DIGIT)
    if rule.drops:
        kept_stop = plain[len(plain.rstrip("ABCD")) :]
        plain = plain.removesuffix(kept_stop)[:-1] + kept_stop
    return LibraryCardNumber(plain)


def take_apart(text: str, rule: BarcodeRule) -> Scan:
    """The normalising steps of `read_library_card`, which a trial scan shows."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(character for character in plain if not character.isspace() and character not in "-‐‑‒–—―−ー").upper()
    return _scan(plain, rule.prefix.upper()) if rule.start_stop is StartStop.STRIP else Scan(plain)


def may_be_secret(text: str, rule: BarcodeRule) -> bool:
    """Whether this may be a PIN or an 個人番号, even a mistyped one: it has their number of digits, and the library's cards do not."""
    plain = take_apart(text, rule).number
    expected = rule.length + rule.drops if rule.length else 0
    return plain.isdigit() and len(plain) in (4, 12) and len(plain) != expected


def fits_check_digit(kind: CheckDigit, number: str) -> bool:
    """Whether the last digit of a number matches its check digit; letters are ignored. Always true for NONE."""
    digits = "".join(character for character in number if character in "0123456789")
    return digits[-1:] == (expected_check_digit(kind, digits[:-1]) or digits[-1:])


def read_item(text: str, start_stop: StartStop) -> str:
    """The item number in scanned or typed text: any printable ASCII, since libraries differ.

    Raises Refused(item-number). Four digits alone are refused: a PIN typed in the wrong place must not reach another system.
    """
    plain = take_item_apart(text, start_stop).number
    # "|" separates SIP2 fields; spaces within a number are scanner errors.
    readable = plain.isascii() and plain.isprintable() and "|" not in plain and " " not in plain
    if not 0 < len(plain) <= 64 or not readable or (len(plain) == 4 and plain.isdigit()):
        raise Refused(Code.ITEM_NUMBER)
    return plain


def take_item_apart(text: str, start_stop: StartStop) -> Scan:
    """The normalising steps of `read_item`, which a trial scan shows."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if start_stop is StartStop.STRIP and plain[1:-1].isdigit():
        return _scan(plain.upper(), "")
    return Scan(plain)


def _scan(plain: str, prefix: str) -> Scan:
    """Strip start and stop characters. Scanners send both or neither; a number that begins with such a letter keeps it."""
    if len(plain) < 2 or plain[0] not in _START_STOP or plain[-1] not in _START_STOP:
        return Scan(plain)
    begins_with_letter = plain.startswith(prefix) and not plain[1:].startswith(prefix)
    return Scan(plain, "" if begins_with_letter else plain[0], plain[-1])


def _is_my_number(digits: str) -> bool:
    """Whether twelve digits have the check digit of an 個人番号 (総務省令第85号, 第5条): it must never be entered here."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def link_of(token: LinkToken, links: Iterable[Link]) -> Link | None:
    """The one of `links` that belongs to the card with this token, if any does."""
    return next((link for link in links if link.token == token), None)
