"""A counter driven step by step, with cards that record what they are sent."""

from __future__ import annotations

import uuid

from kiosk.demo.library import LIBRARY_CARDS
from kiosk.domain.events import (
    ApplicantChosen,
    BesideClosed,
    CardStopAnswered,
    DisplayTaken,
    HelpChosen,
    HolderConfirmed,
    LastTryChosen,
    LeavePressed,
    LibraryCardEntered,
    LinkAgreed,
    NextPressed,
    RegistrationChosen,
    StatusChosen,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import Applicant, LibraryCardNumber, Revocation, UnlinkReason
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AwaitingMyNumberCard,
    CheckingPin,
    ChoosingReplacement,
    ConfirmingHolder,
    ConfirmingLink,
    ConfirmingUnlink,
    LastTryWarning,
    LendingRefused,
    PatronShown,
    Reading,
    ReadingMyNumberCard,
    ReadingTries,
    Registered,
    RegistrationRefused,
    Unlinked,
    UnlinkingRefused,
)
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.card import Fault, Trouble
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import say
from tests.support.counter.headless import WatchedCard, token_of, watched
from tests.support.counter.windowed import OpenedCounter

PIN, WRONG = b"1234", b"9071"
OWN, OTHER, THIRD = (LibraryCardNumber(card.barcode[1:-1]) for card in LIBRARY_CARDS[:3])


class Stage:
    """One counter, driven to one step after the other."""

    def __init__(self, opened: OpenedCounter, deck: Deck, judge: CardJudge) -> None:
        self.opened, self._deck, self._judge = opened, deck, judge
        self.card = watched(deck.card("fine"))
        self.pressed = 0
        """How often a PIN was confirmed by touch."""
        self.cards: list[WatchedCard] = []

    def lay(self, name: str = "fine", tries: int = 3) -> WatchedCard:
        self.card = watched(self._deck.card(name), tries=tries)
        self.cards.append(self.card)
        self.opened.lay(self.card)
        return self.card

    def link(self, number: LibraryCardNumber = OWN, name: str = "fine") -> None:
        if self.opened.repository.find_by_number(number) is None:
            token = token_of(self._judge, self._deck.card(name))
            self.opened.repository.save_link(uuid.uuid4(), token, number, revocation=Revocation.GOOD)

    def unlink(self, *numbers: LibraryCardNumber) -> None:
        for number in numbers or (OWN, OTHER, THIRD):
            if self.opened.repository.find_by_number(number) is not None:
                self.opened.repository.close_link(uuid.uuid4(), number, UnlinkReason.CORRECTION)

    @property
    def pins(self) -> int:
        """Number of VERIFY commands with data that reached the cards."""
        return sum(len(card.pins) for card in self.cards)

    # --- steps ----------------------------------------------------------------------------------------------------------

    def to_home(self) -> None:
        self.opened.end()

    def to_applicant(self) -> None:
        self.to_home()
        self.opened.say(RegistrationChosen())

    def to_record(self, applicant: Applicant = Applicant.SELF) -> None:
        self.to_applicant()
        self.opened.say(ApplicantChosen(applicant))

    def to_guardian(self) -> None:
        self.to_record(Applicant.CHILD)
        self.opened.say(NextPressed())

    def to_library_card(self) -> None:
        self.to_record()
        self.opened.say(NextPressed())

    def to_card(self) -> None:
        self.to_library_card()
        self.opened.say(LibraryCardEntered(OWN.text))
        self.opened.until_at(AwaitingMyNumberCard)

    def to_reading(self) -> None:
        self.to_card()
        self._silent(0)
        self.opened.until_at(ReadingMyNumberCard)

    def to_agreement(self, tries: int = 3) -> None:
        self.unlink()
        self.to_card()
        self.lay(tries=tries)
        self.opened.until_at(ConfirmingLink)

    def to_agreement_taken(self) -> None:
        """On a single display: the patron holds it."""
        self.to_agreement()
        self.opened.say(DisplayTaken())

    def to_pad(self, typed: bytes = b"", tries: int = 3) -> None:
        self.to_agreement(tries)
        self.opened.say(DisplayTaken(), LinkAgreed())
        if isinstance(self.opened.until_at(AskingPin, LastTryWarning), LastTryWarning):
            self.opened.say(LastTryChosen())
        self.opened.settle()
        self.opened.type_pin(typed)

    def to_last_try(self) -> None:
        self.to_agreement(1)
        self.opened.say(DisplayTaken(), LinkAgreed())
        self.opened.until_at(LastTryWarning)

    def to_last_pad(self) -> None:
        self.to_pad(tries=1)

    def to_returning(self) -> None:
        """On a single display: staff are asked to take it back."""
        self.to_last_try()
        self.opened.say(LeavePressed())

    def to_tries(self) -> None:
        self.to_agreement()
        self.card.fault(0, Fault(trouble=Trouble.SILENT))
        self.opened.say(DisplayTaken(), LinkAgreed())
        self.opened.until_at(ReadingTries)

    def confirm(self, digits: bytes) -> None:
        self.opened.type_pin(digits)
        self.pressed += 1
        self.opened.press(self.opened.patron, say("patron.pin.confirm"))

    def to_mistake(self) -> None:
        self.to_pad()
        self.confirm(WRONG)
        self.opened.until(lambda counter: isinstance(counter.flow, AskingPin) and counter.flow.after_mistake)

    def to_checking(self) -> None:
        self.to_pad()
        self.card.fault(0, Fault(trouble=Trouble.SILENT))
        self.confirm(PIN)
        self.opened.until_at(CheckingPin)
        # The one VERIFY of that press is being sent to the card.
        self.opened.until(lambda _: self.pins == self.pressed)

    def to_registered(self) -> None:
        self.to_pad()
        self.confirm(PIN)
        self.opened.until_at(Registered)

    def to_refused(self) -> None:
        self.to_card()
        self.lay("expired")
        self.opened.until_at(RegistrationRefused)

    def to_replacement(self) -> None:
        self.unlink()
        self.link(OTHER)
        self.to_card()
        self.lay()
        self.opened.until_at(ChoosingReplacement)

    def to_already(self) -> None:
        self.unlink()
        self.link()
        self.to_card()
        self.lay()
        self.opened.until_at(AlreadyLinked)

    def to_lending_read(self) -> None:
        self.to_home()
        self._silent(0)
        self.opened.until_at(Reading)

    def to_holder(self) -> None:
        self.to_home()
        self.unlink()
        self.link()
        self.lay()
        self.opened.until_at(ConfirmingHolder)

    def to_patron(self) -> None:
        self.to_holder()
        self.opened.say(HolderConfirmed())
        self.opened.until_at(PatronShown)

    def to_not_linked(self) -> None:
        self.to_home()
        self.unlink()
        self.lay()
        self.opened.until_at(LendingRefused)

    def to_unlinking(self) -> None:
        self.to_home()
        self.opened.say(UnlinkingChosen())

    def to_unlinking_number(self, reason: UnlinkReason = UnlinkReason.WISH) -> None:
        self.to_unlinking()
        self.opened.say(UnlinkReasonChosen(reason))

    def to_unlinking_lost(self) -> None:
        self.to_unlinking_number(UnlinkReason.LOST)
        self.opened.say(CardStopAnswered(True))

    def to_unlinking_confirm(self) -> None:
        self.unlink()
        self.link()
        self.to_unlinking_number()
        self.opened.say(LibraryCardEntered(OWN.text))
        self.opened.until_at(ConfirmingUnlink)

    def to_unlinked(self) -> None:
        self.to_unlinking_confirm()
        self.opened.say(UnlinkConfirmed())
        self.opened.until_at(Unlinked)

    def to_unlinking_refused(self) -> None:
        self.unlink()
        self.to_unlinking_number()
        self.opened.say(LibraryCardEntered(OWN.text))
        self.opened.until_at(UnlinkingRefused)

    def to_status(self) -> None:
        self.to_home()
        self.opened.say(BesideClosed(), StatusChosen())

    def to_help(self) -> None:
        self.to_home()
        self.opened.say(BesideClosed(), HelpChosen())

    def _silent(self, command: int) -> None:
        card = watched(self._deck.card("fine"))
        card.fault(command, Fault(trouble=Trouble.SILENT))
        self.cards.append(card)
        self.opened.lay(card)
