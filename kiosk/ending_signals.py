"""The signals by which others ask a program of ours to end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = "SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"
"""SIGHUP: a session's processes are sent it right after SIGTERM at log-off (systemd.kill(5), SendSIGHUP=). SIGBREAK: Ctrl-Break, on Windows
alone, which has no SIGHUP and lets nobody send it a SIGTERM. https://docs.python.org/3/library/signal.html#signal.SIGBREAK
"""


@contextmanager
def heard(end: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Meanwhile call `end` for each such signal, but for a SIGHUP that whoever started us has ignored (`nohup`). On the main thread."""
    before = {getattr(signal, name): signal.getsignal(getattr(signal, name)) for name in _NAMES if hasattr(signal, name)}
    # A shell ignores SIGINT for what it starts in the background, which says nothing.
    hangup = getattr(signal, "SIGHUP", None)
    if before.get(hangup) is signal.SIG_IGN:
        del before[hangup]
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
