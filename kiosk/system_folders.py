"""Folders of the operating system, as the system names them: never as the environment does, which an account may have written for a process
that is elevated later (HKEY_CURRENT_USER\\Environment), or handed on to root's. Standard library and pywin32 only.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

_PROFILES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"


def programs_folder() -> Path:
    """Where the system's own programs lie."""
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getsystemdirectoryw
        import win32api

        return Path(win32api.GetSystemDirectory())
    else:
        return Path("/usr/bin")


def state_folder() -> Path:
    """Where programs keep what belongs to no account.

    Linux: state that programs keep goes to /var/lib (FHS 3.0, 5.8). Windows: data of all users
    (https://learn.microsoft.com/windows/win32/shell/knownfolderid, FOLDERID_ProgramData).
    """
    if sys.platform == "win32":
        # Where only administrators write, and SHGetKnownFolderPath looks itself, which pywin32 has in its COM part alone:
        # https://learn.microsoft.com/troubleshoot/windows-server/user-profiles-and-logon/relocation-of-users-and-programdata-directories
        import winreg

        drive = programs_folder().drive
        said = r"%SystemDrive%\ProgramData"
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _PROFILES, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
            said = str(winreg.QueryValueEx(key, "ProgramData")[0])
        return Path(_with_drive(said, drive))
    else:
        return Path("/var/lib")


def _with_drive(said: str, drive: str) -> str:
    name = "%SystemDrive%"
    return drive + said[len(name) :] if said.lower().startswith(name.lower()) else said
