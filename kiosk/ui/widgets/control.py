"""What a key can press, and how its button says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import shiboken6
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.domain.events import Event

_EVENT, _CHORD = "kiosk-event", "kiosk-chord"


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """A target of the keyboard (`domain.keyboard.Target`)."""

    press: Callable[[], None]
    guarded: bool
    widget: QWidget | None = None
    """Shows how long the key is held."""
    name: str = ""
    chord: str = ""
    """The letter or digit that presses it together with Alt."""
    event: Event | None = None
    """What a press says, where that is known."""


def means(button: QAbstractButton, event: Event) -> None:
    """Note what a press of `button` says, for whoever has to judge it (`event_of`)."""
    button.setProperty(_EVENT, event)


def says(button: QAbstractButton, event: Event, emit: Callable[[Event], None]) -> None:
    """Let `button` say `event`."""
    means(button, event)
    button.clicked.connect(lambda: emit(event))


def event_of(button: QAbstractButton) -> Event | None:
    return cast("Event | None", button.property(_EVENT))


def set_chord(button: QAbstractButton, letter: str) -> None:
    button.setProperty(_CHORD, letter)
    button.setAccessibleDescription(" ".join(filter(None, (button.accessibleDescription(), f"Alt+{letter}" if letter else ""))))


def chord_of(button: QAbstractButton) -> str:
    return str(button.property(_CHORD) or "")


def click(button: QAbstractButton) -> None:
    """Press it, unless it has gone meanwhile."""
    if shiboken6.isValid(button) and button.isVisible():
        button.click()
