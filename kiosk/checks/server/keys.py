"""Check that nobody else can read the server's keys, and that its certificate is one that counters accept."""

from __future__ import annotations

import stat
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.config.file_permissions import exposed_place
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.registry.tls import ServerTls, check_as_a_counter

_OTHERS = 0o077
_SOON = timedelta(days=14)
"""The program renews its own certificates long before."""


def check_key_files(folder: Path, passwords: Sequence[Path] = ()) -> Finding:
    """Check owner and mode (on Windows, access control list) of everything in the folder of keys, and of files that hold a password: before
    anything reads them, since reading closes them to others.
    """
    try:
        paths = [folder, *sorted(folder.iterdir()), *passwords]
        if sys.platform == "win32":
            # https://learn.microsoft.com/windows/win32/fileio/file-security-and-access-rights
            from kiosk.checks.windows_files import faults_by_list

            open_to_others = faults_by_list((path, True) for path in paths)
        else:
            open_to_others = [fault for path in paths if (fault := _fault(path))]
    except OSError:
        return Finding("site-key.unknown", {"folder": str(folder)})
    if open_to_others:
        return Finding("site-key.open", {"files": "\n".join(open_to_others)})
    return Finding("site-key.closed", {"folder": str(folder)})


def check_certificate(tls: ServerTls, names: Sequence[str], now: datetime) -> Finding:
    """Check it as a counter would: by the authority alone, and for each name. `now` is aware."""
    try:
        ends, refused = tls.ends(), check_as_a_counter(tls, names)
    except KioskError as error:
        return Finding("certificate.wrong", {"code": error.code, **error.params})
    params: dict[str, str | int] = {"until": f"{ends.astimezone(JAPAN):%Y-%m-%d}", "names": "、".join(names)}
    if ends <= now:
        return Finding("certificate.ended", params)
    if refused:
        return Finding("certificate.refused", params | {"names": "、".join(f"{name}({why})" for name, why in refused.items())})
    return Finding("certificate.ending" if ends - now < _SOON else "certificate.valid", params)


def _fault(path: Path) -> str:
    exposed = exposed_place(path)
    if exposed is not None:
        return _named(exposed[0])
    return _named(path) if stat.S_IMODE(path.stat().st_mode) & _OTHERS else ""


def _named(path: Path) -> str:
    return f"{path} ({stat.S_IMODE(path.stat().st_mode):04o})"
