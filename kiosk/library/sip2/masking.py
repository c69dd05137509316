"""Mask messages for the log."""

from __future__ import annotations

from kiosk.library.sip2.codec import decode
from kiosk.library.sip2.layouts import LAYOUTS
from kiosk.library.sip2.message import Malformed, Message


def masked(message_or_line: Message | bytes | str, *, encoding: str = "utf-8") -> str:
    """Show kind, fixed parts, field codes and impersonal values; of all other values only the length: `AA*11|`.

    What cannot be decoded is shown by kind and length only. Never raises.
    """
    if isinstance(message_or_line, Message):
        return repr(message_or_line)
    line = message_or_line.encode(encoding, errors="replace") if isinstance(message_or_line, str) else message_or_line
    try:
        return repr(decode(line, encoding=encoding))
    except Malformed as malformed:
        kind = line.strip(b"\r\n\0")[:2].decode("ascii", errors="replace")
        return f"{kind if kind in LAYOUTS else '??'}*{len(line)} ({malformed})"
