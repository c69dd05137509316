"""A list of links from another system, line by line: what a line says, or why it cannot be taken.

Nothing is guessed. The same digits are a hexadecimal and a decimal number, generations of an authority share one name, and a spreadsheet
drops zeros: whoever brings the list says what each column is, how serial numbers are written and whose they are.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum, unique

from kiosk.domain.errors import Code, Refused
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.rules import BarcodeRule, CheckDigit, read_library_card
from kiosk.domain.wire import is_number

LONGEST_LINE = 4096
"""In bytes: what is longer is no line of such a list."""
FEWEST_OF_PREFIX = 8
"""Digits of a fingerprint that name an authority."""
_SERIAL_OCTETS = 20
"""Of a certificate's serial number, which is positive (RFC 5280, 4.1.2.2)."""
_FEWEST_OF_DATA = 4
"""Digits of a line of the list, whatever else is wrong with it; a header may speak of 10 digits."""
_ROUNDED = re.compile(r"[0-9]+(?:\.[0-9]+E\+?|E\+)[0-9]+|[0-9]+\.[0-9]+")
"""As a spreadsheet shows a number that is too wide for its column."""


@unique
class Column(StrEnum):
    SERIAL = "serial"
    NUMBER = "number"
    AUTHORITY = "authority"
    UNUSED = "-"


@unique
class SerialBase(StrEnum):
    """How serial numbers are written, with leading zeros or without."""

    HEX = "hex"
    """In capitals or not, with 0x before it or not, with colons or spaces between the bytes or not."""
    DECIMAL = "decimal"


@unique
class Cause(StrEnum):
    """Why a line cannot be taken, in the order in which they are told. Each has a sentence `command.registry.import.cause.<value>`."""

    HEADER_IS_DATA = "header-is-data"
    """The first line, which was to be a header, is one of the list."""
    ENCODING = "encoding"
    TOO_LONG = "too-long"
    QUOTES = "quotes"
    COLUMNS = "columns"
    SERIAL_EMPTY = "serial-empty"
    SERIAL_ROUNDED = "serial-rounded"
    SERIAL_DIGITS = "serial-digits"
    SERIAL_SIZE = "serial-size"
    SERIAL_OLDER = "serial-older"
    """Below the authority's own: an earlier generation has issued it."""
    SERIAL_NEWER = "serial-newer"
    """Not below the next authority's own: a later generation has issued it."""
    AUTHORITY_EMPTY = "authority-empty"
    AUTHORITY_UNKNOWN = "authority-unknown"
    NUMBER_EMPTY = "number-empty"
    NUMBER_ROUNDED = "number-rounded"
    NUMBER_CHARACTERS = "number-characters"
    NUMBER_MY_NUMBER = "number-my-number"
    NUMBER_LENGTH = "number-length"
    NUMBER_PREFIX = "number-prefix"
    NUMBER_CHECK_DIGIT = "number-check-digit"
    ROW_TWICE = "row-twice"
    CARD_TWICE = "card-twice"
    NUMBER_TWICE = "number-twice"
    CARD_LINKED = "card-linked"
    """In the ledger, with another number."""
    NUMBER_LINKED = "number-linked"
    """In the ledger, with another card."""
    STOPPED = "stopped"
    """Card or number was unlinked in the ledger: a list made before must not revive it. As long as stops are kept."""


_OF_NUMBERS: Mapping[Code, Cause] = {
    Code.NUMBER_EMPTY: Cause.NUMBER_EMPTY,
    Code.NUMBER_CHARACTERS: Cause.NUMBER_CHARACTERS,
    Code.NUMBER_IS_MY_NUMBER: Cause.NUMBER_MY_NUMBER,
    Code.NUMBER_LENGTH: Cause.NUMBER_LENGTH,
    Code.NUMBER_PREFIX: Cause.NUMBER_PREFIX,
    Code.NUMBER_CHECK_DIGIT: Cause.NUMBER_CHECK_DIGIT,
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority whose serial numbers may be in the list."""

    key_digest: bytes
    """SHA-256 of its SubjectPublicKeyInfo, as tokens follow it."""
    own_serial: int = 0
    """Of its own certificate, where it counts its cards' on from there; 0 where that is not known."""
    next_serial: int = 0
    """Of the certificate of the authority that goes on in its sequence; 0 if there is none yet."""


@dataclass(frozen=True, slots=True)
class Row:
    issuer: Issuer
    serial: int = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListForm:
    """What whoever brings a list says of it."""

    columns: tuple[Column, ...]
    base: SerialBase
    issuers: Mapping[str, Issuer]
    """By what a column of authorities may call them: fingerprints (64 digits) and names, in lower case."""
    issuer: Issuer | None = None
    """Of all lines, if no column says it."""
    rule: BarcodeRule = BarcodeRule()
    """Of the counters. A check digit that counters drop is not in the list: its numbers are the library system's."""
    takes_any: bool = False
    """Serial numbers that an earlier or a later generation has issued are taken."""


class LineReader:
    """Reads the lines of one list, and keeps what it has found out about names of authorities."""

    def __init__(self, form: ListForm) -> None:
        self._form, self._named = form, dict[str, Issuer | None]()
        self._places = {column: place for place, column in enumerate(form.columns)}
        self._rule = replace(form.rule, check_digit=CheckDigit.NONE, drop_check_digit=False) if form.rule.drops else form.rule
        base = 16 if form.base is SerialBase.HEX else 10
        self._base, self._digits = base, re.compile("[0-9A-F]+" if base == 16 else "[0-9]+")

    def read(self, line: str) -> Row | Cause:
        """`line`: without its end."""
        fields = _fields_of(line)
        if fields is None:
            return Cause.QUOTES
        if len(fields) != len(self._form.columns):
            return Cause.COLUMNS
        issuer = self._issuer(fields)
        if isinstance(issuer, Cause):
            return issuer
        serial = self._serial(fields[self._places[Column.SERIAL]], issuer)
        if isinstance(serial, Cause):
            return serial
        number = self._number(fields[self._places[Column.NUMBER]])
        return number if isinstance(number, Cause) else Row(issuer, serial, number)

    def is_header(self, line: str) -> bool:
        """Whether a first line names columns: neither serial number nor library card number is there, not even one with a fault."""
        fields = _fields_of(line)
        if fields is not None and len(fields) == len(self._form.columns):
            line = " ".join(fields[self._places[column]] for column in (Column.SERIAL, Column.NUMBER))
        return sum(map(str.isdecimal, line)) < _FEWEST_OF_DATA

    def _issuer(self, fields: Sequence[str]) -> Issuer | Cause:
        if self._form.issuer is not None:
            return self._form.issuer
        name = fields[self._places[Column.AUTHORITY]]
        if name not in self._named:
            self._named[name] = issuer_named(self._form.issuers, name)
        return self._named[name] or (Cause.AUTHORITY_UNKNOWN if name.strip() else Cause.AUTHORITY_EMPTY)

    def _serial(self, text: str, issuer: Issuer) -> int | Cause:
        plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
        plain = plain.strip().upper()
        if self._base == 16:
            plain = plain.removeprefix("0X").replace(":", "").replace(" ", "")
        if not plain:
            return Cause.SERIAL_EMPTY
        if self._digits.fullmatch(plain) is None:
            return Cause.SERIAL_ROUNDED if _ROUNDED.fullmatch(plain) else Cause.SERIAL_DIGITS
        plain = plain.lstrip("0")
        # Before it is computed: a line of digits would take long.
        serial = int(plain, self._base) if 0 < len(plain) <= 50 else 0
        if not 0 < serial < 1 << (8 * _SERIAL_OCTETS):
            return Cause.SERIAL_SIZE
        if not self._form.takes_any:
            if serial <= issuer.own_serial:
                return Cause.SERIAL_OLDER
            if 0 < issuer.next_serial <= serial:
                return Cause.SERIAL_NEWER
        return serial

    def _number(self, text: str) -> str | Cause:
        if _ROUNDED.fullmatch(text.strip().upper()):
            return Cause.NUMBER_ROUNDED
        try:
            number = read_library_card(text, self._rule).text
        except Refused as error:
            return _OF_NUMBERS[error.code]
        return number if is_number(number) else Cause.NUMBER_CHARACTERS


def issuer_named(issuers: Mapping[str, Issuer], name: str) -> Issuer | None:
    """The one that is called so, in any case: by its fingerprint in any notation, the first FEWEST_OF_PREFIX digits of it at least, or by
    its name. None if there is none, or several begin so.
    """
    told = unicodedata.normalize("NFKC", name).strip().lower()
    if told in issuers:
        return issuers[told]
    plain = re.sub(r"[^0-9a-z]", "", told)
    if len(plain) < FEWEST_OF_PREFIX:
        return None
    found = {fingerprint: issuer for fingerprint, issuer in issuers.items() if len(fingerprint) == 64 and fingerprint.startswith(plain)}
    return next(iter(found.values())) if len(found) == 1 else None


def _fields_of(line: str) -> list[str] | None:
    """As RFC 4180 has it, but that no field goes on in the next line: a quotation mark too many would swallow the rest of the list."""
    if '"' not in line:
        return line.split(",")
    try:
        (fields,) = csv.reader([line], strict=True)
    except (csv.Error, ValueError):
        return None
    return fields
