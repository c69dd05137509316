"""A file or folder of Windows opened itself, never what a link of that name leads to. Imported on Windows alone.

Lists and owners are set through the handle: by name, whoever may write beside it could lay a link (a junction needs no right) between the
look and the change.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto, unique
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ntsecuritycon
import pywintypes
import win32file
import win32security

from kiosk.config.file_replacement import delete, open_when_free

if TYPE_CHECKING:
    from _win32typing import PyHANDLE, PySECURITY_DESCRIPTOR

READ, CHANGE, OWN = ntsecuritycon.READ_CONTROL, ntsecuritycon.READ_CONTROL | ntsecuritycon.WRITE_DAC, ntsecuritycon.WRITE_OWNER
_FILE_LIST_DIRECTORY = 0x0001
_READING = win32security.OWNER_SECURITY_INFORMATION | win32security.DACL_SECURITY_INFORMATION
# pywin32 takes a C long, and PROTECTED_DACL_SECURITY_INFORMATION is its highest bit.
_PROTECTED = win32security.DACL_SECURITY_INFORMATION - 0x80000000
_SDDL_REVISION = 1
_KEPT: Any = None  # which the stubs of SetSecurityInfo do not know


class LeadsElsewhere(OSError):
    """A link, a junction, or one of several names of a file."""


@unique
class Links(Enum):
    """What becomes of links, junctions and further names of a file."""

    LEFT = auto()
    REFUSED = auto()
    REMOVED = auto()

    def meet(self, path: Path, met: LeadsElsewhere) -> None:
        """Raises `met`, if it is refused; OSError."""
        if self is Links.REFUSED:
            raise met
        if self is Links.REMOVED:
            # By name, which leads nowhere: https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-removedirectoryw
            delete(path)


@contextmanager
def opened_itself(path: Path, rights: int, *, pinned: bool = False) -> Iterator[tuple[int, bool]]:
    """The handle, and whether it is a folder. `pinned`: a folder that nobody renames or removes meanwhile.

    Raises LeadsElsewhere; HeldByAnother, if somebody is about to rename or remove what is to be pinned; any other OSError.
    """
    # https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew. OPEN_REPARSE_POINT: "normal reparse point processing
    # will not occur". BACKUP_SEMANTICS: for folders. What neither reads, writes nor deletes takes no part in sharing.
    flags = win32file.FILE_FLAG_OPEN_REPARSE_POINT | win32file.FILE_FLAG_BACKUP_SEMANTICS
    asked = rights | (_FILE_LIST_DIRECTORY if pinned else 0)
    shared = win32file.FILE_SHARE_READ | win32file.FILE_SHARE_WRITE | (0 if pinned else win32file.FILE_SHARE_DELETE)

    def opening() -> PyHANDLE:
        with as_os_errors(path):
            return win32file.CreateFile(str(path), asked, shared, None, win32file.OPEN_EXISTING, flags, None)

    held = open_when_free(path, opening) if pinned else opening()
    handle = int(held)
    try:
        with as_os_errors(path):
            attributes, *_, names, _, _ = win32file.GetFileInformationByHandle(handle)
        is_folder = bool(attributes & stat.FILE_ATTRIBUTE_DIRECTORY)
        if attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT or (not is_folder and names > 1):
            raise LeadsElsewhere(errno.ELOOP, "a link, or one of several names", str(path))
        yield handle, is_folder
    finally:
        held.Close()


def make_folder(path: Path, listed: str) -> None:
    """Make a folder that has its list, spelt in SDDL, from the first moment on. Raises FileExistsError; any other OSError.

    Python makes a list for mode 0700 from 3.11.10 and 3.12.4 on only, and one that speaks of the owner: what an elevated process makes is
    the administrators' (https://learn.microsoft.com/windows/win32/secauthz/owner-of-a-new-object).
    """
    with as_os_errors(path):
        attributes = pywintypes.SECURITY_ATTRIBUTES()
        attributes.SECURITY_DESCRIPTOR = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(listed, _SDDL_REVISION)
        win32file.CreateDirectoryW(str(path), attributes)


def descriptor(handle: int, path: Path) -> PySECURITY_DESCRIPTOR:
    """Owner and list. Raises OSError."""
    with as_os_errors(path):
        return win32security.GetSecurityInfo(handle, win32security.SE_FILE_OBJECT, _READING)


def set_list(handle: int, path: Path, listed: str) -> None:
    """Set a list spelt in SDDL; it inherits nothing. Raises OSError."""
    with as_os_errors(path):
        made = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(listed, _SDDL_REVISION)
        win32security.SetSecurityInfo(
            handle, win32security.SE_FILE_OBJECT, _PROTECTED, _KEPT, _KEPT, made.GetSecurityDescriptorDacl(), _KEPT
        )


def set_owner(handle: int, path: Path, owner: str) -> None:
    """Raises OSError: this process may not give it to that owner."""
    with as_os_errors(path):
        sid = win32security.ConvertStringSidToSid(owner)
        win32security.SetSecurityInfo(
            handle, win32security.SE_FILE_OBJECT, win32security.OWNER_SECURITY_INFORMATION, sid, _KEPT, _KEPT, _KEPT
        )


@contextmanager
def as_os_errors(path: Path) -> Iterator[None]:
    """pywin32's exceptions as Python would have raised them: a FileNotFoundError, a PermissionError."""
    try:
        yield
    except pywintypes.error as error:
        raise OSError(None, error.strerror, str(path), error.winerror) from error
    except NotImplementedError as error:  # pywin32 does not know this kind of entry
        raise OSError(errno.ENOTSUP, str(error), str(path)) from error
