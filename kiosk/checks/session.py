"""Check that what is checked here is the counter's: on Windows, readers and screens belong to the session at the computer's own screen."""

from __future__ import annotations

import sys
from collections.abc import Callable

from kiosk.domain.health import Finding


def sessions() -> tuple[int, int]:
    """The session of this process, and the one at the computer's own screen; equal where sessions have no readers of their own."""
    if sys.platform == "win32":
        # Over Remote Desktop, smart card calls go to the readers where somebody sits, and this computer's own are not seen:
        # https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpesc/bfb1c36b-8911-47e0-be03-1c3bfc76d41b
        # The two calls: https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-wtsgetactiveconsolesessionid
        # and https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-processidtosessionid
        import ctypes
        import os
        from ctypes import wintypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.ProcessIdToSessionId.argtypes = [wintypes.DWORD, ctypes.POINTER(wintypes.DWORD)]
        kernel.WTSGetActiveConsoleSessionId.restype = wintypes.DWORD
        own = wintypes.DWORD()
        if not kernel.ProcessIdToSessionId(os.getpid(), ctypes.byref(own)):
            raise ctypes.WinError(ctypes.get_last_error())
        return own.value, kernel.WTSGetActiveConsoleSessionId()
    else:
        return 0, 0


def check_session(ask: Callable[[], tuple[int, int]] = sessions) -> Finding:
    try:
        own, at_screen = ask()
    except OSError:
        return Finding("session.unknown")
    return Finding("session.own" if own == at_screen else "session.other")
