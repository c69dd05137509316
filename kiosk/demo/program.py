"""Assembly of the demo: the counter's program with virtual readers, a test CA and a simulated library system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.app import Program, running
from kiosk.app.engine import Equipment, Sync
from kiosk.app.opening import slip_printer, slips_swept
from kiosk.checks.periodic import demo_looks, first_facts
from kiosk.config import Home, Settings
from kiosk.demo.browser_picture import BrowserPicture
from kiosk.demo.ils import PATRONS, serving
from kiosk.demo.library import demo_ils, demo_server, demo_settings
from kiosk.demo.older_store import put_older_store_back
from kiosk.demo.registry.controls import RegistryControls
from kiosk.demo.registry.late_sync import LateSync
from kiosk.demo.registry.library_server import DemoLibraryServer, can_be_run
from kiosk.demo.script import walk
from kiosk.demo.tour import Tour
from kiosk.demo.tray import READERS, Tray
from kiosk.domain.events import Event
from kiosk.domain.handed import Handed
from kiosk.domain.model import AnyService, LibraryCardNumber
from kiosk.domain.states import Counter
from kiosk.equipment import now, open_handover, open_library
from kiosk.ledger.running_lock import RunningLock
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.reader import CardReaders, ReaderMonitor
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.anchor import AnchorFile
from kiosk.store.key_file import FileKeyStore
from kiosk.store.keys import Keys, open_keys
from kiosk.store.repository import Repository
from kiosk.text import plain, say


@dataclass(frozen=True, slots=True)
class Setting:
    """The readers in use, and what is around the counter."""

    readers: Callable[[], CardReaders]
    monitor: Callable[[], ReaderMonitor]
    practice: bool = False
    """Both windows show a banner."""
    server: DemoLibraryServer | None = None
    """The library's server; None if this counter is alone."""
    hand_over: Callable[[LibraryCardNumber, AnyService | None], Handed] | None = None
    """Takes a number in place of another program."""
    opened: Callable[[Repository], None] = lambda store: None
    """Is given the store before anything works on it."""
    watch: Callable[[Counter], None] = lambda counter: None
    """Is told of each state once the windows show it."""


@contextmanager
def demo_counter(
    home: Home,
    settings: Settings,
    keys: Keys,
    deck: Deck,
    readers: VirtualReaders,
    anchor: AnchorFile | None = None,
    server: DemoLibraryServer | None = None,
) -> Iterator[Program]:
    """Run the program on virtual readers, the deck's own CA and the files of `home`; yield it started."""
    with pretended_counter(home, settings, keys, deck, Setting(readers.readers, readers.monitor, server=server), anchor) as program:
        yield program


@contextmanager
def pretended_counter(
    home: Home, settings: Settings, keys: Keys, deck: Deck, setting: Setting, anchor: AnchorFile | None = None
) -> Iterator[Program]:
    """Run the program on any readers, trusting only the deck's own CA: a real card is refused before any PIN."""
    judge = CardJudge([Authority(deck.authority.der)], NoRevocation(), keys.site, now, allow_test=True)
    with Repository(home.store, keys, settings.counter.name, now, anchor=anchor) as repository:
        setting.opened(repository)
        equipment = Equipment(
            readers=setting.readers,
            monitor=setting.monitor,
            judge=judge,
            repository=repository,
            facts=replace(first_facts(settings, judge, demo=True), practice=setting.practice),
            looks=demo_looks(home, settings, judge),
            # A single display is shared for trying out; with several, the placement is checked.
            own_displays=len(QGuiApplication.screens()) > 1,
            sync=_sync(setting.server, repository, settings),
            library=open_library(home, settings),
            hand_over=setting.hand_over or open_handover(settings),
            print_slip=slip_printer(home, settings),
            watch=setting.watch,
        )
        with slips_swept(home, settings), running(Program(settings, equipment.facts, nullcontext(equipment))) as program:
            yield program


def _sync(server: DemoLibraryServer | None, store: Repository, settings: Settings) -> Callable[[Callable[[Event], None]], Sync] | None:
    if server is None or not server.takes_in(store):
        return None
    return lambda post: LateSync(server, store, settings.registry.max_offline, post)


@contextmanager
def _library_server(home: Home, keys: Keys, name: str) -> Iterator[DemoLibraryServer | None]:
    """The library's server until the demo ends; None, and it is said, if what it needs is not installed."""
    if not can_be_run():
        print(plain(say("demo.tray.registry-missing")).replace("\n", ""), flush=True)
        yield None
        return
    server = DemoLibraryServer(home.folder / "demo-registry", keys.site, name)
    try:
        yield server
    finally:
        server.close()


def run_demo(application: QApplication, home: Home, tour: Path | None) -> int:
    """Run the demo on the files of `home`; return the exit code.

    With `tour` it runs unattended, leaves pictures and slips in that folder and returns 0 if all went well.
    """
    with ExitStack() as stack:
        stack.enter_context(RunningLock(home.lock))
        library = stack.enter_context(serving(demo_server()))
        settings = demo_settings(ils=demo_ils(library), slips=tour)
        keys = open_keys(FileKeyStore(home.folder / "demo-keys" / "keys.json"), home.store)
        server = stack.enter_context(_library_server(home, keys, settings.counter.name))
        deck, readers = Deck(home.folder / "demo-cards"), VirtualReaders(*(READERS if tour else READERS[:1]))
        anchor = None
        if tour is not None:
            anchor = AnchorFile(home.folder / "demo-keys" / "store.anchor", keys)
            put_older_store_back(home.store, keys, anchor, server)
            # Already on the reader at start-up.
            readers.lay(deck.card("not-my-number-card"), READERS[1])
            readers.unplug(READERS[1])
        program = stack.enter_context(demo_counter(home, settings, keys, deck, readers, anchor, server))
        registry = None if server is None else RegistryControls(server, deck, keys.site)
        tray = Tray(deck, readers, program.displays.staff, library, registry=registry)
        tray.show()
        if tour is None:
            tray.stand_beside(shared=program.displays.shares_display)
            return application.exec()
        browser = stack.enter_context(BrowserPicture(PATRONS["own"]))
        guide = Tour(program.displays, tray, tour, lambda guide: chain(browser.begun(guide), walk(guide), browser.shown(guide)))
        QTimer.singleShot(0, guide.begin)
        application.exec()
        return guide.result
