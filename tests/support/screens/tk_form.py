"""A window of another program, with two fields; run by Debian's Python, which has Tk.

Usage: tk_form.py TITLE. Reads commands from standard input, one per line; prints as JSON what has been typed so far (into the first field,
Return and Tab included), whether that field has the focus, and how often it stole it.
"""

import json
import os
import sys
import tkinter


class Foreign:
    def __init__(self, title: str) -> None:
        self._window = tkinter.Tk(className="Circulation")
        self._window.title(title)
        self._field, other = tkinter.Entry(self._window), tkinter.Entry(self._window)
        self._field.pack()
        other.pack()
        self._field.focus_set()
        self._seen = self._typed = ""
        self._focused = False
        self._taken = 0
        # After the field's own binding, when the field has changed.
        self._window.bind("<Key>", self._pressed)
        self._field.bind("<FocusIn>", lambda _event: self._focus(True))
        self._field.bind("<FocusOut>", lambda _event: self._focus(False))
        self._window.tk.createfilehandler(sys.stdin, tkinter.READABLE, self._told)
        self._rest = b""

    def run(self) -> None:
        self._window.mainloop()

    def _pressed(self, event: "tkinter.Event[tkinter.Misc]") -> None:
        shown = self._field.get()
        self._typed += event.char if event.char in ("\r", "\t") else shown.removeprefix(self._seen)
        self._seen = shown
        self._say()

    def _focus(self, focused: bool) -> None:
        self._focused = focused
        self._say()

    def _say(self) -> None:
        sys.stdout.write(json.dumps({"typed": self._typed, "focused": self._focused, "taken": self._taken}) + "\n")
        sys.stdout.flush()

    def _told(self, *_: object) -> None:
        read = os.read(sys.stdin.fileno(), 4096)
        if not read:
            self._window.destroy()
            return
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            command = line.decode()
            if command == "take":
                self._window.lift()
                self._field.focus_force()
                # Query the server, which answers in order.
                self._window.winfo_pointerxy()
                self._taken += 1
                self._say()
            elif command == "clear":
                self._field.delete(0, "end")
                self._seen = self._typed = ""
                self._field.focus_set()
                self._say()
            self._window.update_idletasks()


if __name__ == "__main__":
    Foreign(sys.argv[1]).run()
