"""The staff pages by name. A page's module is loaded when the page is first built, or in advance while nobody waits."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique
from importlib import import_module
from typing import cast

from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.theme import StaffSizes

BuildPage = Callable[[Emit, StaffSizes], StaffPage]


@unique
class PageKind(Enum):
    """Each value: the module, within this package, and the class."""

    ALREADY_LINKED = "replacement", "AlreadyLinkedPage"
    APPLICANT = "applicant", "ApplicantPage"
    FIELDS = "fields.page", "FieldsPage"
    GUARDIAN = "guardian", "GuardianPage"
    HELP = "help", "HelpPage"
    HOLDER = "holder", "HolderPage"
    IDLE = "idle", "IdlePage"
    INCIDENT = "incident", "IncidentPage"
    LIBRARY_CARD = "library_card", "LibraryCardPage"
    MY_NUMBER_CARD = "my_number_card", "MyNumberCardPage"
    PATRONS_TURN = "pin", "PatronsTurnPage"
    RECORD = "applicant", "RecordPage"
    REFUSAL = "refusal", "RefusalPage"
    REGISTERED = "registered", "RegisteredPage"
    REPLACEMENT = "replacement", "ReplacementPage"
    SERVING = "serving.page", "ServingPage"
    STATUS = "status", "StatusPage"
    STOP_CONFIRM = "unlinking", "StopConfirmPage"
    UNLINK_BUSY = "unlinked", "UnlinkBusyPage"
    UNLINK_CONFIRM = "unlinking", "UnlinkConfirmPage"
    UNLINK_NUMBER = "unlinking", "UnlinkNumberPage"
    UNLINK_REASON = "unlinking", "UnlinkReasonPage"
    UNLINKED = "unlinked", "UnlinkedPage"

    def load(self) -> BuildPage:
        module, name = self.value
        return cast(BuildPage, getattr(import_module(f"kiosk.ui.staff.{module}"), name))
