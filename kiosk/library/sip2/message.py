"""One SIP2 message in parts, as both ends see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# What may stand in a log. All else may name a person, a card, an item, or be a secret, AF among them ("… not checked out to …").
_HARMLESS = frozenset("AH AM AN AO AP BH BI BL BO BP BQ BR BT BW BX BY BZ CA CB CF CI CK CP CQ".split())
# What flags, counts and dates look like. Noise that begins with two digits may have anything else there.
_PLAIN = re.compile(r"[ 0-9YNUTE.+*-]{1,14}|[0-9]{8}[ A-Z]{4}[0-9]{6}| {18}")


class Malformed(ValueError):
    """The bytes are no SIP2 message, or the message cannot be put into bytes. Says why, never with what stood there."""


class Checksum(StrEnum):
    """What is asked of the checksum of a reply (setting `library.checksum`)."""

    OFF = "off"
    """Not looked at."""
    WARN = "warn"
    """Looked at, and told in `Message.checksum_good`."""
    STRICT = "strict"
    """A wrong one makes the message malformed, and so does a missing one."""


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """`fixed` has every part of the kind's layout under its name, blanks and all; a kind without a layout has its text under `body`.

    `fields` are in the order in which they came, unknown ones among them, their values unescaped, in Unicode's
    form NFC and with LF for any break of the line.
    `checksum_good` is None where no checksum came, or none was asked for.
    `replaced`: a character could not be decoded and is shown as U+FFFD.
    The representation is masked, so that no log and no traceback names a patron.
    """

    kind: str
    fixed: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[tuple[str, str], ...] = ()
    sequence: int | None = None
    checksum_good: bool | None = None
    replaced: bool = False

    def first(self, code: str) -> str | None:
        """The value of the first field with this code; None when there is none, "" when it is empty."""
        for known, value in self.fields:
            if known == code:
                return value
        return None

    def all(self, code: str) -> tuple[str, ...]:
        """The values of all fields with this code, in their order."""
        return tuple(value for known, value in self.fields if known == code)

    def __repr__(self) -> str:
        fixed = "".join(value if name != "body" and _PLAIN.fullmatch(value) else f"*{len(value)}" for name, value in self.fixed.items())
        fields = "".join(f"{code}{value if code in _HARMLESS else f'*{len(value)}'}|" for code, value in self.fields)
        sequence = "" if self.sequence is None else f"AY{self.sequence}"
        # The checksum itself would give a short PIN away.
        return f"{self.kind}{fixed}{fields}{sequence}{' checksum wrong' if self.checksum_good is False else ''}"
