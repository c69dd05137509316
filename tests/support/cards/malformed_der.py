"""Malformed DER for certificates and lists: one part replaced, re-signed if requested, so that deeply nested parts are reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import strategies as st

from kiosk.smartcard.virtual.authority import PrivateKey

SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")
UNKNOWN_ALGORITHM = bytes.fromhex("06092a864886f70d010163")
"""A neighbouring object identifier without an assigned meaning."""
_CONSTRUCTED = 0x20
_ODD_VALUES = (
    b"",
    b"\x00",
    b"\xff",
    b"\x00" * 3,
    b"\xff" * 9,
    b"\x30\x00",
    b"\x05\x00",
    b"1" * 15,
    b"\x1b[31m",
    "\u202e".encode(),
    b"\xff" * 300,
)
_ODD_TAGS = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x18, 0x1E, 0x30, 0x31, 0x80, 0x82, 0xA0, 0xA3, 0xA4, 0xFF)


def encoded(tag: int, value: bytes) -> bytes:
    """Encode one DER object."""
    if len(value) < 0x80:
        return bytes((tag, len(value))) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + value


Node = tuple[int, "bytes | list[Node]"]


def tree(content: bytes) -> list[Node]:
    """Parse well-formed DER into a tree of objects."""
    found: list[Node] = []
    at = 0
    while at < len(content):
        tag, first = content[at], content[at + 1]
        octets = first & 0x7F if first >= 0x80 else 0
        length = int.from_bytes(content[at + 2 : at + 2 + octets], "big") if octets else first
        begins = at + 2 + octets
        value = content[begins : begins + length]
        found.append((tag, tree(value) if tag & _CONSTRUCTED else value))
        at = begins + length
    return found


def joined(nodes: list[Node]) -> bytes:
    return b"".join(encoded(tag, value if isinstance(value, bytes) else joined(value)) for tag, value in nodes)


def _places(nodes: list[Node], path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    for index, (_, value) in enumerate(nodes):
        yield (*path, index)
        if isinstance(value, list):
            yield from _places(value, (*path, index))


def _exchanged(nodes: list[Node], path: tuple[int, ...], act: str, tag: int, value: bytes) -> list[Node]:
    at, rest = path[0], path[1:]
    old_tag, old = nodes[at]
    if rest and isinstance(old, list):
        return [*nodes[:at], (old_tag, _exchanged(old, rest, act, tag, value)), *nodes[at + 1 :]]
    acts: dict[str, list[Node]] = {
        "drop": [],
        "double": [nodes[at], nodes[at]],
        "tag": [(tag, old)],
        "value": [(old_tag & ~_CONSTRUCTED, value)],
        "both": [(tag & ~_CONSTRUCTED, value)],
    }
    return [*nodes[:at], *acts[act], *nodes[at + 1 :]]


@st.composite
def mutations(draw: st.DrawFn, der: bytes) -> bytes:
    """`der` with up to three of its objects removed, duplicated, or given another tag or value; or with some bits flipped."""
    if draw(st.integers(0, 4)) == 0:
        broken = bytearray(der)
        for position in draw(st.lists(st.integers(0, len(der) * 8 - 1), min_size=1, max_size=3)):
            broken[position // 8] ^= 1 << position % 8
        return bytes(broken)
    nodes = tree(der)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(_places(nodes))))
        act = draw(st.sampled_from(("drop", "double", "tag", "value", "both")))
        value = draw(st.one_of(st.sampled_from(_ODD_VALUES), st.binary(max_size=24)))
        nodes = _exchanged(nodes, path, act, draw(st.sampled_from(_ODD_TAGS)), value)
        if not nodes:
            return b""
    return joined(nodes)


def signed(key: PrivateKey, content: bytes, algorithm: bytes | None = None) -> bytes:
    """A certificate or list around `content` (its TBS part), validly signed by `key`."""
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(content, padding.PKCS1v15(), hashes.SHA256())
        named = encoded(0x30, (algorithm or SHA256_WITH_RSA) + b"\x05\x00")
    else:
        signature = key.sign(content, ec.ECDSA(hashes.SHA384()))
        named = encoded(0x30, algorithm or bytes.fromhex("06082a8648ce3d040303"))
    return encoded(0x30, content + named + encoded(0x03, b"\x00" + signature))


def content_of(der: bytes) -> bytes:
    """The signed (TBS) part of a certificate or list."""
    [(_, parts)] = tree(der)
    assert isinstance(parts, list)
    return joined(parts[:1])


def big_list(
    key: PrivateKey, issuer: bytes, serials: range, issued: datetime, ends: datetime, *, number: int = 1, extensions: bytes = b""
) -> bytes:
    """A revocation list of any length; cryptography's own builder takes quadratic time.

    `issuer` and `extensions` (besides the number) in DER. Serial numbers are encoded in four bytes.
    """
    date = encoded(0x17, f"{issued:%y%m%d%H%M%SZ}".encode())
    entry = b"\x30" + bytes((6 + len(date),)) + b"\x02\x04"
    entries = b"".join(entry + serial.to_bytes(4, "big") + date for serial in serials)
    algorithm = encoded(0x30, SHA256_WITH_RSA + b"\x05\x00")
    crl_number = number.to_bytes(number.bit_length() // 8 + 1, "big")
    named = encoded(0x30, bytes.fromhex("0603551d14") + encoded(0x04, encoded(0x02, crl_number)))
    content = (
        encoded(0x02, b"\x01")
        + algorithm
        + issuer
        + date
        + encoded(0x17, f"{ends:%y%m%d%H%M%SZ}".encode())
        + (encoded(0x30, entries) if entries else b"")
        + encoded(0xA0, encoded(0x30, named + extensions))
    )
    return signed(key, encoded(0x30, content))
