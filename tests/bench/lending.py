"""Benchmark of the running program lending thousands of items. Usage: python -m tests.bench.lending LOANS A_SESSION FOLDER

A scanner types into the real window; the real client talks to a library in another process, which answers at once. Each session lends
A_SESSION items to another patron, who arrives shortly after the previous one has left. Prints one JSON object: `parts`, a tenth of the
loans each; `bare`, the longest interval between two ticks of a bare window running alongside; `lent`, how much the library has lent.
"""

from __future__ import annotations

import gc
import json
import mmap
import subprocess
import sys
import time
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from kiosk.app import Program
from kiosk.commands.display import start_display
from kiosk.config import DisplaySettings, Home, Ils, IlsSettings, LendingSettings, LibraryCardSettings, SlipSettings
from kiosk.demo.library import demo_settings
from kiosk.demo.program import demo_counter
from kiosk.domain.events import LeavePressed
from kiosk.domain.model import LibraryCardNumber, Revocation
from kiosk.domain.states import UNANSWERED, OutOfOrder, PatronShown, Waiting, When
from kiosk.equipment import now
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.ui.widgets.control import event_of
from tests.bench.library import LOGIN, item, patron

BEAT_MS = 5
AHEAD = 3
"""Items scanned before the first of them is answered."""
MOMENT = 0.15
"""Seconds between two patrons, and from the last item to the end: nobody's hands are faster."""
TAP_EVERY = 5
"""Of so many patrons one comes with their My Number Card."""
PAGE = mmap.PAGESIZE


@dataclass
class Part:
    """A tenth of the loans."""

    seconds: float
    worked: float
    """Seconds of its processor, whatever else the machine did."""
    longest: float
    """Between two beats, in seconds."""
    busiest: float
    """The longest this process has worked between two beats: what a machine with nothing else to do would show."""
    memory: int
    objects: int
    widgets: int


class Child:
    """Another process, which is asked a line at a time and ends with its input."""

    def __init__(self, *command: str) -> None:
        self._child = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def line(self) -> str:
        assert self._child.stdout is not None
        return self._child.stdout.readline()

    def ask(self) -> str:
        assert self._child.stdin is not None
        print("?", file=self._child.stdin, flush=True)
        return self.line()

    def close(self) -> str:
        """What it says at last."""
        said, _ = self._child.communicate(timeout=10)
        return said


@dataclass
class Scanner:
    """Somebody with a scanner, who is as fast as the window lets them be. Works within Qt's own loop, a key at a time."""

    program: Program
    readers: VirtualReaders
    deck: Deck
    loans: int
    a_session: int
    loop: QEventLoop = field(default_factory=QEventLoop)
    keys: deque[tuple[Qt.Key, str]] = field(default_factory=deque)
    lent: int = 0
    session: int = -1
    stage: str = "home"
    beats: list[tuple[float, float]] = field(default_factory=list)
    """Of the clock and of this process's work."""
    parts: list[Part] = field(default_factory=list)
    stamp: int = 0
    gone: float = 0
    """When the last patron went."""
    answered: float = 0
    """When the last item was still being asked for."""

    def run(self) -> None:
        self._next = QTimer(interval=0)
        self._next.timeout.connect(self._step)
        self._heart = QTimer(interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._heart.timeout.connect(lambda: self.beats.append(beat()))
        self._heart.start()
        self._next.start()
        self.beats.append(beat())
        self.loop.exec()
        self._next.stop()
        self._heart.stop()

    def _step(self) -> None:
        if self.keys:
            self._press(*self.keys.popleft())
            return
        flow = self.program.conductor.counter.flow
        assert not isinstance(flow, OutOfOrder), flow
        before = self.stage
        match self.stage:
            case "home" if time.perf_counter() - self.gone >= MOMENT and not self.program.conductor.counter.cards:
                self._begin()
            case "called" if isinstance(flow, PatronShown):
                self.stage = "lending"
            case "lending" if isinstance(flow, PatronShown):
                self._scan_next(flow)
            case "ending" if isinstance(flow, Waiting):
                self.readers.lift()
                self.stage, self.gone = "home", time.perf_counter()
        # While the library is asked there is nothing to do.
        self._next.setInterval(0 if self.keys or self.stage != before else 1)

    def _begin(self) -> None:
        if self._is_over():
            self.loop.quit()
            return
        self.session += 1
        self.stage = "called"
        if self.session % TAP_EVERY:
            self._scan(patron(self.session))
        else:
            self.readers.lay(self.deck.card("fine"))

    def _is_over(self) -> bool:
        return self.lent >= self.loans

    def _scan_next(self, flow: PatronShown) -> None:
        if self.lent >= (len(self.parts) + 1) * self.loans / 10:
            self._measure()
        open_now = sum(entry.progress in UNANSWERED for entry in flow.dealings.entries)
        end = min((self.session + 1) * self.a_session, self.loans)
        if self.lent < end:
            if open_now < AHEAD:
                self._scan(item(self.lent))
                self.lent += 1
                self.answered = time.perf_counter()
        elif open_now:
            self.answered = time.perf_counter()
        elif time.perf_counter() - self.answered >= MOMENT:
            done = sum(entry.progress == "done" for entry in flow.dealings.entries) + len(flow.dealings.earlier)
            assert done == self.lent - self.session * self.a_session, flow.dealings.entries[:3]
            self._end()

    def _end(self) -> None:
        self.stage = "ending"
        # With the mouse: a key would wait for the keyboard to be quiet.
        staff = self.program.displays.staff
        way_out = next(one for one in staff.findChildren(QAbstractButton) if one.isVisible() and event_of(one) == LeavePressed())
        QTest.mouseClick(way_out, Qt.MouseButton.LeftButton)

    def _measure(self) -> None:
        """A part is over."""
        self.beats.append(beat())
        longest, busiest = (max(later[clock] - earlier[clock] for earlier, later in pairwise(self.beats)) for clock in (0, 1))
        seconds, worked = (self.beats[-1][clock] - self.beats[0][clock] for clock in (0, 1))
        gc.collect()
        memory = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
        self.parts.append(Part(seconds, worked, longest, busiest, memory, len(gc.get_objects()), len(QApplication.allWidgets())))
        self.beats = [beat()]

    def _scan(self, number: str) -> None:
        self.stamp += 1000
        self.keys.extend((Qt.Key(ord(letter)), letter) for letter in number)
        self.keys.append((Qt.Key.Key_Return, "\r"))

    def _press(self, key: Qt.Key, text: str) -> None:
        self.stamp += 4
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self.stamp)
            QApplication.sendEvent(self.program.displays.staff.windowHandle(), event)


def beat() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def lend(loans: int, a_session: int, folder: Path) -> dict[str, Any]:
    return measure(
        folder, ("-m", "tests.bench.library", str(loans // a_session + 1), str(loans)), partial(Scanner, loans=loans, a_session=a_session)
    )


def measure(folder: Path, library: tuple[str, ...], scanner: Callable[[Program, VirtualReaders, Deck], Scanner]) -> dict[str, Any]:
    """`scanner` at the running program, beside a bare window, asking a library in a process of its own."""
    start_display()
    home, keys, deck, readers = Home(folder / "home"), Keys.fresh(), Deck(), VirtualReaders()
    home.prepare()
    with ExitStack() as stack:
        asked = Child(*library)
        stack.callback(asked.close)
        port = int(asked.line())
        ils = IlsSettings(
            system=Ils.KOHA, host="127.0.0.1", port=port, user=LOGIN.user, password=LOGIN.password, expiry_field="PA", loan_limit=999
        )
        settings = replace(
            demo_settings(ils=ils),
            display=DisplaySettings(sounds=0),
            lending=LendingSettings(confirm_holder=When.NEVER),
            library_card=LibraryCardSettings(length=10, prefix="21"),
            slip=SlipSettings(),
        )
        judge = CardJudge([Authority(deck.authority.der)], NoRevocation(), keys.site, now, allow_test=True)
        token = judge.judge(deck.card("fine").certificate or b"", "JPKIAPICCTOKEN2").reading.token
        with Repository(home.store, keys, settings.counter.name, now) as repository:
            repository.save_link(uuid.uuid4(), token, LibraryCardNumber(patron(0)), revocation=Revocation.NOT_CHECKED)
        program = stack.enter_context(demo_counter(home, settings, keys, deck, readers))
        somebody = scanner(program, readers, deck)
        rest = QEventLoop()
        QTimer.singleShot(1500, rest.quit)
        rest.exec()
        program.displays.staff.activateWindow()
        # As `run_counter` does it.
        gc.freeze()
        bare = Child(str(Path(__file__).with_name("bare_beat.py")))
        somebody.run()
        told = json.loads(asked.ask()) | {"bare": float(bare.close())}
        return {"parts": [asdict(part) for part in somebody.parts], **told}


if __name__ == "__main__":
    print(json.dumps(lend(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))), flush=True)
