"""A program with a window that constantly waits for the X server, holding the GIL, while it hands a number over.

Usage: handover_holding_gil.py NUMBER TITLE. Prints "done" once the number was typed.
"""

import ctypes
import sys
import threading

from kiosk.library.handover import Target
from kiosk.library.handover.typing_process import hand_over_apart

# Unlike CDLL, its functions keep the GIL, as some of Qt's do.
x11 = ctypes.PyDLL("libX11.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p


def main() -> None:
    display, over = ctypes.c_void_p(x11.XOpenDisplay(None)), threading.Event()

    def hand_over() -> None:
        hand_over_apart(sys.argv[1], Target(sys.argv[2]))
        over.set()

    typing = threading.Thread(target=hand_over)
    typing.start()
    while not over.is_set():
        x11.XSync(display, 0)
    typing.join()
    sys.stdout.write("done")


if __name__ == "__main__":
    main()
