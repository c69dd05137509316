"""Assembly of the course: the counter on a virtual reader, with a pretend library's system, and the window with the tasks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtWidgets import QApplication

from kiosk.app import Program, ended_by_signals
from kiosk.config import HandoverSettings, Home, SessionSettings, Settings
from kiosk.demo.course.coach import Coach
from kiosk.demo.course.stage import Stage
from kiosk.demo.course.window import CourseWindow
from kiosk.demo.ils import LibraryServer, serving
from kiosk.demo.library import demo_ils, demo_server, demo_settings
from kiosk.demo.program import Setting, pretended_counter
from kiosk.domain.states import HandoverWhen
from kiosk.ledger.running_lock import RunningLock
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.key_file import FileKeyStore
from kiosk.store.keys import open_keys
from kiosk.text import say

_IDLE_SECONDS = 600
"""Whoever reads a task touches nothing meanwhile."""


def course_settings(library: LibraryServer) -> Settings:
    """Those of the demo; the number is handed over when a service is chosen, to a field that is pretended."""
    settings = demo_settings(ils=demo_ils(library))
    return replace(
        settings,
        counter=replace(settings.counter, name=say("course.counter")),
        # Staff play the patron as well, some without a mouse.
        display=replace(settings.display, keypad=True),
        handover=HandoverSettings(when=HandoverWhen.ON_CHOICE, title=say("course.window")),
        session=SessionSettings(idle_seconds=_IDLE_SECONDS),
        slip=replace(settings.slip, to="off"),
    )


@contextmanager
def course(home: Home) -> Iterator[tuple[Program, CourseWindow]]:
    """The counter, started, and the window of the course, which is not shown yet. Everything is in `home`, or in memory."""
    with RunningLock(home.lock), serving(demo_server()) as library:
        keys = open_keys(FileKeyStore(home.folder / "practice-keys" / "keys.json"), home.store)
        deck, readers = Deck(), VirtualReaders()
        stage = Stage(deck, readers, library, keys.site)
        coach = Coach(stage)
        setting = Setting(readers.readers, readers.monitor, practice=True, hand_over=stage.hand_over, opened=stage.take, watch=coach.see)
        with pretended_counter(home, course_settings(library), keys, deck, setting) as program:
            coach.coach(program)
            yield program, CourseWindow(coach, program.displays.staff)


def run_course(application: QApplication, home: Home) -> int:
    """Run the course until one of its windows is closed. Raises Unavailable: already-running, and what opening the store raises."""
    with ended_by_signals(), course(home) as (program, window):
        window.show()
        window.stand_beside(shared=program.displays.shares_display)
        code = application.exec()
        window.hide()
        return code
