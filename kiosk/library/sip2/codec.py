"""Encode and decode SIP2 messages.

Tolerates what real servers send: fields in any order and with any code, a last field without its `|`, a bare `|` inside a value, line
breaks (CR, LF) inside a value, checksums over bytes or over code points, and checksums of more than four digits.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from kiosk.library.sip2.layouts import LAYOUTS, Fixed
from kiosk.library.sip2.message import Checksum, Malformed, Message

_KIND = re.compile(r"[0-9]{2}")
# A capital followed by a capital or digit; sequence number and checksum are not fields.
_CODE = re.compile(r"(?!A[YZ])[A-Z][A-Z0-9]")
# Sequence number and checksum together are recognized anywhere at the end; one alone, or terminated like a field, only at a field start.
_NUMBER_AND_SUM = re.compile(r"AY([0-9])AZ([0-9A-Fa-f]{1,12}) *\Z")
_NUMBER_OR_SUM = re.compile(r"(?:\A|(?<=\|))(?:AY([0-9]?)\|?)?(?:AZ([0-9A-Fa-f]{0,12}))?\|? *\Z")
# One of these before the end means that another message follows, or that the trailer is damaged.
_END_INSIDE = re.compile(r"AY[0-9]AZ[0-9A-Fa-f]{4}|(?:\A|\|)(?:AY[0-9]|AZ[0-9A-Fa-f]{4})")
_DATE_INSIDE = re.compile(r"[0-9]{8}[ A-Z]{4}[0-9]{6}")
# Digits or blanks around an arbitrary zone. Anything else means that the fixed part is misaligned.
_DATE = re.compile(r"[0-9 ]{8}.{4}[0-9 ]{6}")
_CONTROL = re.compile(r"[\r\n\0]")
_BAR = "&#124;"
# The protocol gives these no sequence number: they ask for a message that was not understood.
_UNNUMBERED = frozenset({"96", "97"})


def encode(message: Message, *, sequence: int | None = None, encoding: str = "utf-8") -> bytes:
    """Encode a message as a line with its CR; with `sequence` (0 to 9), including sequence number and checksum (AY, AZ).

    Fields keep their order; `|` in a value becomes `&#124;`. Characters that `encoding` lacks become `?` in replies. Raises Malformed for a
    fixed part that is missing or of the wrong width, a value containing a line end, an invalid field code, and a request that is not ASCII,
    since servers damage anything else.
    """
    layout = LAYOUTS.get(message.kind)
    if layout is None:
        if not _KIND.fullmatch(message.kind):
            raise Malformed("the kind is not two digits")
        parts = [message.fixed.get("body", "")]
    else:
        if message.fixed.keys() != {part.name for part in layout.fixed}:
            raise Malformed(f"message {message.kind} has other parts")
        parts = [message.fixed[part.name] for part in layout.fixed]
        for part, text in zip(layout.fixed, parts, strict=True):
            if len(text) != part.width or not text.isascii() or "|" in text or not _sound(part, text):
                raise Malformed(f"the part {part.name} of message {message.kind} is not {part.width} ASCII characters, or no date")
    for code, value in message.fields:
        if not _CODE.fullmatch(code):
            raise Malformed("a code is not a capital with a capital or digit, or is that of number or checksum")
        parts.append(f"{code}{value.replace('|', _BAR)}|")
    text = message.kind + "".join(parts)
    if _CONTROL.search(text):
        raise Malformed("a value holds the end of a line")
    if (layout is None or layout.is_request) and not text.isascii():
        raise Malformed("a request holds characters outside ASCII")
    line = text.encode(encoding, errors="replace")
    if sequence is not None:
        if not 0 <= sequence <= 9:
            raise Malformed("the number is not one digit")
        line += b"AZ" if message.kind in _UNNUMBERED else b"AY%dAZ" % sequence
        line += b"%04X" % (-sum(line) & 0xFFFF)
    return line + b"\r"


def decode(line: bytes, *, encoding: str = "utf-8", checksum: Checksum = Checksum.WARN) -> Message:
    """Decode one line, with or without its terminator.

    Raises Malformed for a line that is no message, is truncated in its fixed part, or contains two messages; with `Checksum.STRICT` also
    for a wrong or missing checksum.
    """
    line = line.strip(b"\r\n\0")
    # Decode before splitting: in CP932 the second byte of 竹, 芸, 掛 and others is that of `|`.
    text = line.decode(encoding, errors="replace")
    kind = text[:2]
    if not _KIND.fullmatch(kind):
        raise Malformed("the line does not begin with the two digits of a kind")
    layout = LAYOUTS.get(kind)
    start = 2 if layout is None else 2 + layout.width
    rest, sequence, sum_text = _without_trailer(text[start:])
    good = _sum_good(line, text, sum_text) if sum_text and checksum is not Checksum.OFF else None
    if checksum is Checksum.STRICT and not good:
        raise Malformed("the checksum is wrong or missing")
    fixed: dict[str, str] = {}
    fields: tuple[tuple[str, str], ...] = ()
    if layout is None:
        fixed["body"] = rest
    else:
        head = text[2:start]
        if len(head) < layout.width or not head.isascii() or "|" in head:
            raise Malformed(f"the fixed part of a message {kind} is cut off or damaged")
        at = 0
        for part in layout.fixed:
            fixed[part.name] = head[at : at + part.width]
            if not _sound(part, fixed[part.name]):
                raise Malformed(f"the part {part.name} of a message {kind} is no date")
            at += part.width
        fields = _fields(rest)
    return Message(kind, fixed, fields, sequence, good, "\ufffd" in text)


def _sound(part: Fixed, text: str) -> bool:
    return not part.is_date or _DATE.fullmatch(text) is not None


def _without_trailer(rest: str) -> tuple[str, int | None, str]:
    """Split off the trailer: the rest, the sequence number, and the checksum digits ("" if none)."""
    found = _NUMBER_AND_SUM.search(rest) or _NUMBER_OR_SUM.search(rest)
    if found is None:
        return rest, None, ""
    number, digits = found.groups()
    return rest[: found.start()], int(number) if number else None, digits or ""


def _sum_good(line: bytes, text: str, digits: str) -> bool:
    """Verify the checksum. The protocol sums bytes; Koha without a configured encoding, and others, sum code points."""
    value = int(digits, 16)
    # From the digits on everything is ASCII, one byte per character.
    behind = len(text) - text.rindex("AZ" + digits) - 2
    if (sum(line[: len(line) - behind]) + value) & 0xFFFF == 0:
        return True
    return (sum(map(ord, text[: len(text) - behind])) + value) & 0xFFFF == 0


def _fields(rest: str) -> tuple[tuple[str, str], ...]:
    if _END_INSIDE.search(rest):
        raise Malformed("something stands behind number and checksum")
    found: list[tuple[str, list[str]]] = []
    pieces = rest.split("|")
    for piece in map(_without_breaks, pieces) if "\n" in rest or "\r" in rest else pieces:
        if _CODE.match(piece):
            found.append((piece[:2], [piece[2:]]))
        elif piece.strip(" "):
            # A bare `|` splits a value in two; a second message without a line end before it is not a value.
            if not found or _DATE_INSIDE.search(piece):
                raise Malformed("something that is no field stands where one begins")
            found[-1][1].append(piece)
    return tuple((code, _value("|".join(pieces))) for code, pieces in found)


def _without_breaks(piece: str) -> str:
    """Strip line breaks before a field; elsewhere they belong to the value."""
    field = piece.lstrip("\r\n")
    return field if _CODE.match(field) else piece


def _value(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Normalize per value: over the whole line, a leading combining mark would merge with the field code.
    return normalize("NFC", text.replace(_BAR, "|") if "&" in text else text)
