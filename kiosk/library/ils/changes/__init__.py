"""The requests that change something, one module for each."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.domain.model import Service
from kiosk.library.ils.changes.change import Change
from kiosk.library.ils.changes.hold import HOLD
from kiosk.library.ils.changes.loan import LOAN
from kiosk.library.ils.changes.renewal import RENEWAL

CHANGES: Mapping[Service, Change] = {
    Service.LOAN: LOAN,
    Service.RENEWAL: RENEWAL,
    Service.HOLD: HOLD,
}

NEEDED = ("63", "17", *(change.kind for change in CHANGES.values()))
"""The requests the counter uses, by message identifier."""
