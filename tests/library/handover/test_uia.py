"""Fields of other programs over UI Automation, with objects in place of Windows' own. What every such way holds is in `test_elements`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.library.handover import ProgramWindow, uia
from kiosk.library.handover.elements import Element, Field, Unknown
from kiosk.library.handover.uia import UiaElements
from kiosk.library.handover.uia_com import UiAutomation
from tests.support.windows.played_uia import ADDRESS, HAS_VALUE, OFFSCREEN, PASSWORD, PATTERNS, VALUE, WINDOW, ComFailure, PlayedAutomation

FRONT = ProgramWindow(WINDOW, "図書館システム", ("browser",), ours=False)
CARD = Field("edit", "利用者番号", "card", "", ADDRESS)
NOT_AVAILABLE, TIMEOUT = -2147220991, -2146233083
"""UIA_E_ELEMENTNOTAVAILABLE and UIA_E_TIMEOUT."""


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> PlayedAutomation:
    monkeypatch.setattr(uia, "CALL_SECONDS", 30.0)
    return PlayedAutomation()


def elements_of(played: PlayedAutomation) -> UiaElements:
    return UiaElements(played, PATTERNS, ComFailure, time.monotonic() + 60)


def test_a_page_is_told_without_what_names_a_patron(played: PlayedAutomation) -> None:
    found = elements_of(played).focused(FRONT)
    assert isinstance(found, Element)
    assert (found.address, CARD.fits(found)) == (ADDRESS, True)


def test_the_text_of_a_document_is_no_address(played: PlayedAutomation) -> None:
    page = played.fields["card"].parent
    assert page is not None
    page.has[VALUE] = "山田太郎さま 延滞のお知らせ"
    found = elements_of(played).focused(FRONT)
    assert isinstance(found, Element)
    assert found.address == ""


def test_the_focus_in_another_window_is_not_in_this_one(played: PlayedAutomation) -> None:
    assert elements_of(played).focused(replace(FRONT, handle=8)) is Unknown.NO_FOCUS
    played.focus = None
    assert elements_of(played).focused(FRONT) is Unknown.NO_FOCUS


def test_of_two_fields_alike_the_one_on_the_screen_is_found(played: PlayedAutomation) -> None:
    """A dialog keeps one that is hidden."""
    card = played.fields["card"]
    hidden = played.fields["hidden"] = replace(card, number=9, has=dict(card.has))
    assert elements_of(played).find(FRONT, CARD) is Unknown.AMBIGUOUS
    hidden.has[OFFSCREEN] = True
    found = elements_of(played).find(FRONT, CARD)
    assert isinstance(found, Element)
    assert found.handle == ("uia", f"42.{card.number}")
    card.has[OFFSCREEN] = True
    assert elements_of(played).find(FRONT, CARD) is Unknown.AMBIGUOUS


def test_what_a_field_does_not_tell_is_unknown(played: PlayedAutomation) -> None:
    elements = elements_of(played)
    found = elements.focused(FRONT)
    assert isinstance(found, Element)
    played.fields["card"].has[PASSWORD] = True
    assert elements.text(found) is Unknown.MASKED
    played.fields["card"].has |= {PASSWORD: False, HAS_VALUE: False}
    assert (elements.text(found), elements.is_free(found)) == (Unknown.SILENT_PROGRAM, Unknown.SILENT_PROGRAM)


@pytest.mark.parametrize(("hresult", "reason"), [(NOT_AVAILABLE, Unknown.GONE), (TIMEOUT, Unknown.NO_ANSWER)])
def test_a_failure_is_unknown_and_never_no(played: PlayedAutomation, hresult: int, reason: Unknown) -> None:
    elements = elements_of(played)
    found = elements.focused(FRONT)
    assert isinstance(found, Element)

    def fail() -> None:
        raise ComFailure(hresult)

    played.asked = fail
    assert {elements.focused(FRONT), elements.find(FRONT, CARD), elements.text(found), elements.has_focus(found)} == {reason}


def test_what_comtypes_says_of_a_null_pointer_is_that_it_is_gone(played: PlayedAutomation) -> None:
    """A window may be closed at any time."""
    elements = elements_of(played)
    found = elements.focused(FRONT)
    assert isinstance(found, Element)

    def fail() -> None:
        raise ValueError("NULL COM pointer access")

    played.asked = fail
    assert {elements.focused(FRONT), elements.find(FRONT, CARD), elements.text(found), elements.has_focus(found)} == {Unknown.GONE}


@pytest.fixture
def hung(played: PlayedAutomation) -> Iterator[PlayedAutomation]:
    released = threading.Event()
    played.asked = lambda: released.wait(60)
    yield played
    released.set()


def test_a_program_that_hangs_is_abandoned(hung: PlayedAutomation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uia, "CALL_SECONDS", 0.05)
    elements = elements_of(hung)
    assert {elements.focused(FRONT), elements.find(FRONT, CARD)} == {Unknown.NO_ANSWER}


def test_where_there_is_no_such_interface_nothing_is_typed() -> None:
    """Neither Linux nor Wine has it."""
    with UiAutomation().switched_on(), UiAutomation().elements(3) as elements:
        assert elements.focused(FRONT) is Unknown.NO_INTERFACE
