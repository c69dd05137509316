"""Watch all readers for cards placed and removed, for the lifetime of the program, surviving failures of readers and service."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from kiosk.domain.errors import Code, KioskError
from kiosk.domain.events import Broke, CardLifted, CardPlaced, Event, ReaderChanged
from kiosk.domain.model import Insertion, ReaderCondition
from kiosk.incidents import RecurringIncidents, report_incident
from kiosk.log_news import LogNews
from kiosk.smartcard.reader import ReaderMonitor, ReaderState

log = logging.getLogger("kiosk.smartcard.card_watch")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_CANCEL_EVERY = 0.02
_NEVER_SEEN = (ReaderState("", present=False),)
"""Differs from every real state, so that the first wait returns at once, even with no reader: that has to be reported as well."""
_CONDITIONS = {Code.READER_DENIED: ReaderCondition.DENIED, Code.READER_MISSING: ReaderCondition.MISSING}


_NUMBER = re.compile(r"\s+(?:[0-9a-f]{2}\s+(?P<slot>[0-9a-f]{2})|\d+)$")
"""The suffix of a reader name: pcsc-lite appends place and slot ("00 00"), Windows a number ("0"). The place depends on the USB port and on
other devices; the slot does not.
"""


def choose_readers(names: tuple[str, ...], wanted: str | None) -> frozenset[str]:
    """The readers to watch: all, or those matching `wanted`.

    `wanted` is matched case-insensitively as the whole name, else a prefix, else a substring. If nothing matches, the one reader of that
    name with another number is taken; none if there are several (`readers_alike`).
    """
    if not wanted:
        return frozenset(names)
    chosen = _named(names, wanted)
    alike = readers_alike(names, wanted)
    return chosen or frozenset(alike if len(alike) == 1 else ())


def readers_alike(names: tuple[str, ...], wanted: str) -> tuple[str, ...]:
    """The readers that may be `wanted` under another number; among the slots of one reader, the same slot."""
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
class CardTracker:
    """Tracks which card lies on which reader. Pure: states in, events out."""

    wanted: str | None = None
    _states: dict[str, ReaderState] = field(default_factory=dict)
    _lying: dict[str, Insertion] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    """Every reader seen so far."""
    _found: set[str] = field(default_factory=set)
    """Readers whose card was already there when they were first seen and has not moved since, as far as known."""
    _last: int = 0
    _said: ReaderChanged | None = None

    def see(self, states: tuple[ReaderState, ...]) -> Iterator[Event]:
        """Compare with the previous state and yield the events. A mute card counts as placed; connecting to it then fails."""
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

    def lose(self, condition: ReaderCondition, incident: str = "") -> Iterator[Event]:
        """Treat all cards as removed because the readers cannot be watched. One still there afterwards is a new insertion."""
        for name in list(self._lying):
            yield from self._lift(name)
        self._states.clear()
        yield from self._say(ReaderChanged(condition, incident=incident))

    def _see_reader(self, before: ReaderState | None, now: ReaderState) -> Iterator[Event]:
        # A card present before and after, with events in between, is a different card; so is one that came and went between two looks.
        touched = before is not None and before.changes != now.changes
        if touched or not now.present:
            self._found.discard(now.name)
            yield from self._lift(now.name)
        if now.present and now.name not in self._lying:
            yield self._place(now.name)
        elif before is not None and not before.present and not now.present and (now.changes - before.changes) & 0xFFFF > 1:
            # One more is no card that came and went: pcscd shows a card pulled in the middle of a command as gone before it counts that.
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
    """The watching thread. It ends only on `stop`: any failure leads to a new context and a retry with back-off.

    A bug is emitted as Broke, once while it recurs, and reported as the readers' condition until they are watched again.
    """

    def __init__(
        self,
        monitor: Callable[[], ReaderMonitor],
        emit: Callable[[Event], None],
        reader_name: str | None = None,
        *,
        longest_pause: float = _LONGEST_PAUSE,
    ) -> None:
        """`monitor` opens a context on the watching thread, and again after each failure, `longest_pause` seconds later at most; `emit` is
        called there too. For `reader_name` see `choose_readers`.
        """
        self._open_monitor, self._emit = monitor, emit
        self._tracker = CardTracker(reader_name)
        self._stopping = threading.Event()
        self._monitor: ReaderMonitor | None = None
        self._pause, self._longest_pause = _FIRST_PAUSE, longest_pause
        self._bugs, self._news = RecurringIncidents(), LogNews()
        self._thread = threading.Thread(target=self._run, name="card-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, limit: float = 5.0) -> bool:
        """Stop the thread; return whether it ended within `limit` seconds. The cancel is repeated, as one before the wait has no effect."""
        self._stopping.set()
        # On a separate thread: a hung service also blocks the caller of cancel.
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
                if self._news.is_news("readers", error.code):
                    log.warning("the readers cannot be watched: %s", error.code.value)
                self._lose(_CONDITIONS.get(error.code, ReaderCondition.SERVICE_MISSING))
            except Exception as error:
                self._tell_bug(error)
            self._stopping.wait(self._pause)
            self._pause = min(self._pause * 2, self._longest_pause)

    def _watch(self) -> None:
        """Watch on one context until it fails or `stop` is called."""
        monitor = self._monitor = self._open_monitor()
        try:
            states: tuple[ReaderState, ...] = _NEVER_SEEN
            while not self._stopping.is_set():
                states = monitor.wait(states)
                if self._news.is_over("readers"):
                    log.info("the readers are watched again")
                for event in self._tracker.see(states):
                    self._emit(event)
                self._pause = _FIRST_PAUSE
        finally:
            self._monitor = None
            monitor.release()

    def _lose(self, condition: ReaderCondition) -> None:
        self._tell(self._tracker.lose(condition))

    def _tell_bug(self, error: Exception) -> None:
        incident = self._bugs.record(error)
        if incident.is_new:
            self._tell((Broke(incident.number),))
        self._tell(self._tracker.lose(ReaderCondition.BROKEN, incident.number))

    def _tell(self, events: Iterable[Event]) -> None:
        """Of trouble: a listener that breaks on that as well must not end the thread."""
        try:
            for event in events:
                self._emit(event)
        except Exception as error:
            report_incident(error)
