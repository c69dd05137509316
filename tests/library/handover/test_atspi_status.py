"""Whether programs are to tell of their controls: on while anybody here looks. On a real accessibility bus."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from jeepney import DBusAddress, Properties
from jeepney.io.blocking import open_dbus_connection

from kiosk.library.handover.atspi import AtSpi
from tests.support.screens.accessible_desktop import Desktop
from tests.support.wait import LIMIT

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]
STATUS = Properties(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status"))


def test_a_check_that_began_first_leaves_it_on_for_who_still_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desktop(tmp_path) as place:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", place.environment["DBUS_SESSION_BUS_ADDRESS"])
        with open_dbus_connection("SESSION") as bus:

            def is_on() -> bool:
                return bool(bus.send_and_get_reply(STATUS.get("IsEnabled"), timeout=LIMIT).body[0][1])

            bus.send_and_get_reply(STATUS.set("IsEnabled", "b", False), timeout=LIMIT)
            with ExitStack() as check, ExitStack() as counter:
                for ends in (check, counter):
                    ends.enter_context(AtSpi().switched_on())
                check.close()
                assert is_on()
                counter.close()
                assert not is_on()
