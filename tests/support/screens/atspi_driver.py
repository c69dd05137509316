"""Drives a program from outside through the accessibility bus: names, actions and editable texts, nothing else.

Usage: /usr/bin/python3 atspi_driver.py PROCESS-ID. Reads one JSON object per line and answers each with one. It imports nothing of ours,
and runs under Debian's Python, which has the AT-SPI bindings.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

LOOK_MS = 30
# What a busy program does late is done all the same: asked again, it would be done twice.
CALL_MS = 30_000
PRESS = ("press", "click", "toggle", "activate")
Node = Any


def pause() -> None:
    """Let the accessibility bus process events for a moment."""
    loop = GLib.MainLoop()
    GLib.timeout_add(LOOK_MS, loop.quit)
    loop.run()


class Program:
    def __init__(self, process: int) -> None:
        self._process = process

    def windows(self) -> list[Node]:
        desktop = Atspi.get_desktop(0)
        desktop.clear_cache()
        for index in range(desktop.get_child_count()):
            program = desktop.get_child_at_index(index)
            if program is not None and program.get_process_id() == self._process:
                return [program.get_child_at_index(each) for each in range(program.get_child_count())]
        return []

    def shown(self, window: str) -> Iterator[Node]:
        """Everything visible in the windows whose name contains `window`."""
        for frame in self.windows():
            if frame is not None and window in (frame.get_name() or ""):
                yield from self._below(frame)

    def _below(self, node: Node) -> Iterator[Node]:
        if not node.get_state_set().contains(Atspi.StateType.SHOWING):
            return
        yield node
        for index in range(node.get_child_count()):
            child = node.get_child_at_index(index)
            if child is not None:
                yield from self._below(child)


def press_index(node: Node) -> int | None:
    names = [name.lower() for name in actions_of(node)]
    return next((names.index(name) for name in PRESS if name in names), None)


def actions_of(node: Node) -> list[str]:
    if "Action" not in node.get_interfaces():
        return []
    return [Atspi.Action.get_action_name(node, index) for index in range(Atspi.Action.get_n_actions(node))]


def is_live(node: Node) -> bool:
    states = node.get_state_set()
    return bool(states.contains(Atspi.StateType.ENABLED) and states.contains(Atspi.StateType.SENSITIVE))


def text_of(node: Node) -> str:
    return str(Atspi.Text.get_text(node, 0, -1)) if "Text" in node.get_interfaces() else ""


def told(node: Node) -> dict[str, object]:
    return {
        "role": node.get_role_name(),
        "name": node.get_name(),
        "text": text_of(node),
        "live": is_live(node),
        "focusable": node.get_state_set().contains(Atspi.StateType.FOCUSABLE),
        "actions": actions_of(node),
    }


def press(node: Node) -> bool:
    index = press_index(node)
    return index is not None and is_live(node) and bool(Atspi.Action.do_action(node, index))


def act(node: Node, action: str) -> bool:
    """Trigger the action of exactly this name."""
    names = actions_of(node)
    return action in names and is_live(node) and bool(Atspi.Action.do_action(node, names.index(action)))


def fill(node: Node, text: str) -> bool:
    return "EditableText" in node.get_interfaces() and is_live(node) and bool(Atspi.EditableText.set_text_contents(node, text))


def done(program: Program, asked: dict[str, Any]) -> dict[str, object] | None:
    """One attempt; None if what was asked for is not there yet."""
    name, nodes = asked["name"], program.shown(asked["window"])
    acts: dict[str, Callable[[Node], bool]] = {
        "see": lambda node: name in (node.get_name() or "") or name in text_of(node),
        "press": lambda node: node.get_name() == name and press(node),
        "act": lambda node: node.get_name() == name and act(node, asked["action"]),
        "fill": lambda node: node.get_name() == name and fill(node, asked["text"]),
        "focused": lambda node: bool(node.get_state_set().contains(Atspi.StateType.FOCUSED)),
    }
    if asked["act"] == "look":
        return {"done": True, "shown": [told(node) for node in nodes]}
    found = next((node for node in nodes if acts[asked["act"]](node)), None)
    return None if found is None else {"done": True, "name": found.get_name()}


def answered(program: Program, asked: dict[str, Any]) -> dict[str, object]:
    ends = time.monotonic() + asked["limit"]
    while True:
        try:
            answer = done(program, asked)
        except GLib.GError:
            # The node being examined has disappeared meanwhile.
            answer = None
        if answer is not None:
            return answer
        if time.monotonic() > ends:
            return {"done": False, "shown": names(program)}
        pause()


def names(program: Program) -> list[str]:
    try:
        return sorted({node.get_name() for node in program.shown("")} - {""})
    except GLib.GError:
        return ["what disappears while it is looked at"]


def main() -> None:
    Atspi.set_timeout(CALL_MS, CALL_MS)
    program = Program(int(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(answered(program, json.loads(line))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
