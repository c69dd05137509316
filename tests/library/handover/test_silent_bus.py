"""A desktop whose bus answers nobody: neither the counter nor a number waits for it longer than its limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config import CardSettings, HandoverSettings, HandoverTarget, RevocationSource, Settings
from kiosk.domain.states import HandoverWhen
from kiosk.equipment import open_accessibility
from kiosk.library.handover import ProgramWindow, atspi_bus
from kiosk.library.handover.atspi import AtSpi
from kiosk.library.handover.elements import Unknown
from tests.support.screens.silent_bus import silent_bus

pytestmark = [pytest.mark.linux("D-Bus"), pytest.mark.timeout(30)]

WINDOW = ProgramWindow(1, "図書館システム", ("form",), ours=False)


@pytest.fixture(autouse=True)
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with silent_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield


def test_what_it_would_tell_is_unknown() -> None:
    with AtSpi().elements(3) as elements:
        assert elements.focused(WINDOW) is Unknown.NO_ANSWER


def test_the_counter_opens_without_waiting_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atspi_bus, "OPENING_SECONDS", 1000.0)
    target = HandoverTarget(name="番号", title="図書館システム", role="text", label="利用者番号")
    settings = Settings(CardSettings(RevocationSource.NONE), handover=HandoverSettings(HandoverWhen.ON_TAP, target=(target,)))
    with open_accessibility(settings):
        pass
