"""kiosk doctor on the library system and the window that receives numbers, with real servers and a real X screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.checks.handover import check_handover
from kiosk.commands.doctor import wording
from kiosk.commands.doctor.library import check_ils
from kiosk.config import CardSettings, HandoverSettings, Home, Ils, IlsSettings, RevocationSource, Settings
from kiosk.demo.ils import LibraryServer, Login, opening
from kiosk.demo.ils.server import now_in_japan
from kiosk.domain.health import Condition, Finding
from kiosk.domain.states import HandoverWhen
from tests.support.ils.scripted_server import STATUS, Station, answering
from tests.support.screens.xvfb import Screen

TITLE = "図書館システム - 貸出"


def settings(ils: IlsSettings | None = None, handover: HandoverSettings | None = None) -> Settings:
    return Settings(CardSettings(RevocationSource.NONE), ils=ils or IlsSettings(), handover=handover or HandoverSettings())


# --- the library's system ---------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[LibraryServer]:
    made = LibraryServer(opening(now_in_japan().date()), login=Login("kiosk", "right"))
    made.start()
    yield made
    made.stop()


def ils(port: int, password: str = "right", host: str = "127.0.0.1") -> IlsSettings:
    return IlsSettings(Ils.KOHA, host, port, user="kiosk", password=password, answer_seconds=1, connect_seconds=1)


def test_no_library_system_is_a_choice(home: Home) -> None:
    finding = check_ils(home, settings())
    assert (finding.outcome, finding.condition, wording.advice(finding)) == ("ils.none", Condition.OK, "")


def test_a_config_that_says_nothing_is_not_guessed(home: Home) -> None:
    assert (check_ils(home, None).outcome, check_handover(None).outcome) == ("ils.unknown", "handover.unknown")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_system_that_lets_the_counter_in_is_ready(home: Home, server: LibraryServer, host: str) -> None:
    finding = check_ils(home, settings(ils(server.port, host=host)))
    assert finding.outcome == "ils.ready"
    assert wording.found(finding) == f"つながり、ログインできます(koha、{host}:{server.port}(暗号化なし))"


def test_a_refused_login_is_bad_and_tried_once(home: Home, server: LibraryServer) -> None:
    finding = check_ils(home, settings(ils(server.port, "not-the-word")))
    assert (finding.outcome, finding.condition) == ("ils.trouble", Condition.WRONG)
    assert "図書館システムにログインできません" in wording.found(finding)
    assert "not-the-word" not in str(wording.as_json(finding))
    assert server.snapshot().requests == 1


def test_a_system_that_is_down_is_bad(home: Home, server: LibraryServer) -> None:
    server.stop()
    finding = check_ils(home, settings(ils(server.port)))
    assert finding.outcome == "ils.trouble"
    assert "何も動いていません" in wording.found(finding)
    assert "kiosk ils test" in wording.advice(finding)


def test_what_is_denied_is_named(home: Home) -> None:
    with Station(answering({"99": STATUS.replace("BXYYYYYYYYYYYNYYYY", "BXYNYYYYYYYYYNYNYY")})) as station:
        finding = check_ils(home, settings(ils(station.port)))
    assert finding.outcome == "ils.lacking"
    assert "貸出 (Checkout)、予約 (Hold)" in wording.found(finding)


def test_a_system_that_tells_nothing_of_itself_is_ready(home: Home) -> None:
    with Station(answering({"99": "96"})) as station:
        assert check_ils(home, settings(ils(station.port))).outcome == "ils.ready"


# --- the window that takes numbers ------------------------------------------------------------------------------------


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    with Screen() as made:
        monkeypatch.setenv("DISPLAY", made.name)
        yield made


def handing_over(title: str = "図書館", program: str = "") -> Settings:
    return settings(handover=HandoverSettings(HandoverWhen.ON_TAP, title, program))


def outcome(finding: Finding) -> str:
    # Whole titles may name patrons.
    assert "貸出" not in str(wording.as_json(finding))
    return finding.outcome


def test_no_handover_is_a_choice() -> None:
    assert check_handover(settings()).outcome == "handover.off"


@pytest.mark.window
def test_the_window_that_fits_now_is_told_by_its_program(screen: Screen) -> None:
    assert outcome(check_handover(handing_over())) == "handover.missing"
    screen.terminal(TITLE)
    finding = check_handover(handing_over())
    assert outcome(finding) == "handover.found"
    assert "xterm" in wording.found(finding).lower()
    assert outcome(check_handover(handing_over(program="xterm"))) == "handover.found"
    assert outcome(check_handover(handing_over(program="firefox"))) == "handover.missing-program"
    screen.foreign(f"{TITLE} 2")
    finding = check_handover(handing_over())
    assert (outcome(finding), finding.params["count"]) == ("handover.several", 2)


@pytest.mark.linux("X11")
def test_a_desktop_that_takes_no_keys_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert outcome(check_handover(handing_over())) == "handover.impossible"


@pytest.mark.linux("X11")
def test_without_a_screen_nothing_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert outcome(check_handover(handing_over())) == "handover.unknown"
