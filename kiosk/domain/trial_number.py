"""A library card number that belongs to nobody, for trials."""

from __future__ import annotations

from kiosk.domain.rules import BarcodeRule

_ANY_LENGTH = 10
_DIGITS = "1234567890123456"


def trial_number(rule: BarcodeRule) -> str:
    """A number as long as those of this library, and with their prefix."""
    length = (rule.length or _ANY_LENGTH) - rule.drops
    return (rule.prefix + _DIGITS)[: max(length, len(rule.prefix))]
