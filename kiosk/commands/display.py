"""Qt for commands that need a display; if it cannot start, the reason on the terminal and, if possible, in a small window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.native_message import has_display, show_natively
from kiosk.text import refusal, say
from kiosk.ui.qt_diagnosis import cannot_be_loaded

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_A_WINDOW_MAY_COME = {"library", "platform", "incomplete", "broken", "memory", "open-files", "other"}
"""Reasons for which Qt may fail although other programs can open windows."""
_OPEN_FILES = 64
"""A counter has some twenty files open, and a few more for each display, reader and child process."""
_ADDRESSES = 1_500_000 << 10
"""Bytes of address space: a counter reserves 1.4 GB for its threads and uses a tenth of that."""


def start_display() -> QApplication:
    """Start Qt and return the application of this process.

    Raises Unavailable: display-unusable. Where Qt itself would abort the process, it is ended after the reason was shown.
    """
    _check_limits()
    try:
        from kiosk.ui.application import start_application
    except ImportError as error:
        raise cannot_be_loaded(error) from error
    application = start_application(give_up)
    if not application.screens():
        raise Unavailable(Code.DISPLAY_UNUSABLE, reason="no-screen")
    return application


def _check_limits() -> None:
    """Refuse resource limits under which windows would be incomplete or hang, since Qt and threads do not report failed allocations."""
    if sys.platform == "win32":
        return
    import resource

    for limit, least, reason in (
        (resource.RLIMIT_NOFILE, _OPEN_FILES, "open-files"),
        (resource.RLIMIT_AS, _ADDRESSES, "memory"),
    ):
        most = resource.getrlimit(limit)[0]
        if most != resource.RLIM_INFINITY and most < least:
            raise Unavailable(Code.DISPLAY_UNUSABLE, reason=reason)


def give_up(trouble: KioskError) -> int:
    """Report the problem by every means left. Returns the exit code."""
    try:
        return output.complain(trouble)
    finally:
        if trouble.params.get("reason") in _A_WINDOW_MAY_COME:
            _show_otherwise(*_told(trouble))


def show_trouble(trouble: KioskError) -> None:
    """Show why the counter does not start in a window, if anybody can see one: a counter has no terminal."""
    if trouble.code is not Code.DISPLAY_UNUSABLE:
        show(*_told(trouble), output.exit_code(trouble))
    elif has_display() and trouble.params.get("reason") in _A_WINDOW_MAY_COME:
        _show_otherwise(*_told(trouble))


def show(title: str, text: str, code: int = output.PROBLEM) -> None:
    """Show it in a window until that is closed, if anybody can see one; in one of another program if ours does not come up.

    `code`: the exit code where Qt ends the process.
    """
    if not has_display():
        return

    def in_another_window(_: Unavailable) -> int:
        _show_otherwise(title, text)
        return code

    try:
        from kiosk.ui.application import start_application

        application = start_application(in_another_window)
        from kiosk.app import show_until_closed

        show_until_closed(application, title, text.splitlines())
    except Unavailable:
        # The display does not answer.
        return
    except Exception:
        # It may be the same failure that is to be shown, and a foreign library may raise anything.
        _show_otherwise(title, text)


def _told(trouble: KioskError) -> tuple[str, str]:
    return refusal(trouble.code, "title", **trouble.params), output.explain(trouble)


def _show_otherwise(title: str, text: str) -> None:
    show_natively(title, text, say("staff.start.close"))
