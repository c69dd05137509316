"""Each control of each page of both windows, by mouse, by key and by each accessibility action: what is shown and enabled has an effect.

An effect is a change of the counter's state, a request to the outside, or a change of what the window shows. Controls that may be enabled
without one are listed with the reason in `live_controls.UNHEARD`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from kiosk.domain.consequences import has_consequences
from kiosk.domain.events import CardPlaced, Event
from kiosk.domain.machine import step
from kiosk.domain.model import Insertion
from kiosk.domain.states import Counter, OutOfOrder, Screen, Section
from kiosk.ui.widgets.check_row import CheckRow
from kiosk.ui.widgets.scan_field import ScanField
from tests.support.count_cases import CountCases
from tests.support.windows.focusable import is_guarded
from tests.support.windows.live_controls import UNHEARD, at_rest, changes_the_counter, is_chosen, shown
from tests.support.windows.patron_samples import FACTS, scenes, with_facts
from tests.support.windows.patron_samples import counter as counter_in
from tests.support.windows.patron_window import ShownPatronWindow
from tests.support.windows.staff_samples import a_sixth_or_all, one_of_each
from tests.support.windows.staff_window import Hands, settle

NUMBER = "2104067853"
Act = Callable[[QWidget], None]


def controls(window: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QLineEdit) and widget.isVisible() and widget.isEnabled() and widget.accessibleName()
    ]


def by_mouse(control: QWidget) -> None:
    if isinstance(control, QLineEdit):
        # A click puts the keyboard there.
        control.clearFocus()
        QTest.mouseClick(control, Qt.MouseButton.LeftButton)
        control.setText(f"{control.text()}1" if control.hasFocus() else control.text())
    else:
        QTest.mouseClick(control, Qt.MouseButton.LeftButton)


def by_key(hold: Callable[[], None]) -> Act:
    """With the keyboard there, Enter held as long as any button asks for."""

    def act(control: QWidget) -> None:
        control.setFocus()
        hold()

    return act


def by_action(name: str) -> Act:
    def act(control: QWidget) -> None:
        QAccessible.queryAccessibleInterface(control).actionInterface().doAction(name)
        if isinstance(control, QAbstractButton) and control.isDown():
            # Qt shows a press for a tenth of a second (QAbstractButton::animateClick).
            control.released.connect(loop.quit)
            QTimer.singleShot(1000, loop, loop.quit)
            loop.exec()

    loop = QEventLoop()
    return act


def ways(control: QWidget, hold: Callable[[], None] | None) -> Iterator[tuple[str, Act]]:
    yield "mouse", by_mouse
    if hold is not None and control.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield "Enter", by_key(hold)
    actions = QAccessible.queryAccessibleInterface(control).actionInterface()
    for name in actions.actionNames():
        if name != "SetFocus":
            yield name, by_action(name)


def anew(window: QWidget, show: Callable[[], None]) -> None:
    """The page as it was before anything was chosen on it."""
    window.show_state(with_facts(counter_in(OutOfOrder("")), FACTS))  # type: ignore[attr-defined]
    show()


def found(window: QWidget, counter: Counter, name: str, show: Callable[[], None]) -> QWidget:
    """The control on the page as it is shown anew; one that has changed by itself is built anew."""
    show()
    by_itself = counter.beside in (Section.STATUS, Section.FIELDS) or counter.screen is Screen.RETURNING
    if by_itself or not any(each.accessibleName() == name for each in controls(window)):
        anew(window, show)
    QApplication.clipboard().clear()
    return next(each for each in controls(window) if each.accessibleName() == name)


def checked(window: QWidget) -> int:
    """How many controls are lit."""
    return sum(button.isChecked() for button in window.findChildren(QAbstractButton) if button.isVisible())


def unheard(window: QWidget, counter: Counter, name: str, said: list[Event], way: tuple[str, Act], show: Callable[[], None]) -> bool:
    """Do it once, on the page as it is shown anew; whether nothing came of it."""
    control = found(window, counter, name, show)
    for field in window.findChildren(ScanField):
        field.setText(NUMBER)
    before, lit, was_checked = shown(window), checked(window), is_chosen(control)
    said.clear()
    way[1](control)
    settle()
    if changes_the_counter(counter, said):
        return False
    if counter.beside is Section.FIELDS and isinstance(control, CheckRow):
        # What is chosen for a field stands on the page alone until it is kept.
        return is_chosen(control) == was_checked
    # A look that flips and means nothing is worse than nothing: of a few, one is lit.
    return checked(window) != lit or shown(window) == before


def unlit(control: QWidget, where: str) -> Iterator[str]:
    """What is chosen stays lit when it is toggled: only another choice puts it out."""
    if isinstance(control, QAbstractButton) and control.isChecked() and "Toggle" in dict(ways(control, None)):
        by_action("Toggle")(control)
        if not control.isChecked():
            yield f"{control.accessibleName()} is put out in {where}"


def walk(
    window: QWidget, counter: Counter, said: list[Event], show: Callable[[], None], hold: Callable[[], None], met: set[object]
) -> Iterator[str]:
    anew(window, show)
    where = type(counter.flow).__name__
    for name, chosen in [(each.accessibleName(), is_chosen(each)) for each in controls(window)]:
        seen = (where, getattr(counter.flow, "slow", None), counter.screen, name, chosen)
        if seen in met:
            continue
        met.add(seen)
        if chosen:
            yield from unlit(found(window, counter, name, show), where)
        if (where, name) in UNHEARD or chosen:
            continue
        marked = is_guarded(found(window, counter, name, show), counter)
        for way in list(ways(found(window, counter, name, show), hold)):
            if (name, way[0]) in met:
                continue
            if way[0] == "Press":
                # It takes a tenth of a second and is a press of the mouse within: once for each name here, everywhere over the bus.
                met.add((name, way[0]))
            if unheard(window, counter, name, said, way, show):
                yield f"{name} by {way[0]} in {where}"
            if not marked and any(has_consequences(counter, event) for event in said):
                # A key that is only tapped would press it.
                yield f"{name} has consequences in {where} and is not marked (`widgets.control.says`)"


@pytest.mark.timeout(280)
@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.trial)], ids=["a twelfth", "all"])
def test_every_control_of_the_staff_window_is_heard(hands: Hands, count_cases: CountCases, every: int) -> None:
    met: set[object] = set()
    deaf: list[str] = []
    for counter, facts in list(one_of_each().values())[::every]:
        standing = at_rest(counter)

        def show(standing: Counter = standing, facts: object = facts) -> None:
            hands.show(standing, facts)  # type: ignore[arg-type]
            hands.fold()

        deaf += walk(hands.window, standing, hands.said, show, lambda: hands.hold(Qt.Key.Key_Return), met)
    count_cases("controls of the staff window", len(met))
    assert deaf == [], "\n".join(deaf)


@pytest.mark.timeout(280)
def test_every_control_of_the_patron_window_is_heard(desk_with: Callable[..., ShownPatronWindow], count_cases: CountCases) -> None:
    desk = desk_with(keypad=True, single=True)
    met: set[object] = set()
    deaf: list[str] = []
    for counter in scenes().values():
        standing = at_rest(counter)
        deaf += walk(desk.window, standing, desk.events, lambda standing=standing: desk.show(standing), lambda: desk.hold("\r"), met)  # type: ignore[misc]
    count_cases("controls of the patron window", len(met))
    assert deaf == [], "\n".join(deaf)


@pytest.mark.timeout(280)
@a_sixth_or_all
def test_what_stands_in_a_field_survives_a_card_that_comes(hands: Hands, every: int) -> None:
    for name, (counter, facts) in list(one_of_each().items())[::every]:
        hands.show(counter, facts)
        fields = [field for field in hands.window.findChildren(ScanField) if field.isVisible() and field.isEnabled()]
        for field in fields:
            field.setText("2104")
        if not fields:
            continue
        after, _ = step(at_rest(counter), CardPlaced(Insertion(99, "another reader")))
        hands.show(after, facts)
        if type(after.flow) is type(counter.flow):
            assert [field.text() for field in fields] == ["2104"] * len(fields), name
