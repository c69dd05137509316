"""What a text file is encoded in: ours are UTF-8, but who redirects a command's output on Windows makes others.

Windows PowerShell 5.1 writes UTF-16 with a byte order mark, cmd what the program wrote: the code page, in Japan 932.
https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_character_encoding
"""

from __future__ import annotations

import codecs

from kiosk.config.file_access import FileTrouble

_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_WIDEST = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class NotUtf8(ValueError):
    """The text is not UTF-8. `trouble`: UTF_16, CP932 or NOT_UTF_8; `line`: the first in which that shows."""

    def __init__(self, trouble: FileTrouble, line: int) -> None:
        super().__init__(trouble.value)
        self.trouble, self.line = trouble, line


def decoded(raw: bytes) -> str:
    """The text of a file that people write for this program: UTF-8, with a byte order mark (as Notepad writes it) or without.

    Raises NotUtf8: another encoding would be guessed, and TOML allows no other (TOML 1.0, Spec).
    """
    if trouble := _of_wide(raw):
        return _refuse(trouble, raw, 0 if is_wide(raw) else raw.find(0))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _refuse(FileTrouble.CP932 if _is_cp932(raw) else FileTrouble.NOT_UTF_8, raw, error.start)


def legible(raw: bytes) -> str:
    """The text in whatever encoding. Only where a wrong guess is found out, as by the check digits of a recovery sheet."""
    try:
        return decoded(raw)
    except NotUtf8 as other:
        encoding = {FileTrouble.UTF_16: _WIDE.get(raw[:2], "utf-16-le"), FileTrouble.CP932: "cp932"}.get(other.trouble, "utf-8")
        return raw.decode(encoding, "replace").removeprefix("\ufeff")


def is_wide(raw: bytes) -> bool:
    """Whether it is UTF-16 with its mark, with which nothing binary of ours begins."""
    return raw[:2] in _WIDE


def _of_wide(raw: bytes) -> FileTrouble | None:
    nulls = raw.count(0)
    if raw[:4] in _WIDEST or 2 * nulls > len(raw):
        return FileTrouble.NOT_UTF_8
    if is_wide(raw) or 4 * nulls > len(raw):
        # Without its mark it is UTF-8 as well, with a NUL beside each letter of ASCII.
        return FileTrouble.UTF_16
    return FileTrouble.NOT_UTF_8 if nulls else None


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
    return any("ぁ" <= letter <= "鿿" for letter in text)


def _refuse(trouble: FileTrouble, raw: bytes, place: int) -> str:
    raise NotUtf8(trouble, raw.count(b"\n", 0, max(place, 0)) + 1)
