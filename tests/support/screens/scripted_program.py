"""A program on a real accessibility bus: a window with fields, some of which do not answer. It counts what it is asked.

It is played by a thread of this process, with a connection of its own: no toolkit hangs on purpose.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_call, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from kiosk.library.handover import ProgramWindow
from tests.support.wait import LIMIT

WINDOW = ProgramWindow(1, "図書館システム - 貸出", ("form",), ours=False, processes=(os.getpid(),))
ADDRESS = "https://library.example/lend"
_LAUNCHER = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
_REGISTRY = DBusAddress("/org/a11y/atspi/accessible/root", "org.a11y.atspi.Registry", "org.a11y.atspi.Socket")
_ROOT = "/org/a11y/atspi/accessible/root"
_EDITABLE, _FOCUSED, _SENSITIVE, _SHOWING = (1 << bit for bit in (7, 12, 24, 25))


@dataclass(slots=True)
class Node:
    path: str
    role: str
    name: str = ""
    identifier: str = ""
    states: int = _SHOWING
    parent: str = _ROOT
    children: list[str] = field(default_factory=list)
    silent: frozenset[str] = frozenset()
    """The methods and properties that it never answers."""
    address: str = ""


class ScriptedProgram:
    """A frame, a document in it, nested groups, and the fields in the innermost."""

    def __init__(self, *, nested: int = 0, searches: bool = True) -> None:
        """`searches`: whether it offers Collection."""
        self._searches = searches
        self._nodes: dict[str, Node] = {}
        self.asked: Counter[str] = Counter()
        self._within = self._add(Node("/frame", "frame", WINDOW.title))
        self._within = self._add(Node("/document", "document web", address=ADDRESS))
        for number in range(nested):
            self._within = self._add(Node(f"/group/{number}", "section"))

    def _add(self, node: Node) -> Node:
        self._nodes[node.path] = node
        if len(self._nodes) > 1:
            node.parent = self._within.path
            self._within.children.append(node.path)
        return node

    def put(self, name: str, identifier: str, *, silent: str = "", focused: bool = False) -> None:
        """A field; `silent`: one of the questions that it never answers."""
        states = _EDITABLE | _SENSITIVE | _SHOWING | (_FOCUSED if focused else 0)
        path = f"/field/{len(self._nodes)}"
        self._add(Node(path, "entry", name, identifier, states, silent=frozenset({silent} - {""})))

    @contextmanager
    def shown(self) -> Iterator[None]:
        """On the accessibility bus of this session."""
        with open_dbus_connection("SESSION") as session:
            address = session.send_and_get_reply(new_method_call(_LAUNCHER, "GetAddress"), timeout=LIMIT).body[0]
        bus = open_dbus_connection(address)
        bus.send_and_get_reply(new_method_call(_REGISTRY, "Embed", "(so)", ((bus.unique_name, _ROOT),)), timeout=LIMIT)
        over = threading.Event()
        thread = threading.Thread(target=self._serve, args=(bus, over))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            bus.close()

    def _serve(self, bus: DBusConnection, over: threading.Event) -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                message = bus.receive(timeout=0.05)
                if message.header.message_type is MessageType.method_call and (answer := self._answer(bus, message)) is not None:
                    bus.send(answer)

    def _answer(self, bus: DBusConnection, message: Message) -> Message | None:
        fields = message.header.fields
        member, path = fields[HeaderFields.member], fields[HeaderFields.path]
        what = message.body[1] if member in ("Get", "Set") else member
        self.asked[what] += 1
        us = bus.unique_name
        if path == _ROOT:
            children = [(us, "/frame")] if what == "GetChildren" else None
            return new_method_return(message, "a(so)", (children,)) if children else new_error(message, "org.example.Unknown")
        node = self._nodes[path]
        if what in node.silent:
            return None
        answers: dict[str, tuple[str, Any]] = {
            "GetChildren": ("a(so)", [(us, child) for child in node.children]),
            "GetState": ("au", [node.states & 0xFFFFFFFF, node.states >> 32]),
            "GetInterfaces": ("as", ["org.a11y.atspi.Accessible", *(["org.a11y.atspi.Document"] if node.address else [])]),
            "GetRoleName": ("s", node.role),
            "Name": ("v", ("s", node.name)),
            "AccessibleId": ("v", ("s", node.identifier)),
            "Parent": ("v", ("(so)", (us, node.parent))),
        }
        if what == "GetAttributes":
            is_document = fields[HeaderFields.interface].endswith("Document")
            self.asked["Document"] += is_document
            if is_document and not node.address:
                return new_error(message, "org.freedesktop.DBus.Error.UnknownInterface")
            return new_method_return(message, "a{ss}", ({"DocURL": node.address} if is_document else {"tag": "input"},))
        if what == "GetMatches" and self._searches:
            states = message.body[0][0][0] | message.body[0][0][1] << 32
            found = [(us, one.path) for one in self._nodes.values() if one.states & states == states]
            return new_method_return(message, "a(so)", (found,))
        if what not in answers:
            return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
        signature, value = answers[what]
        return new_method_return(message, signature, (value,))
