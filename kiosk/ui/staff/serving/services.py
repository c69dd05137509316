"""Service tiles: the standard ones and those this library adds."""

from __future__ import annotations

from math import ceil

from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.domain.events import ServiceChosen
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import AnyService, LocalService, Service
from kiosk.service_texts import ServiceText
from kiosk.text import plain, say
from kiosk.ui.staff.choice_buttons import Tile
from kiosk.ui.staff.page import Emit
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.words import unmarked

_ICONS = {Service.LOAN: "lend", Service.RENEWAL: "renew"}
"""Icons shared with other uses; all others are named after their service."""
_TALL_ABREAST = 7


def icon_of(service: AnyService) -> str:
    return _ICONS.get(service, service.value) if isinstance(service, Service) else "counter"


def name_of(service: AnyService) -> str:
    """Return the service's name; that of a standard one includes break marks."""
    return unmarked(service.name) if isinstance(service, LocalService) else say(ServiceText.NAME.of(service))


class Services(QWidget):
    """Tiles in one row if they fit; otherwise rows of equal length, with the icons at the left."""

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__()
        self.setAccessibleName(plain(say("staff.patron.services")))
        self._tell, self._sizes = emit, sizes
        self.tiles: dict[AnyService, Tile] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6 if sizes.narrow else 8)
        self.setLayout(self._grid)
        self.offer(())

    def offer(self, local: tuple[LocalService, ...]) -> None:
        """Offer the standard services and these. Does nothing if unchanged."""
        wanted: tuple[AnyService, ...] = (*Service, *local)
        if tuple(self.tiles) == wanted:
            return
        for tile in self.tiles.values():
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        low = self._sizes.small or len(wanted) > _TALL_ABREAST
        most = _TALL_ABREAST if not low else 6 if self._sizes.panel > 400 else 4
        across = ceil(len(wanted) / ceil(len(wanted) / most))
        chords = (*map(str, range(1, 10)), *[""] * len(wanted))
        self.tiles = {service: self._tile(service, chord, low=low) for service, chord in zip(wanted, chords, strict=False)}
        for index, tile in enumerate(self.tiles.values()):
            self._grid.addWidget(tile, index // across, index % across)
        for index in range(_TALL_ABREAST):
            self._grid.setColumnStretch(index, int(index < across))

    def _tile(self, service: AnyService, chord: str, *, low: bool) -> Tile:
        """Create a tile. `chord`: digit that presses it together with Alt; there are nine."""
        tile = Tile(icon_of(service), name_of(service), self._sizes, chord=chord, elsewhere=service not in ITEM_SERVICES, low=low)
        says(tile, ServiceChosen(service), self._tell)
        return tile

    def choose(self, service: AnyService | None) -> None:
        for offered, tile in self.tiles.items():
            tile.choose(offered == service)
