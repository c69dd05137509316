"""Fixtures: a screen for the session, and the desktop as seen by a program started on it."""

from collections.abc import Iterator

import pytest

from kiosk.library import handover
from tests.support.screens.xvfb import Screen


@pytest.fixture(scope="session")
def screen_of_the_session() -> Iterator[Screen]:
    with Screen() as screen:
        yield screen


@pytest.fixture
def screen(screen_of_the_session: Screen) -> Iterator[Screen]:
    """Nothing on it, an American keyboard."""
    screen_of_the_session.keyboard("us")
    yield screen_of_the_session
    screen_of_the_session.clear()


@pytest.fixture
def desktop(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> handover.Desktop:
    monkeypatch.setenv("DISPLAY", screen.name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    return handover.desktop()
