"""Whether this session's programs are to offer AT-SPI: most look at org.a11y.Status, and Chromium stays silent without."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from jeepney import DBusAddress, MessageType, Properties

from kiosk.library.handover.atspi_bus import LOST, connected, listening, somebody_listens

_STATUS = Properties(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status"))
_SECONDS = 2.0


class _Users:
    """How many in this process look, and whether it was off before the first of them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count, self.was_off = 0, False


_users = _Users()


@contextmanager
def switched_on() -> Iterator[None]:
    """Switch it on while anybody here looks, and off again if it was off, unless a screen reader has come meanwhile. Somebody listens
    meanwhile. Without a session bus nothing happens.
    """
    with _users.lock:
        _users.count += 1
        with suppress(*LOST):
            _users.was_off |= _set_on()
    try:
        # Chromium 156 crashes now and then when the last listener leaves just after the Enter key that follows a number: one stays.
        with listening():
            yield
    finally:
        with _users.lock:
            _users.count -= 1
            if _users.was_off and not _users.count:
                _users.was_off = False
                with suppress(*LOST):
                    # A screen reader that was not started by its setting is known by its listening alone.
                    if _get("ScreenReaderEnabled") is not True and not somebody_listens():
                        _set(False)


def _set_on() -> bool:
    """Whether it was off."""
    if _get("IsEnabled") is not False:
        return False
    _set(True)
    return True


def _get(name: str) -> bool | None:
    """None: there is nobody who knows."""
    with connected() as bus:
        answer = bus.send_and_get_reply(_STATUS.get(name), timeout=_SECONDS)
    return None if answer.header.message_type is MessageType.error else bool(answer.body[0][1])


def _set(is_on: bool) -> None:
    with connected() as bus:
        bus.send_and_get_reply(_STATUS.set("IsEnabled", "b", is_on), timeout=_SECONDS)
