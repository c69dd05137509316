"""What staff did."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.errors import Code
from kiosk.domain.model import AnyService, Applicant, EndedBy, GuardianCheck, ReplaceReason, SlipKind, UnlinkReason


@dataclass(frozen=True, slots=True)
class HomeChosen:
    """窓口: leave what is open and wait for a card. Like the other pages of the rail it asks first where work would be lost."""


@dataclass(frozen=True, slots=True)
class RegistrationChosen:
    pass


@dataclass(frozen=True, slots=True)
class UnlinkingChosen:
    pass


@dataclass(frozen=True, slots=True)
class StatusChosen:
    pass


@dataclass(frozen=True, slots=True)
class HelpChosen:
    pass


@dataclass(frozen=True, slots=True)
class BesideClosed:
    """Back from 状況 or 使い方 to the work beneath."""


@dataclass(frozen=True, slots=True)
class LeavingConfirmed:
    """Leave unfinished work for the page that was pressed in the rail."""


@dataclass(frozen=True, slots=True)
class LeavingDenied:
    """Stay with it."""


@dataclass(frozen=True, slots=True)
class NextPressed:
    pass


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """やめる / おわる / 終了して画面を消す, on either window."""

    by: EndedBy = EndedBy.STAFF
    """Who pressed it, on whichever window: 「渡すのをやめる」 on the patron's is for staff. A button for patrons has to say so."""


@dataclass(frozen=True, slots=True)
class ApplicantChosen:
    applicant: Applicant | None
    """None: somebody else's card, which is refused."""


@dataclass(frozen=True, slots=True)
class GuardianCheckSet:
    check: GuardianCheck
    confirmed: bool


@dataclass(frozen=True, slots=True)
class LibraryCardEntered:
    """Scanned or typed, as it came, without the suffix key."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReplacementChosen:
    reason: ReplaceReason


@dataclass(frozen=True, slots=True)
class HolderConfirmed:
    pass


@dataclass(frozen=True, slots=True)
class HolderDenied:
    pass


@dataclass(frozen=True, slots=True)
class ServiceChosen:
    service: AnyService


@dataclass(frozen=True, slots=True)
class ItemEntered:
    """An item's barcode, scanned or typed, as it came, for the service that is open."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NextPatronCalled:
    """What was read for an item is the next patron's library card."""


@dataclass(frozen=True, slots=True)
class NextPatronDenied:
    """It is not: the patron who is shown is served on."""


@dataclass(frozen=True, slots=True)
class RenewalChosen:
    """Renew this item, or all that is on loan."""

    item: str | None = None


@dataclass(frozen=True, slots=True)
class HoldConfirmed:
    """Staff have seen that this patron has no hold on this item: place it."""

    item: str


@dataclass(frozen=True, slots=True)
class HandoverAsked:
    """Type the number into the other window (again)."""


@dataclass(frozen=True, slots=True)
class SlipChosen:
    """What is to be printed when this patron's session ends."""

    kind: SlipKind


@dataclass(frozen=True, slots=True)
class SlipAsked:
    """Print now what the registration just finished has recorded."""


@dataclass(frozen=True, slots=True)
class LateSeen:
    """Staff have read what was done late."""


@dataclass(frozen=True, slots=True)
class SlipRetryPressed:
    """Print again what did not come out."""


@dataclass(frozen=True, slots=True)
class SlipTroubleSeen:
    """Staff have read that a slip could not be printed."""


@dataclass(frozen=True, slots=True)
class StoreAccepted:
    """Staff have looked into what was found of the store, and answer for it."""

    found: Code


@dataclass(frozen=True, slots=True)
class LibraryRetryPressed:
    """いま試す: whatever the counter has concluded of the library's system, find it out anew."""


@dataclass(frozen=True, slots=True)
class UnlinkReasonChosen:
    reason: UnlinkReason


@dataclass(frozen=True, slots=True)
class CardStopAnswered:
    """Whether the caller has had the card stopped at the 個人番号カードコールセンター."""

    stopped: bool


@dataclass(frozen=True, slots=True)
class UnlinkConfirmed:
    pass


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Staff have the single display again."""

    staff_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardLeftSeen:
    """Staff have read the notice of a card left behind."""


@dataclass(frozen=True, slots=True)
class MoreTimePressed:
    """Staff fetch something: what is open is to stay for five minutes more."""


@dataclass(frozen=True, slots=True)
class UnclearSeen:
    """Staff have looked in their system for what could not be made certain: all of one service that the notice names together."""


@dataclass(frozen=True, slots=True)
class EndedSeen:
    """Staff have read who ended a session, and what became of it."""


@dataclass(frozen=True, slots=True)
class StraySeen:
    """Staff have read that a card lies here for good which nobody brought."""
