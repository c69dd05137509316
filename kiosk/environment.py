"""What is believed of the environment where somebody else may have written it: for a process with the administrator's rights, and for
programs of the system. It precedes the first import of a library that reads variables.

OpenSSL loads the library that OPENSSL_CONF leads to, .NET the one of COR_PROFILER_PATH. Windows gives an elevated process the variables
that the account has written to HKEY_CURRENT_USER\\Environment, which needs no elevation.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from kiosk.system_folders import programs_folder

_OF_TERMINAL = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TERM", "COLUMNS", "LINES")
# Where the account has its own things: what lies there is believed only as far as its owner is.
if sys.platform == "win32":
    # https://learn.microsoft.com/windows/deployment/usmt/usmt-recognized-environment-variables
    _OF_ACCOUNT = ("APPDATA", "LOCALAPPDATA", "TEMP", "TMP", "USERDOMAIN", "USERNAME", "USERPROFILE", "WINEUSERNAME")
    # The last is Wine's, under which this is tried: its GetUserName reads it, and without a name OpenSSL gets no random numbers there.
else:
    _OF_ACCOUNT = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")


def keep_what_administrators_need(arguments: Sequence[str]) -> None:
    """If these are the arguments of `kiosk setup` or `kiosk erase`, which work with the administrator's rights: forget all variables but
    those for the terminal, of the account's own folders, and KIOSK_HOME, which both commands refuse then.
    """
    if _is_administrators(arguments):
        kept = _chosen((*_OF_TERMINAL, *_OF_ACCOUNT, "KIOSK_HOME")) | _of_system()
        for name in [name for name in os.environ if name not in kept]:
            del os.environ[name]
        os.environ.update(kept)


def for_system_programs() -> dict[str, str]:
    """The whole environment of a program of the system that we ask."""
    return _chosen(_OF_ACCOUNT) | {"LC_ALL": "C"} | _of_system()


def _of_system() -> dict[str, str]:
    programs = programs_folder()
    if sys.platform == "win32":
        # PowerShell looks for its modules among the account's documents first:
        # https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_psmodulepath
        windows, modules = str(programs.parent), programs / "WindowsPowerShell" / "v1.0" / "Modules"
        drive = {"SYSTEMDRIVE": programs.drive, "SYSTEMROOT": windows, "WINDIR": windows}
        return drive | {"PATH": f"{programs};{windows}", "PSMODULEPATH": str(modules)}
    else:
        return {"PATH": f"{programs}:/bin"}


def _chosen(names: Sequence[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _is_administrators(arguments: Sequence[str]) -> bool:
    left = list(arguments)
    while left and left[0].startswith("-"):
        if left.pop(0) == "--home":
            del left[:1]
    return left[:1] in (["setup"], ["erase"])
