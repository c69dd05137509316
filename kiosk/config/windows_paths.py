"""What a path says on Windows: one spelling for each, and whether it leads to another computer."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_DRIVE_REMOTE = 4
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *([.:].*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')


def plain(path: Path) -> Path:
    """`path` without the prefix that only keeps Windows from parsing it, on Windows; `resolve` leaves that alone.

    https://learn.microsoft.com/windows/win32/fileio/naming-a-file (Win32 file namespaces).
    """
    if sys.platform == "win32":
        return Path(without_prefix(str(path)))
    return path


def without_prefix(path: str) -> str:
    r"""`\\?\D:\kiosk` as `D:\kiosk`, `\\?\UNC\nas\share` as `\\nas\share`; anything else, such as a volume's number, as it is."""
    path = re.sub(r"^\\\\[?.]\\UNC\\", lambda _: "\\\\", path, flags=re.IGNORECASE)
    return re.sub(r"^\\\\[?.]\\(?=[A-Za-z]:(?:\\|$))", "", path)


def has_reserved_name(path: Path) -> bool:
    """Whether a part of the path is, on Windows, a name that no file or folder can have, or that leads elsewhere."""
    if sys.platform == "win32":
        return any(map(is_reserved, plain(path.absolute()).parts[1:]))
    return False


def is_reserved(name: str) -> bool:
    """Whether Windows keeps a name, or a character in it, for itself, or drops its end.

    https://learn.microsoft.com/windows/win32/fileio/naming-a-file (Naming conventions). Not a point at the end: it is dropped alike by
    whatever makes the folder and whatever looks into it; a blank is not.
    """
    return name.endswith(" ") or _FORBIDDEN.search(name) is not None or _DEVICE.fullmatch(name) is not None


def is_on_share(folder: Path) -> bool:
    """Whether `folder` lies on another computer, by its name or by its drive. Only known on Windows."""
    if sys.platform == "win32":
        import ctypes

        drive = plain(folder.absolute()).drive
        if drive.startswith("\\\\"):
            return not drive.startswith(("\\\\?\\", "\\\\.\\"))
        # https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdrivetypew: "a trailing backslash is required"
        return ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _DRIVE_REMOTE
    return False
