"""Screen saver and sleep held off by the services of a desktop on Linux, over D-Bus. Both end what is held with its connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse

_LIMIT = 5.0
WHO, WHY = "library-card-kiosk", "The counter is running"
SAVER = DBusAddress("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "org.freedesktop.ScreenSaver")
"""https://specifications.freedesktop.org/idle-inhibit-spec/latest/"""
LOGIND = DBusAddress("/org/freedesktop/login1", "org.freedesktop.login1", "org.freedesktop.login1.Manager")
"""org.freedesktop.login1(5), inhibitor locks: https://systemd.io/INHIBITOR_LOCKS/"""


@contextmanager
def screen_saver_inhibited() -> Iterator[None]:
    """Raises exceptions of jeepney; KeyError without a session bus; OSError."""
    with open_dbus_connection("SESSION") as connection:
        (cookie,) = _asked(connection, SAVER, "Inhibit", "ss", (WHO, WHY))
        yield
        # Without waiting for an answer: the end of the connection says the same.
        connection.send(new_method_call(SAVER, "UnInhibit", "u", (cookie,)))


@contextmanager
def idle_inhibited() -> Iterator[None]:
    """Raises exceptions of jeepney; OSError."""
    with open_dbus_connection("SYSTEM", enable_fds=True) as connection:
        (lock,) = _asked(connection, LOGIND, "Inhibit", "ssss", ("idle:sleep", WHO, WHY, "block"))
        with lock:  # held until it is closed
            yield


def _asked(connection: DBusConnection, whom: DBusAddress, method: str, signature: str, values: tuple[str, ...]) -> tuple[Any, ...]:
    reply = connection.send_and_get_reply(new_method_call(whom, method, signature, values), timeout=_LIMIT)
    if reply.header.message_type is MessageType.error:
        raise DBusErrorResponse(reply)
    return tuple(reply.body)
