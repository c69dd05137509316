"""Assignment of windows to displays, recomputed whenever the displays change."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.config import DisplaySettings
from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Display name of each window. None: no display for it now, so it is hidden."""

    staff: str | None
    patron: str | None

    @property
    def together(self) -> bool:
        """Whether both windows are on one display."""
        return self.staff is not None and self.staff == self.patron


def arrange(names: Sequence[str], settings: DisplaySettings, before: Arrangement | None = None) -> Arrangement:
    """Assign both windows. `names`: the connected displays, primary first. `before`: the previous assignment.

    A window whose display is gone waits for that one, or for one not used before; it never takes over the other window's display, since
    staff's shows numbers and the patron's is public. A single display at start-up is for trying out: it shows both.
    """
    if settings.single:
        staff = _named(names, settings.staff_screen) or _still(names, before.staff if before else None) or next(iter(names), None)
        return Arrangement(staff, staff)
    if len(names) == 1 and not settings.patron_screen and (before is None or before.together):
        return Arrangement(names[0], names[0])
    apart = None if before is None or before.together else before
    patrons = _named(names, settings.patron_screen) or _still(names, apart.patron if apart else None)
    staff = _named(names, settings.staff_screen) or _still(names, before.staff if before else None)
    staff = staff or _other(names, {patrons, apart.patron if apart else None}, settings.staff_screen)
    if patrons is None or patrons == staff:
        patrons = _other(names, {staff, apart.staff if apart else None}, settings.patron_screen)
    return Arrangement(staff, patrons)


def _named(names: Sequence[str], wanted: str) -> str | None:
    return next((name for name in names if wanted and wanted.casefold() in name.casefold()), None)


def _still(names: Sequence[str], before: str | None) -> str | None:
    return before if before in names else None


def _other(names: Sequence[str], taken: set[str | None], wanted: str) -> str | None:
    """Return a display not `taken` by the other window.

    If the config names one that is not connected, only an unambiguous choice is returned.
    """
    others = [name for name in names if name not in taken]
    return others[0] if others and (not wanted or len(others) == 1) else None
