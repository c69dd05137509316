"""Screen saver and sleep are held off while the counter runs, and no longer: on a private D-Bus, and on a screen of its own."""

from __future__ import annotations

import logging
import sys

import pytest

from kiosk.awake import kept_awake
from tests.support.screens.xvfb import Screen
from tests.support.wait import LIMIT, wait_until

pytestmark = pytest.mark.linux("D-Bus and X")

if sys.platform != "win32":
    from Xlib import X
    from Xlib.display import Display
    from Xlib.ext import screensaver

    from kiosk.awake.desktop_bus import WHO, WHY
    from kiosk.awake.x11_saver import saver_suspended
    from tests.support.screens.idle_services import COOKIE, IdleServices


def on(services: IdleServices, monkeypatch: pytest.MonkeyPatch) -> None:
    for bus in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{bus}_BUS_ADDRESS", services.address)
    monkeypatch.delenv("DISPLAY", raising=False)


def test_the_desktop_and_logind_are_asked_and_told_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with IdleServices() as services:
        on(services, monkeypatch)
        with kept_awake():
            assert services.asked.get(timeout=LIMIT) == ("Inhibit", (WHO, WHY))
            assert services.asked.get(timeout=LIMIT) == ("Inhibit", ("idle:sleep", WHO, WHY, "block"))
            assert not services.is_lock_released()
        assert services.asked.get(timeout=LIMIT) == ("UnInhibit", (COOKIE,))
        wait_until(services.is_lock_released, "logind's lock to be released")


def test_without_any_of_them_the_counter_runs_all_the_same(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "kiosk.awake")
    with IdleServices(refuses=True) as services:
        on(services, monkeypatch)
        with kept_awake():
            wait_until(lambda: len(caplog.records) == 3, "all three ways")
    assert [record.getMessage().partition(" ")[0] for record in caplog.records] == ["desktop", "logind", "X"]
    assert all("does not hold off" in record.getMessage() for record in caplog.records)


def test_the_saver_of_x_waits_and_comes_again(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "kiosk.awake")
    with Screen(managed=False) as screen:
        monkeypatch.setenv("DISPLAY", screen.name)
        seen = Display(screen.name)
        try:
            root = seen.screen().root
            seen.set_screen_saver(1, 0, X.DontPreferBlanking, X.DontAllowExposures)
            seen.sync()
            wait_until(lambda: root.screensaver_query_info().state == screensaver.StateOn, "the screen saver")
            with kept_awake([("X", saver_suspended)]):
                wait_until(lambda: caplog.records, "X to be told")
                seen.force_screen_saver(X.ScreenSaverReset)
                seen.sync()
                wait_until(lambda: root.screensaver_query_info().idle > 1500, "more than its second")
                assert root.screensaver_query_info().state == screensaver.StateOff
            wait_until(lambda: root.screensaver_query_info().state == screensaver.StateOn, "the screen saver again")
        finally:
            seen.close()
