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
    """Continue to the next step of a registration."""

    about: ClassVar = Said(By.STAFF, ONE_STEP_BACK, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class BackPressed:
    """Return to the previous step."""

    about: ClassVar = Said(By.STAFF, ASKED_AGAIN, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """やめる / おわる / 終了して画面を消す, on either window."""

    about: ClassVar = Said(By.EITHER, Acting.WITH_OPEN_WORK, GoesOn.WORK)
    by: EndedBy = EndedBy.STAFF
    """Who pressed it, on whichever window: 「渡すのをやめる」 on the patron's is for staff. A button meant for patrons must set it."""


@dataclass(frozen=True, slots=True)
class ApplicantChosen:
    """Staff chose whose card is to be linked."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    applicant: Applicant | None
    """None: somebody else's card, which is refused."""


@dataclass(frozen=True, slots=True)
class GuardianCheckSet:
    """Staff ticked or cleared one check of the guardian's documents."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.WORK)
    check: GuardianCheck
    confirmed: bool


@dataclass(frozen=True, slots=True)
class LibraryCardEntered:
    """A library card number, scanned or typed, unmodified, without the scanner's suffix key."""

    about: ClassVar = Said(By.STAFF, CHARACTERS, GoesOn.WORK)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReplacementChosen:
    """Staff chose to replace an existing link, and why."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    reason: ReplaceReason


@dataclass(frozen=True, slots=True)
class HolderConfirmed:
    """The person matches the photo on the card."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class HolderDenied:
    """The person does not match the photo on the card."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class ServiceChosen:
    """Staff opened a service for the patron."""

    about: ClassVar = Said(By.STAFF, Acting.WITH_HANDOVER, GoesOn.ITEMS)
    service: AnyService


@dataclass(frozen=True, slots=True)
class ItemEntered:
    """An item's barcode for the open service, scanned or typed, unmodified."""

    about: ClassVar = Said(By.STAFF, CHARACTERS, GoesOn.ITEMS)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NextPatronCalled:
    """The card scanned among the items is the next patron's: end this session and serve them."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)


@dataclass(frozen=True, slots=True)
class NextPatronDenied:
    """It is not: continue serving the current patron."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)


@dataclass(frozen=True, slots=True)
class RenewalChosen:
    """Renew this item, or everything on loan if None."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)
    item: str | None = None


@dataclass(frozen=True, slots=True)
class HoldConfirmed:
    """Staff have checked that this patron has no hold on this item: place it."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)
    item: str


@dataclass(frozen=True, slots=True)
class HandoverAsked:
    """Type the number into the other window (again)."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.WORK)


@dataclass(frozen=True, slots=True)
class SlipChosen:
    """What to print when this patron's session ends."""

    about: ClassVar = Said(By.STAFF, CHANGED_AGAIN, GoesOn.WORK)
    kind: SlipKind


@dataclass(frozen=True, slots=True)
class SlipAsked:
    """Print now what the finished registration has recorded."""

    about: ClassVar = Said(By.STAFF, PAPER, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LateSeen:
    """Staff acknowledged the transactions that succeeded late."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class SlipRetryPressed:
    """Print again the slips that failed."""

    about: ClassVar = Said(By.STAFF, PAPER, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class SlipTroubleSeen:
    """Staff acknowledged that a slip could not be printed."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class StoreAccepted:
    """Staff have investigated the problem found in the store and take responsibility for it."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    found: Code


@dataclass(frozen=True, slots=True)
class LibraryRetryPressed:
    """いま試す: reconnect to the library system now, whatever its last known condition."""

    about: ClassVar = Said(By.STAFF, Harmless("asks how the line stands, which the counter does by itself as well"), GoesOn.NO)


@dataclass(frozen=True, slots=True)
class UnlinkReasonChosen:
    """Staff chose why the link is to be closed."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    reason: UnlinkReason


@dataclass(frozen=True, slots=True)
class CardStopAnswered:
    """Whether the caller has had the card stopped at the 個人番号カードコールセンター."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.WORK)
    stopped: bool


@dataclass(frozen=True, slots=True)
class UnlinkConfirmed:
    """Close the link shown."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Staff took the single display back."""

    about: ClassVar = Said(By.EITHER, Acting.ALWAYS, GoesOn.NO)
    staff_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardLeftSeen:
    """Staff acknowledged the notice about a card left behind."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO, SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class MoreTimePressed:
    """Staff are fetching something: keep what is open for five more minutes."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class UnclearSeen:
    """Staff have checked in their own system the undecided transactions that the notice lists together, all of one service."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class EndedSeen:
    """Staff acknowledged the notice about who ended a session and its result."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO, SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class StraySeen:
    """Staff acknowledged the notice about a permanently present card that nobody placed."""

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
