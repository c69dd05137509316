"""Personal data that must not be stored anywhere, in every encoding it could take, and the search for it in folders."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kiosk.domain.calendar import wareki

_UUID = re.compile(rb"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True)
class Person:
    """One holder with the data their card reveals. The PINs begin with 0 and are neither times nor dates, so that nothing else matches."""

    pin: str
    wrong_pin: str
    serial: int
    """16 bytes."""
    holder: str
    ends: date


@dataclass(frozen=True)
class Needle:
    """One encoding of a piece of personal data, and the pattern that finds it."""

    name: str
    sample: bytes
    """An example of the encoding, as a test plants it."""
    pattern: re.Pattern[bytes]


def needles_for(person: Person) -> list[Needle]:
    return [*_pin(person.pin, "PIN"), *_pin(person.wrong_pin, "wrong PIN"), *_serial(person.serial), *_holder(person), *_end(person.ends)]


def search(folders: tuple[Path, ...], needles: list[Needle]) -> dict[str, set[Path]]:
    """The files that contain each needle. File names are searched like content."""
    found: dict[str, set[Path]] = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        content = str(path.name).encode() + b"\n" + (path.read_bytes() if path.is_file() else b"")
        # Four hexadecimal digits between hyphens could be a PIN by chance.
        content = _UUID.sub(b"<uuid>", content)
        for needle in needles:
            if needle.pattern.search(content):
                found.setdefault(needle.name, set()).add(path)
    return found


def _plain(name: str, sample: bytes, *, letters: bool = True) -> Needle:
    return Needle(name, sample, re.compile(re.escape(sample), re.IGNORECASE if letters else 0))


def _text(name: str, text: str) -> Iterator[Needle]:
    yield _plain(name, text.encode())
    yield _plain(f"{name} in UTF-16", text.encode("utf-16-le"))


def _value(name: str, text: str) -> Needle:
    """A separate value, not part of a longer number or word."""
    return Needle(name, text.encode(), re.compile(rb"(?<![0-9A-Za-z])" + re.escape(text.encode()) + rb"(?![0-9A-Za-z])"))


def _value_in_hex(name: str, text: str) -> Needle:
    """The same in hexadecimal, not within longer hexadecimal such as a hash."""
    sample = text.encode().hex().encode()
    letter = rb"(?:3[0-9]|[46][1-9a-f]|[57][0-9a])"
    before = rb"(?<!3[0-9])(?<![46][1-9a-f])(?<![57][0-9a])"
    return Needle(name, sample, re.compile(before + sample + rb"(?!" + letter + rb")", re.IGNORECASE))


def _bytes(name: str, data: bytes) -> Iterator[Needle]:
    """Raw bytes, hexadecimal, lists of numbers and base64."""
    yield _plain(f"{name} raw", data, letters=False)
    for part in ("", " ", ":", "-"):
        yield _plain(f"{name} in hex {part!r}", data.hex(part).encode() if part else data.hex().encode())
    yield _plain(f"{name} as escapes", "".join(f"\\x{octet:02x}" for octet in data).encode())
    yield _plain(f"{name} as hex list", ", ".join(f"0x{octet:02x}" for octet in data).encode())
    for part in (", ", ","):
        numbers = part.join(str(octet) for octet in data)
        yield Needle(f"{name} as list {part!r}", numbers.encode(), re.compile(rb"(?<!\d)" + numbers.encode() + rb"(?!\d)"))
    for shift in range(3):
        yield _plain(f"{name} in base64, shifted by {shift}", _base64_core(data, shift), letters=False)


def _base64_core(data: bytes, shift: int) -> bytes:
    """The base64 characters that depend only on `data` if `shift` bytes precede it."""
    encoded = base64.b64encode(bytes(shift) + data)
    begin, end = -(-shift * 8 // 6), (shift + len(data)) * 8 // 6
    return encoded[begin:end]


def _pin(pin: str, name: str) -> Iterator[Needle]:
    yield _value(f"{name} as a value", pin)
    yield _value(f"{name} in full width", pin.translate({ord("0") + digit: ord("０") + digit for digit in range(10)}))
    yield _plain(f"{name} in UTF-16", pin.encode("utf-16-le"), letters=False)
    yield _plain(f"{name} as letters", repr(list(pin)).encode())
    for reference in (0x98, 0x80):
        yield from _bytes(f"VERIFY {reference:02X} with {name}", bytes((0x00, 0x20, 0x00, reference, 0x04)) + pin.encode())
    yield _value_in_hex(f"{name} in hex", pin)
    yield _plain(f"{name} as a list", repr(list(pin.encode())).encode())


def _serial(serial: int) -> Iterator[Needle]:
    data = serial.to_bytes(16, "big")
    yield from _text("serial in decimal", str(serial))
    # DER's header 02 10 precedes these bytes, so they find it as well.
    yield from _bytes("serial", data)
    yield _plain("serial backwards", data[::-1], letters=False)


def _holder(person: Person) -> Iterator[Needle]:
    yield from _text("holder", person.holder)
    yield from _bytes("holder", person.holder.encode())


def _end(ends: date) -> Iterator[Needle]:
    y, m, d = ends.year, ends.month, ends.day
    spellings = (
        *(f"{y}{part}{m:02}{part}{d:02}" for part in ("-", "/", ".", "")),
        *(f"{y}/{m}/{d}", f"{m}/{d}/{y}", f"{d}/{m}/{y}", f"{y}年{m}月{d}日", f"{y}年{m:02}月{d:02}日", f"{m}月{d}日"),
        *(f"{wareki(ends)}{m}月{d}日", f"R{y - 2018}.{m}.{d}", f"{ends:%y%m%d}145959Z", f"{y}{m:02}{d:02}145959", f"({y}, {m}, {d}"),
        *(f"{ends:%b} {d:2} ", f"{ends:%d %b %Y}", f"{ends:%d %B %Y}", f"{ends:%B} {d}, {y}"),
    )
    for spelling in spellings:
        yield _value(f"end as {spelling}", spelling) if spelling[-1] != " " else _plain(f"end as {spelling}", spelling.encode())
