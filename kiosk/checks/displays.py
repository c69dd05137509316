"""Displays and fonts, held against the config."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk import child_process
from kiosk.config import DisplaySettings
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.ui.display_assignment import Arrangement, arrange
from kiosk.ui.installed_devices import Display, Seen, see_displays, seen

_LIMIT = 30.0
FAMILY = "BIZ UDPGothic"
LEAST_PATRON_MM = 200
"""Across: keys and letters are made for 10.1 inches (217 mm)."""


def look(limit: float = _LIMIT) -> Seen | None:
    """What another process sees; None when no display lets it in, or answers in time."""
    try:
        return seen(child_process.call(see_displays, {}, limit))
    except (child_process.NoAnswer, KioskError):
        return None


def check_displays(settings: DisplaySettings, displays: Sequence[Display] | None, arranged: Arrangement | None = None) -> Finding:
    """Whether there are as many as the config wants, each where people can see it. `displays`: None where nobody could look.

    `arranged`: where the windows are now; otherwise where a counter that starts now would put them. `apart` among the finding's
    parameters: 1 where the patron's window has a display to itself.
    """
    if not displays:
        return Finding("displays.unknown")
    names = [display.name for display in sorted(displays, key=lambda display: not display.primary)]
    arranged = arranged or arrange(names, settings)
    params: dict[str, str | int] = {
        "displays": describe(settings, displays, arranged),
        "count": len(names),
        "apart": int(arranged.patron is not None and not arranged.together),
    }
    for wanted in (settings.staff_screen, settings.patron_screen):
        if wanted and not any(wanted.casefold() in name.casefold() for name in names):
            return Finding("displays.other", {**params, "wanted": wanted})
    if settings.single:
        return Finding("displays.single", params)
    if not params["apart"]:
        return Finding("displays.one", params)
    if len({display.place for display in displays}) < 2:
        return Finding("displays.mirrored", params)
    width = next((_width_mm(settings, display, arranged) for display in displays if display.name == arranged.patron), 0)
    return Finding("displays.small", {**params, "width": width}) if 0 < width < LEAST_PATRON_MM else Finding("displays.two", params)


def describe(settings: DisplaySettings, displays: Sequence[Display], arranged: Arrangement) -> str:
    """One display a line: `DP-1: 1920×1080, 344 mm; 100 mm = 558`. With the configured width where there is one."""
    lines = []
    for display in displays:
        width = _width_mm(settings, display, arranged)
        size = f"{width} mm; 100 mm = {round(display.width * 100 / width)}" if width else "? mm"
        lines.append(f"  {display.name}: {display.width}×{display.height}, {size}")
    return "\n" + "\n".join(lines)


def _width_mm(settings: DisplaySettings, display: Display, arranged: Arrangement) -> int:
    patrons = display.name == arranged.patron and not arranged.together
    return (settings.patron_width_mm if patrons else settings.staff_width_mm) or display.width_mm


def check_fonts(seen: Seen | None) -> Finding:
    if seen is None:
        return Finding("fonts.unknown")
    if not seen.japanese:
        return Finding("fonts.missing", {"family": FAMILY})
    if any(family.startswith(FAMILY) or family.startswith("BIZ UDPゴシック") for family in seen.japanese):
        return Finding("fonts.fine", {"family": FAMILY})
    return Finding("fonts.other", {"family": FAMILY, "found": seen.japanese[0]})
