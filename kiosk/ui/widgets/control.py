"""Controls that keys can press, and the event and chord attached to a button."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import shiboken6
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.domain.events import Event
from kiosk.domain.lazy_dataclass import dataclass

_EVENT, _CHORD = "kiosk-event", "kiosk-chord"


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """A keyboard target (`domain.keyboard.Target`)."""

    press: Callable[[], None]
    guarded: bool
    widget: QWidget | None = None
    """Where hold progress is displayed."""
    name: str = ""
    chord: str = ""
    """Letter or digit that presses it together with Alt."""
    event: Event | None = None
    """The event a press emits, if known."""


def means(button: QAbstractButton, event: Event) -> None:
    """Attach to `button` the event its press emits, for `event_of`."""
    button.setProperty(_EVENT, event)


def says(button: QAbstractButton, event: Event, emit: Callable[[Event], None]) -> None:
    """Make `button` emit `event` when clicked."""
    means(button, event)
    button.clicked.connect(lambda: emit(event))


def says_its_meaning(button: QAbstractButton, emit: Callable[[Event], None]) -> None:
    """Make `button` emit the event last attached by `means` when clicked."""

    def clicked() -> None:
        if (event := event_of(button)) is not None:
            emit(event)

    button.clicked.connect(clicked)


def event_of(button: QAbstractButton) -> Event | None:
    return cast("Event | None", button.property(_EVENT))


def set_chord(button: QAbstractButton, letter: str) -> None:
    button.setProperty(_CHORD, letter)
    button.setAccessibleDescription(" ".join(filter(None, (button.accessibleDescription(), f"Alt+{letter}" if letter else ""))))


def chord_of(button: QAbstractButton) -> str:
    return str(button.property(_CHORD) or "")


def click(button: QAbstractButton) -> None:
    """Click the button unless it has been destroyed or hidden."""
    if shiboken6.isValid(button) and button.isVisible():
        button.click()
