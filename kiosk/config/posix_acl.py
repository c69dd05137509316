"""Whom the access control list of a file or folder admits beside those of its mode (Linux)."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from kiosk.config.admission import Admitted
from kiosk.domain.posix_acl import Entry, named_entries

_OF_ITSELF, _OF_WHAT_IS_MADE = "system.posix_acl_access", "system.posix_acl_default"
_NONE = {errno.ENODATA, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOENT}
"""No list; a file system without lists; nothing there."""


def others_admitted(path: Path, admitted: Admitted, rights: int) -> str:
    """The accounts and groups besides `admitted` and root that have one of the rights, here or in what is made in here: `user:1001:rw-`.

    Of a link, for what it leads to; empty if there are none. Raises OSError.
    """
    found = {entry for name in (_OF_ITSELF, _OF_WHAT_IS_MADE) for entry in _entries(path, name)}
    others = [entry for entry in found if entry.rights & rights and not _is_theirs(entry, admitted)]
    return ", ".join(sorted(map(_named, others)))


def forget_lists(handle: int) -> bool:
    """Take away the lists of an open file or folder, so that its mode alone decides; whether there were any. Raises OSError."""
    present = [name for name in (_OF_ITSELF, _OF_WHAT_IS_MADE) if hasattr(os, "listxattr") and name in _attributes(handle)]
    for name in present:
        os.removexattr(handle, name)
    return bool(present)


def _attributes(handle: int) -> list[str]:
    with suppress(OSError):  # a file system without them
        return os.listxattr(handle)
    return []


def _entries(path: Path, name: str) -> tuple[Entry, ...]:
    if not hasattr(os, "getxattr"):
        return ()
    try:
        return named_entries(os.getxattr(path, name))
    except ValueError:
        return ()
    except OSError as error:
        if error.errno in _NONE:
            return ()
        raise


def _is_theirs(entry: Entry, admitted: Admitted) -> bool:
    own = {0, admitted.group} if entry.is_group else {0, os.geteuid()}
    return entry.number in own


def _named(entry: Entry) -> str:
    import grp
    import pwd

    name = str(entry.number)
    with suppress(KeyError):
        name = grp.getgrgid(entry.number).gr_name if entry.is_group else pwd.getpwuid(entry.number).pw_name
    rights = "".join(letter if entry.rights & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))
    return f"{'group' if entry.is_group else 'user'}:{name}:{rights}"
