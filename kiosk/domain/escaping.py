"""Escaping of external text for display: characters that would control a terminal or reorder letters are written out."""

from __future__ import annotations

import unicodedata

_ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls; formats, including bidirectional overrides and zero-width characters; surrogates; private use; unassigned; line separators."""


def escaped(text: str) -> str:
    r"""`text` with each such character replaced by its code point, as in `\u{202E}`."""
    return "".join(f"\\u{{{ord(letter):04X}}}" if unicodedata.category(letter) in _ACTING else letter for letter in text)


def control_pictures(text: str, longest: int) -> str:
    """`text` with control characters, such as a tab before the number, replaced by visible symbols; truncated to `longest`."""
    shown = "".join(chr(0x2400 + ord(one)) if ord(one) < 0x20 else one if one.isprintable() else f"<U+{ord(one):04X}>" for one in text)
    return shown if len(shown) <= longest else f"{shown[:longest]}…"
