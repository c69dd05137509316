"""The number in large type, for services done in another program; and the page before a service is chosen."""

from __future__ import annotations

from kiosk.domain.model import AnyService
from kiosk.domain.states import Handing, PatronShown
from kiosk.text import plain, say
from kiosk.ui.staff.number_label import NumberLabel
from kiosk.ui.staff.panels import MIDDLE, Panel, Steps, row
from kiosk.ui.staff.serving.services import icon_of, name_of
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.icon import icon_label, pixmap
from kiosk.ui.widgets.words import Words, unmarked


class CalledPage(Panel):
    """Placeholder: the patron is shown, no service is chosen yet."""

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__(sizes)
        self.inside.addStretch(1)
        self.inside.addWidget(Words(say("staff.patron.called"), "title", centred=True, line=1.35))
        self.inside.addWidget(Words(say("staff.patron.choose"), "lead", centred=True))
        self.inside.addStretch(1)


class NumberPage(Panel):
    def __init__(self, sizes: StaffSizes, copy: Button) -> None:
        """`copy` is the page's button, placed beside the number."""
        super().__init__(sizes, spacing=round(sizes.gap * 0.5))
        self._sizes = sizes
        self._icon, self._name = icon_label("external", round(sizes.icon * 1.2), "blue"), Words(kind="heading")
        self._title, self._number = Words(kind="title", line=1.35), NumberLabel(round(sizes.number * (1.25 if sizes.small else 1.5)))
        self._steps: Steps | None = None
        self._told: tuple[AnyService | None, bool] | None = None
        heading = row(12)
        heading.addWidget(self._icon, 0, MIDDLE)
        heading.addWidget(self._name, 1)
        number = row(sizes.gap)
        number.addWidget(self._number, 3)
        number.addWidget(copy, 0, MIDDLE)
        number.addStretch(1)
        self.inside.addLayout(heading)
        self.inside.addWidget(self._title)
        self.inside.addLayout(number)
        self.inside.addStretch(1)

    def show_state(self, flow: PatronShown) -> None:
        self._number.show_number(flow.patron.number)
        entered = flow.handed and flow.handing is not Handing.UNDER_WAY
        if flow.service is not None and (flow.service, entered) != self._told:
            self._told = flow.service, entered
            self._tell(flow.service, entered=entered)

    def _tell(self, service: AnyService, *, entered: bool) -> None:
        """Show what to do with the number, step by step."""
        name = unmarked(plain(name_of(service)))
        self._icon.setPixmap(pixmap(icon_of(service), self._icon.width(), "blue", self.devicePixelRatioF()))
        self._name.set_text(name)
        self._title.set_text(say("staff.patron.entered") if entered else say("staff.patron.enter"))
        first = [say("staff.patron.step-check"), say("staff.patron.step-serve", service=name)] if entered else []
        first = first or [say("staff.patron.step-open", service=name), say("staff.patron.step-enter")]
        steps = Steps([(sentence, "") for sentence in (*first, say("staff.patron.step-end"))], self._sizes)
        if self._steps is not None:
            self.inside.removeWidget(self._steps)
            self._steps.hide()
            self._steps.deleteLater()
        self._steps = steps
        self.inside.insertWidget(self.inside.count() - 1, steps)
