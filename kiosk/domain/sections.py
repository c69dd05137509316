"""The parts of the rail, as they are shown; what a press on one does is decided in `rail`."""

from __future__ import annotations

from kiosk.domain.events import HelpChosen, HomeChosen, RailEvent, RegistrationChosen, StatusChosen, UnlinkingChosen
from kiosk.domain.states import Counter, Display, Flow, Section, Stage

CHOSEN: dict[Section, RailEvent] = {
    event.section: event for event in (HomeChosen(), RegistrationChosen(), UnlinkingChosen(), StatusChosen(), HelpChosen())
}
"""The event sent by each part."""
BESIDE = (Section.STATUS, Section.HELP, Section.FIELDS)
"""Pages laid over the work, which continues underneath."""


def section(counter: Counter) -> Section:
    """The part of the rail to which the page shown belongs."""
    return counter.beside or counter.flow.about.section


def leads_nowhere(flow: Flow) -> bool:
    """Whether the rail cannot leave the work: a patron is entering a PIN or about to, or an operation is in progress."""
    return flow.about.stage in (Stage.PROVING, Stage.ACTING) or flow.about.display is Display.PATRONS
