"""Baseline: a window that only ticks every 5 ms. Prints the longest interval between two ticks, in seconds, when its input ends."""

import sys
import threading
import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

application = QApplication(["bare"])
window = QWidget()
window.resize(1366, 768)
window.show()
last, longest = time.perf_counter(), 0.0


def beat() -> None:
    global last, longest
    now = time.perf_counter()
    last, longest = now, max(longest, now - last)


heart = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
heart.timeout.connect(beat)
QTimer.singleShot(200, heart.start)
threading.Thread(target=lambda: (sys.stdin.read(), application.exit(0)), daemon=True).start()
last = time.perf_counter() + 0.2
application.exec()
print(longest, flush=True)
