"""Without seeing the windows, or with tools of their own, people can lend, renew and reserve: another process does it through the
accessibility bus, using only the names it finds; and a scanner types at the screen's own keyboard.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.demo.ils import ITEMS, PATRONS
from kiosk.domain.model import LibraryCardNumber, Service
from tests.support.screens.accessible_desktop import Desktop, Outsider, name

pytestmark = [pytest.mark.window, pytest.mark.timeout(150)]

STAFF, PATRON, TRAY = "職員", "利用者", "お試し"
CONTROLS = ("push button", "check box", "radio button", "toggle button", "text")
BACK_LIMIT = 40.0
Start = Callable[[str], Outsider]


def number_of(item: str) -> str:
    return LibraryCardNumber(ITEMS[item].number).grouped


class Staff:
    """What staff do at their window, by names."""

    def __init__(self, outsider: Outsider) -> None:
        self._outsider = outsider

    def see(self, text: str, limit: float = 20.0) -> None:
        self._outsider.see(text, window=STAFF, limit=limit)

    def press(self, key: str, **params: str | int) -> None:
        self.press_named(name(key, **params))

    def press_named(self, control: str) -> None:
        self._outsider.press(control, window=STAFF)

    def lay(self) -> None:
        self._outsider.press(name("demo.card.fine"), window=TRAY)
        self.press("staff.holder.yes")

    def enter(self, item: str, service: Service) -> None:
        self._outsider.fill(name("staff.items.field"), ITEMS[item].number, window=STAFF)
        self.press(f"staff.items.enter-{service}")

    def check_names(self) -> None:
        """Everything that can be pressed or filled has a name, and no two have the same."""
        live = [each for each in self._outsider.look(window=STAFF) if each["role"] in CONTROLS and each["live"]]
        assert [f"{each['role']} {each['actions']}" for each in live if not each["name"]] == []
        assert [shown for shown, count in Counter(each["name"] for each in live).items() if count > 1] == []


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    with Desktop(tmp_path) as desktop:
        yield desktop


@pytest.fixture
def start(desktop: Desktop) -> Start:
    """Starts the counter, at which that patron of the pretend library has registered a card."""

    def started(patron: str) -> Outsider:
        command = [sys.executable, "-m", "tests.support.screens.demo_counter", str(desktop.folder / "counter"), "two", "--linked", patron]
        outsider = desktop.outsider(desktop.start(command, "kiosk").pid)
        outsider.see(name("staff.home.title"), window=STAFF, limit=60)
        outsider.see(name("staff.bar.ils-ready"), window=STAFF)
        return outsider

    return started


def test_lending_renewing_and_reserving_by_names_and_actions_alone(start: Start) -> None:
    outsider = start("own")
    staff = Staff(outsider)
    staff.lay()
    staff.see(LibraryCardNumber(PATRONS["own"]).grouped)
    staff.see(f"{name('staff.patron.loans')} 3点")
    staff.check_names()

    staff.enter("bamboo", Service.LOAN)
    staff.see(f"{ITEMS['bamboo'].title}、{name('staff.line.done-loan')}")
    staff.see(f"{name('staff.patron.loans')} 4点")
    staff.enter("shelf", Service.LOAN)
    staff.see(name("staff.item.reserved-next"))
    staff.enter("design", Service.LOAN)
    staff.see(f"{ITEMS['design'].title}、{name('staff.line.done-loan')}")
    staff.check_names()

    staff.press("staff.patron.renewal")
    staff.see(ITEMS["own-wanted"].title)
    staff.check_names()
    staff.press_named(f"{name('staff.line.renew')} {ITEMS['own-renewable'].title} {number_of('own-renewable')}")
    staff.see(f"{ITEMS['own-renewable'].title}、{name('staff.line.done-renewal')}")
    staff.press("staff.items.renew-all")
    staff.see(name("staff.item.no-more-renewals"))
    staff.see(name("staff.item.reserved-renewal-next"))

    staff.press("staff.patron.hold")
    staff.see(name("staff.items.empty-hold"))
    staff.enter("queue", Service.HOLD)
    staff.see(f"{ITEMS['queue'].title}、{name('staff.line.done-hold')}、{name('staff.line.position', position=4)}")
    staff.check_names()

    staff.press("staff.patron.internet-terminal")
    staff.see(name("staff.patron.enter"))
    staff.check_names()
    outsider.press(name("demo.tray.lift"), window=TRAY)
    staff.press("staff.action.end")
    staff.see(name("staff.home.title"))
    shown = "\n".join(f"{each['name']}\n{each['text']}" for window in (STAFF, PATRON) for each in outsider.look(window=window))
    for secret in (*(copy.title for copy in ITEMS.values()), LibraryCardNumber(PATRONS["own"]).grouped, PATRONS["own"]):
        assert secret not in shown


def test_the_library_system_goes_and_comes_back_as_heard_from_outside(start: Start) -> None:
    outsider = start("other")
    staff = Staff(outsider)
    staff.lay()
    staff.see(LibraryCardNumber(PATRONS["other"]).grouped)
    outsider.press(name("demo.tray.library-stop"), window=TRAY)
    staff.enter("stars", Service.LOAN)
    staff.see(name("staff.item.not-reached-next"))
    staff.see(name("staff.bar.ils-unreachable"))
    staff.see(LibraryCardNumber(PATRONS["other"]).grouped)
    staff.check_names()
    outsider.press(name("demo.tray.library-start"), window=TRAY)
    staff.see(name("staff.bar.ils-ready"), limit=BACK_LIMIT)
    staff.enter("stars", Service.LOAN)
    staff.see(f"{ITEMS['stars'].title}、{name('staff.line.done-loan')}")


def test_a_scanner_at_the_screens_keyboard_lends_one_item_after_the_other(start: Start, desktop: Desktop) -> None:
    """Keys as a USB scanner sends them, with nothing but the item field ready for them."""
    outsider = start("other")
    staff = Staff(outsider)
    desktop.give_keyboard_to(name("staff.window.title"))
    staff.lay()
    staff.see(name("staff.items.field"))
    assert outsider.focused() == name("staff.items.field")
    items = ("stars", "maps", "cats", "crafts")
    desktop.keys(*(key for item in items for key in ("A", *ITEMS[item].number, "A", "Return")), delay=5)
    for item in items:
        staff.see(f"{ITEMS[item].title}、{name('staff.line.done-loan')}")
    staff.see(f"{name('staff.patron.loans')} 4点")
    desktop.keys("F12")
    staff.see(name("staff.banner.card-left"))
