"""Sees cards come and go on all readers, for as long as the program runs, whatever becomes of readers and service."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import field

from kiosk.domain.dataclass import dataclass
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.events import CardLifted, CardPlaced, Event, ReaderChanged
from kiosk.domain.model import Insertion, ReaderCondition
from kiosk.smartcard import fault
from kiosk.smartcard.reader import ReaderMonitor, ReaderState

log = logging.getLogger("kiosk.smartcard.watch")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_CANCEL_EVERY = 0.02
_NEVER_SEEN = (ReaderState("", present=False),)
"""Differs from all there can be, so that the first wait returns at once, even where there is no reader: that has to be said too."""
_CONDITIONS = {Code.READER_DENIED: ReaderCondition.DENIED, Code.READER_MISSING: ReaderCondition.MISSING}


_NUMBER = re.compile(r"\s+(?:[0-9a-f]{2}\s+(?P<slot>[0-9a-f]{2})|\d+)$")
"""What systems put behind a reader's name: pcsc-lite its place and slot ("00 00"), Windows its number ("0"). The place changes with the
socket and with what else is plugged in; the slot does not."""


def choose_readers(names: tuple[str, ...], wanted: str | None) -> frozenset[str]:
    """The readers to look at: all, or those meant by `wanted`.

    `wanted` is the whole name, else its beginning, else a part of it; capitals do not matter. Where none fits, the one that is called so
    but for the number behind its name; none where there are several such (`readers_alike`).
    """
    if not wanted:
        return frozenset(names)
    chosen = _named(names, wanted)
    alike = readers_alike(names, wanted)
    return chosen or frozenset(alike if len(alike) == 1 else ())


def readers_alike(names: tuple[str, ...], wanted: str) -> tuple[str, ...]:
    """The readers that may be `wanted` under another number; of several slots of one reader, the same slot."""
    key = wanted.casefold()
    number = _NUMBER.search(key)
    if number is None:
        return ()
    numbers = {name: found for name in names if (found := _NUMBER.search(name.casefold())) is not None}
    alike = tuple(name for name, found in numbers.items() if name.casefold()[: found.start()] == key[: number.start()])
    return tuple(name for name in alike if numbers[name]["slot"] == number["slot"]) or alike


def _named(names: tuple[str, ...], wanted: str) -> frozenset[str]:
    key = wanted.casefold()
    fits: tuple[Callable[[str], bool], ...] = (lambda name: name == key, lambda name: name.startswith(key), lambda name: key in name)
    for fit in fits:
        if chosen := frozenset(name for name in names if fit(name.casefold())):
            return chosen
    return frozenset()


@dataclass
class Desk:
    """What lies on which reader. Pure: states in, events out."""

    wanted: str | None = None
    _states: dict[str, ReaderState] = field(default_factory=dict)
    _lying: dict[str, Insertion] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    """Every reader that has been seen."""
    _found: set[str] = field(default_factory=set)
    """Readers whose card has lain there since they were first seen, as far as anybody knows."""
    _last: int = 0
    _said: ReaderChanged | None = None

    def see(self, states: tuple[ReaderState, ...]) -> Iterator[Event]:
        """Readers and cards as they are now. A mute card is placed like any other: connecting then says that it cannot be read."""
        names = tuple(state.name for state in states)
        chosen = choose_readers(names, self.wanted)
        now = {state.name: state for state in states if state.name in chosen}
        for name in self._states.keys() - now.keys():
            yield from self._lift(name)
            del self._states[name]
        yield from self._say(self._condition(names, now))
        for name, state in now.items():
            if name not in self._known and state.present:
                self._found.add(name)
            yield from self._see_reader(self._states.get(name), state)
            self._states[name] = state
            self._known.add(name)

    def _condition(self, names: tuple[str, ...], now: dict[str, ReaderState]) -> ReaderChanged:
        wanted = self.wanted or ""
        if now:
            return ReaderChanged(ReaderCondition.READY, names, wanted)
        alike = readers_alike(names, wanted)
        return ReaderChanged(ReaderCondition.AMBIGUOUS, alike, wanted) if alike else ReaderChanged(ReaderCondition.MISSING, names, wanted)

    def lose(self, condition: ReaderCondition) -> Iterator[Event]:
        """Nothing can be seen any more, so no card lies there; one that still does when sight returns is a new insertion."""
        for name in list(self._lying):
            yield from self._lift(name)
        self._states.clear()
        yield from self._say(ReaderChanged(condition))

    def _see_reader(self, before: ReaderState | None, now: ReaderState) -> Iterator[Event]:
        # A card there before and now, with events in between, is not the same card; nor is one that came and went unseen.
        touched = before is not None and before.changes != now.changes
        if touched or not now.present:
            self._found.discard(now.name)
            yield from self._lift(now.name)
        if now.present and now.name not in self._lying:
            yield self._place(now.name)
        elif before is not None and touched and not before.present and not now.present:
            yield self._place(now.name)
            yield from self._lift(now.name)

    def _place(self, name: str) -> CardPlaced:
        self._last += 1
        self._lying[name] = Insertion(self._last, name)
        return CardPlaced(self._lying[name], found=name in self._found)

    def _lift(self, name: str) -> Iterator[Event]:
        if (insertion := self._lying.pop(name, None)) is not None:
            yield CardLifted(insertion)

    def _say(self, change: ReaderChanged) -> Iterator[Event]:
        if change != self._said:
            self._said = change
            yield change


class CardWatch:
    """The thread that watches. It ends only by `stop`: trouble of any kind means a new context and another try."""

    def __init__(self, monitor: Callable[[], ReaderMonitor], emit: Callable[[Event], None], reader_name: str | None = None) -> None:
        """`monitor` is called on the thread, again after each trouble; `emit` on it too. For `reader_name` see `choose_readers`."""
        self._open_monitor, self._emit = monitor, emit
        self._desk = Desk(reader_name)
        self._stopping = threading.Event()
        self._monitor: ReaderMonitor | None = None
        self._pause = _FIRST_PAUSE
        self._thread = threading.Thread(target=self._run, name="card-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, limit: float = 5.0) -> bool:
        """End the thread; whether it has ended within `limit` seconds. A cancel is lost when it comes before the wait: it is repeated."""
        self._stopping.set()
        # On a thread of its own: a service that does not answer holds whoever cancels as well.
        threading.Thread(target=self._cancel_until_ended, args=(time.monotonic() + limit,), name="card-watch-end", daemon=True).start()
        self._thread.join(limit)
        return not self._thread.is_alive()

    def _cancel_until_ended(self, end: float) -> None:
        while self._thread.is_alive() and time.monotonic() < end:
            if (monitor := self._monitor) is not None:
                monitor.cancel()
            self._thread.join(_CANCEL_EVERY)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except KioskError as error:
                log.warning("the readers cannot be watched: %s", error.code.value)
                self._lose(_CONDITIONS.get(error.code, ReaderCondition.SERVICE_MISSING))
            except Exception as error:
                log.error("a bug while watching the readers: %s", fault.trace(error))
                self._lose(ReaderCondition.SERVICE_MISSING)
            self._stopping.wait(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _watch(self) -> None:
        """With one context, until it breaks or we are to stop."""
        monitor = self._monitor = self._open_monitor()
        try:
            states: tuple[ReaderState, ...] = _NEVER_SEEN
            while not self._stopping.is_set():
                states = monitor.wait(states)
                self._pause = _FIRST_PAUSE
                for event in self._desk.see(states):
                    self._emit(event)
        finally:
            self._monitor = None
            monitor.release()

    def _lose(self, condition: ReaderCondition) -> None:
        try:
            for event in self._desk.lose(condition):
                self._emit(event)
        except Exception as error:
            log.error("a bug while telling of the readers: %s", fault.trace(error))
