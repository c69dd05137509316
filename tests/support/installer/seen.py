"""What is on a screen without a window manager, seen from outside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage

if sys.platform != "win32":
    from Xlib import X
    from Xlib.display import Display
    from Xlib.error import BadDrawable, BadMatch, BadWindow


def titles(screen: str) -> set[str]:
    """Of the windows that have been drawn: what has not is black."""
    with _display(screen) as display:
        name = display.get_atom("_NET_WM_NAME")
        return {title for window in display.screen().root.query_tree().children if (title := _title_if_drawn(window, name))}


def _title_if_drawn(window: Any, name: int) -> str | None:
    try:
        title: str | None = window.get_full_text_property(name)
        size = window.get_geometry()
        middle = window.get_image(size.width // 2, size.height // 2, 1, 1, X.ZPixmap, 0xFFFFFFFF).data
    except (BadDrawable, BadMatch, BadWindow):  # gone meanwhile, or not shown
        return None
    return title if any(middle[:3]) else None


def picture(screen: str, path: Path) -> None:
    """Save what is shown."""
    with _display(screen) as display:
        root = display.screen().root
        size = root.get_geometry()
        pixels = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
    path.parent.mkdir(parents=True, exist_ok=True)
    assert QImage(pixels, size.width, size.height, QImage.Format.Format_RGB32).save(str(path))


@contextmanager
def _display(screen: str) -> Iterator[Any]:
    display = Display(screen)
    try:
        yield display
    finally:
        display.close()
