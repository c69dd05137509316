"""Which display each window belongs on: decided from the displays that are there, anew whenever they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.config import DisplaySettings


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Names of displays. None: that window has none now, and is shown nowhere."""

    staff: str | None
    patron: str | None

    @property
    def together(self) -> bool:
        """Both windows on one display."""
        return self.staff is not None and self.staff == self.patron


def arrange(names: Sequence[str], settings: DisplaySettings, before: Arrangement | None = None) -> Arrangement:
    """`names`: of the displays that are there, the primary one first. `before`: where the windows were.

    A window whose display has gone waits for it, or for one that nobody has used yet; it never takes the other's, since staff's shows
    numbers and the patron's is read by whoever stands there. One display alone at the start is for trying out: both are shown on it.
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
    """One that is not among those `taken` by the other window.

    Where the config names one that is not there, only if there is no doubt which is meant.
    """
    others = [name for name in names if name not in taken]
    return others[0] if others and (not wanted or len(others) == 1) else None
