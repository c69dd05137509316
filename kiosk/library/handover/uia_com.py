"""Opens UI Automation through comtypes. The interfaces are read from Windows' own type library once in a process, and stay in memory:
nothing is written that another process could be reading, or that somebody else could have put there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.library.handover.elements import Elements, Unknown
from kiosk.library.handover.no_elements import NoElements
from kiosk.library.handover.uia import CALL_SECONDS, UiaElements
from kiosk.system_folders import programs_folder
from kiosk.thread_timeout import in_time

OPENING_SECONDS = 5.0

if sys.platform == "win32":
    import ctypes
    import tempfile
    import threading
    from functools import cache
    from types import ModuleType
    from typing import Any

    _once = threading.Lock()

    @cache
    def _interfaces() -> Any:
        # https://learn.microsoft.com/windows/win32/api/combaseapi/nf-combaseapi-coincrementmtausage: every thread that has not chosen an
        # apartment is in this one from now on, and it outlasts them.
        ctypes.OleDLL("ole32").CoIncrementMTAUsage(ctypes.byref(ctypes.c_void_p()))
        # The thread that imports comtypes enters an apartment as this says: COINIT_MULTITHREADED.
        vars(sys)["coinit_flags"] = 0
        import comtypes

        # Otherwise comtypes makes a folder for generated modules in the account's profile, and imports from there.
        generated = sys.modules["comtypes.gen"] = ModuleType("comtypes.gen")
        generated.__path__ = [tempfile.gettempdir()]
        comtypes.gen = generated
        import comtypes.client

        # Nobody can make a folder of this name.
        generated.__path__, comtypes.client.gen_dir = ["<memory>"], None
        return comtypes.client.GetModule(str(programs_folder() / "UIAutomationCore.dll"))

    def _opened() -> tuple[Any, Any, type[Exception]]:
        with _once:
            uia = _interfaces()
        import comtypes

        # https://learn.microsoft.com/windows/win32/api/uiautomationclient/nn-uiautomationclient-iuiautomation2: Windows 8 and later.
        automation = comtypes.CoCreateInstance(uia.CUIAutomation8._reg_clsid_, uia.IUIAutomation2, comtypes.CLSCTX_INPROC_SERVER)
        # What is abandoned ends by itself: two seconds to connect are Windows' default.
        automation.ConnectionTimeout = automation.TransactionTimeout = round(CALL_SECONDS * 1000)
        return automation, uia, comtypes.COMError


class UiAutomation:
    """See `Accessibility`."""

    @contextmanager
    def switched_on(self) -> Iterator[None]:
        """Programs tell of their controls when they are asked. The interfaces are read now, so that no number waits for it."""
        _elements(OPENING_SECONDS)
        yield

    @contextmanager
    def elements(self, limit: float) -> Iterator[Elements]:
        yield _elements(limit)


def _elements(limit: float) -> Elements:
    """`limit`: in seconds, for opening it and for all questions."""
    end = time.monotonic() + limit
    if sys.platform != "win32":
        return NoElements(Unknown.NO_INTERFACE)
    else:
        try:
            automation, patterns, failure = in_time(_opened, min(OPENING_SECONDS, limit), "uia")
        except TimeoutError:
            return NoElements(Unknown.NO_ANSWER)
        except Exception:  # comtypes' own kinds: no such class, no type library, an older one
            return NoElements(Unknown.NO_INTERFACE)
        return UiaElements(automation, patterns, failure, end)
