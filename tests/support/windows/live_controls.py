"""Whether a control that can be pressed does anything: the one measure for tests in process and for those over the accessibility bus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from kiosk.domain.effects import StartTimer
from kiosk.domain.events import Event, Touched
from kiosk.domain.machine import step
from kiosk.domain.model import Language, Ticket
from kiosk.domain.states import Counter
from kiosk.text import say
from kiosk.ui.widgets.words import Words

ALREADY = "says what holds already"
UNHEARD: dict[tuple[str, str], str] = {
    ("Waiting", "窓口"): ALREADY,
    ("OutOfOrder", "窓口"): "the page of an incident is left by its own button alone, so that somebody has read it",
    ("OutOfOrder", "連携登録"): "as above",
    ("OutOfOrder", "連携の解除"): "as above",
    ("OutOfOrder", "状況"): "as above",
    ("OutOfOrder", "使い方"): "as above",
    ("AskingPin", "消す"): "nothing has been typed yet that could be erased",
    ("PatronShown", "見る"): "it scrolls to a row, which may be in sight; see test_not_done.py",
    ("Waiting", "消す"): "the same, on the pad for the staff code",
}
"""The controls that may be live and change nothing, by state and name, and why. Beside them only what is chosen already (`chosen`)."""


def changes_the_counter(counter: Counter, said: Iterable[Event]) -> bool:
    """Whether the machine goes anywhere, or asks anything of the outside, by what was said. Time begun anew does not count."""
    for event in said:
        if isinstance(event, Touched):
            continue
        after, effects = step(counter, event)
        still = replace(after, idle_ticket=counter.idle_ticket, last_ticket=counter.last_ticket)
        if still != counter or any(not isinstance(effect, StartTimer) for effect in effects):
            return True
    return False


def at_rest(counter: Counter) -> Counter:
    """The same with a ticket to spare, as a counter has that has come so far."""
    return replace(counter, last_ticket=Ticket(max(counter.last_ticket, 100)))


def shown(window: QWidget) -> tuple[object, ...]:
    """What can be read, and which button can be pressed, in a window; and the clipboard. Where the keyboard is does not count."""
    found: list[object] = [QApplication.clipboard().text()]
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, Words):
            found.append(widget.text)
        elif isinstance(widget, QLabel | QLineEdit):
            found.append(widget.text())
        elif isinstance(widget, QAbstractButton):
            found.append((widget.text(), widget.accessibleName(), widget.accessibleDescription(), widget.isEnabled(), widget.isChecked()))
    return tuple(found)


def is_chosen(control: QWidget) -> bool:
    """A choice that holds already: the rail's page, a service, an answer, a language."""
    if isinstance(control, QAbstractButton) and control.isChecked():
        return True
    return control.accessibleDescription() in {say("patron.language.chosen", language) for language in Language}
