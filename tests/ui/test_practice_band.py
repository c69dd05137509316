"""The band by which a practice is told from a counter."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QApplication

from kiosk.config import DisplaySettings
from kiosk.domain.model import Language
from kiosk.domain.states import Counter, CounterFacts, CounterRules
from kiosk.ui.displays import Displays
from kiosk.ui.widgets.practice_banner import PracticeBand


def test_the_bands_take_room_in_a_practice_alone(qapp: QApplication) -> None:
    displays = Displays(DisplaySettings(), lambda event: None, lambda pin: None)
    try:
        for practice in (True, False):
            facts = CounterFacts("窓口1", revocation_checked=True, demo=practice, practice=practice)
            for language in Language:
                for window in (displays.staff, displays.patron):
                    window.resize(1024, 600)
                    window.show()
                    window.show_state(Counter(CounterRules(), date(2026, 11, 29), facts=facts, language=language))
                    band = window.findChildren(PracticeBand)[0]
                    assert (band.isVisible(), band.height() > 0) == (practice, practice)
                    if practice:
                        assert band.fontMetrics().horizontalAdvance(band.text()) < 1024
    finally:
        displays.patron.close_for_good()
        displays.staff.close_for_good()
