"""What staff did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from kiosk.domain.errors import Code
from kiosk.domain.events.about import (
    ASKED_AGAIN,
    CHANGED_AGAIN,
    CHARACTERS,
    ONE_STEP_BACK,
    PAPER,
    Acting,
    By,
    GoesOn,
    Harmless,
    Said,
    SignOfLife,
)
from kiosk.domain.model import AnyService, Applicant, EndedBy, GuardianCheck, ReplaceReason, SlipKind, UnlinkReason


@dataclass(frozen=True, slots=True)
class NextPressed:
    about: ClassVar = Said(By.STAFF, ONE_STEP_BACK, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class BackPressed:
    about: ClassVar = Said(By.STAFF, ASKED_AGAIN, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """やめる / おわる / 終了して画面を消す, on either window."""

    about: ClassVar = Said(By.EITHER, Acting.WITH_OPEN_WORK, GoesOn.WORK)
    by: EndedBy = EndedBy.STAFF
    """Who pressed it, on whichever window: 「渡すのをやめる」 on the patron's is for staff. A button for patrons has to say so."""


@dataclass(frozen=True, slots=True)
class ApplicantChosen:
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    applicant: Applicant | None
    """None: somebody else's card, which is refused."""


@dataclass(frozen=True, slots=True)
class GuardianCheckSet:
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.WORK)
    check: GuardianCheck
    confirmed: bool


@dataclass(frozen=True, slots=True)
class LibraryCardEntered:
    """Scanned or typed, as it came, without the suffix key."""

    about: ClassVar = Said(By.STAFF, CHARACTERS, GoesOn.WORK)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReplacementChosen:
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    reason: ReplaceReason


@dataclass(frozen=True, slots=True)
class HolderConfirmed:
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class HolderDenied:
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class ServiceChosen:
    about: ClassVar = Said(By.STAFF, Acting.WITH_HANDOVER, GoesOn.ITEMS)
    service: AnyService


@dataclass(frozen=True, slots=True)
class ItemEntered:
    """An item's barcode, scanned or typed, as it came, for the service that is open."""

    about: ClassVar = Said(By.STAFF, CHARACTERS, GoesOn.ITEMS)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NextPatronCalled:
    """What was read for an item is the next patron's library card."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)


@dataclass(frozen=True, slots=True)
class NextPatronDenied:
    """It is not: the patron who is shown is served on."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)


@dataclass(frozen=True, slots=True)
class RenewalChosen:
    """Renew this item, or all that is on loan."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)
    item: str | None = None


@dataclass(frozen=True, slots=True)
class HoldConfirmed:
    """Staff have seen that this patron has no hold on this item: place it."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)
    item: str


@dataclass(frozen=True, slots=True)
class HandoverAsked:
    """Type the number into the other window (again)."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.WORK)


@dataclass(frozen=True, slots=True)
class SlipChosen:
    """What is to be printed when this patron's session ends."""

    about: ClassVar = Said(By.STAFF, CHANGED_AGAIN, GoesOn.WORK)
    kind: SlipKind


@dataclass(frozen=True, slots=True)
class SlipAsked:
    """Print now what the registration just finished has recorded."""

    about: ClassVar = Said(By.STAFF, PAPER, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LateSeen:
    """Staff have read what was done late."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class SlipRetryPressed:
    """Print again what did not come out."""

    about: ClassVar = Said(By.STAFF, PAPER, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class SlipTroubleSeen:
    """Staff have read that a slip could not be printed."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class StoreAccepted:
    """Staff have looked into what was found of the store, and answer for it."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    found: Code


@dataclass(frozen=True, slots=True)
class LibraryRetryPressed:
    """いま試す: whatever the counter has concluded of the library's system, find it out anew."""

    about: ClassVar = Said(By.STAFF, Harmless("asks how the line stands, which the counter does by itself as well"), GoesOn.NO)


@dataclass(frozen=True, slots=True)
class UnlinkReasonChosen:
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    reason: UnlinkReason


@dataclass(frozen=True, slots=True)
class CardStopAnswered:
    """Whether the caller has had the card stopped at the 個人番号カードコールセンター."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.WORK)
    stopped: bool


@dataclass(frozen=True, slots=True)
class UnlinkConfirmed:
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Staff have the single display again."""

    about: ClassVar = Said(By.EITHER, Acting.ALWAYS, GoesOn.NO)
    staff_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardLeftSeen:
    """Staff have read the notice of a card left behind."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO, SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class MoreTimePressed:
    """Staff fetch something: what is open is to stay for five minutes more."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class UnclearSeen:
    """Staff have looked in their system for what could not be made certain: all of one service that the notice names together."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class EndedSeen:
    """Staff have read who ended a session, and what became of it."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO, SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class StraySeen:
    """Staff have read that a card lies here for good which nobody brought."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO, SignOfLife.NEVER)


StaffEvent = (
    NextPressed
    | BackPressed
    | LeavePressed
    | ApplicantChosen
    | GuardianCheckSet
    | LibraryCardEntered
    | ReplacementChosen
    | HolderConfirmed
    | HolderDenied
    | ServiceChosen
    | ItemEntered
    | NextPatronCalled
    | NextPatronDenied
    | RenewalChosen
    | HoldConfirmed
    | HandoverAsked
    | SlipChosen
    | SlipAsked
    | LateSeen
    | SlipRetryPressed
    | SlipTroubleSeen
    | StoreAccepted
    | LibraryRetryPressed
    | UnlinkReasonChosen
    | CardStopAnswered
    | UnlinkConfirmed
    | TakenBack
    | CardLeftSeen
    | MoreTimePressed
    | UnclearSeen
    | EndedSeen
    | StraySeen
)
