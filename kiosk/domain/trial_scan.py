"""Trial scan of a barcode: how the library's rules read it step by step, and whether its number would be accepted.

Logic only; the status page and `kiosk doctor --scan` supply the wording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum, unique
from types import MappingProxyType

from kiosk.domain.errors import Code, Refused
from kiosk.domain.escaping import control_pictures
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.rules import (
    BarcodeRule,
    CheckDigit,
    Scan,
    StartStop,
    expected_check_digit,
    fits_check_digit,
    read_item,
    read_library_card,
    take_apart,
    take_item_apart,
)

_LONGEST = 40
"""Maximum number of characters shown of a scan; a QR code on a leaflet holds thousands."""


@unique
class Saying(StrEnum):
    """The result of a step. Each value is the last part of a message key; the comments list its parameters."""

    RAW = "raw"  # raw, count
    PLAIN = "plain"  # plain
    START_STOP = "start-stop"  # start, stop
    STOP_ONLY = "stop"  # start, stop: the apparent start character is part of the number
    NO_START_STOP = "no-start-stop"
    KEPT = "kept"
    PREFIX = "prefix"  # prefix
    OTHER_PREFIX = "other-prefix"  # prefix
    LENGTH = "length"  # got
    OTHER_LENGTH = "other-length"  # got, expected
    ANY_LENGTH = "any-length"  # got
    CHECK_DIGIT = "check-digit"  # digit
    OTHER_CHECK_DIGIT = "other-check-digit"  # digit, expected
    DROPPED = "dropped"  # digit


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of [library_card] in the configuration, and its value."""

    key: str
    value: str | int


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One step of reading a barcode."""

    saying: Saying
    params: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))
    """Printable: control characters sent by the scanner are replaced by visible symbols."""
    good: bool | None = None
    """Whether it satisfies the rule; None if there is no rule."""
    setting: Setting | None = None
    """The setting that decided it; None if none did."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of a trial scan."""

    steps: tuple[TrialStep, ...]
    """In the order the rules apply. Empty for a My Number, of which nothing may be repeated."""
    verdict: str | Refused
    """The number that would be accepted, as displayed, or why none would."""
    fitting: tuple[CheckDigit, ...] | None = None
    """If no check digit is configured: those this number satisfies, perhaps by chance. None if one is configured."""

    @property
    def is_my_number(self) -> bool:
        return isinstance(self.verdict, Refused) and self.verdict.code is Code.NUMBER_IS_MY_NUMBER


def try_library_card(text: str, rule: BarcodeRule) -> Trial:
    """Try `text` against `read_library_card`."""
    trial = Trial((), _verdict(lambda: read_library_card(text, rule).grouped))
    if trial.is_my_number:
        return trial
    scan = take_apart(text, rule)
    steps = (*_around(text, scan, Setting("start_stop", rule.start_stop)), *_number(scan.number, rule))
    return Trial(steps, trial.verdict, _fitting(scan.number) if rule.check_digit is CheckDigit.NONE else None)


def try_item(text: str, start_stop: StartStop) -> Trial:
    """Try `text` against `read_item`."""
    steps = _around(text, take_item_apart(text, start_stop), Setting("items_start_stop", start_stop))
    return Trial(tuple(steps), _verdict(lambda: read_item(text, start_stop)))


def _verdict(read: Callable[[], str]) -> str | Refused:
    try:
        return read()
    except Refused as refused:
        return refused


def _around(text: str, scan: Scan, start_stop: Setting) -> Iterator[TrialStep]:
    """The raw scan, and what the scanner sends around the number."""
    yield TrialStep(Saying.RAW, {"raw": control_pictures(text, _LONGEST), "count": len(text)})
    if scan.plain != text:
        yield TrialStep(Saying.PLAIN, {"plain": control_pictures(scan.plain, _LONGEST)})
    if scan.start:
        yield TrialStep(Saying.START_STOP, {"start": scan.start, "stop": scan.stop}, setting=start_stop)
    elif scan.stop:
        yield TrialStep(Saying.STOP_ONLY, {"start": scan.number[:1], "stop": scan.stop}, setting=start_stop)
    elif start_stop.value == StartStop.KEEP:
        yield TrialStep(Saying.KEPT, setting=start_stop)
    else:
        yield TrialStep(Saying.NO_START_STOP)


def _number(number: str, rule: BarcodeRule) -> Iterator[TrialStep]:
    if rule.prefix:
        good = number.startswith(rule.prefix.upper())
        yield TrialStep(Saying.PREFIX if good else Saying.OTHER_PREFIX, {"prefix": rule.prefix}, good, Setting("prefix", rule.prefix))
    got, expected = len(number), rule.length + rule.drops
    if rule.length:
        good, length = got == expected, Setting("length", rule.length)
        yield TrialStep(Saying.LENGTH if good else Saying.OTHER_LENGTH, {"got": got, "expected": expected}, good, length)
    else:
        yield TrialStep(Saying.ANY_LENGTH, {"got": got})
    digits = _digits(number)
    if rule.check_digit is CheckDigit.NONE or len(digits) < 2:
        return
    good, kind = fits_check_digit(rule.check_digit, number), Setting("check_digit", rule.check_digit)
    params = {"digit": digits[-1], "expected": expected_check_digit(rule.check_digit, digits[:-1])}
    yield TrialStep(Saying.CHECK_DIGIT if good else Saying.OTHER_CHECK_DIGIT, params, good, kind)
    if good and rule.drops:
        yield TrialStep(Saying.DROPPED, {"digit": digits[-1]}, setting=Setting("drop_check_digit", True))


def _fitting(number: str) -> tuple[CheckDigit, ...] | None:
    if len(_digits(number)) < 2:
        return None
    return tuple(kind for kind in CheckDigit if kind is not CheckDigit.NONE and fits_check_digit(kind, number))


def _digits(number: str) -> str:
    return "".join(character for character in number if character in "0123456789")
