"""Names of counters: their identity in the ledger."""

from __future__ import annotations

import unicodedata

from kiosk.domain.errors import Code, Refused
from kiosk.registry.models import SERVER

LONGEST_NAME = 40
_SCRIPTS = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC")
"""How Unicode names begin of what is written in Japanese; the long vowel and the middle dot are of katakana."""


def read_counter_name(text: str) -> str:
    """A counter's identity in the ledger, in the one spelling of its letters (NFKC): full and half width are the same.

    1 to 40 letters, digits and signs of ASCII and of Japanese, the first a letter or a digit: those of other scripts look like them. Not
    the name under which the server itself acts. Raises Refused: counter-name.
    """
    name = in_one_spelling(text)
    is_plain = name == name.strip() and all(map(_is_written_here, name))
    if not (1 <= len(name) <= LONGEST_NAME and is_plain and name[0].isalnum() and name.lower() != SERVER):
        raise Refused(Code.COUNTER_NAME)
    return name


def in_one_spelling(name: str) -> str:
    """As counters' names are kept: full and half width are the same."""
    return unicodedata.normalize("NFKC", name)


def _is_written_here(letter: str) -> bool:
    return " " <= letter <= "~" or unicodedata.name(letter, "").startswith(_SCRIPTS)
