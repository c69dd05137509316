"""A parsed SIP2 message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.library.sip2.layouts import LAYOUTS

# Fields that may be logged. All others, AF included ("… not checked out to …"), may identify a person, card or item, or be secret.
_HARMLESS = frozenset("AH AM AN AO AP BH BI BL BO BP BQ BR BT BW BX BY BZ CA CB CF CI CK CP CQ".split())
# Flags, counts and dates. In noise that starts with two digits, anything may be in their place.
_PLAIN = re.compile(r"[ 0-9YNUTE.+*-]{1,14}|[0-9]{8}[ A-Z]{4}[0-9]{6}| {18}")


class Malformed(ValueError):
    """Not a SIP2 message, or a message that cannot be encoded. The text never quotes content."""


class Checksum(StrEnum):
    """How the checksum of a reply is treated (setting `ils.checksum`)."""

    OFF = "off"
    """Ignored."""
    WARN = "warn"
    """Verified; the result is in `Message.checksum_good`."""
    STRICT = "strict"
    """A wrong or missing checksum makes the message malformed."""


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One message, with a masked repr, so that no log or traceback identifies a patron.

    `fixed` maps every part of the layout to its text, blanks included; a kind without a layout has its text under `body`.

    `fields` are in the order received, unknown ones included; values are unescaped, in NFC, with LF for any line break.

    `checksum_good` is None if there was no checksum, or it was ignored.

    `replaced`: a character could not be decoded and was replaced by U+FFFD.
    """

    kind: str
    fixed: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[tuple[str, str], ...] = ()
    sequence: int | None = None
    checksum_good: bool | None = None
    replaced: bool = False

    def first(self, code: str) -> str | None:
        """The value of the first field with this code; None if there is none, "" if it is empty."""
        for known, value in self.fields:
            if known == code:
                return value
        return None

    def all(self, code: str) -> tuple[str, ...]:
        """The values of all fields with this code, in order."""
        return tuple(value for known, value in self.fields if known == code)

    @property
    def verdict(self) -> str:
        """What a reply says of whether the request was carried out, as received: 1 or 0 by the protocol; servers also send Y and N.
        Empty if this kind of message does not say.
        """
        layout = LAYOUTS.get(self.kind)
        return "" if layout is None or layout.verdict is None else self.fixed.get(layout.verdict, "")

    def __repr__(self) -> str:
        fixed = "".join(value if name != "body" and _PLAIN.fullmatch(value) else f"*{len(value)}" for name, value in self.fixed.items())
        fields = "".join(f"{code}{value if code in _HARMLESS else f'*{len(value)}'}|" for code, value in self.fields)
        sequence = "" if self.sequence is None else f"AY{self.sequence}"
        # The checksum itself would reveal a short PIN.
        return f"{self.kind}{fixed}{fields}{sequence}{' checksum wrong' if self.checksum_good is False else ''}"
