"""kiosk doctor --scan | --scan-item: one barcode, and step by step what the rules in the config make of it."""

from __future__ import annotations

import sys

from kiosk.commands import output
from kiosk.config import Settings, counter_rules
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

_LONGEST = 80


def try_library_card(settings: Settings) -> int:
    """Read one line from the keyboard. The exit code tells whether it would be taken."""
    raw = _scanned("scan.ask")
    if raw is None:
        return output.PROBLEM
    rule = counter_rules(settings).barcode
    try:
        number, refused = read_library_card(raw, rule), None
    except Refused as refusal:
        number, refused = None, refusal
    if refused is None or refused.code is not Code.NUMBER_IS_MY_NUMBER:
        # Of a My Number nothing is repeated.
        scan = take_apart(raw, rule)
        _tell_beginning(raw, scan, keeps=rule.start_stop is StartStop.KEEP)
        _tell_number(scan.number, rule)
    if number is None:
        return _tell_refusal(refused, "scan.adjust")
    _tell("scan.good", number=number.grouped)
    return output.OK


def try_item(settings: Settings) -> int:
    """The same for the barcode of an item."""
    raw = _scanned("scan.ask-item")
    if raw is None:
        return output.PROBLEM
    start_stop = settings.library_card.items_start_stop
    _tell_beginning(raw, take_item_apart(raw, start_stop), keeps=start_stop is StartStop.KEEP)
    try:
        number = read_item(raw, start_stop)
    except Refused as refusal:
        return _tell_refusal(refusal, "scan.adjust-item")
    _tell("scan.good-item", number=number)
    return output.OK


def _scanned(question: str) -> str | None:
    _tell(question)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        _tell("scan.nothing")
        return None
    return line.rstrip("\r\n")


def _tell_beginning(raw: str, scan: Scan, *, keeps: bool) -> None:
    _tell("scan.raw", raw=in_signs(raw, _LONGEST), count=len(raw))
    if scan.plain != raw:
        _tell("scan.plain", plain=in_signs(scan.plain, _LONGEST))
    if scan.start:
        _tell("scan.start-stop", start=scan.start, stop=scan.stop)
    elif scan.stop:
        _tell("scan.stop", stop=scan.stop, start=scan.number[:1])
    else:
        _tell("scan.kept" if keeps else "scan.no-start-stop")


def _tell_number(number: str, rule: BarcodeRule) -> None:
    if rule.prefix:
        _tell("scan.prefix" if number.startswith(rule.prefix.upper()) else "scan.other-prefix", prefix=rule.prefix)
    got = len(number)
    if not rule.length:
        _tell("scan.any-length", got=got)
    else:
        expected = rule.length + rule.drops
        _tell("scan.length" if got == expected else "scan.other-length", got=got, expected=expected)
    digits = "".join(character for character in number if character in "0123456789")
    if len(digits) < 2:
        return
    if rule.check_digit is CheckDigit.NONE:
        fitting = [kind for kind in CheckDigit if kind is not CheckDigit.NONE and fits_check_digit(kind, number)]
        _tell("scan.fitting" if fitting else "scan.none-fitting", kinds="、".join(fitting))
        return
    facts = {"kind": rule.check_digit, "digit": digits[-1], "expected": expected_check_digit(rule.check_digit, digits[:-1])}
    good = fits_check_digit(rule.check_digit, number)
    _tell("scan.check-digit" if good else "scan.other-check-digit", **facts)
    if good and rule.drops:
        _tell("scan.dropped", digit=digits[-1])


def _tell_refusal(refusal: Refused | None, adjust: str) -> int:
    if refusal is not None:
        _tell("scan.bad", what=output.explain(refusal).replace("\n", "\n  "))
        if refusal.code is not Code.NUMBER_IS_MY_NUMBER:
            _tell(adjust)
    return output.PROBLEM


def _tell(key: str, **params: str | int) -> None:
    output.tell(f"doctor.{key}", **params)
