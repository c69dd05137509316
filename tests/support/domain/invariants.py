"""Invariants about cards, PIN, links and display, checked after every step of the machine, whatever the event."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiosk.domain.consequences import why_unfinished
from kiosk.domain.effects import Effect, Play, ReadCard, ReadTries, ReleaseCard, SaveLink, ServeItem, StartTimer, VerifyPin
from kiosk.domain.events import (
    Broke,
    CardFailed,
    CardKnown,
    CardLifted,
    CardPlaced,
    CardRead,
    CardSlow,
    DisplayTaken,
    Event,
    HandedOver,
    HandoverFailed,
    HelpChosen,
    HolderProved,
    ItemAnswered,
    ItemDescribed,
    LastTryChosen,
    LibraryCardRecognised,
    LibraryFailed,
    LinkClosed,
    LinkSaved,
    LinksFound,
    LoansListed,
    PadConfirmed,
    PatronFound,
    PatronRefused,
    PinRejected,
    RailEvent,
    RegistryAnswered,
    StatusChosen,
    StoreFailed,
    TakenBack,
    TimeUp,
    TriesRead,
)
from kiosk.domain.model import GuardianCheck, Insertion, Language, LinkToken, Sound, Ticket
from kiosk.domain.states import (
    AskingPin,
    AwaitingMyNumberCard,
    CheckingPin,
    ChoosingReplacement,
    ConfirmingHolder,
    ConfirmingLink,
    Counter,
    FindingLink,
    FindingLinks,
    LastTryWarning,
    LendingRefused,
    LinkGoal,
    LookingUpPatron,
    OutOfOrder,
    PatronShown,
    Progress,
    Reading,
    ReadingMyNumberCard,
    ReadingTries,
    RegistrationRefused,
    Screen,
    Waiting,
    When,
)
from tests.support.domain.random_events import STAFF_CODE, TYPED

STEPS: tuple[tuple[type, ...], ...] = (
    (Waiting, AwaitingMyNumberCard),
    (LendingRefused,),
    (Reading, ReadingMyNumberCard),
    (FindingLink, FindingLinks),
    (LookingUpPatron, ChoosingReplacement, ConfirmingLink),
    (ReadingTries, LastTryWarning, AskingPin),
    (CheckingPin,),
)
"""The order of the steps of a card, at lending and in a registration."""
PROVING = 5


def _step(counter: Counter) -> int | None:
    return next((place for place, kinds in enumerate(STEPS) if isinstance(counter.flow, kinds)), None)


TYPED_ALONE = re.compile(rf"(?<!\d){TYPED}(?!\d)")
RESTING = (Waiting, OutOfOrder)
CARD_ANSWERS = (CardRead, CardFailed, TriesRead, HolderProved, PinRejected)
LIBRARY_ANSWERS = (ItemAnswered, LoansListed, ItemDescribed, LibraryCardRecognised, LibraryFailed, HandedOver, HandoverFailed)
STORE_ANSWERS = (LinksFound, RegistryAnswered, LinkSaved, LinkClosed, StoreFailed)
ANSWERS = (*CARD_ANSWERS, *STORE_ANSWERS, PatronFound, PatronRefused, CardKnown, *LIBRARY_ANSWERS)


def open_tickets(flow: object) -> set[Ticket]:
    """The tickets of the answers a state still waits for."""
    if isinstance(flow, PatronShown):
        dealings, card = flow.dealings, flow.next_card
        return {card.asked if card else Ticket(0), dealings.asked, dealings.listing, dealings.describing, flow.handing_ticket} - {Ticket(0)}
    early = getattr(flow, "early", None)
    return {getattr(flow, "confirmed", None) or getattr(flow, "ticket", Ticket(0)), *({early.asked} if early else ())} - {Ticket(0)}


@dataclass
class Invariants:
    """Checks every step of one random walk against the invariants."""

    tickets: set[Ticket] = field(default_factory=set)
    timers: dict[Ticket, float] = field(default_factory=dict)
    powered: Insertion | None = None
    """The card that has been read and not been released."""
    tried: set[Insertion] = field(default_factory=set)
    """Cards that nobody placed and that have been read."""
    read: dict[Insertion, LinkToken] = field(default_factory=dict)
    """The certificate in each insertion's last accepted reading."""

    def see(self, before: Counter, event: Event, after: Counter, effects: tuple[Effect, ...]) -> None:
        self.late_answers_change_nothing(before, event, after, effects)
        self.each_question_has_its_own_ticket(effects)
        self.cards_are_let_go(after, effects)
        self.verify_follows_one_press(before, event, effects)
        self.the_pad_opens_after_the_tries(before, event, after)
        self.what_is_saved_was_proved(before, event, effects)
        self.nothing_remains_at_rest(before, after)
        self.every_session_is_timed(event, after, effects)
        self.the_display_changes_hands_openly(before, event, after)
        self.nobody_is_shown_beside_another_card(before, after)
        self.what_was_asked_is_answered(before, event, after, effects)
        self.no_typed_digit_is_kept(before, event, after, effects)
        self.a_stray_card_is_no_patrons(before, event, after, effects)
        self.nobody_is_sent_back_without_a_reason(before, event, after)
        self.the_rail_takes_no_work_unasked(before, event, after)

    def late_answers_change_nothing(self, before: Counter, event: Event, after: Counter, effects: tuple[Effect, ...]) -> None:
        if not isinstance(event, ANSWERS):
            return
        flow = before.flow
        insertion = getattr(event, "insertion", None)
        other_card = insertion is not None and insertion != getattr(flow, "insertion", None)
        if event.ticket not in open_tickets(flow) or other_card:
            assert (after, effects) == (before, ())
        elif isinstance(event, CardRead) and after.flow != flow:
            self.read[event.insertion] = event.reading.token

    def each_question_has_its_own_ticket(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            ticket = getattr(effect, "ticket", None)
            if ticket is not None:
                assert ticket not in self.tickets
                self.tickets.add(ticket)

    def nobody_is_sent_back_without_a_reason(self, before: Counter, event: Event, after: Counter) -> None:
        """If an answer from outside ends a step, the step it leads to shows why. What people choose needs no reason."""
        if type(after.flow) is type(before.flow) or not isinstance(event, (*ANSWERS, CardLifted, CardSlow)):
            return
        then, now = _step(before), _step(after)
        if now is None or then is None or now >= then:
            return
        other_card = getattr(after.flow, "insertion", None) not in (None, getattr(before.flow, "insertion", None))
        stray = getattr(before.flow, "insertion", None) in before.strays
        if isinstance(event, HolderProved) or getattr(after.flow, "after_mistake", False):
            # A PIN proved at lending leads on to the library system; a wrong one is reported as wrong.
            return
        said = getattr(after.flow, "problem", None) is not None or (other_card and (after.interrupted is not None or then < PROVING))
        assert said or stray or isinstance(after.flow, LendingRefused), (before.flow, event, after.flow)

    def a_stray_card_is_no_patrons(self, before: Counter, event: Event, after: Counter, effects: tuple[Effect, ...]) -> None:
        """A card that nobody placed is read at most once, makes no sound, ends no session and refuses nobody."""
        assert after.strays <= set(after.cards)
        for effect in effects:
            if isinstance(effect, ReadCard) and effect.insertion in after.strays:
                assert effect.insertion not in self.tried
                assert Play(Sound.CARD_SEEN) not in effects
                self.tried.add(effect.insertion)
        reading = getattr(before.flow, "insertion", None)
        if isinstance(event, CardFailed | CardSlow) and event.insertion == reading and reading in before.strays:
            assert Play(Sound.REFUSED) not in effects
            assert not isinstance(after.flow, LendingRefused | RegistrationRefused)
            if isinstance(after.flow, AwaitingMyNumberCard):
                assert after.flow.problem == getattr(before.flow, "before", None)
        if isinstance(event, CardPlaced) and event.found and not isinstance(before.flow, (*RESTING, AwaitingMyNumberCard)):
            assert after.flow == before.flow

    def cards_are_let_go(self, after: Counter, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case ReadCard(_, insertion):
                    assert self.powered in (None, insertion), "one card at a time"
                    self.powered = insertion
                case ReadTries(_, insertion) | VerifyPin(_, insertion):
                    assert self.powered == insertion
                case ReleaseCard(insertion) if insertion == self.powered:
                    self.powered = None
        if isinstance(after.flow, RESTING):
            assert self.powered is None

    def verify_follows_one_press(self, before: Counter, event: Event, effects: tuple[Effect, ...]) -> None:
        verified = [effect for effect in effects if isinstance(effect, VerifyPin)]
        if not verified:
            return
        [verify] = verified
        assert isinstance(event, PadConfirmed)
        assert isinstance(before.flow, AskingPin)
        assert before.flow.typed == 4
        assert verify.insertion == before.flow.insertion
        assert verify.insertion in before.cards
        assert before.screen is (Screen.PATRON if before.rules.single_display else Screen.STAFF)

    def the_pad_opens_after_the_tries(self, before: Counter, event: Event, after: Counter) -> None:
        now, then = after.flow, before.flow
        if not isinstance(now, AskingPin | LastTryWarning) or now == then:
            return
        assert now.insertion in after.cards
        if isinstance(now, AskingPin) and isinstance(then, AskingPin):
            assert (now.insertion, now.tries_left, now.goal) == (then.insertion, then.tries_left, then.goal)
            return
        assert isinstance(then, ReadingTries | CheckingPin | LastTryWarning)
        assert (now.insertion, now.goal) == (then.insertion, then.goal)
        if isinstance(then, LastTryWarning):
            assert isinstance(now, AskingPin)
            assert isinstance(event, LastTryChosen)
            assert now.tries_left == 1
            return
        assert isinstance(event, TriesRead | PinRejected)
        assert event.insertion == now.insertion
        assert event.tries_left == (now.tries_left if isinstance(now, AskingPin) else 1)
        assert isinstance(now, LastTryWarning) or now.tries_left >= 2

    def what_is_saved_was_proved(self, before: Counter, event: Event, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, SaveLink):
                assert isinstance(event, HolderProved)
                assert isinstance(before.flow, CheckingPin)
                goal = before.flow.goal
                assert isinstance(goal, LinkGoal)
                assert event.insertion == before.flow.insertion
                assert effect.token == event.token == goal.reading.token == self.read[event.insertion]
                assert effect.number == goal.draft.number
                assert effect.by_guardian is goal.draft.by_guardian
                assert not effect.by_guardian or goal.draft.checks == frozenset(GuardianCheck)

    def nothing_remains_at_rest(self, before: Counter, after: Counter) -> None:
        if not isinstance(after.flow, RESTING) or isinstance(before.flow, RESTING):
            return
        mistyped = isinstance(after.flow, Waiting) and after.flow.problem is not None
        # A card that nobody placed is tried next to whoever is at the counter.
        quiet = getattr(before.flow, "insertion", None) in before.strays
        spoken = (before.language, Language.JAPANESE) if quiet else (Language.JAPANESE,)
        assert after.language in ((before.language,) if mistyped else spoken)
        assert not after.idle_warning
        assert after.interrupted is None
        assert after.spent == frozenset(after.cards), "no card serves twice without being lifted"
        if after.rules.confirm_holder is not When.FIRST_OF_DAY:
            assert not after.seen_today
        if after.rules.lending_pin is not When.FIRST_OF_DAY:
            assert not after.proved_today

    def every_session_is_timed(self, event: Event, after: Counter, effects: tuple[Effect, ...]) -> None:
        if isinstance(event, TimeUp):
            self.timers.pop(event.ticket, None)
        self.timers |= {effect.ticket: effect.seconds for effect in effects if isinstance(effect, StartTimer)}
        if not isinstance(after.flow, RESTING):
            assert after.idle_ticket in self.timers, "a session that nobody would ever end"

    def the_display_changes_hands_openly(self, before: Counter, event: Event, after: Counter) -> None:
        if not after.rules.single_display:
            assert after.screen is Screen.STAFF
        if (before.screen, after.screen) == (Screen.OFFERED, Screen.PATRON):
            assert isinstance(event, DisplayTaken)
        if before.screen is Screen.STAFF:
            assert after.screen in (Screen.STAFF, Screen.OFFERED)
        if before.screen is Screen.PATRON:
            assert after.screen in (Screen.PATRON, Screen.RETURNING)
        if before.screen is Screen.RETURNING and after.screen is not Screen.RETURNING:
            assert event == TakenBack(STAFF_CODE)

    def nobody_is_shown_beside_another_card(self, before: Counter, after: Counter) -> None:
        flow = after.flow
        if isinstance(flow, ConfirmingHolder | PatronShown) and type(flow) is not type(before.flow) and flow.insertion is not None:
            newer = [card for card in after.cards if card.number > flow.insertion.number and card not in after.spent]
            if flow.insertion not in after.cards and not isinstance(before.flow, ConfirmingHolder):
                assert not newer

    def what_was_asked_is_answered(self, before: Counter, event: Event, after: Counter, effects: tuple[Effect, ...]) -> None:
        """Nobody leaves with an item whose loan is uncertain; each wish is requested once."""
        flow, now = before.flow, after.flow
        served = [effect for effect in effects if isinstance(effect, ServeItem)]
        if isinstance(flow, PatronShown) and flow.dealings.unanswered and not isinstance(event, Broke):
            answered = isinstance(event, ItemAnswered) and event.ticket == flow.dealings.asked
            recognised = isinstance(event, LibraryCardRecognised) and flow.next_card is not None and event.ticket == flow.next_card.asked
            assert answered or isinstance(now, PatronShown)
            assert answered or recognised or (isinstance(now, PatronShown) and now.dealings.asked == flow.dealings.asked and not served)
        if served:
            [effect] = served
            assert isinstance(now, PatronShown)
            assert effect.number == now.patron.number
            assert now.next_card is None, "what was read after the next patron's library card is not for this one"
            assert sum(entry.progress is Progress.ASKED for entry in now.dealings.entries) == 1

    def the_rail_takes_no_work_unasked(self, before: Counter, event: Event, after: Counter) -> None:
        """A press in the rail does not affect unfinished work; help and status affect nothing at all."""
        if isinstance(event, StatusChosen | HelpChosen) or (isinstance(event, RailEvent) and why_unfinished(before) is not None):
            assert after.flow == before.flow
        assert after.leaving_for is None or why_unfinished(after) is not None
        assert after.leaving_for is None or after.beside is None

    def no_typed_digit_is_kept(self, before: Counter, event: Event, after: Counter, effects: tuple[Effect, ...]) -> None:
        flow = "" if after.flow is before.flow else repr(after.flow)
        assert TYPED_ALONE.search(f"{event!r} {flow} {effects!r}") is None
