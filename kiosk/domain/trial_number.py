"""A library card number for trials that belongs to nobody, as far as the library's rules can tell."""

from __future__ import annotations

from kiosk.domain.rules import BarcodeRule, fits_check_digit

_ANY_LENGTH = 10
_DIGITS = "1234567890123456"


def trial_number(rule: BarcodeRule) -> str:
    """A number as long as those of this library, and with their prefix; with a wrong check digit, where they have one."""
    length = (rule.length or _ANY_LENGTH) - rule.drops
    number = (rule.prefix + _DIGITS)[: max(length, len(rule.prefix))]
    if len(number) > len(rule.prefix) and may_be_a_patrons(number, rule):
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        return number if may_be_a_patrons(wrong, rule) else wrong
    return number


def may_be_a_patrons(number: str, rule: BarcodeRule) -> bool:
    """Whether nothing shows that no card has this number: only a wrong check digit does, and the library's system may not have one."""
    return bool(rule.drops) or fits_check_digit(rule.check_digit, number)
