"""Reads a list of links from a file, line by line: each becomes a token and a number, or a fault."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import BinaryIO

from kiosk.config.text_encoding import is_wide
from kiosk.domain.key_chain import KeyChain
from kiosk.domain.moving_list import LONGEST_LINE, Cause, LineReader, ListForm, Row
from kiosk.domain.token import link_token
from kiosk.registry.moving.faults import Faults
from kiosk.registry.moving.gathered import Gathered

MOST_LINES = 5_000_000
"""What a library has in members at most; the places of rows are numbers of 32 bits."""
_FEW = 100
"""Lines from which it shows that no hexadecimal number has a letter."""


@unique
class Encoding(StrEnum):
    UTF_8 = "utf-8"
    """With a byte order mark or without."""
    CP932 = "cp932"
    """What Windows calls Shift_JIS."""


class ListUnusable(Exception):
    """The file as a whole is no such list."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """wide (UTF-16), empty, too-many."""


@dataclass(slots=True)
class ReadList:
    rows: Gathered = field(default_factory=Gathered)
    faults: Faults = field(default_factory=Faults)
    lines: int = 0
    """In the file, its header and blank ones included."""
    has_letters: bool = False
    """A serial number held a digit above 9."""

    @property
    def looks_decimal(self) -> bool:
        """Whether not one of many hexadecimal numbers has a letter."""
        return len(self.rows) >= _FEW and not self.has_letters


def read_list(file: BinaryIO, form: ListForm, encoding: Encoding, site_key: bytes, *, has_header: bool, chain: KeyChain) -> ReadList:
    """`site_key`: the one that tokens are computed under; `chain`: what wraps them since.

    Raises ListUnusable; OSError. Faults are in what it returns.
    """
    read, reader = ReadList(), LineReader(form)
    for line, raw in _lines_of(file):
        read.lines = line
        found = _read(reader, raw, encoding)
        if found is None:
            continue
        if line == 1 and has_header:
            if not reader.is_header(raw.decode(encoding, "replace")):
                read.faults.add(line, Cause.HEADER_IS_DATA)
        elif isinstance(found, Cause):
            read.faults.add(line, found)
        else:
            read.has_letters = read.has_letters or not f"{found.serial:x}".isdecimal()
            token = link_token(site_key, found.issuer.key_digest, found.serial)
            read.rows.add(line, chain.wrapped(token, chain.first, chain.newest).digest, found.number)
    if not read.rows and not read.faults:
        raise ListUnusable("empty")
    read.rows.find_repeated(read.faults)
    return read


def _lines_of(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered from 1. One that is too long is given cut off, longer than LONGEST_LINE."""
    line = 0
    while raw := file.readline(LONGEST_LINE + 2):
        line += 1
        if line > MOST_LINES:
            raise ListUnusable("too-many")
        if line == 1:
            if is_wide(raw):
                raise ListUnusable("wide")
            raw = raw.removeprefix(codecs.BOM_UTF8)
        rest = raw
        while rest and not rest.endswith(b"\n") and len(raw) > LONGEST_LINE:
            rest = file.readline(LONGEST_LINE)
        yield line, raw.rstrip(b"\r\n")


def _read(reader: LineReader, raw: bytes, encoding: Encoding) -> Row | Cause | None:
    """None for a blank line."""
    if len(raw) > LONGEST_LINE:
        return Cause.TOO_LONG
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return Cause.ENCODING
    return reader.read(text) if text.strip() else None
