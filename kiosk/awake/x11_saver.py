"""The screen saver and DPMS of X held off (MIT-SCREEN-SAVER 1.1, ScreenSaverSuspend), also where no desktop offers it. They end with the
connection: https://www.x.org/releases/X11R7.7/doc/scrnsaverproto/saver.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from Xlib.display import Display
from Xlib.ext.screensaver import extname
from Xlib.protocol import rq


class _Suspend(rq.Request):  # type: ignore[misc]  # python-xlib has no types, and lacks this request
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card32("suspend"))


@contextmanager
def saver_suspended() -> Iterator[None]:
    """Raises exceptions of python-xlib; OSError."""
    display = Display()
    try:
        _Suspend(display=display.display, opcode=display.display.get_extension_major(extname), suspend=1)
        display.sync()
        yield
    finally:
        display.close()
