"""Access control lists of POSIX, as Linux keeps them in extended attributes: acl(5), <linux/posix_acl_xattr.h>.

With such a list the middle digit of a mode is the most that its entries allow: it does not say to whom.
"""

from __future__ import annotations

import struct

from kiosk.domain.lazy_dataclass import dataclass

READ, WRITE = 4, 2
_VERSION = 2
_USER, _GROUP, _MASK = 0x02, 0x08, 0x10
_ENTRY = struct.Struct("<HHI")


@dataclass(frozen=True, slots=True)
class Entry:
    """An account or group that the list names beside owner and group of the file, with what it may do."""

    is_group: bool
    number: int
    rights: int


def named_entries(listed: bytes) -> tuple[Entry, ...]:
    """The accounts and groups that a list names and admits to anything. Raises ValueError for what is no list."""
    body = listed[4:]
    if len(listed) < 4 or int.from_bytes(listed[:4], "little") != _VERSION or len(body) % _ENTRY.size:
        raise ValueError("no access control list")
    entries = list(_ENTRY.iter_unpack(body))
    most = next((rights for kind, rights, _ in entries if kind == _MASK), 7)
    named = (Entry(kind == _GROUP, number, rights & most) for kind, rights, number in entries if kind in (_USER, _GROUP))
    return tuple(entry for entry in named if entry.rights)
