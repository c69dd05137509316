"""The tray types like a scanner into the staff window, and switches the library system off and on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from kiosk.demo.ils import ITEMS, PATRONS, LibraryServer, serving
from kiosk.demo.library import demo_server
from kiosk.demo.tray import Tray, side_by_side
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.text import plain, say
from tests.support.ils.raw_sip2_client import Wire, checkout


class Staff(QWidget):
    """A window that takes scans as lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._field = QLineEdit(self)
        QVBoxLayout(self).addWidget(self._field)
        self._field.returnPressed.connect(self._keep)
        self.show()
        self._field.setFocus()

    def _keep(self) -> None:
        self.lines.append(self._field.text())
        self._field.clear()


@pytest.fixture
def staff(qapp: QApplication) -> Iterator[Staff]:
    window = Staff()
    yield window
    shiboken6.delete(window)


@pytest.fixture(scope="module")
def deck() -> Deck:
    return Deck()


@pytest.fixture
def server() -> Iterator[LibraryServer]:
    with serving(demo_server()) as server:
        yield server


@pytest.fixture
def tray(staff: Staff, deck: Deck, server: LibraryServer) -> Iterator[Tray]:
    tray = Tray(deck, VirtualReaders(), staff, server)
    tray.show()
    yield tray
    shiboken6.delete(tray)


def press(tray: Tray, name: str) -> None:
    [button] = [button for button in tray.findChildren(QAbstractButton) if button.isVisible() and button.accessibleName() == name]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_library_cards_and_items_are_scanned_by_a_click(tray: Tray, staff: Staff) -> None:
    press(tray, plain(say("demo.library-card.expired")))
    press(tray, ITEMS["bamboo"].title)
    press(tray, plain(say("demo.item.reference", title=ITEMS["reference"].title)))
    press(tray, plain(say("demo.item.unknown")))
    numbers = [PATRONS["expired"], ITEMS["bamboo"].number, ITEMS["reference"].number, "1103099999"]
    assert staff.lines == [f"A{number}A" for number in numbers]


def test_each_button_has_a_name_of_its_own_and_is_wide_enough(tray: Tray) -> None:
    buttons = [button for button in tray.findChildren(QAbstractButton) if button.isVisible()]
    names = [button.accessibleName() for button in buttons]
    assert len(names) > 50
    assert sorted(set(names)) == sorted(names)
    assert all(names)
    assert all(button.width() >= button.minimumSizeHint().width() for button in buttons)
    assert all(button.mapTo(tray, button.rect().topRight()).x() < tray.width() for button in buttons)


@pytest.mark.parametrize(
    ("display", "tray", "staff"),
    [
        (QRect(0, 0, 1920, 1080), QSize(760, 900), QRect(0, 0, 1160, 1080)),
        (QRect(1920, 24, 1366, 744), QSize(300, 900), QRect(1920, 24, 1066, 744)),
        (QRect(0, 0, 1260, 800), QSize(300, 900), QRect(0, 0, 960, 800)),
        (QRect(0, 0, 1259, 800), QSize(300, 900), None),
        (QRect(0, 0, 1366, 768), QSize(760, 900), None),
        (QRect(0, 0, 800, 600), QSize(900, 900), None),
    ],
)
def test_the_tray_stands_beside_a_staff_window_that_can_spare_the_room(display: QRect, tray: QSize, staff: QRect | None) -> None:
    made, stands = side_by_side(display, tray)
    assert made == staff
    assert display.contains(stands)
    assert stands.right() == display.right()
    assert staff is None or not staff.intersects(stands)


@pytest.mark.linux("a display of 800×800 pixels")
def test_on_a_display_too_small_for_both_the_tray_is_one_column_over_the_edge(tray: Tray, staff: Staff) -> None:
    """Qt's offscreen display is of 800×800 pixels; on Windows the tests have a real one."""
    before = staff.geometry()
    abreast = tray.width()
    tray.stand_beside(shared=False)
    QApplication.processEvents()
    assert staff.geometry() == before
    assert tray.width() < abreast / 2
    assert staff.screen().availableGeometry().contains(tray.frameGeometry())
    [last] = [button for button in tray.findChildren(QAbstractButton) if button.accessibleName() == plain(say("demo.item.unknown"))]
    assert last.visibleRegion().isEmpty()
    QTest.keyClick(last, Qt.Key.Key_End)
    assert not last.visibleRegion().isEmpty()


def test_none_of_qts_own_scroll_bars_is_ever_shown_beside_what_scrolls(tray: Tray) -> None:
    """Assistive tools ask for them by number, of which Qt dies when one has gone."""
    areas = tray.findChildren(QScrollArea)
    assert areas
    assert {area.verticalScrollBarPolicy() for area in areas} == {Qt.ScrollBarPolicy.ScrollBarAlwaysOff}
    assert {area.horizontalScrollBarPolicy() for area in areas} == {Qt.ScrollBarPolicy.ScrollBarAlwaysOff}


def test_the_librarys_system_can_be_switched_off_and_on(tray: Tray, server: LibraryServer) -> None:
    port = server.port
    press(tray, plain(say("demo.tray.library-stop")))
    with pytest.raises(ConnectionError):
        Wire(port)
    press(tray, plain(say("demo.tray.library-start")))
    with Wire(port) as wire:
        assert wire.ask("9300CNx|COx|") == "940"
    assert plain(say("demo.tray.library-stop")) in [button.accessibleName() for button in tray.findChildren(QAbstractButton)]


def test_the_librarys_system_can_be_made_to_lose_an_answer(tray: Tray, server: LibraryServer) -> None:
    bamboo, own = ITEMS["bamboo"].number, PATRONS["own"]
    login = server.login
    assert login is not None
    press(tray, plain(say("demo.tray.library-lose")))
    with Wire(server.port) as wire:
        assert wire.ask(f"9300CN{login.user}|CO{login.password}|") == "941"
        wire.send(checkout(own, bamboo).encode() + b"\r")
        assert wire.rest() == b""
    assert server.snapshot().loans[bamboo].patron == own


def test_without_a_library_system_there_is_nothing_to_switch(staff: Staff, deck: Deck) -> None:
    tray = Tray(deck, VirtualReaders(), staff)
    names = [button.accessibleName() for button in tray.findChildren(QAbstractButton)]
    shiboken6.delete(tray)
    assert plain(say("demo.tray.library-stop")) not in names
    assert plain(say("demo.tray.lift")) in names
