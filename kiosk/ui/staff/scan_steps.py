"""A barcode read on trial: step by step what the library's rules make of it. Nothing else happens, and nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.domain.errors import Code, Refused
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
from kiosk.domain.visible import in_signs
from kiosk.text import refusal, say
from kiosk.ui.widgets.words import unmarked

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class ScanStep:
    sentence: str
    """With marks."""
    good: bool | None = None
    """None: said for the record, neither good nor bad."""


def card_steps(text: str, rule: BarcodeRule) -> list[ScanStep]:
    """A library card. The last step is the number that would be taken, or why none would."""
    try:
        end = ScanStep(say("staff.scan.good-card", number=read_library_card(text, rule).grouped), True)
    except Refused as refused:
        end = _refused(refused)
        if refused.code is Code.NUMBER_IS_MY_NUMBER:
            # Of a My Number nothing is repeated.
            return [end]
    scan = take_apart(text, rule)
    return [*_beginning(text, scan, keeps=rule.start_stop is StartStop.KEEP), *_number(scan.number, rule), end]


def item_steps(text: str, start_stop: StartStop) -> list[ScanStep]:
    """An item's barcode."""
    try:
        end = ScanStep(say("staff.scan.good-item", number=unmarked(read_item(text, start_stop))), True)
    except Refused as refused:
        end = _refused(refused)
    return [*_beginning(text, take_item_apart(text, start_stop), keeps=start_stop is StartStop.KEEP), end]


def _refused(refused: Refused) -> ScanStep:
    return ScanStep(refusal(refused.code, "staff", **refused.params) + refusal(refused.code, "staff-next", **refused.params), False)


def _beginning(raw: str, scan: Scan, *, keeps: bool) -> Iterator[ScanStep]:
    yield ScanStep(say("staff.scan.raw", raw=unmarked(in_signs(raw, _LONGEST)), count=len(raw)))
    if scan.plain != raw:
        yield ScanStep(say("staff.scan.plain", plain=unmarked(in_signs(scan.plain, _LONGEST))))
    if scan.start:
        yield ScanStep(say("staff.scan.start-stop", start=scan.start, stop=scan.stop))
    elif scan.stop:
        yield ScanStep(say("staff.scan.stop", start=scan.number[:1], stop=scan.stop))
    else:
        yield ScanStep(say("staff.scan.kept" if keeps else "staff.scan.no-start-stop"))


def _number(number: str, rule: BarcodeRule) -> Iterator[ScanStep]:
    if rule.prefix:
        good = number.startswith(rule.prefix.upper())
        yield ScanStep(say("staff.scan.prefix" if good else "staff.scan.other-prefix", prefix=unmarked(rule.prefix)), good)
    got, expected = len(number), rule.length + rule.drops
    if not rule.length:
        yield ScanStep(say("staff.scan.any-length", got=got))
    else:
        yield ScanStep(
            say("staff.scan.length" if got == expected else "staff.scan.other-length", got=got, expected=expected), got == expected
        )
    digits = "".join(character for character in number if character in "0123456789")
    if rule.check_digit is CheckDigit.NONE or len(digits) < 2:
        return
    good = fits_check_digit(rule.check_digit, number)
    right = expected_check_digit(rule.check_digit, digits[:-1])
    yield ScanStep(say("staff.scan.check-digit" if good else "staff.scan.other-check-digit", digit=digits[-1], expected=right), good)
    if good and rule.drops:
        yield ScanStep(say("staff.scan.dropped", digit=digits[-1]))
