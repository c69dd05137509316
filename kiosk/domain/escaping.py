"""Text from outside as it may be shown: what would act on a terminal, or turn the order of letters round, is written out."""

from __future__ import annotations

import unicodedata

_ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls; formats, which hold the bidirectional overrides and what has no width; half characters; not assigned; separators of lines."""


def escaped(text: str) -> str:
    r"""`text` with each such character as `\u{202E}`, its number in Unicode."""
    return "".join(f"\\u{{{ord(letter):04X}}}" if unicodedata.category(letter) in _ACTING else letter for letter in text)


def control_pictures(text: str, longest: int) -> str:
    """What a reader may send unseen, such as a tab before the number, in signs for it; cut behind `longest` of them."""
    shown = "".join(chr(0x2400 + ord(one)) if ord(one) < 0x20 else one if one.isprintable() else f"<U+{ord(one):04X}>" for one in text)
    return shown if len(shown) <= longest else f"{shown[:longest]}…"
