"""The recovery sheet: the site key on paper, in seven lines that can be typed back.

A line encodes 5 of 35 bytes (32 of the key, 3 of its SHA-256) as 8 characters of Crockford's base32 (without I, L, O, U) and 2 check
characters: a polynomial checksum modulo the prime 1021. It detects any single wrong character, transposed neighbours and transposed lines,
so the faulty line can be named.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import date

from kiosk.domain.crockford import checked, number_of, symbols_of, typed, written
from kiosk.domain.errors import Code, Refused

LINES = 7
_NUMBERED = re.compile(r"([1-9])[:.)](.*)")


def fingerprint(site_key: bytes) -> str:
    """A short fingerprint that identifies a sheet without revealing the key."""
    digest = hashlib.sha256(b"kiosk-sheet-1\x00" + site_key).hexdigest().upper()
    return f"{digest[:4]}-{digest[4:8]}"


def sheet_lines(site_key: bytes) -> tuple[str, ...]:
    """The seven lines, without line numbers."""
    number = int.from_bytes(site_key + hashlib.sha256(site_key).digest()[:3], "big")
    symbols = symbols_of(number, 56)
    return tuple(_line(index, symbols[8 * index : 8 * index + 8]) for index in range(LINES))


def sheet(site_key: bytes, printed: date) -> str:
    """The block to print: date, fingerprint and numbered lines. The caller supplies the text around it."""
    numbered = [f"{index}:  {line}" for index, line in enumerate(sheet_lines(site_key), 1)]
    return "\n".join([f"{printed:%Y-%m-%d}  {fingerprint(site_key)}", "", *numbered]) + "\n"


def parse(text: str) -> bytes:
    """Parse the typed lines into the site key: in order, with or without numbers, in any case and spacing.

    With numbers, any other text of the sheet is ignored. Raises Refused: recovery-line (`line`: the one mistyped or missing),
    recovery-mismatch (each line is valid, but they are not from one sheet).
    """
    rows = [unicodedata.normalize("NFKC", row).strip() for row in text.splitlines()]
    numbered = {int(match[1]): match[2] for match in map(_NUMBERED.fullmatch, rows) if match}
    lines = numbered or dict(enumerate(filter(None, rows), 1))
    if extra := [number for number in lines if number > LINES]:
        raise Refused(Code.RECOVERY_LINE, line=min(extra))
    symbols = [symbol for index in range(LINES) for symbol in _symbols(index, lines.get(index + 1, ""))]
    decoded = number_of(symbols).to_bytes(35, "big")
    if hashlib.sha256(decoded[:32]).digest()[:3] != decoded[32:]:
        raise Refused(Code.RECOVERY_MISMATCH)
    return decoded[:32]


def challenge(count: int = 2) -> tuple[int, ...]:
    """Random line numbers to ask for, as proof that the sheet exists and is legible."""
    return tuple(sorted(secrets.SystemRandom().sample(range(1, LINES + 1), count)))


def answered(site_key: bytes, line: int, text: str) -> bool:
    """Whether `text` matches line `line` of the sheet."""
    entered = unicodedata.normalize("NFKC", text).strip()
    match = _NUMBERED.fullmatch(entered)
    try:
        return _symbols(line - 1, match[2] if match else entered) == _symbols(line - 1, sheet_lines(site_key)[line - 1])
    except Refused:
        return False


def _line(index: int, symbols: list[int]) -> str:
    text = written(checked(symbols, index + 1))
    return f"{text[:5]} {text[5:]}"


def _symbols(index: int, text: str) -> list[int]:
    """The eight data symbols of a line. Raises Refused: recovery-line."""
    try:
        symbols = typed(text)
    except ValueError as error:
        raise Refused(Code.RECOVERY_LINE, line=index + 1) from error
    if len(symbols) != 10 or checked(symbols[:8], index + 1) != symbols:
        raise Refused(Code.RECOVERY_LINE, line=index + 1)
    return symbols[:8]
