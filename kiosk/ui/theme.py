"""Colours and sizes, once. The style sheet is a template filled from here, one sheet for each window's size.

Staff sizes are logical pixels in three classes of window width; the patron's are millimetres, since a finger and an eye of 78
years measure millimetres whatever the panel (LOOK §2, §3).
"""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass

from kiosk.config import resource

FAMILIES = ("BIZ UDPGothic", "Yu Gothic UI", "Meiryo", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "sans-serif")

COLOURS = {
    "blue": "#0017C1",
    "blue_hover": "#00118F",
    "blue_pressed": "#000060",
    "blue_50": "#E8F1FE",
    "blue_100": "#D9E6FF",
    "blue_200": "#C5D7FB",
    "ink": "#1A1A1C",
    "text": "#333333",
    "sub": "#4D4D4D",
    "mute": "#626264",
    "edge": "#767676",
    "edge_staff": "#88888C",
    "hair": "#D8D8DB",
    "bg": "#F5F6F9",
    "key_soft": "#F1F1F4",
    "green": "#115A36",
    "green_50": "#E6F5EC",
    "yellow": "#927200",
    "yellow_edge": "#A07C00",
    "yellow_50": "#FBF5E0",
    "red": "#CE0000",
    "red_50": "#FDEEEE",
    "focus": "#000000",
    "focus_gap": "#FFD43D",
    "disabled": "#E6E6E6",
    "white": "#FFFFFF",
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """What both windows measure with; pixels (logical)."""

    title: int
    """The one heading of a page."""
    heading: int
    lead: int
    body: int
    note: int
    number: int
    button_height: int
    button_padding: int
    radius: int
    tile_radius: int
    card_radius: int
    gap: int
    margin_x: int
    margin_y: int
    icon: int
    border: int
    line: float
    """Line height in ems for running text."""


@dataclass(frozen=True, slots=True)
class StaffSizes(Sizes):
    rail: int
    top: int
    status: int
    side: int
    """Width of the narrow column on the home page."""
    panel: int
    """Width of the patron's panel at lending."""
    pin_panel: int
    small: bool
    """Steps show the present label only; no key hints."""


@dataclass(frozen=True, slots=True)
class PatronSizes(Sizes):
    top: int
    footer: int
    picture: int
    key: int
    key_gap: int
    key_digit: int
    confirm_height: int
    reading: int


_WIDE = StaffSizes(
    radius=8, tile_radius=12, card_radius=16, border=1, line=1.5,
    title=40, heading=23, lead=20, body=19, note=16, number=46, button_height=60, button_padding=28, gap=28,
    margin_x=36, margin_y=32, icon=26, rail=104, top=72, status=44, side=460, panel=432, pin_panel=640, small=False,
)  # fmt: skip
_MIDDLE = StaffSizes(
    radius=8, tile_radius=12, card_radius=16, border=1, line=1.5,
    title=28, heading=18, lead=17, body=16, note=14, number=33, button_height=48, button_padding=20, gap=18,
    margin_x=24, margin_y=20, icon=22, rail=84, top=56, status=36, side=336, panel=316, pin_panel=400, small=False,
)  # fmt: skip
_SMALL = StaffSizes(
    radius=8, tile_radius=12, card_radius=16, border=1, line=1.5,
    title=25, heading=17, lead=16, body=15, note=13, number=33, button_height=46, button_padding=14, gap=14,
    margin_x=18, margin_y=16, icon=20, rail=68, top=56, status=36, side=252, panel=262, pin_panel=300, small=True,
)  # fmt: skip


def staff_sizes(width: int) -> StaffSizes:
    """The class of a staff window `width` logical pixels wide."""
    if width >= 1600:
        return _WIDE
    return _MIDDLE if width >= 1280 else _SMALL


LARGE_DISPLAY_MM = 300
"""From here on the sizes of a 15.6 inch display; below, those of a 10.1 inch one, the smallest that serves."""


def patron_sizes(width: int, dots_per_mm: float) -> PatronSizes:
    """The patron window's sizes on a display with so many logical pixels to the millimetre."""
    large = width / dots_per_mm >= LARGE_DISPLAY_MM

    def px(millimetres: float) -> int:
        return max(1, round(millimetres * dots_per_mm))

    title, lead, key, gap, confirm = (11.4, 7.0, 20.0, 3.6, 18.0) if large else (8.6, 6.2, 15.2, 3.05, 14.6)
    body = 6.2 if large else 5.9
    return PatronSizes(
        title=px(title),
        heading=px(lead * 1.15),
        lead=px(lead),
        body=px(body),
        note=px(body * 0.9),
        number=px(title),
        button_height=px(15),
        button_padding=px(5),
        radius=px(1.4),
        tile_radius=px(2.1),
        card_radius=px(2.8),
        gap=px(3.6 if large else 2.4),
        margin_x=px(21.6 if large else 7.4),
        margin_y=px(5 if large else 2.4),
        icon=px(body * 1.05),
        border=max(2, px(0.4)),
        line=1.55,
        top=px(20 if large else 13),
        footer=px(23 if large else 18.2),
        picture=px(112 if large else 72),
        key=px(key),
        key_gap=px(gap),
        key_digit=px(9),
        confirm_height=px(confirm),
        reading=px(3.1),
    )


def style_sheet(sizes: Sizes, *, patron: bool) -> str:
    """The one style sheet, filled for a window. Its placeholders are `$name` of COLOURS and of the sizes."""
    template = string.Template(resource("kiosk.qss").read_text("utf-8"))
    values = {name: str(value) for name, value in asdict(sizes).items()}
    # On the patron window words reach 7:1 (WCAG AAA) even on a control that is not live.
    only_patron = {"disabled_text": COLOURS["text"], "control_edge": COLOURS["edge"], "ground": COLOURS["white"]}
    only_staff = {"disabled_text": COLOURS["mute"], "control_edge": COLOURS["edge_staff"], "ground": COLOURS["bg"]}
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    edge = max(2, sizes.border)
    return template.substitute(values, **COLOURS, **(only_patron if patron else only_staff), families=families, edge_px=str(edge))
