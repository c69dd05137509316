"""The running program on a virtual reader, measured from inside.

Usage: python -m tests.bench.counter tap|patron|slow|silent|lists FOLDER

Prints one JSON object of figures. It needs a display; `tests.bench.run` provides one.
"""

from __future__ import annotations

import gc
import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from kiosk.app import Program
    from kiosk.app.engine import Equipment
    from kiosk.demo.ils import LibraryServer
    from kiosk.domain.states import Counter
    from kiosk.smartcard.reader import ReaderMonitor, ReaderState
    from kiosk.smartcard.revocation import RevocationLists
    from kiosk.smartcard.virtual.card import VirtualCard
    from kiosk.smartcard.virtual.demo_cards import Deck
    from kiosk.smartcard.virtual.reader import VirtualReaders
    from kiosk.store.repository import Repository

TAPS = 11
NUMBER = "2104067851"
LIMIT_MS = 20_000
NUMBERS = 1_000_000
LIST_ROUNDS = 4
SETTLE_MS = 6_000
"""Until a list of that length has been read."""
ANSWER = 0.3
"""Seconds the library's system takes for an answer."""


class WatchedMonitor:
    """Notes when the wait that saw a card returned."""

    def __init__(self, monitor: ReaderMonitor, saw: Callable[[], None]) -> None:
        self._monitor, self._saw = monitor, saw

    def wait(self, known: tuple[ReaderState, ...]) -> tuple[ReaderState, ...]:
        states = self._monitor.wait(known)
        # The heartbeat asks as well, with what cannot be: it does not wait for cards.
        if all(state.name for state in known) and any(state.present for state in states):
            self._saw()
        return states

    def cancel(self) -> None:
        self._monitor.cancel()

    def release(self) -> None:
        self._monitor.release()


class Bench:
    """One counter with its card, whose holder is registered."""

    def __init__(self, folder: Path, library: LibraryServer | None = None, lists: Callable[[Deck], RevocationLists] | None = None) -> None:
        """`library` runs already, where there is one; then nobody is asked to look at a photo. `lists` opens those of the deck's cards."""
        from kiosk.config import Home, LendingSettings
        from kiosk.demo.library import demo_ils, demo_settings
        from kiosk.domain.states import When
        from kiosk.smartcard.revocation import NoRevocation
        from kiosk.smartcard.virtual.demo_cards import Deck
        from kiosk.smartcard.virtual.reader import Timing, VirtualReaders

        self.home = Home(folder / "home")
        self.home.prepare()
        self.readers: VirtualReaders = VirtualReaders(timing=Timing())
        self.deck = Deck(folder / "cards")
        self.card: VirtualCard = self.deck.card("fine")
        self.seen_at = self.known_after = 0.0
        self.lists = NoRevocation() if lists is None else lists(self.deck)
        self.settings = demo_settings()
        if library is not None:
            lending = LendingSettings(confirm_holder=When.NEVER)
            self.settings = replace(self.settings, ils=demo_ils(library), lending=lending)

    def fill(self, repository: Repository) -> None:
        """Before the card is linked."""

    def _saw(self) -> None:
        self.seen_at = time.perf_counter()

    def _known(self) -> None:
        """The first block of the certificate is there: how long reader and card have been busy until now."""
        self.known_after = self.readers.card_seconds

    @contextmanager
    def running(self) -> Iterator[Program]:
        from kiosk.app import Program, running
        from kiosk.commands.display import start_display

        start_display()
        with self._equipment() as equipment, running(Program(self.settings, equipment.facts, nullcontext(equipment))) as program:
            wait_until(program, lambda counter: counter.reader == "ready" and counter.ils in ("none", "ready"))
            # What is built in advance while nobody waits.
            rest(1500)
            # As `run_counter` does it.
            gc.freeze()
            yield program

    @contextmanager
    def _equipment(self) -> Iterator[Equipment]:
        from kiosk.app.engine import Equipment
        from kiosk.checks.periodic import demo_looks, first_facts
        from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
        from kiosk.equipment import now, open_library
        from kiosk.smartcard.judge import CardJudge
        from kiosk.store.anchor import AnchorFile
        from kiosk.store.keys import Keys
        from kiosk.store.repository import Repository
        from tests.bench.generations import pinned

        noted = self._known

        class NotingJudge(CardJudge):
            def candidates(self, first_block: bytes) -> tuple[LinkToken, ...]:
                noted()
                return super().candidates(first_block)

        settings, keys = self.settings, Keys(bytes(32), bytes(range(32)))
        judge = NotingJudge(pinned(self.deck), self.lists, keys.site, now, allow_test=True)
        token = judge.judge(self.card.certificate or b"", "JPKIAPICCTOKEN2").reading.token
        anchor = AnchorFile(self.home.folder / "keys" / "bench.anchor", keys)
        with Repository(self.home.store, keys, settings.counter.name, now, anchor=anchor) as repository:
            self.fill(repository)
            repository.save_link(uuid.uuid4(), token, LibraryCardNumber(NUMBER), revocation=Revocation.NOT_CHECKED)
            yield Equipment(
                readers=self.readers.readers,
                monitor=lambda: WatchedMonitor(self.readers.monitor(), self._saw),
                judge=judge,
                repository=repository,
                facts=first_facts(settings, judge, demo=True),
                looks=demo_looks(self.home, settings, judge),
                own_displays=False,
                library=open_library(self.home, settings),
            )


def rest(milliseconds: int) -> None:
    """Let the program run."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(program: Program, fits: Callable[[Counter], bool]) -> None:
    for _ in range(LIMIT_MS // 20):
        if fits(program.conductor.counter):
            return
        rest(20)
    raise AssertionError(f"still {program.conductor.counter.flow}")


def go_home(bench: Bench, program: Program) -> None:
    from kiosk.domain.events import LeavePressed

    bench.readers.lift()
    program.conductor.happen(LeavePressed())
    wait_until(program, lambda counter: type(counter.flow).__name__ == "Waiting" and not counter.cards)
    rest(600)


# --- from the card to its number ------------------------------------------------------------------------------------------------


def painted(window: QObject, done: Callable[[float], None]) -> QObject:
    """Tells `done` when each paint of the window is over, and not only when the other window has been painted too.

    The filter has to be kept.
    """
    from PySide6.QtCore import QEvent, QObject

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() != QEvent.Type.UpdateRequest:
                return False
            # This is what paints.
            watched.event(event)
            done(time.perf_counter())
            return True

    watch = Watch()
    window.installEventFilter(watch)
    return watch


def tap(folder: Path) -> dict[str, object]:
    """Seconds from the return of the wait that saw the card to the paint of the number, and of pure card I/O; of each tap."""
    bench = Bench(folder)
    taps = [(painted, card) for painted, card, _ in _taps(bench)]
    return {"taps": taps, "commands": len(bench.card.commands) // TAPS}


def patron(folder: Path) -> dict[str, object]:
    """The same with a library system that takes 300 ms for each answer, until the patron it told of stands there.

    Of each tap also the seconds of pure card I/O until the serial number was there; `library`: of one bare look-up over a socket.
    """
    from kiosk.demo.ils import serving
    from kiosk.demo.library import demo_server

    server = demo_server()
    server.latency = ANSWER
    with serving(server):
        taps = _taps(Bench(folder, server))
        return {"taps": taps, "library": bare_lookup(server)}


def bare_lookup(server: LibraryServer) -> float:
    """Seconds of one look-up by whoever knows how to write it."""
    login = server.login
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        if login is not None:
            line.sendall(f"9300CN{login.user}|CO{login.password}|\r".encode())
            line.recv(4096)
        began = time.perf_counter()
        line.sendall(f"6300020261123    095031  Y       AO|AA{NUMBER}|\r".encode())
        line.recv(65536)
        return time.perf_counter() - began


def _taps(bench: Bench) -> list[tuple[float, float, float]]:
    """Of each tap: until the paint of the number, pure card I/O, and that until the serial number was known."""
    with bench.running() as program, tapping(bench, program) as tap_once:
        # The first tap finds nothing warm.
        return [tap_once() for _ in range(TAPS)][1:]


@contextmanager
def tapping(bench: Bench, program: Program) -> Iterator[Callable[[], tuple[float, float, float]]]:
    """Lays the card once, tells the same of that tap, and goes home."""
    from kiosk.ui.staff.number_label import NumberLabel

    staff, paints = program.displays.staff, []
    told = program.conductor.counter.ils == "ready"

    def note(at: float) -> None:
        known = getattr(getattr(program.conductor.counter.flow, "patron", None), "checked", False)
        labels = staff.findChildren(NumberLabel)
        if known is told and any(label.isVisible() and label.text().replace("\n", "").replace(" ", "") == NUMBER for label in labels):
            paints.append(at)

    def tap_once() -> tuple[float, float, float]:
        paints.clear()
        before = bench.readers.card_seconds
        bench.readers.lay(bench.card)
        wait_until(program, lambda counter: bool(paints))
        figures = paints[0] - bench.seen_at, bench.readers.card_seconds - before, bench.known_after - before
        go_home(bench, program)
        return figures

    watch = painted(staff, note)
    yield tap_once
    staff.removeEventFilter(watch)


# --- while a revocation list is replaced -------------------------------------------------------------------------------------------


def lists(folder: Path) -> dict[str, object]:
    """Taps with a list of a million numbers, in turn while nothing happens and while it is read again and again; and what it weighs.

    `usual`, `replacing`: seconds until the paint of the number. `grown`, `peak`, `reading`: megabytes that the counter grew by, grew by
    at most while the list was read, and that the reading process took at most.
    """
    from kiosk.equipment import now
    from kiosk.smartcard.authority import Authority
    from kiosk.smartcard.revocation import CrlFolder

    place = folder / "crl"
    path = place / "million.crl"
    place.mkdir()

    def open_lists(deck: Deck) -> CrlFolder:
        make = [sys.executable, "-m", "tests.bench.biglist", str(folder / "cards"), str(NUMBERS), str(path)]
        subprocess.run(make, check=True, timeout=LIMIT_MS / 1000)
        return CrlFolder(place, [Authority(deck.authority.der)], None, beat=0.05)

    bench = Bench(folder, lists=open_lists)
    read = bench.lists
    assert isinstance(read, CrlFolder)
    usual, replacing = [], []
    with bench.running() as program, tapping(bench, program) as tap_once:
        before = memory("VmRSS")
        reset_peak()
        with read.watching():
            wait_until(program, lambda counter: {standing.name for standing in read.standings(now())} == {"GOOD"})
            grown, peak = memory("VmRSS") - before, memory("VmHWM") - before
            tap_once()
            for _ in range(LIST_ROUNDS):
                usual += [tap_once()[0] for _ in range(2)]
                for _ in range(2):
                    # Another file, as far as anybody can see; it takes seconds, and a tap takes less.
                    os.utime(path, ns=(time.time_ns(), time.time_ns()))
                    rest(300)
                    replacing.append(tap_once()[0])
                rest(SETTLE_MS)
            grown, peak = max(grown, memory("VmRSS") - before), max(peak, memory("VmHWM") - before)
    return {"usual": usual, "replacing": replacing, "grown": grown, "peak": peak, "reading": read.reading_peak / 1024}


def memory(what: str) -> float:
    """Of this process, in megabytes."""
    told = re.search(rf"^{what}:\s+(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    assert told is not None
    return int(told[1]) / 1024


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", "ascii")


# --- how long the windows stand still ----------------------------------------------------------------------------------------------


def stall(folder: Path, *, silent: bool) -> dict[str, object]:
    """The longest time between two beats of a 5 ms timer of the GUI thread: a card is laid that is slow (5 s) or silent.

    `longest`: until then and while people are asked to lift it; `after`: when it answers at last, or has been lifted.
    """
    from PySide6.QtCore import Qt, QTimer

    from kiosk.smartcard.virtual.card import Fault, Trouble

    bench = Bench(folder)
    with bench.running() as program:
        bench.readers.lay(bench.card)
        wait_until(program, lambda counter: type(counter.flow).__name__ == "ConfirmingHolder")
        go_home(bench, program)
        beats: list[float] = []
        heart = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
        heart.timeout.connect(lambda: beats.append(time.perf_counter()))
        heart.start()
        bench.card.fault(2, Fault(trouble=Trouble.SILENT) if silent else Fault(delay=5.2))
        beats.append(time.perf_counter())
        bench.readers.lay(bench.card)
        wait_until(program, lambda counter: bool(getattr(counter.flow, "slow", False)))
        rest(300)
        ends = len(beats)
        if silent:
            bench.readers.lift()
            wait_until(program, lambda counter: not counter.cards)
        else:
            wait_until(program, lambda counter: type(counter.flow).__name__ == "ConfirmingHolder")
        rest(300)
        heart.stop()
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    return {"longest": max(gaps[: ends - 1]), "after": max(gaps[ends - 1 :]), "beats": len(beats)}


MEASURES: dict[str, Callable[[Path], dict[str, object]]] = {
    "tap": tap,
    "patron": patron,
    "slow": partial(stall, silent=False),
    "silent": partial(stall, silent=True),
    "lists": lists,
}


def main() -> None:
    print(json.dumps(MEASURES[sys.argv[1]](Path(sys.argv[2]))), flush=True)


if __name__ == "__main__":
    main()
