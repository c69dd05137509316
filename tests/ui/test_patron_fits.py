"""Layout of every page of the patron window, in every language, on every display: nothing cut off, outside or overlapping."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.model import Language
from tests.support.windows.layout_faults import complaints
from tests.support.windows.patron_samples import scenes
from tests.support.windows.patron_window import ShownPatronWindow

FHD_15_6_INCH = 345
DISPLAYS = {
    "10.1 inch": (1280, 800, 217),
    "10.4 inch": (1024, 768, 211),
    "1024×768, size unknown": (1024, 768, 0),
    "15.6 inch at 100 %": (1920, 1080, FHD_15_6_INCH),
    "15.6 inch at 125 %": (1536, 864, FHD_15_6_INCH),
    "15.6 inch at 150 %": (1280, 720, FHD_15_6_INCH),
    "15.6 inch at 200 %": (960, 540, FHD_15_6_INCH),
    "21.5 inch": (1920, 1080, 476),
    "10.1 inch upright": (800, 1280, 136),
    "15.6 inch upright": (1080, 1920, 194),
    "15.6 inch upright at 150 %": (720, 1280, 194),
    "800×800, size unknown": (800, 800, 0),
    "800×480, size unknown": (800, 480, 0),
    "1280×720 at 150 %, size unknown": (853, 480, 0),
}


IN_THE_LONG_RUN = (
    *("1024×768, size unknown", "15.6 inch at 125 %", "15.6 inch at 200 %", "21.5 inch", "15.6 inch upright"),
    *("800×800, size unknown", "800×480, size unknown", "1280×720 at 150 %, size unknown"),
)
"""Between others, or with more room than those."""


@pytest.mark.parametrize("display", [pytest.param(name, marks=pytest.mark.trial) if name in IN_THE_LONG_RUN else name for name in DISPLAYS])
@pytest.mark.parametrize("language", Language)
def test_everything_can_be_read(desk_with: Callable[..., ShownPatronWindow], display: str, language: Language) -> None:
    width, height, width_mm = DISPLAYS[display]
    desk = desk_with(width, height, width_mm=width_mm, keypad=True)
    found = []
    for name, scene in scenes().items():
        desk.show(scene, language)
        found += [f"{name}: {complaint}" for complaint in complaints(desk.window)]
    assert found == []


def test_changing_the_language_where_one_stands_leaves_nothing_cut(desk: ShownPatronWindow) -> None:
    found = []
    for name, scene in scenes().items():
        if "refused" in name:
            continue
        for language in (*Language, *Language):
            desk.show(scene, language)
            found += [f"{name} {language}: {complaint}" for complaint in complaints(desk.window)]
    assert found == []


def test_a_window_that_grows_is_laid_out_anew(desk_with: Callable[..., ShownPatronWindow]) -> None:
    desk = desk_with(width_mm=0)
    desk.show(scenes()["done"])
    desk.window.resize(1920, 1080)
    desk.show(scenes()["done"])
    assert complaints(desk.window) == []


def test_a_display_that_is_turned_upright_keeps_its_keys_as_large(desk_with: Callable[..., ShownPatronWindow]) -> None:
    """The configured width is that of the display as it lay: 217 mm, now its height. A key is 15 mm at least."""
    desk = desk_with(1280, 800, width_mm=217)
    desk.show(scenes()["pin"])
    desk.window.resize(800, 1280)
    desk.show(scenes()["pin"])
    key = desk.buttons()["1"]
    assert min(key.width(), key.height()) >= 15 * 1280 / 217
    desk.window.resize(1280, 800)
    desk.show(scenes()["pin"])
    assert min(desk.buttons()["1"].width(), desk.buttons()["1"].height()) >= 15 * 1280 / 217
