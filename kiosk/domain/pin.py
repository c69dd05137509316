"""The digits of a PIN: held in one place, handed over once, wiped."""

from __future__ import annotations

import unicodedata


class Pin:
    """Four digits on their way from the pad to one VERIFY. Prints as asterisks; `take` works once.

    Raises ValueError unless the text is four digits after normalising full-width digits.
    """

    __slots__ = ("_held",)

    def __init__(self, digits: str | bytearray) -> None:
        if isinstance(digits, str):
            digits = bytearray(unicodedata.normalize("NFKC", digits).encode("utf-8", "replace"))
        if len(digits) != 4 or not all(0x30 <= digit <= 0x39 for digit in digits):
            raise ValueError("a PIN is four digits")
        self._held = [digits]  # `list.pop` is one step even for two threads, so that only one of them gets the digits

    def take(self) -> bytearray:
        """Hand the digits over, once. The caller wipes them. Raises ValueError the second time."""
        try:
            return self._held.pop()
        except IndexError:
            raise ValueError("this PIN has been used") from None

    def wipe(self) -> None:
        """Forget the digits if nobody has taken them."""
        try:
            digits = self._held.pop()
        except IndexError:
            return
        digits[:] = bytes(len(digits))

    def __repr__(self) -> str:
        return "Pin(****)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Pin is never copied")
