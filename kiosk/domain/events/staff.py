"""What staff did."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from kiosk.domain.errors import Code
from kiosk.domain.events.about import (
    ASKED_AGAIN,
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
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Applicant, EndedBy, GuardianCheck, ReplaceReason, UnlinkReason


class NextPressed(Fieldless):
    """Continue to the next step of a registration."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, ONE_STEP_BACK, GoesOn.NO)


class BackPressed(Fieldless):
    """Return to the previous step."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, ASKED_AGAIN, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """やめる / おわる / 終了して画面を消す, on either window."""

    about: ClassVar = Said(By.EITHER, Acting.WITH_OPEN_WORK, GoesOn.WORK)
    by: EndedBy = EndedBy.STAFF
    """Who pressed it, on whichever window: 「渡すのをやめる」 on the patron's is for staff. A button meant for patrons must set it."""


@dataclass(frozen=True, slots=True)
class ApplicantChosen:
    """Staff chose whose card is to be linked; None is somebody else's, which is refused."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    applicant: Applicant | None


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


class HolderConfirmed(Fieldless):
    """The person matches the photo on the card."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


class HolderDenied(Fieldless):
    """The person does not match the photo on the card."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


class SlipAsked(Fieldless):
    """Print now what the finished registration has recorded."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, PAPER, GoesOn.NO)


class LateSeen(Fieldless):
    """Staff acknowledged the transactions that succeeded late."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


class SlipRetryPressed(Fieldless):
    """Print again the slips that failed."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, PAPER, GoesOn.NO)


class SlipTroubleSeen(Fieldless):
    """Staff acknowledged that a slip could not be printed."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


class CrashesSeen(Fieldless):
    """Staff have read that the program ended unexpectedly and was started again."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class StoreAccepted:
    """Staff have investigated the problem found in the store and take responsibility for it."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    found: Code


class LibraryRetryPressed(Fieldless):
    """いま試す: reconnect to the library system now, whatever its last known condition."""

    __slots__ = ()
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


class UnlinkConfirmed(Fieldless):
    """Close the link shown."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Staff took the single display back."""

    about: ClassVar = Said(By.EITHER, Acting.ALWAYS, GoesOn.NO)
    staff_code: str = field(repr=False)


class CardLeftSeen(Fieldless):
    """Staff acknowledged the notice about a card left behind."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO, SignOfLife.NEVER)


class MoreTimePressed(Fieldless):
    """Staff are fetching something: keep what is open for five more minutes."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


class UnclearSeen(Fieldless):
    """Staff have checked in their own system the undecided transactions that the notice lists together, all of one service."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


class EndedSeen(Fieldless):
    """Staff acknowledged the notice about who ended a session and its result."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO, SignOfLife.NEVER)


class StraySeen(Fieldless):
    """Staff acknowledged the notice about a permanently present card that nobody placed."""

    __slots__ = ()
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
    | SlipAsked
    | LateSeen
    | SlipRetryPressed
    | SlipTroubleSeen
    | StoreAccepted
    | CrashesSeen
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
