"""A counter with its windows and the simulated library behind it, over the real client: the test is staff, patron, scanner and connection.

Window content is read as somebody sees it or hears it read out; results are read from the library's own data.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from kiosk.app.opening import slip_printer
from kiosk.config import DisplaySettings, Home, Ils, Settings
from kiosk.demo.ils import ITEMS, KOHA, PATRONS, Circulation, Dialect, LibraryServer, Login, Mishap, Rules, opening, serving
from kiosk.demo.ils.server import now_in_japan
from kiosk.demo.library import demo_ils, demo_settings
from kiosk.domain.circulation import Item, ItemAnswer, Outcome, Reason
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Revocation, Service, UnlinkReason
from kiosk.domain.states import ConfirmingHolder, Counter, PatronShown, Waiting
from kiosk.library.ils import IlsClient
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, say
from kiosk.ui.staff.item_answers import told
from kiosk.ui.staff.serving.item_list import Rows
from kiosk.ui.staff.serving.item_row import Row
from tests.support.counter.headless import token_of
from tests.support.counter.windowed import Key, OpenedCounter, button_named, words_on
from tests.support.wait import LIMIT

DEMO = replace(KOHA, expiry_field="PA")
"""A Koha that also reports the expiry date of library cards."""
NONE = Qt.KeyboardModifier.NoModifier
ENTER: Key = (Qt.Key.Key_Return, NONE, "\r")
_SYSTEMS = {system.value: system for system in Ils}
_TEXTS = {Qt.Key.Key_Return: "\r", Qt.Key.Key_Tab: "\t", Qt.Key.Key_Space: " "}
SCAN_MS = 4
"""Milliseconds between two characters of a barcode scanner."""
Window = Literal["staff", "patron"]
Open = Callable[..., "LendingCounter"]
"""Opens another counter; keywords as for `lending_counter`."""


@dataclass
class Line:
    """The connection to the library system: faults for the next requests of a kind, and a clock by which staff can wait."""

    ahead: float = 0
    due: dict[str, deque[Mishap]] = field(default_factory=dict)

    def clock(self) -> float:
        return time.monotonic() + self.ahead

    def happen(self, kind: str, *mishaps: Mishap) -> None:
        """Inject faults into the next requests of this kind, in order."""
        self.due.setdefault(kind, deque()).extend(mishaps)

    def __call__(self, number: int, kind: str) -> Mishap:
        waiting = self.due.get(kind)
        return waiting.popleft() if waiting else Mishap()


class LendingCounter:
    """One counter connected to `server`. Created by `lending_counter`."""

    def __init__(self, opened: OpenedCounter, server: LibraryServer, line: Line, deck: Deck, judge: CardJudge, home: Home) -> None:
        self.opened, self.server, self.line, self.home = opened, server, line, home
        self._deck, self._judge = deck, judge
        self.staff, self.patron = opened.staff, opened.patron

    # --- what people do -----------------------------------------------------------------------------------------------------

    def link(self, patron: str, card: str = "fine") -> None:
        """Link this card to the patron of that name in the simulated library."""
        token = token_of(self._judge, self._deck.card(card))
        number = LibraryCardNumber(PATRONS[patron])
        self.opened.repository.save_link(uuid.uuid4(), token, number, revocation=Revocation.GOOD)

    def unlink(self, patron: str) -> None:
        self.opened.repository.close_link(uuid.uuid4(), LibraryCardNumber(PATRONS[patron]), UnlinkReason.WISH)

    def lay(self, card: str = "fine", slot: int = 0) -> None:
        self.opened.lay(self._deck.card(card), slot)

    def tap(self, patron: str, card: str = "fine") -> PatronShown:
        """The patron's card is placed, and staff confirm the photo."""
        self.link(patron, card)
        self.lay(card)
        self.opened.until_at(ConfirmingHolder)
        self.press("staff.holder.yes")
        return self.opened.until_at(PatronShown)

    def press(self, key: str, window: Window = "staff", **params: str | int) -> None:
        self.opened.press(self._window(window), say(key, **params))

    def unfold_to(self, key: str) -> None:
        self.opened.unfold_to(say(key))

    def press_in_notice(self, key: str) -> None:
        self.opened.press_in_notice(say(key))

    def scan(self, *items: str, gap_ms: int = SCAN_MS) -> None:
        """Scan items of the simulated library by name, one right after the other, wherever the focus is."""
        self.scan_text(*(ITEMS[item].number for item in items), gap_ms=gap_ms)

    def scan_and_wait(self, *items: str) -> None:
        """Scan items and wait for the answers: the same one once more before its answer is taken for a scanner that reads twice."""
        self.scan(*items)
        self.answered()

    def scan_text(self, *texts: str, gap_ms: int = SCAN_MS) -> None:
        """Scan the barcodes' content between the start and stop characters of NW-7."""
        self.opened.type_keys([key for text in texts for key in (*keys_of(f"A{text}A"), ENTER)], gap_ms)

    def type_by_hand(self, text: str) -> None:
        self.opened.type_keys([*keys_of(text), ENTER], 120)

    def key(self, key: Qt.Key) -> None:
        """A single key, pressed by a finger."""
        self.opened.type_keys([(key, NONE, _TEXTS.get(key, ""))], 120)

    def chord(self, letter: str) -> None:
        """The letter together with Alt."""
        self.opened.type_keys([(Qt.Key(ord(letter)), Qt.KeyboardModifier.AltModifier, letter)], 120)

    def hold(self, key: Qt.Key) -> None:
        """Hold the key long enough to press a guarded control."""
        self.opened.hold((key, NONE, _TEXTS.get(key, "")), 0.6)

    def choose(self, service: Service) -> None:
        self.press(f"staff.patron.{service}")

    def end(self) -> None:
        """F12 held, whatever is in doubt, and all cards are removed."""
        self.hold(Qt.Key.Key_F12)
        self.opened.until_at(Waiting)
        self.opened.end()
        self.opened.settle()

    # --- what is seen -------------------------------------------------------------------------------------------------------

    @property
    def shown(self) -> PatronShown:
        assert isinstance(self.opened.flow, PatronShown), self.opened.flow
        return self.opened.flow

    def answered(self, limit: float = LIMIT) -> None:
        """Wait until every item has its answer, every title has arrived and every row is built."""

        def settled(counter: Counter) -> bool:
            dealings = counter.flow.dealings if isinstance(counter.flow, PatronShown) else None
            return dealings is not None and not (dealings.unanswered or dealings.listing or dealings.describing)

        self.opened.until(settled, limit)
        self.built()

    def built(self) -> None:
        self.opened.until(lambda _: all(rows.complete for rows in self.staff.findChildren(Rows)))
        self.opened.settle()

    def connected(self) -> None:
        self.opened.until(lambda counter: counter.ils is IlsCondition.READY)

    def rows(self) -> list[str]:
        """The visible rows as they are read out, from the top."""
        shown = [row for row in self.staff.findChildren(Row) if row.isVisible()]
        return [row.accessibleName() for row in sorted(shown, key=lambda row: row.mapTo(self.staff, QPoint()).y())]

    def row(self, title: str) -> str:
        """The one row about this item, with all its text."""
        [found] = [row for row in self.staff.findChildren(Row) if row.isVisible() and title in row.accessibleName()]
        return "\n".join(words_on(found))

    def sees(self, text: str, window: Window = "staff") -> bool:
        """Whether this text is visible there, or read out."""
        return plain(text).replace("\n", "") in "\n".join(said(self._window(window)))

    def see(self, key: str, window: Window = "staff", **params: str | int) -> None:
        sentence = say(key, **params)
        self.opened.until(lambda _: self.sees(sentence, window))

    @property
    def focused(self) -> str:
        """The name of the control that has the focus on the staff window."""
        return self.staff.focusWidget().accessibleName()

    def button(self, key: str, **params: str | int) -> bool:
        """Whether staff can press it."""
        return button_named(self.staff, plain(say(key, **params)).replace("\n", "")) is not None

    def _window(self, window: Window) -> QWidget:
        return self.staff if window == "staff" else self.patron

    # --- what the library's system remembers --------------------------------------------------------------------------------

    def executed(self, kind: str) -> dict[str, int]:
        """How often each item was lent, renewed or reserved by requests of this kind, whatever the reply."""
        return {each.item: count for each, count in self.server.snapshot().executed.items() if each.kind == kind}

    def give_back(self, *items: str) -> None:
        """Return items at the returns counter."""

        def act(library: Circulation) -> None:
            for item in items:
                library.give_back(ITEMS[item].number)

        self.server.change(act)

    def has_on_loan(self, patron: str) -> set[str]:
        return set(self.server.snapshot().loans_of(PATRONS[patron]))


def keys_of(text: str) -> list[Key]:
    return [(Qt.Key(ord(letter.upper())), NONE, letter) for letter in text]


def said(window: QWidget) -> list[str]:
    """The visible text of a window, and its accessible names."""
    found = [window.windowTitle()]
    for widget in window.findChildren(QWidget):
        if widget.isVisible():
            text = widget.text() if isinstance(widget, QLineEdit) else ""
            found += [widget.accessibleName(), widget.accessibleDescription(), text]
    return [text.replace("\n", "") for text in found if text]


def numbers_of(*items: str) -> set[str]:
    return {ITEMS[item].number for item in items}


@contextmanager
def lending_counter(
    folder: Path,
    deck: Deck,
    judge: CardJudge,
    *,
    dialect: Dialect = DEMO,
    latency: float = 0,
    rules: Rules | None = None,
    settings: Callable[[Settings], Settings] = lambda settings: settings,
    answer_seconds: float = 8,
) -> Iterator[LendingCounter]:
    """A counter set up as in the demo, whose library system answers after `latency` seconds; ready, with the focus on the staff window.

    `settings` may change the counter's settings.
    """
    line = Line()
    server = LibraryServer(opening(now_in_japan().date(), rules), dialect, login=Login("kiosk", "secret"), latency=latency, mishap=line)
    with serving(server):
        system = _SYSTEMS.get(dialect.name, Ils.GENERIC)
        ils = replace(demo_ils(server), system=system, expiry_field=dialect.expiry_field)
        quiet = replace(demo_settings(ils=ils), display=DisplaySettings(sounds=0))
        chosen = settings(quiet)
        today = now_in_japan().date()
        client = IlsClient(chosen.ils, lambda: today, monotonic=line.clock, answer_seconds=answer_seconds, settle_seconds=0.05)
        home = Home(folder / "home")
        home.prepare()
        opened = OpenedCounter(chosen, judge, home.store, library=client, print_slip=slip_printer(home, chosen))
        with opened:
            desk = LendingCounter(opened, server, line, deck, judge, home)
            desk.connected()
            opened.give_keyboard_to(opened.staff)
            yield desk


@contextmanager
def opener(folder: Path, deck: Deck, judge: CardJudge) -> Iterator[Open]:
    """Opens counters as tests need them, each in a folder of its own; closed at the end."""
    with ExitStack() as opened:

        def opening(**more: object) -> LendingCounter:
            place = folder / f"desk {len(list(folder.iterdir()))}"
            place.mkdir()
            return opened.enter_context(lending_counter(place, deck, judge, **more))  # type: ignore[arg-type]

        yield opening


@pytest.fixture
def open_desk(tmp_path: Path, deck: Deck, judge: CardJudge, qapp: QApplication) -> Iterator[Open]:
    with opener(tmp_path, deck, judge) as opening:
        yield opening


def why(service: Service, reason: Reason, outcome: Outcome = Outcome.REFUSED) -> list[str]:
    """Cause and next step as staff read them."""
    return [plain(sentence) for sentence in told(service, ItemAnswer(Item("1"), outcome, reason))]
