"""Layout of every page of the staff window in every window size: nothing cut off, outside or overlapping."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from kiosk.ui.staff import StaffWindow
from kiosk.ui.widgets.words import Words
from tests.support.windows.layout_faults import complaints, place
from tests.support.windows.patron_samples import with_facts
from tests.support.windows.staff_samples import one_of_each, staff_scenes
from tests.support.windows.staff_window import settle

SIZES = (
    *((800, 480), (1024, 768)),
    *((800, 600), (800, 800), (853, 480), (960, 540), (1024, 576)),
    *((1280, 720), (1366, 768), (1536, 864), (1920, 1080)),
)
"""Among them 1920×1080 at 100, 125, 150 and 200 %, 1280×720 at 125 and 150 %, and the smallest there is."""
NARROWEST = (800, 960, 1280)
"""Of each class but the widest: every refusal is tried here, the others have more room."""


QUICK = ((800, 480, 4), (1024, 768, 6))
"""Of the pages one of so many."""
LONG = [pytest.param(*size, 1, marks=pytest.mark.trial) for size in SIZES]


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("width", "height", "every"), [*QUICK, *LONG])
def test_every_page_can_be_read(qtbot: QtBot, width: int, height: int, every: int) -> None:
    window = StaffWindow(lambda event: None)
    qtbot.addWidget(window, before_close_func=StaffWindow.close_for_good)
    window.resize(width, height)
    window.show()
    found: dict[str, list[str]] = {}
    scenes = staff_scenes() if width in NARROWEST and every == 1 else one_of_each()
    for name, (counter, facts) in list(scenes.items())[::every]:
        window.show_state(with_facts(counter, facts))
        settle()
        for complaint in complaints(window):
            found.setdefault(complaint, []).append(name)
    assert not found


def test_a_cut_text_is_found(qtbot: QtBot) -> None:
    """The checker itself finds what it is for."""
    window = StaffWindow(lambda event: None)
    qtbot.addWidget(window, before_close_func=StaffWindow.close_for_good)
    window.resize(1366, 768)
    window.show()
    window.show_state(with_facts(*staff_scenes()["status"]))
    settle()
    assert complaints(window) == []
    cut = next(words for words in window.findChildren(Words) if words.isVisible() and words.text)
    cut.setFixedSize(8, 8)
    assert any(complaint.startswith(f"text cut: {place(cut)}") for complaint in complaints(window))
