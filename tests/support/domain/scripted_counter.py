"""A counter with a scripted outside: cards, store and library system answer at once, or on request."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID

from kiosk.domain.effects import (
    AskRegistry,
    CloseLink,
    DescribeItem,
    Effect,
    FindLinks,
    HandOver,
    ListLoans,
    LookAgain,
    LookUpPatron,
    ReadCard,
    ReadTries,
    RecogniseLibraryCard,
    SaveLink,
    ServeItem,
    StartTimer,
    VerifyPin,
)
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    ApplicantChosen,
    CardFailed,
    CardKnown,
    CardLifted,
    CardPlaced,
    CardRead,
    Event,
    GuardianCheckSet,
    HandedOver,
    HandoverFailed,
    HolderProved,
    LastTryChosen,
    LibraryCardEntered,
    LinkAgreed,
    LinkClosed,
    LinkSaved,
    LinksFound,
    NextPressed,
    PadConfirmed,
    PadTyped,
    PatronFound,
    PatronRefused,
    PinRejected,
    RegistrationChosen,
    RegistryAnswered,
    StoreFailed,
    TimeUp,
    TriesRead,
)
from kiosk.domain.machine import step
from kiosk.domain.model import (
    Applicant,
    CardReading,
    GuardianCheck,
    IlsCondition,
    Insertion,
    LibraryCardNumber,
    Link,
    LinkToken,
    Month,
    Patron,
    Revocation,
)
from kiosk.domain.states import AskingPin, Counter, CounterRules, Flow
from tests.support.domain.scripted_library import Library

TODAY = date(2026, 11, 23)
NUMBER = LibraryCardNumber("2104067853")
OTHER_NUMBER = LibraryCardNumber("2104067861")
READER, OTHER_READER = "Reader A", "Reader B"
Params = tuple[tuple[str, str | int], ...]
EffectType = TypeVar("EffectType")
FlowType = TypeVar("FlowType")


@dataclass
class Card:
    """A card as a counter sees it. `holder` is a letter that stands for its certificate."""

    holder: str = "a"
    tries: int = 3
    refused: Code | None = None
    """The code its reading ends with, if it is not accepted."""
    refuses_tries: Code | None = None
    breaks_at_pin: Code | None = None
    signs_as: str = ""
    """The certificate its signature verifies with, if not its own."""
    ends: Month | None = None

    @property
    def token(self) -> LinkToken:
        return token(self.holder)


def token(holder: str) -> LinkToken:
    return LinkToken(holder.encode() * 32)


def link(card: Card, number: LibraryCardNumber = NUMBER) -> Link:
    return Link(card.token, number, datetime(2026, 4, 1, tzinfo=UTC), "counter 1", UUID(bytes=card.token.digest[:16]))


@dataclass
class ScriptedCounter:
    """Send it events; then inspect `flow`, `counter` and `asked`."""

    rules: CounterRules = field(default_factory=CounterRules)
    links: list[Link] = field(default_factory=list)
    library: Library | None = None
    """The library system; None if none is connected. A scripted `patron_refused` takes precedence over its answers."""
    patron_refused: Code | None = None
    patron_params: Params = ()
    window_fails: Code | None = None
    """Why the number cannot be typed into another program's window."""
    store_fails: Code | None = None
    pending: bool = False
    elsewhere: list[Link] = field(default_factory=list)
    ended: list[LinkToken] = field(default_factory=list)
    """What the library's server knows and this counter does not."""
    registry_answers: bool = True
    answering: bool = True
    """False: questions wait in `open` until `answer` is called, as with a slow card."""
    asked: list[Effect] = field(default_factory=list)
    """Every effect so far."""
    open: deque[Effect] = field(default_factory=deque)
    lying: dict[Insertion, Card] = field(default_factory=dict)
    pin_is_right: bool = True
    now: datetime | None = None
    """The current time."""
    operations: int = 0
    """Events told so far; each could begin an operation with this number as its UUID."""

    def __post_init__(self) -> None:
        self.counter = Counter(self.rules, TODAY, ils=IlsCondition.NONE if self.library is None else IlsCondition.READY)

    @property
    def flow(self) -> Flow:
        return self.counter.flow

    def tell(self, *events: Event) -> ScriptedCounter:
        for event in events:
            self.operations += 1
            self.counter, effects = step(replace(self.counter, now=self.now, next_operation=UUID(int=self.operations)), event)
            self.asked.extend(effects)
            self.open.extend(effect for effect in effects if isinstance(effect, QUESTIONS))
            while self.answering and self.open:
                self.answer()
        return self

    def answer(self, kind: type[Effect] | None = None) -> ScriptedCounter:
        """Answer the oldest open question (of this kind)."""
        question = next(question for question in self.open if kind is None or isinstance(question, kind))
        self.open.remove(question)
        return self.tell(self.answer_to(question))

    def answer_all(self) -> ScriptedCounter:
        """Answer everything open, and the questions that follow."""
        while self.open:
            self.answer()
        return self

    def of(self, kind: type[EffectType]) -> list[EffectType]:
        """The effects of one kind so far."""
        return [effect for effect in self.asked if isinstance(effect, kind)]

    def seconds(self) -> float:
        """The duration of the newest timer."""
        return self.of(StartTimer)[-1].seconds

    def at(self, kind: type[FlowType]) -> FlowType:
        """The flow, which must be of this kind."""
        flow = self.flow
        assert isinstance(flow, kind), f"at {type(flow).__name__} instead of {kind.__name__}"
        return flow

    # --- what people do

    def lay(self, card: Card, reader: str = READER) -> Insertion:
        insertion = Insertion(len(self.lying) + 1, reader)
        self.lying[insertion] = card
        self.tell(CardPlaced(insertion))
        return insertion

    def begin_to_read(self, insertion: Insertion, *holders: str) -> ScriptedCounter:
        """The first block of this card's certificate has arrived; the rest is still being read. `holders`: whose card it may be."""
        reading = next(effect for effect in reversed(self.of(ReadCard)) if effect.insertion == insertion)
        return self.tell(CardKnown(reading.ticket, insertion, tuple(map(token, holders)) or (self.lying[insertion].token,)))

    def lift(self, insertion: Insertion) -> ScriptedCounter:
        return self.tell(CardLifted(insertion))

    def leave_alone(self) -> ScriptedCounter:
        """Nobody does anything until the idle timeout."""
        return self.tell(TimeUp(self.counter.idle_ticket))

    def leave_lying(self) -> ScriptedCounter:
        """The card stays for the seconds after which that is announced."""
        return self.tell(TimeUp(self.counter.card_left_ticket))

    def press_pin(self, *, right: bool = True) -> ScriptedCounter:
        self.pin_is_right = right
        return self.tell(*(PadTyped(count) for count in (1, 2, 3, 4)), PadConfirmed())

    def to_library_card(self, applicant: Applicant = Applicant.SELF) -> ScriptedCounter:
        self.tell(RegistrationChosen(), ApplicantChosen(applicant), NextPressed())
        if applicant is Applicant.CHILD:
            self.tell(*(GuardianCheckSet(check, confirmed=True) for check in GuardianCheck), NextPressed())
        return self

    def to_card(self) -> ScriptedCounter:
        return self.to_library_card().tell(LibraryCardEntered(NUMBER.text))

    def to_pad(self, card: Card) -> Insertion:
        """A registration up to the open pad."""
        self.to_card()
        insertion = self.lay(card)
        self.tell(LinkAgreed())
        if card.tries == 1:
            self.tell(LastTryChosen())
        self.at(AskingPin)
        return insertion

    # --- what the outside says

    def answer_to(self, question: Effect) -> Event:
        match question:
            case ReadCard(ticket, insertion):
                card = self.lying[insertion]
                if card.refused is not None:
                    return CardFailed(ticket, insertion, card.refused)
                return CardRead(ticket, insertion, CardReading(card.token, Revocation.GOOD, card.ends))
            case ReadTries(ticket, insertion):
                card = self.lying[insertion]
                if card.refuses_tries is not None:
                    return CardFailed(ticket, insertion, card.refuses_tries)
                return TriesRead(ticket, insertion, card.tries)
            case VerifyPin():
                return self._verified(question)
            case FindLinks(ticket, tokens, number):
                if self.store_fails is not None:
                    return StoreFailed(ticket, self.store_fails)
                by_card = tuple(link for link in self.links if link.token in tokens)
                by_number = next((link for link in self.links if link.number == number), None)
                return LinksFound(ticket, by_card, by_number, ended=tuple(self.ended))
            case LookUpPatron(ticket) if self.patron_refused is not None:
                return PatronRefused(ticket, self.patron_refused, self.patron_params)
            case LookUpPatron(ticket, number) if self.library is None:
                return PatronFound(ticket, Patron(number))
            case LookUpPatron() | ServeItem() | ListLoans() | DescribeItem() | RecogniseLibraryCard() | LookAgain() if (
                self.library is not None
            ):
                return self.library.answer_to(question)
            case HandOver(ticket):
                return HandedOver(ticket) if self.window_fails is None else HandoverFailed(ticket, self.window_fails)
            case AskRegistry(ticket, asked):
                link = next((link for link in self.elsewhere if link.token == asked), None) if self.registry_answers else None
                return RegistryAnswered(ticket, link, self.registry_answers)
            case SaveLink(ticket, operation):
                return LinkSaved(ticket, operation, self.pending) if self.store_fails is None else StoreFailed(ticket, self.store_fails)
            case CloseLink(ticket, operation):
                return LinkClosed(ticket, operation, self.pending) if self.store_fails is None else StoreFailed(ticket, self.store_fails)
        raise AssertionError(f"{question} is no question")

    def _verified(self, question: VerifyPin) -> Event:
        ticket, insertion = question.ticket, question.insertion
        card = self.lying[insertion]
        if card.breaks_at_pin is not None:
            return CardFailed(ticket, insertion, card.breaks_at_pin)
        if not self.pin_is_right:
            card.tries -= 1
            return PinRejected(ticket, insertion, card.tries)
        card.tries = 3
        return HolderProved(ticket, insertion, token(card.signs_as or card.holder))


QUESTIONS = (
    *(ReadCard, ReadTries, VerifyPin, FindLinks, AskRegistry, SaveLink, CloseLink),
    *(LookUpPatron, ServeItem, ListLoans, DescribeItem, RecogniseLibraryCard, LookAgain, HandOver),
)
