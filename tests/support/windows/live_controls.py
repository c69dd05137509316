"""Whether an enabled control has an effect: one measure for tests in process and over the accessibility bus."""

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
"""Controls that may be enabled without an effect, by state and name, with the reason. Otherwise only choices already made (`is_chosen`)."""


def changes_the_counter(counter: Counter, said: Iterable[Event]) -> bool:
    """Whether these events change the state or request anything from the outside. Restarted timers do not count."""
    for event in said:
        if isinstance(event, Touched):
            continue
        after, effects = step(counter, event)
        still = replace(after, idle_ticket=counter.idle_ticket, last_ticket=counter.last_ticket)
        if still != counter or any(not isinstance(effect, StartTimer) for effect in effects):
            return True
    return False


def at_rest(counter: Counter) -> Counter:
    """The same counter with one more ticket used, as if it had been running."""
    return replace(counter, last_ticket=Ticket(max(counter.last_ticket, 100)))


def shown(window: QWidget) -> tuple[object, ...]:
    """The text and the enabled buttons of a window, and the clipboard. The focus does not count."""
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
    """Whether this choice is already made: the rail's page, a service, an answer, a language."""
    if isinstance(control, QAbstractButton) and control.isChecked():
        return True
    return control.accessibleDescription() in {say("patron.language.chosen", language) for language in Language}
