"""Lists of POSIX: what they admit beside a mode."""

from __future__ import annotations

import struct

import pytest

from kiosk.domain.posix_acl import Entry, named_entries

NOBODY = 0xFFFFFFFF
OWNER, USER, ITS_GROUP, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20


def listed(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def test_named_accounts_and_groups_have_what_the_mask_leaves_them() -> None:
    plain = ((OWNER, 6, NOBODY), (ITS_GROUP, 4, NOBODY), (OTHER, 0, NOBODY))
    assert named_entries(listed(*plain)) == ()
    named = ((USER, 7, 1001), (GROUP, 4, 2002), (USER, 2, 1003))
    assert named_entries(listed(*plain, *named, (MASK, 5, NOBODY))) == (Entry(False, 1001, 5), Entry(True, 2002, 4))
    assert named_entries(listed(*plain, *named, (MASK, 0, NOBODY))) == ()


@pytest.mark.parametrize("raw", [b"", b"\x02\0\0", b"\x01\0\0\0", b"\x02\0\0\0abc"])
def test_what_is_no_list_is_said(raw: bytes) -> None:
    with pytest.raises(ValueError, match="no access control list"):
        named_entries(raw)
