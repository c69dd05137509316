"""One display with both windows: each can be reached."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect

from kiosk.ui.shared_display import LEAST_PATRON, LEAST_STAFF, places

DISPLAYS = [(1920, 1080), (1920, 1040), (1366, 768), (1280, 800), (2560, 1440), (1080, 1920)]
WIDE = [size for size in DISPLAYS if size[0] >= LEAST_STAFF + LEAST_PATRON]


@pytest.mark.parametrize("size", WIDE)
@pytest.mark.parametrize("corner", [(0, 0), (1920, 30)])
def test_no_window_lies_over_another(size: tuple[int, int], corner: tuple[int, int]) -> None:
    display = QRect(*corner, *size)
    made = places(display)
    all_three = (made.staff, made.patron, made.free)
    assert all(display.contains(place) for place in all_three)
    assert not any(one.intersects(other) for one in all_three for other in all_three if one is not other)
    assert made.staff.width() >= LEAST_STAFF
    assert made.patron.width() >= LEAST_PATRON


@pytest.mark.parametrize("size", [(1024, 768), (1024, 600), (800, 800), (1080, 1920)])
def test_where_they_do_not_fit_most_of_staffs_is_free(size: tuple[int, int]) -> None:
    display = QRect(QPoint(0, 0), QPoint(size[0] - 1, size[1] - 1))
    made = places(display)
    assert all(display.contains(place) for place in (made.staff, made.patron, made.free))
    over = made.staff.intersected(made.patron)
    assert over.width() * over.height() < 0.2 * made.staff.width() * made.staff.height()
