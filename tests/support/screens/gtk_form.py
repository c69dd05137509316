"""The window of `qt_form`, in GTK 3.

Usage: /usr/bin/python3 gtk_form.py TITLE, by Debian's Python, which has GTK. It hears `focus ID`, `text ID TEXT`, `select ID`, and prints
as JSON what the fields show, after each change and each command.
"""

import json
import os
import sys
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk  # noqa: E402

LABELS = {"note": "備考", "card": "利用者番号"}


class Form:
    def __init__(self, title: str) -> None:
        self._window = Gtk.Window(title=title)
        self._window.connect("destroy", Gtk.main_quit)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        self._window.add(box)
        self._fields: dict[str, Any] = {}
        for name, label in LABELS.items():
            field = self._fields[name] = Gtk.Entry()
            field.get_accessible().set_name(label)
            field.connect("changed", lambda _: self._say())
            box.add(field)
        self._window.show_all()
        self._rest = b""
        GLib.io_add_watch(0, GLib.IO_IN | GLib.IO_HUP, self._told)

    def _say(self) -> None:
        sys.stdout.write(json.dumps({name: field.get_text() for name, field in self._fields.items()}) + "\n")
        sys.stdout.flush()

    def _told(self, *_: object) -> bool:
        read = os.read(0, 4096)
        if not read:
            Gtk.main_quit()
            return False
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            command, name, text = (*line.decode().split(" ", 2), "", "")[:3]
            field = self._fields[name]
            match command:
                case "focus":
                    field.grab_focus_without_selecting()
                case "text":
                    field.set_text(text)
                case "select":
                    field.select_region(0, -1)
            self._say()
        return True


if __name__ == "__main__":
    form = Form(sys.argv[1])
    Gtk.main()
