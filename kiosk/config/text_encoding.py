"""What a text file is encoded in: ours are UTF-8, but who redirects a command's output on Windows makes others.

Windows PowerShell 5.1 writes UTF-16 with a byte order mark, cmd what the program wrote: the code page, in Japan 932.
https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_character_encoding
"""

from __future__ import annotations

import codecs
from enum import StrEnum, unique

_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_BLANK = bytes(4)
"""At the end of a file no encoding has so many NULs: one of UTF-32 has three after its last letter, which is ASCII."""
_WIDEST = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


@unique
class OtherEncoding(StrEnum):
    """What a text is encoded in where UTF-8 is expected. Each value has a message `command.why.file.<value>`."""

    UTF_16 = "utf-16"
    CP932 = "cp932"
    """What seems to be Windows' code page 932."""
    BLANK = "blank"
    """None: it ends in NULs, or holds nothing else, since its content was never written."""
    NOT_UTF_8 = "not-utf-8"
    """Another encoding, or none."""


class NotUtf8(ValueError):
    """The text is not UTF-8. `line`: the first in which that shows."""

    def __init__(self, encoding: OtherEncoding, line: int) -> None:
        super().__init__(encoding.value)
        self.encoding, self.line = encoding, line


def decoded(raw: bytes) -> str:
    """The text of a file that people write for this program: UTF-8, with a byte order mark (as Notepad writes it) or without.

    Raises NotUtf8: another encoding would be guessed, and TOML allows no other (TOML 1.0, Spec).
    """
    if raw.endswith(_BLANK):
        # As a power failure leaves a file that had been given its length.
        return _refuse(OtherEncoding.BLANK, raw, len(raw.rstrip(b"\0")))
    if other := _of_wide(raw):
        return _refuse(other, raw, 0 if is_wide(raw) else raw.find(0))
    try:
        # A program that does not know the mark puts another one before it.
        return raw.decode("utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        return _refuse(OtherEncoding.CP932 if _is_cp932(raw) else OtherEncoding.NOT_UTF_8, raw, error.start)


def legible(raw: bytes) -> str:
    """The text in whatever encoding. Only where a wrong guess is found out, as by the check digits of a recovery sheet."""
    try:
        return decoded(raw)
    except NotUtf8 as other:
        encoding = {OtherEncoding.UTF_16: _WIDE.get(raw[:2], "utf-16-le"), OtherEncoding.CP932: "cp932"}.get(other.encoding, "utf-8")
        return raw.decode(encoding, "replace").removeprefix("\ufeff")


def is_wide(raw: bytes) -> bool:
    """Whether it is UTF-16 with its mark, with which nothing binary of ours begins."""
    return raw[:2] in _WIDE


def _of_wide(raw: bytes) -> OtherEncoding | None:
    nulls = raw.count(0)
    if raw[:4] in _WIDEST or 2 * nulls > len(raw):
        return OtherEncoding.NOT_UTF_8
    if is_wide(raw) or 4 * nulls > len(raw):
        # Without its mark it is UTF-8 as well, with a NUL beside each letter of ASCII.
        return OtherEncoding.UTF_16
    return OtherEncoding.NOT_UTF_8 if nulls else None


def _is_cp932(raw: bytes) -> bool:
    # Japanese UTF-8 that lacks a byte is so for the most part: three bytes a letter, which two letters of the code page hardly ever make.
    of_utf_8 = 3 * sum("\u3000" <= letter <= "鿿" for letter in raw.decode("utf-8", "ignore"))
    if 2 * of_utf_8 > sum(byte >= 0x80 for byte in raw):
        return False
    try:
        text = raw.decode("cp932")
    except UnicodeDecodeError:
        return False
    # Stray bytes are single letters there too: half-width katakana, or for private use.
    return any("ぁ" <= letter <= "鿿" or "！" <= letter <= "～" for letter in text)


def _refuse(encoding: OtherEncoding, raw: bytes, place: int) -> str:
    raise NotUtf8(encoding, raw.count(b"\n", 0, max(place, 0)) + 1)
