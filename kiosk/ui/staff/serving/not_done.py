"""Number of requested items not lent, renewed or reserved, shown above the end button however far their rows are scrolled."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable

from PySide6.QtCore import Qt

from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import Service
from kiosk.domain.serving.knowledge import in_doubt, is_undone
from kiosk.domain.states import Dealings
from kiosk.service_texts import ServiceText
from kiosk.text import say
from kiosk.ui.staff.panels import MIDDLE
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.notice import Notice


def undone_in(dealings: Dealings) -> list[Service]:
    """Return the services with items that were, or may have been, left undone."""
    found = {entry.service for entry in dealings.entries if is_undone(entry)}
    return [service for service in ITEM_SERVICES if service in found]


def undone_words(dealings: Dealings) -> str:
    """Return the number of undone items of each kind; "" if there are none."""
    undone = [entry for entry in dealings.entries if is_undone(entry)]
    of = Tally("unknown" if in_doubt(entry) else entry.service for entry in undone)
    counts = {ServiceText.COUNT_UNDONE.of(service): of[service] for service in ITEM_SERVICES} | {"staff.undone.unknown": of["unknown"]}
    return "、|".join(say(key, count=count) for key, count in counts.items() if count)


class Undone(Notice):
    """Notice of undone items. `look` scrolls to the next one; its place is then set by `show_place`."""

    def __init__(self, sizes: StaffSizes, look: Callable[[], None]) -> None:
        super().__init__("care", icon_size=sizes.icon, line=1.35, small=True)
        self._dealings = Dealings()
        self._button = Button(say("staff.undone.look"), "secondary")
        self._button.setProperty("compact", "true")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(lambda: look())
        inside = self.layout()
        if inside is not None:
            inside.addWidget(self._button)
            inside.setAlignment(self._button, MIDDLE)

    def show_dealings(self, dealings: Dealings) -> None:
        if dealings.entries is not self._dealings.entries:
            self._dealings = dealings
            self.say(undone_words(dealings))

    def show_place(self, place: int) -> None:
        """Show the place, from 1, in the open list."""
        self.say(undone_words(self._dealings), say("staff.undone.place", place=place))
