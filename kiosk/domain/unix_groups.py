"""Which groups of Linux are no groups of people who work at a counter."""

from __future__ import annotations

_OF_ADMINISTRATORS = frozenset({"root", "sudo", "wheel", "admin"})
_OF_EVERYONE = frozenset({"users", "nogroup", "nobody"})
_LAST_OF_THE_DISTRIBUTION = 99
"""Numbers that distributions give to groups of the system themselves: https://www.debian.org/doc/debian-policy/ch-opersys.html, 9.2.2. The
ones above are given on the computer, also to groups that an administrator makes.
"""
_NOBODYS = frozenset({65533, 65534})
"""Of files without an owner that is known here: https://systemd.io/UIDS-GIDS/"""


def why_unusable(name: str, number: int) -> str:
    """The `reason` of group-unusable; empty if it may be a group of people."""
    if number == 0 or name in _OF_ADMINISTRATORS:
        return "administrators"
    if number in _NOBODYS or name in _OF_EVERYONE:
        return "too-wide"
    return "of-the-system" if number <= _LAST_OF_THE_DISTRIBUTION else ""
