"""What is believed of the environment where somebody else may have written it: for every process with the administrator's rights, and for
programs of the system. It precedes the first import of a library that reads variables.

OpenSSL loads the library that OPENSSL_CONF leads to, .NET the one of COR_PROFILER_PATH. Windows gives an elevated process the variables
that the account has written to HKEY_CURRENT_USER\\Environment, which needs no elevation.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from kiosk.elevation import is_elevated
from kiosk.system_folders import programs_folder

_OURS = ("KIOSK_HOME", "KIOSK_REGISTRY_HOME")
"""Where a counter or a server is, which can be seen in what the commands say; those that change what belongs to the computer refuse it."""
_OF_TERMINAL = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TERM", "COLUMNS", "LINES", "NO_COLOR", "PYTHONIOENCODING")
# They name what is there, and load nothing from elsewhere: https://doc.qt.io/qt-6/qguiapplication.html (-platform), X(7), tzset(3)
_OF_DISPLAY = ("QT_QPA_PLATFORM", "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "XMODIFIERS", "TZ")
# Where the account has its own things: what lies there is believed only as far as its owner is.
if sys.platform == "win32":
    # https://learn.microsoft.com/windows/deployment/usmt/usmt-recognized-environment-variables
    _OF_ACCOUNT = ("APPDATA", "LOCALAPPDATA", "TEMP", "TMP", "USERDOMAIN", "USERNAME", "USERPROFILE", "WINEUSERNAME")
    # The last is Wine's, under which this is tried: its GetUserName reads it, and without a name OpenSSL gets no random numbers there.
else:
    _OF_ACCOUNT = (
        "HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "DBUS_SESSION_BUS_ADDRESS",
        "CUPS_SERVER",
        "PCSCLITE_CSOCK_NAME",
    )
    # The last two: whom the printers and the readers are asked of, cupsd(8) and pcscd(8).


def keep_what_administrators_need() -> None:
    """With the administrator's rights, whatever the command: forget all variables but those for the terminal and the display, of the
    account's own folders, and where a counter is.
    """
    if is_elevated():
        kept = _chosen((*_OURS, *_OF_TERMINAL, *_OF_DISPLAY, *_OF_ACCOUNT)) | _of_system()
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
