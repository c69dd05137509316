"""Colours and sizes; the style sheet is a template filled from them, once per window size.

Staff sizes are logical pixels in four classes of window width; patron sizes are millimetres, since fingers and the eyes of a 78-year-old
need the same physical size on any panel (ARCHITECTURE, Rules of the look: 4, 5).
"""

from __future__ import annotations

import string
from dataclasses import asdict

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.resource_files import resource

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
    """Sizes common to both windows, in logical pixels."""

    title: int
    """The page heading."""
    heading: int
    lead: int
    body: int
    note: int
    aside: int
    """Text for staff on the patron display; on the staff display the same as `note`."""
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
    """Sizes of the staff window in logical pixels, for one class of window width."""

    rail: int
    top: int
    status: int
    side: int
    """Width of the narrow column on the home page."""
    panel: int
    """Width of the patron panel while serving."""
    pin_panel: int
    small: bool
    """Step bars label the current step only."""
    narrow: bool = False
    """Stack vertically what is side by side elsewhere."""


@dataclass(frozen=True, slots=True)
class PatronSizes(Sizes):
    """Sizes of the patron window in pixels, computed for its display."""

    top: int
    footer: int
    picture: int
    pad_column: int
    key: int
    key_gap: int
    key_digit: int
    slot: int
    """Height of the digit slots."""
    confirm_height: int
    circle: int
    """Diameter of a step's circle."""
    roomy: bool
    """Nearer to 15.6 inch than to 10.1."""
    portrait: bool
    """Higher than wide: stack vertically what is side by side elsewhere."""


_WIDE = StaffSizes(
    radius=8, tile_radius=12, card_radius=16, border=1, line=1.5,
    title=40, heading=23, lead=20, body=19, note=16, aside=16, number=46, button_height=60, button_padding=28, gap=28,
    margin_x=36, margin_y=32, icon=26, rail=104, top=72, status=48, side=460, panel=432, pin_panel=640, small=False,
)  # fmt: skip
_MIDDLE = StaffSizes(
    radius=8, tile_radius=12, card_radius=16, border=1, line=1.5,
    title=28, heading=18, lead=17, body=16, note=14, aside=14, number=33, button_height=48, button_padding=20, gap=18,
    margin_x=24, margin_y=20, icon=22, rail=84, top=56, status=44, side=336, panel=316, pin_panel=400, small=False,
)  # fmt: skip
_SMALL = StaffSizes(
    radius=8, tile_radius=12, card_radius=16, border=1, line=1.5,
    title=25, heading=17, lead=16, body=15, note=13, aside=13, number=33, button_height=46, button_padding=14, gap=14,
    margin_x=18, margin_y=16, icon=20, rail=68, top=56, status=42, side=252, panel=262, pin_panel=300, small=True,
)  # fmt: skip
_NARROW = StaffSizes(
    radius=8, tile_radius=10, card_radius=14, border=1, line=1.5,
    title=22, heading=16, lead=15, body=14, note=12, aside=12, number=28, button_height=44, button_padding=10, gap=9,
    margin_x=11, margin_y=12, icon=18, rail=60, top=56, status=42, side=232, panel=226, pin_panel=260, small=True, narrow=True,
)  # fmt: skip
"""Fits nearly as much into 800 pixels as into 1024: 800×600, and 1280×720 at 150 %."""


def staff_sizes(width: int) -> StaffSizes:
    """Return the size class of a staff window `width` logical pixels wide."""
    if width >= 1600:
        return _WIDE
    if width >= 960:
        return _MIDDLE if width >= 1280 else _SMALL
    return _NARROW


# Sizes in mm on a 10.1 inch display (1280×800), the smallest supported, and on a 15.6 inch one; interpolated linearly in between.
_SMALLEST_MM, _LARGE_MM = (217.0, 135.6), (345.0, 194.0)
_PORTRAIT_MM: dict[str, tuple[float, float]] = {
    "top": (14.2, 23.0),
    "key_gap": (2.0, 3.6),
    # Two rows: languages and exit button do not fit side by side.
    "footer": (35.2, 44.0),
    "margin_x": (5.6, 14.0),
    "picture": (52.0, 90.0),
}
"""Overrides for portrait displays."""
_PATRON_MM: dict[str, tuple[float, float]] = {
    "title": (8.6, 11.4),
    "heading": (6.7, 8.0),
    "lead": (6.6, 7.0),
    "body": (6.2, 6.2),
    "note": (5.6, 5.6),
    "aside": (3.7, 3.8),
    "number": (8.6, 11.4),
    "button_height": (15.2, 15.9),
    "button_padding": (3.8, 5.0),
    "radius": (1.4, 1.4),
    "tile_radius": (2.1, 2.1),
    "card_radius": (2.8, 2.8),
    "gap": (2.4, 3.6),
    "margin_x": (7.4, 21.6),
    "margin_y": (1.5, 5.0),
    "icon": (7.0, 7.0),
    "border": (0.45, 0.45),
    "top": (14.2, 23.0),
    "footer": (18.1, 23.0),
    "picture": (81.0, 130.0),
    "pad_column": (51.7, 115.0),
    "key": (15.2, 20.0),
    "key_gap": (3.05, 3.6),
    "key_digit": (9.0, 9.0),
    "slot": (9.2, 14.5),
    "confirm_height": (15.2, 18.0),
    "circle": (7.8, 9.7),
}


def patron_sizes(width: int, height: int, dots_per_mm: float) -> PatronSizes:
    """Return the sizes for a patron window of `width` × `height` logical pixels.

    On a display under 10.1 inch everything shrinks proportionally, so that nothing is cut off.
    """
    portrait = height > width
    longer, shorter = (height, width) if portrait else (width, height)
    dots = min(dots_per_mm, longer / _SMALLEST_MM[0], shorter / _SMALLEST_MM[1])
    measured = (longer / dots, shorter / dots)
    grown = min((have - least) / (most - least) for have, least, most in zip(measured, _SMALLEST_MM, _LARGE_MM, strict=True))
    grown = min(1.0, max(0.0, grown))
    millimetres = _PATRON_MM | (_PORTRAIT_MM if portrait else {})
    px = {name: max(1, round((least + (most - least) * grown) * dots)) for name, (least, most) in millimetres.items()}
    px["border"] = max(2, px["border"])
    return PatronSizes(**px, line=1.5 + 0.15 * grown, roomy=grown > 0.5, portrait=portrait)


def style_sheet(sizes: Sizes, *, patron: bool) -> str:
    """Return the style sheet filled for a window. Placeholders are `$name` of COLOURS and of the sizes."""
    template = string.Template(resource("kiosk.qss").read_text("utf-8"))
    values = {name: str(value) for name, value in asdict(sizes).items()}
    # On the patron window text reaches 7:1 (WCAG AAA) even on disabled controls.
    only_patron = {"disabled_text": COLOURS["text"], "control_edge": COLOURS["edge"], "ground": COLOURS["white"]}
    only_staff = {"disabled_text": COLOURS["mute"], "control_edge": COLOURS["edge_staff"], "ground": COLOURS["bg"]}
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    edge = max(2, sizes.border)
    # The thicker border of a focused field grows inwards, so that its height does not change.
    values["thick_field"] = str(sizes.button_height - 2)
    return template.substitute(values, **COLOURS, **(only_patron if patron else only_staff), families=families, edge_px=str(edge))
