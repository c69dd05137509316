"""Random events for a counter: arbitrary ones, or those plausible in its state."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from kiosk.domain.circulation import Item, ItemAnswer, LoanList, Outcome, Reason
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    ApplicantChosen,
    BackPressed,
    BesideClosed,
    Broke,
    BrokeSeen,
    CardFailed,
    CardInUse,
    CardKnown,
    CardLeftSeen,
    CardLifted,
    CardPlaced,
    CardRead,
    CardSlow,
    CardStopAnswered,
    CardsTurn,
    CardWaits,
    CheckFound,
    CrashesSeen,
    DayBegan,
    DisplayTaken,
    EndedSeen,
    Event,
    GoOnPressed,
    GuardianCheckSet,
    HandedOver,
    HandoverAsked,
    HandoverFailed,
    HelpChosen,
    HoldConfirmed,
    HolderConfirmed,
    HolderDenied,
    HolderProved,
    HomeChosen,
    IlsChanged,
    ItemAnswered,
    ItemDescribed,
    ItemEntered,
    ItemTyped,
    LanguageChosen,
    LastTryChosen,
    LateSeen,
    LeavePressed,
    LeavingConfirmed,
    LeavingDenied,
    LibraryCardEntered,
    LibraryCardRecognised,
    LibraryFailed,
    LibraryRetryPressed,
    LinkAgreed,
    LinkClosed,
    LinkSaved,
    LinksFound,
    LoansListed,
    LookedAgain,
    MoreTimePressed,
    NextPatronCalled,
    NextPatronDenied,
    NextPressed,
    PadCleared,
    PadConfirmed,
    PadTyped,
    PatronFound,
    PatronRefused,
    PinRejected,
    ReaderChanged,
    RegistrationChosen,
    RenewalChosen,
    ReplacementChosen,
    ServiceAnswered,
    ServiceChosen,
    ServiceSilent,
    SlipAsked,
    SlipChosen,
    SlipFailed,
    SlipPrinted,
    SlipRetryPressed,
    SlipTroubleSeen,
    StatusChosen,
    StoreAccepted,
    StoreFailed,
    StraySeen,
    TakenBack,
    Ticked,
    TimeUp,
    Touched,
    TriesRead,
    UnclearSeen,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.health import OUTCOMES, Finding
from kiosk.domain.model import (
    Applicant,
    CardReading,
    GuardianCheck,
    IlsCondition,
    Insertion,
    Language,
    LibraryCardNumber,
    Link,
    LinkToken,
    LocalService,
    Month,
    Patron,
    ReaderCondition,
    ReplaceReason,
    Revocation,
    Service,
    Ticket,
    UnlinkReason,
)
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import (
    AskingPin,
    AskingUnlinkNumber,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingLibraryCard,
    CheckingPin,
    ChoosingApplicant,
    ChoosingReplacement,
    ChoosingUnlinkReason,
    ClosingLink,
    ConfirmingHolder,
    ConfirmingLink,
    ConfirmingStop,
    ConfirmingUnlink,
    Counter,
    ExplainingRecord,
    FindingLink,
    FindingLinks,
    FindingLinkToClose,
    Handing,
    LastTryWarning,
    LookingUpPatron,
    OutOfOrder,
    PatronShown,
    Reading,
    ReadingMyNumberCard,
    ReadingTries,
    Registered,
    SavingLink,
    Screen,
    Unlinked,
    Waiting,
)
from tests.support.domain.random_fields import fields_next, handed, idle
from tests.support.domain.random_registry import OPERATIONS, registry_awaited, registry_news, registry_said

TYPED = "9173"
"""Four digits typed wherever anything can be typed."""
STAFF_CODE = "0417"
NUMBERS = tuple(LibraryCardNumber(f"21040678{ending}") for ending in ("53", "61", "79"))
TOKENS = tuple(LinkToken(letter * 32) for letter in (b"a", b"b", b"c"))
READERS = ("Reader A", "Reader B")
ITEMS = ("1103447109", "1100892031", "1098221670")
LOCAL = LocalService("視聴覚室")
SINCE = datetime(2026, 4, 1, tzinfo=UTC)
OWN_TIMERS = ("limit", "list_again_at", "check_again_at")


@dataclass
class RandomEvents:
    """Draws events: arbitrary ones, or those plausible now."""

    draw: random.Random
    purpose: float
    """Probability of drawing the event that makes progress."""
    laid: int = 0
    lifted: list[Insertion] = field(default_factory=list)

    def next(self, counter: Counter, timers: dict[Ticket, float]) -> Event:
        draw = self.draw
        dice = draw.random()
        if dice < self.purpose:
            return self.fitting(counter)
        if dice < self.purpose + 0.04 and timers:
            own = next(filter(None, (getattr(counter.flow, name, None) for name in OWN_TIMERS)), counter.idle_ticket)
            return TimeUp(draw.choice([counter.idle_ticket, counter.card_left_ticket, own, draw.choice(list(timers))]))
        kind = draw.random()
        if kind < 0.3:
            return self.card_moves(counter)
        if kind < 0.5:
            return self.answer(Ticket(draw.randint(1, counter.last_ticket + 1)), self.some_insertion(counter))
        ticket = getattr(counter.flow, "ticket", None)
        if kind < 0.6 and ticket is not None:
            return self.answer(ticket, self.some_insertion(counter))
        return self.anything(counter)

    def any_of(self, *events: Event) -> Event:
        return self.draw.choice(events)

    def some_insertion(self, counter: Counter) -> Insertion:
        return self.draw.choice([*counter.cards, *self.lifted[-3:], Insertion(0, READERS[0])])

    def card_moves(self, counter: Counter) -> Event:
        if counter.cards and self.draw.random() < 0.55:
            insertion = self.draw.choice(counter.cards)
            self.lifted.append(insertion)
            return CardLifted(insertion)
        if self.draw.random() < 0.1:
            told_again = self.some_insertion(counter)
            waits = CardWaits(told_again, self.draw.choice(READERS))
            return self.any_of(CardPlaced(told_again), CardLifted(told_again), CardSlow(told_again), CardInUse(told_again), waits)
        free = [reader for reader in READERS if reader not in {insertion.reader for insertion in counter.cards}]
        if not free:
            return CardSlow(self.draw.choice(counter.cards))
        self.laid += 1
        return CardPlaced(Insertion(self.laid, self.draw.choice(free)), found=self.draw.random() < 0.2)

    def link(self, token: LinkToken | None = None) -> Link:
        operation = self.draw.choice(OPERATIONS)
        return Link(token or self.draw.choice(TOKENS), self.draw.choice(NUMBERS), SINCE, "counter 1", operation)

    def links(self, *tokens: LinkToken) -> tuple[Link, ...]:
        return tuple(self.link(token) for token in tokens if self.draw.random() < 0.6)

    def reading(self) -> CardReading:
        draw = self.draw
        return CardReading(draw.choice(TOKENS), draw.choice(list(Revocation)), draw.choice([None, Month(2027, 1)]))

    def answer(self, ticket: Ticket, insertion: Insertion) -> Event:
        """An arbitrary answer."""
        draw = self.draw
        code, tries, pending = draw.choice(list(Code)), draw.randint(0, 3), draw.random() < 0.5
        return self.any_of(
            CardRead(ticket, insertion, self.reading()),
            CardFailed(ticket, insertion, code),
            CardSlow(insertion),
            CardsTurn(insertion),
            TriesRead(ticket, insertion, tries),
            HolderProved(ticket, insertion, draw.choice(TOKENS)),
            PinRejected(ticket, insertion, tries),
            LinksFound(ticket, self.links(*TOKENS), draw.choice([None, self.link()])),
            registry_said(draw, ticket, self.link()),
            LinkSaved(ticket, draw.choice(OPERATIONS), pending),
            LinkClosed(ticket, draw.choice(OPERATIONS), pending),
            StoreFailed(ticket, code),
            PatronFound(ticket, Patron(draw.choice(NUMBERS), checked=True)),
            PatronRefused(ticket, code),
            CardKnown(ticket, insertion, tuple(draw.sample(TOKENS, draw.randint(1, 3)))),
            self.item_answered(ticket),
            LoansListed(ticket, LoanList.whole(ITEMS)),
            ItemDescribed(ticket, Item(draw.choice(ITEMS), "雪国の民家")),
            LibraryCardRecognised(ticket, draw.choice([None, False, True])),
            LibraryFailed(ticket, code),
            HandedOver(ticket, handed(draw)),
            HandoverFailed(ticket, code),
        )

    def item_answered(self, ticket: Ticket) -> ItemAnswered:
        draw = self.draw
        outcome = draw.choice([Outcome.DONE, Outcome.DONE, *Outcome])
        reason = None if outcome is Outcome.DONE else draw.choice(list(Reason))
        return ItemAnswered(ticket, ItemAnswer(Item(draw.choice(ITEMS), "雪国の民家"), outcome, reason))

    def served(self, flow: PatronShown) -> Event | None:
        """The answer still pending while a patron is served."""
        dealings, code = flow.dealings, self.draw.choice(list(Code))
        open_questions: list[Event] = []
        if dealings.asked:
            open_questions.append(self.item_answered(dealings.asked))
        if dealings.listing:
            listed = LoansListed(dealings.listing, LoanList.whole(ITEMS[: self.draw.randint(0, 3)]))
            open_questions += [listed, LibraryFailed(dealings.listing, code)]
        if dealings.looking:
            open_questions.append(LookedAgain(dealings.looking, self.item_answered(dealings.looking).answer))
        if dealings.describing:
            described = ItemDescribed(dealings.describing, Item(dealings.undescribed[0], "信濃川の橋"))
            open_questions += [described, described, LibraryFailed(dealings.describing, code)]
        if flow.next_card is not None and flow.next_card.asked:
            open_questions.append(LibraryCardRecognised(flow.next_card.asked, self.draw.random() < 0.7))
        if flow.handing is Handing.UNDER_WAY:
            open_questions += [HandedOver(flow.handing_ticket, handed(self.draw)), HandoverFailed(flow.handing_ticket, code)]
        return self.draw.choice(open_questions) if open_questions and self.draw.random() < 0.6 else None

    def fitting(self, counter: Counter) -> Event:
        """The next event if everybody wanted to make progress."""
        if counter.screen is Screen.OFFERED:
            return DisplayTaken()
        if counter.screen is Screen.RETURNING:
            return TakenBack(self.draw.choice([STAFF_CODE, STAFF_CODE, TYPED]))
        return fields_next(self.draw, counter) or self.expected_answer(counter) or self.expected_act(counter)

    def expected_answer(self, counter: Counter) -> Event | None:
        draw = self.draw
        code = draw.choice(list(Code))
        if (said := registry_awaited(draw, counter.flow, self.link)) is not None:
            return said
        match counter.flow:
            case Reading(ticket, insertion) | ReadingMyNumberCard(ticket, _, insertion):
                early = getattr(counter.flow, "early", None)
                reading = self.reading()
                if early is not None and draw.random() < 0.9:
                    reading = replace(reading, token=draw.choice(early.tokens))
                    ahead: Event = LinksFound(early.asked, self.links(*early.tokens), None)
                    if early.links is not None:
                        found = PatronFound(early.asked, Patron(draw.choice(NUMBERS), checked=True))
                        ahead = self.any_of(found, found, PatronRefused(early.asked, code))
                    if early.patron is None and early.problem is None and draw.random() < 0.6:
                        return ahead
                read = CardRead(ticket, insertion, reading)
                known = CardKnown(ticket, insertion, tuple(dict.fromkeys((reading.token, draw.choice(TOKENS)))))
                told = CardSlow(insertion), CardInUse(insertion), CardsTurn(insertion), CardWaits(insertion, draw.choice(READERS))
                return self.any_of(read, read, read, known, known, CardFailed(ticket, insertion, code), *told)
            case ReadingTries(ticket, insertion):
                return self.any_of(*(TriesRead(ticket, insertion, tries) for tries in (0, 1, 2, 3, 3)), CardFailed(ticket, insertion, code))
            case CheckingPin(ticket, insertion, goal):
                proved = HolderProved(ticket, insertion, goal.reading.token)
                rejected, failed = PinRejected(ticket, insertion, draw.randint(0, 2)), CardFailed(ticket, insertion, code)
                others = rejected, failed, HolderProved(ticket, insertion, TOKENS[0]), CardSlow(insertion)
                return self.any_of(proved, proved, proved, *others)
            case FindingLink(ticket) | FindingLinkToClose(ticket) | ConfirmingHolder(confirmed=int(ticket)):
                return LinksFound(ticket, self.links(*TOKENS), draw.choice([None, self.link()]))
            case FindingLinks(ticket, draft, _, reading):
                same = Link(reading.token, draft.number, SINCE, "counter 1", draw.choice(OPERATIONS))
                nothing, other = LinksFound(ticket, (), None), LinksFound(ticket, (self.link(reading.token),), self.link())
                return self.any_of(nothing, nothing, LinksFound(ticket, (same,), same), other)
            case LookingUpPatron(ticket, number) | CheckingLibraryCard(ticket, _, number):
                found = PatronFound(ticket, Patron(number, checked=True))
                return self.any_of(found, found, found, PatronRefused(ticket, code), PatronRefused(ticket, Code.ILS_UNREACHABLE))
            case PatronShown() as shown:
                return self.served(shown)
            case SavingLink(ticket, operation=operation):
                return self.any_of(LinkSaved(ticket, operation, draw.random() < 0.5), StoreFailed(ticket, code))
            case ClosingLink(ticket, operation=operation):
                return self.any_of(LinkClosed(ticket, operation, draw.random() < 0.5), StoreFailed(ticket, code))
        return None

    def expected_act(self, counter: Counter) -> Event:  # noqa: C901
        draw = self.draw
        match counter.flow:
            case Waiting():
                return self.any_of(RegistrationChosen(), UnlinkingChosen(), self.entered(), self.card_moves(counter), *idle(counter))
            case ChoosingApplicant():
                return ApplicantChosen(draw.choice(list(Applicant)))
            case CheckingGuardian(draft) if draft.checks != frozenset(GuardianCheck):
                return self.any_of(*(GuardianCheckSet(check, confirmed=True) for check in GuardianCheck if check not in draft.checks))
            case AwaitingLibraryCard() | AskingUnlinkNumber(card_stopped=bool()):
                return self.entered()
            case AwaitingMyNumberCard():
                return self.card_moves(counter)
            case ChoosingReplacement():
                return ReplacementChosen(draw.choice(list(ReplaceReason)))
            case ConfirmingLink():
                return LinkAgreed()
            case LastTryWarning():
                return LastTryChosen()
            case AskingPin(typed=typed):
                return PadTyped(typed + 1) if typed < 4 else PadConfirmed()
            case ConfirmingHolder():
                return HolderConfirmed()
            case PatronShown():
                item = draw.choice(ITEMS)
                return self.any_of(
                    *(ItemEntered(item), ItemEntered(item), ItemEntered(item), RenewalChosen(item), RenewalChosen(), HandoverAsked()),
                    *(ServiceChosen(draw.choice([*Service, LOCAL])), SlipChosen(draw.choice(list(SlipKind)))),
                    *(LeavePressed(), self.card_moves(counter), RegistrationChosen(), LeavingConfirmed()),
                    *(ItemEntered(draw.choice(NUMBERS).text), NextPatronCalled(), NextPatronDenied(), ItemTyped(draw.random() < 0.5)),
                )
            case Registered() | Unlinked():
                return self.any_of(SlipAsked(), LeavePressed(), self.card_moves(counter), registry_news(draw, counter))
            case ChoosingUnlinkReason():
                return UnlinkReasonChosen(draw.choice(list(UnlinkReason)))
            case AskingUnlinkNumber():
                return CardStopAnswered(stopped=draw.random() < 0.5)
            case ConfirmingUnlink() | ConfirmingStop():
                return UnlinkConfirmed()
            case OutOfOrder():
                return BrokeSeen()
            case ExplainingRecord() | CheckingGuardian():
                return NextPressed()
        return self.any_of(LeavePressed(), self.card_moves(counter), RegistrationChosen())

    def entered(self) -> Event:
        return LibraryCardEntered(self.draw.choice(NUMBERS).text)

    def anything(self, counter: Counter) -> Event:
        draw = self.draw
        on_paper = draw.choice([paper.ticket for paper in counter.papers] or [Ticket(1)])
        return self.any_of(
            ReaderChanged(draw.choice(list(ReaderCondition)), READERS),
            ServiceSilent(),
            ServiceAnswered(),
            *(HomeChosen(), RegistrationChosen(), UnlinkingChosen(), StatusChosen(), HelpChosen()),
            *(BesideClosed(), LeavingConfirmed(), LeavingDenied()),
            *(NextPressed(), BackPressed(), LeavePressed()),
            registry_news(draw, counter),
            ApplicantChosen(draw.choice([None, *Applicant])),
            GuardianCheckSet(draw.choice(list(GuardianCheck)), confirmed=draw.random() < 0.5),
            LibraryCardEntered(draw.choice([TYPED, "", f"a{NUMBERS[0].text}a", "x"])),
            ReplacementChosen(ReplaceReason.CORRECTION),
            HolderConfirmed(),
            HolderDenied(),
            ServiceChosen(draw.choice([*Service, LOCAL])),
            ItemEntered(draw.choice([*ITEMS, TYPED, "", "a|b", "あ"])),
            RenewalChosen(draw.choice([None, *ITEMS])),
            HoldConfirmed(draw.choice(ITEMS)),
            NextPatronCalled(),
            NextPatronDenied(),
            HandoverAsked(),
            SlipChosen(draw.choice(list(SlipKind))),
            SlipAsked(),
            *(SlipTroubleSeen(), SlipRetryPressed(), EndedSeen(), UnclearSeen()),
            *(MoreTimePressed(), LateSeen(), CrashesSeen()),
            LookedAgain(draw.choice([doubt.asked for doubt in counter.doubts] or [Ticket(1)]), self.item_answered(Ticket(1)).answer),
            LibraryRetryPressed(),
            SlipFailed(on_paper, Code.SLIP_FAILED),
            SlipPrinted(on_paper),
            StoreAccepted(draw.choice(list(Code))),
            CheckFound(Finding(draw.choice(list(OUTCOMES)), {"code": Code.LINKS_ALTERED})),
            Ticked(),
            IlsChanged(draw.choice([IlsCondition.READY, *IlsCondition])),
            UnlinkReasonChosen(draw.choice(list(UnlinkReason))),
            CardStopAnswered(stopped=True),
            UnlinkConfirmed(),
            *(TakenBack(TYPED), CardLeftSeen(), StraySeen()),
            LanguageChosen(draw.choice(list(Language))),
            DisplayTaken(),
            LinkAgreed(),
            LastTryChosen(),
            PadTyped(draw.randint(-1, 5)),
            PadTyped(4),
            PadCleared(),
            PadConfirmed(),
            GoOnPressed(),
            Touched(),
            DayBegan(date(2026, 11, draw.randint(1, 30))),
            Broke("1123-AB12"),
            BrokeSeen(),
        )
