"""The page shown after a bug; it belongs to no flow."""

from __future__ import annotations

from typing import ClassVar

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.states.about import About, Display, Stage
from kiosk.domain.states.asked import AsksNothing
from kiosk.domain.states.ended import LeftWork
from kiosk.domain.states.pages import PageName, Section


@dataclass(frozen=True, slots=True)
class OutOfOrder(AsksNothing):
    """Our own code failed: the session is wiped and staff are shown the incident."""

    about: ClassVar = About(Section.HOME, Stage.RESTING, Display.STAFFS, PageName.BROKEN, LeftWork.LENDING)
    incident: str
