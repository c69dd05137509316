"""Trouble with the library system, with a retry button."""

from __future__ import annotations

from kiosk.domain.circulation import Reason
from kiosk.domain.errors import Code
from kiosk.domain.events import LibraryRetryPressed
from kiosk.domain.model import IlsCondition, Service
from kiosk.domain.states import Counter, PatronShown
from kiosk.text import plain, refusal, say
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.panels import MIDDLE
from kiosk.ui.staff.times import to_the_second
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import says
from kiosk.ui.widgets.notice import Notice


class LibraryStrip(Notice):
    """Notice of trouble with the library system; hidden if there is none."""

    def __init__(self, emit: Emit, sizes: StaffSizes) -> None:
        super().__init__("care", icon_size=sizes.icon, line=1.4)
        self.retry = Button(say("staff.items.retry"), "secondary")
        says(self.retry, LibraryRetryPressed(), emit)
        inside = self.layout()
        if inside is not None:
            inside.addWidget(self.retry)
            inside.setAlignment(self.retry, MIDDLE)

    def show_state(self, counter: Counter, flow: PatronShown, *, concerns: bool) -> None:
        """Show this state. `concerns`: the open or a selectable service uses the library system."""
        trying, trouble = counter.ils is IlsCondition.STARTING, counter.ils.is_trouble
        tried = counter.tried
        denied = denied_service(flow)
        self.set_kind("info" if trying else "care")
        if not concerns or not (trying or trouble or denied):
            self.say("")
        elif trying:
            self.say(say("staff.items.trying"))
        elif trouble:
            self.say(refusal(Code(counter.ils.value), "staff"), tried_words(counter) + say("staff.items.offline"))
        elif denied is not None:
            service = plain(say(f"staff.patron.{denied}"))
            again = say("staff.items.denied-next", button=say("staff.items.retry"))
            self.say(say("staff.items.denied", service=service), tried_words(counter) + say("staff.items.scan-again") if tried else again)
        show_retry(self.retry, counter)


def show_retry(button: Button, counter: Counter) -> None:
    """Update the retry button: disabled during a retry, hidden at start-up, when nobody has pressed it."""
    under_way = counter.tried is not None and counter.tried.under_way
    button.set_text(say("staff.tried.under-way") if under_way else say("staff.items.retry"))
    button.setEnabled(not under_way)
    button.setVisible(under_way or counter.ils is not IlsCondition.STARTING)


def tried_words(counter: Counter) -> str:
    """Return result and time of the last retry; "" if there was none or it is in progress."""
    tried = counter.tried
    if tried is None or tried.under_way:
        return ""
    failed = counter.ils.is_trouble
    if tried.at is None:
        return say("staff.tried.failed" if failed else "staff.tried.worked")
    return say("staff.tried.failed-at" if failed else "staff.tried.worked-at", time=to_the_second(tried.at))


def denied_service(flow: PatronShown) -> Service | None:
    """Return the open service if the library system's latest answer was that it does not offer it."""
    newest = next((entry for entry in flow.dealings.entries if entry.service is flow.service), None)
    return newest.service if newest is not None and newest.reason is Reason.NOT_SUPPORTED else None
