"""A private D-Bus on which what a desktop and logind offer against screen saver and sleep is played, and tells what it was asked."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from queue import Queue
from threading import Event, Thread
from typing import Any, Self

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_call, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from kiosk.awake.desktop_bus import LOGIND, SAVER
from tests.support.wait import LIMIT, end

COOKIE = 4711
_BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")


class IdleServices:
    """Use as a context manager. `asked` gives method and arguments one after the other."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.asked: Queue[tuple[str, Any]] = Queue()
        self.address = ""
        self._refuses, self._ends, self._ended = refuses, ExitStack(), Event()
        self._lock, self._held = os.pipe()

    def __enter__(self) -> Self:
        command = ["dbus-daemon", "--session", "--nofork", "--nosyslog", "--print-address=1", "--address=unix:tmpdir=/tmp"]
        bus = subprocess.Popen(command, stdout=subprocess.PIPE)
        self._ends.callback(end, bus)
        assert bus.stdout is not None
        self.address = bus.stdout.readline().decode().strip()
        self._ends.callback(bus.stdout.close)
        connection = open_dbus_connection(self.address, enable_fds=True)
        for whom in (SAVER, LOGIND):
            connection.send_and_get_reply(new_method_call(_BUS, "RequestName", "su", (whom.bus_name, 0)), timeout=LIMIT)
        thread = Thread(target=self._serve, args=(connection,))
        thread.start()
        self._ends.callback(connection.close)
        self._ends.callback(thread.join, LIMIT)
        self._ends.callback(self._ended.set)
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()
        os.close(self._lock)
        if self._held >= 0:
            os.close(self._held)

    def is_lock_released(self) -> bool:
        """Whether whoever asked logind has let go: nobody has the other end any more."""
        os.set_blocking(self._lock, False)
        try:
            return os.read(self._lock, 1) == b""
        except BlockingIOError:
            return False

    def _serve(self, connection: DBusConnection) -> None:
        while not self._ended.is_set():
            try:
                message = connection.receive(timeout=0.1)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                connection.send(self._answer(message))
                self._hand_over(message)

    def _answer(self, message: Message) -> Message:
        fields = message.header.fields
        if self._refuses:
            return new_error(message, "org.freedesktop.DBus.Error.AccessDenied")
        if fields[HeaderFields.member] == "UnInhibit":
            return new_method_return(message)
        if fields[HeaderFields.interface] == SAVER.interface:
            return new_method_return(message, "u", (COOKIE,))
        return new_method_return(message, "h", (self._held,))

    def _hand_over(self, message: Message) -> None:
        """Sent, the end of the pipe is theirs alone."""
        fields = message.header.fields
        if fields[HeaderFields.interface] == LOGIND.interface and self._held >= 0:
            os.close(self._held)
            self._held = -1
        self.asked.put((fields[HeaderFields.member], message.body))
