"""SIP2 queries, and the parts of other requests, filled in for this counter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum, unique

from kiosk.config import IlsSettings
from kiosk.library.ils.profile import Profile
from kiosk.library.sip2 import Message, sip_date

_LANGUAGE = "000"
PAGE = 100
"""Page size for lists that are not sent whole."""


@unique
class Listed(Enum):
    """The list requested in a 64, as a value of the summary field, of which only the first Y counts."""

    NOTHING = " " * 10
    HOLDS = "Y         "
    LOANS = "  Y       "
    WAITING_HOLDS = "     Y    "
    """Unavailable holds, where the server lists them separately."""

    @property
    def count(self) -> str:
        """The name of the corresponding count in a 64; there is none for NOTHING."""
        return {"HOLDS": "hold_items_count", "LOANS": "charged_items_count", "WAITING_HOLDS": "unavailable_holds_count"}[self.name]


class Requests:
    """`now` returns local time: no time zone notation of the protocol is accepted by every server."""

    def __init__(self, settings: IlsSettings, profile: Profile, now: Callable[[], datetime]) -> None:
        self._settings, self._profile, self._now = settings, profile, now

    def login(self) -> Message:
        settings = self._settings
        place = (("CP", settings.location),) if settings.location else ()
        fields = (("CN", settings.user), ("CO", settings.password), *place)
        return Message("93", {"uid_algorithm": "0", "pwd_algorithm": "0"}, fields)

    def status(self) -> Message:
        return Message("99", {"status_code": "0", "max_print_width": "080", "protocol_version": "2.00"})

    def patron(self, number: str, listed: Listed = Listed.LOANS, start: int | None = None) -> Message:
        """Build a 63, listing from place `start` (counted from 1) on. No PIN is sent: it would only be checked if present."""
        fixed = {"language": _LANGUAGE, "transaction_date": self.date(), "summary": listed.value}
        page = () if start is None else (("BP", str(start)), ("BQ", str(start + PAGE - 1)))
        return Message("63", fixed, (self.institution(), ("AA", number), *self.terminal(), *self.secret(), *page))

    def patron_status(self, number: str) -> Message:
        """Build a 23, for servers without 63."""
        fixed = {"language": _LANGUAGE, "transaction_date": self.date()}
        return Message("23", fixed, (self.institution(), ("AA", number), *self.terminal(), *self.secret()))

    def item(self, item: str) -> Message:
        return Message("17", {"transaction_date": self.date()}, (self.institution(), ("AB", item), *self.terminal()))

    # --- parts of them, also of those that change something (`changes`) ---------------------------------------------------------

    def date(self) -> str:
        return sip_date(self._now())

    def institution(self) -> tuple[str, str]:
        return ("AO", self._settings.institution)

    def terminal(self) -> tuple[tuple[str, str], ...]:
        return (("AC", ""),) if self._profile.sends_terminal_password else ()

    def secret(self) -> tuple[tuple[str, str], ...]:
        return (("AD", ""),) if self._profile.sends_patron_password else ()

    def pickup(self) -> tuple[tuple[str, str], ...]:
        return (("BS", self._settings.pickup),) if self._settings.pickup else ()

    def hold_type(self) -> tuple[str, str]:
        return ("BY", self._profile.hold_type)
