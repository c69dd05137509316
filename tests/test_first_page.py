"""What is loaded before the first page is painted, and that the rest is found afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kiosk.config import Home
from kiosk.text import plain, say
from kiosk.ui.staff.page import StaffPage
from kiosk.ui.staff.page_kind import PageKind
from kiosk.ui.theme import staff_sizes
from tests.support import ROOT
from tests.support.screens.accessible_desktop import Desktop
from tests.support.screens.shown import shown, wait_for_shown
from tests.support.wait import LIMIT

CONFIG = '[card]\nrevocation = "none"\n[keys]\nplace = "file"\n'
LIBRARIES = {"cryptography", "peewee", "sqlcipher3", "smartcard", "keyring", "Xlib"}
BEHIND_THE_WINDOWS = {
    *("kiosk.app.engine", "kiosk.app.opening", "kiosk.checks.periodic", "kiosk.domain.machine", "kiosk.effects"),
    *("kiosk.library.ils", "kiosk.smartcard.judge", "kiosk.smartcard.pcsc", "kiosk.store.repository"),
    *("kiosk.domain.rail", "kiosk.domain.registration", "kiosk.domain.serving.session", "kiosk.domain.unlinking", "kiosk.domain.wire"),
}
OF_THE_STANDARD_LIBRARY = {"email", "importlib.metadata", "json", "subprocess", "uuid"}
"""What takes milliseconds to load."""
NOT_YET_OPENED = {
    *("kiosk.ui.patron.window", "kiosk.ui.staff.guardian", "kiosk.ui.staff.serving.page", "kiosk.ui.staff.status", "kiosk.ui.slip"),
}
AT_THE_FIRST_PAINT = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from kiosk import app
from kiosk.__main__ import main

class Painted(QObject):
    def eventFilter(self, window, event):
        if event.type() == QEvent.Type.Paint:
            window.removeEventFilter(self)
            print(*sys.modules, flush=True)
            print(__import__.__name__, flush=True)
            self.loaded = QTimer(window, interval=50)
            self.loaded.timeout.connect(lambda: all_pages() and window.close())
            self.loaded.start()
        return False

def all_pages():
    from kiosk.ui.staff.page_kind import PageKind
    return all(f"kiosk.ui.staff.{kind.value[0]}" in sys.modules for kind in PageKind)

class Program(app.Program):
    def start(self):
        self.painted = Painted()
        self.displays.staff.installEventFilter(self.painted)
        super().start()

app.Program = Program
code = main()
print(*sys.modules)
sys.exit(code)
"""


def test_the_first_page_is_painted_before_anything_is_loaded_that_does_not_draw_it(tmp_path: Path) -> None:
    """It takes a third of the time until a usable screen, of which `make bench` says the whole."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(CONFIG, "utf-8")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    ran = subprocess.run(
        [sys.executable, "-c", AT_THE_FIRST_PAINT, "--home", str(home), "run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    painted, imports, ended = (set(line.split()) for line in ran.stdout.splitlines())
    assert "kiosk.ui.staff.idle" in painted
    assert painted & (LIBRARIES | OF_THE_STANDARD_LIBRARY | BEHIND_THE_WINDOWS | NOT_YET_OPENED) == set()
    # PySide6's own would read every source.
    assert "__feature_import__" not in imports
    # It ended once every page was loaded, so that no press waits for one.
    assert ended >= {"cryptography", "peewee", "sqlcipher3", "smartcard"} | BEHIND_THE_WINDOWS - {"kiosk.library.ils"}
    assert "kiosk.ui.patron.window" in ended


@pytest.mark.window
def test_what_cannot_be_opened_behind_the_first_page_is_told_in_a_window_of_its_own(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    home.config.write_text(CONFIG, "utf-8")
    home.store.write_bytes(b"no store at all")
    (tmp_path / "desktop").mkdir()
    with Desktop(tmp_path / "desktop") as desktop:
        environment = os.environ | desktop.environment
        child = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "--home", str(home.folder), "run"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )
        with child:
            try:
                wait_for_shown(f"^{say('staff.start.title')}$", environment)
                assert shown(f"^{say('staff.window.title')}$", environment) == []
            finally:
                child.terminate()
            assert child.communicate(timeout=LIMIT)[1].splitlines()[0] == plain(say("refusal.store-key-missing.staff"))
    assert child.returncode == -signal.SIGTERM


def test_every_page_is_found_under_its_name(qapp: QApplication) -> None:
    for kind in PageKind:
        assert isinstance(kind.load()(lambda event: None, staff_sizes(1366)), StaffPage)
