"""What the patron window says in each state: a pure function of the counter, without Qt.

Nothing personal is said to whoever brings a card before staff have confirmed the holder; after that no number either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.domain.errors import Code
from kiosk.domain.events import Event, LinkAgreed
from kiosk.domain.model import Language, Shown
from kiosk.domain.states import (
    AlreadyLinked,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingPin,
    ChoosingReplacement,
    ConfirmingHolder,
    ConfirmingLink,
    Counter,
    Draft,
    ExplainingRecord,
    FindingLink,
    FindingLinks,
    Flow,
    Interrupted,
    LeftWork,
    LendGoal,
    LendingRefused,
    LookingUpPatron,
    OutOfOrder,
    PatronShown,
    Problem,
    Reading,
    ReadingMyNumberCard,
    ReadingTries,
    RegistrationFlow,
    RegistrationRefused,
    SavingLink,
    ShowingHelp,
    ShowingStatus,
    TimedOut,
    Waiting,
)
from kiosk.domain.timedout import is_told_to_patron
from kiosk.domain.trouble import as_it_stands, broken_off, reader_problem
from kiosk.text import say

STEPS = ("place", "confirm", "pin", "done")
PLACE, CONFIRM, PIN, DONE = range(len(STEPS))
LEAVE, END = "patron.leave", "patron.end"

STILL_USABLE = frozenset(
    {
        Code.NO_CERTIFICATE,
        Code.CARD_EXPIRED,
        Code.CARD_NOT_YET_VALID,
        Code.CARD_STOPPED,
        Code.PIN_LOCKED,
        Code.PIN_UNAVAILABLE,
        Code.ISSUER_UNKNOWN,
        Code.CERTIFICATE_UNREADABLE,
        Code.KEY_MISMATCH,
        Code.NOT_LINKED,
        Code.LINKED_ELSEWHERE,
        Code.NUMBER_LINKED_ELSEWHERE,
    }
)
"""Refusals of the My Number Card that leave the library card what it was; it is said then."""


@dataclass(frozen=True, slots=True)
class Message:
    """One page of words and a picture. Sentences carry their break marks and readings."""

    title: str
    lead: str = ""
    points: tuple[tuple[str, str], ...] = ()
    """Icon and sentence."""
    private: str = ""
    """What is not used of the card."""
    care: tuple[str, str] | None = None
    """A yellow notice: what happened and what to do."""
    cards: tuple[str, str, str, str] | None = None
    """The two cards to be linked: name and number of each."""
    picture: str = ""
    step: int | None = None
    act: tuple[str, Event] | None = None
    """The one primary button."""
    leave: str = ""
    """Key of the label of the button that leaves; empty: there is nothing to leave."""


def message_for(counter: Counter, *, long: int = 2, closed: Problem | None = None) -> Message:
    """The page for `counter.flow`, where it has none of its own (PIN pad, last try, done).

    `long` says how long a card has been read: 0 under 400 ms, when nothing need change; 1 after that; 2 after 3 s, when the
    patron is asked to leave it where it is. `closed`: why no card can be taken (`domain.hindrance`).
    """
    return _Speaker(counter, long, closed).speak()


def is_reading(flow: Flow) -> bool:
    """Whether a card is being read, so that what is said depends on how long it takes."""
    return isinstance(flow, Reading | FindingLink | LookingUpPatron | ReadingMyNumberCard | FindingLinks)


def timed_out_word(told: TimedOut) -> str:
    """Which sentence `patron.timed-out.…` tells a patron of it; what staff did on their own window is none of a patron's business."""
    return "other" if told.work in (LeftWork.UNLINKING, LeftWork.UNLINKED) else told.work.value


def step_labels(language: Language) -> list[str]:
    return [say(f"patron.steps.{step}", language) for step in STEPS]


def why_again(interrupted: Interrupted, language: Language) -> str:
    """What ended the proof before."""
    return say(f"refusal.{interrupted.problem.code}.patron", language, **dict(interrupted.problem.params))


class _Speaker:
    def __init__(self, counter: Counter, long: int, closed: Problem | None) -> None:
        self._counter, self._language, self._long, self._closed = counter, counter.language, long, closed

    def _say(self, key: str, **params: str | int) -> str:
        return say(f"patron.{key}", self._language, **params)

    def _page(self, key: str, picture: str, step: int | None = None, leave: str = "") -> Message:
        return Message(self._say(f"{key}.title"), self._say(f"{key}.lead"), picture=picture, step=step, leave=leave)

    def speak(self) -> Message:
        flow = self._counter.flow
        match flow:
            case Waiting() | ShowingStatus() | ShowingHelp() | OutOfOrder() if self._counter.card_left:
                page = self._page("card-left", "card-take")
                return replace(page, lead="", care=(page.lead, ""))
            case _ if self._counter.timed_out is not None and is_told_to_patron(self._counter):
                return self._timed_out(self._counter.timed_out)
            case Waiting() | ShowingStatus() | ShowingHelp() | LookingUpPatron(shown=Shown.LIBRARY_CARD):
                return self._waiting()
            case Reading(insertion=insertion) if insertion in self._counter.strays:
                return self._waiting()
            case Reading(slow=True):
                return self._page("slow", "card-take", leave=LEAVE)
            case Reading(behind=behind) if behind:
                return self._page("behind", "card-on-reader", leave=LEAVE)
            case Reading() | FindingLink() | LookingUpPatron():
                return self._reading(None) if self._long else self._waiting()
            case ConfirmingHolder():
                return self._page("checking", "card-on-reader")
            case PatronShown(reading=reading):
                ends = (("calendar", self._say("served.ends")),) if reading is not None and reading.ends is not None else ()
                return replace(self._page("served", self._served_with(flow)), points=ends)
            case LendingRefused(problem):
                return self._refusal(problem)
            case OutOfOrder(incident):
                about = (("info", self._say("broken.incident", incident=incident)),)
                return Message(self._say("broken.title"), self._say("broken.lead"), points=about, picture="card-library")
            case ReadingTries() | CheckingPin():
                return self._proof(flow)
            case _:
                return self._registration(flow)

    def _timed_out(self, told: TimedOut) -> Message:
        """What became of what was begun here, for a short time. Whoever stands here by now may lay a card all the same."""
        return Message(self._say("timed-out.title"), self._say(f"timed-out.{timed_out_word(told)}"), picture="card-library")

    def _served_with(self, flow: PatronShown) -> str:
        """The picture of the card the patron came with, where it is now."""
        if flow.shown is Shown.LIBRARY_CARD:
            return "card-library"
        return "card-on-reader" if flow.insertion in self._counter.cards else "card-my-number"

    def _proof(self, flow: ReadingTries | CheckingPin) -> Message:
        step = None if isinstance(flow.goal, LendGoal) else PIN
        if flow.slow:
            return self._page("slow", "card-take", step, LEAVE)
        if isinstance(flow, ReadingTries):
            return self._page("reading-tries", "card-on-reader", step, LEAVE)
        return self._page("checking-pin", "card-on-reader", step)

    def _registration(self, flow: Flow) -> Message:
        match flow:
            case ExplainingRecord():
                return self._record()
            case CheckingGuardian():
                return self._page("guardian", "document-conditions", leave=LEAVE)
            case AwaitingLibraryCard():
                return self._page("library-card", "card-library", leave=LEAVE)
            case AwaitingMyNumberCard(draft, problem):
                return self._place(draft, problem)
            case ReadingMyNumberCard(insertion=insertion, draft=draft, before=before) if insertion in self._counter.strays:
                return self._place(draft, before)
            case ReadingMyNumberCard(behind=behind, slow=False) if behind:
                return self._page("behind", "card-on-reader", PLACE, LEAVE)
            case ReadingMyNumberCard(slow=True):
                return self._page("slow", "card-take", PLACE, LEAVE)
            case ReadingMyNumberCard(draft=draft) | FindingLinks(draft=draft):
                return self._reading(PLACE) if self._long else replace(self._place(draft, None), leave="")
            case ChoosingReplacement():
                return self._page("checking", "card-on-reader", PLACE, LEAVE)
            case ConfirmingLink():
                return self._confirm(flow)
            case SavingLink():
                return self._page("saving", "card-on-reader", PIN)
            case AlreadyLinked():
                return self._page("already", "card-take", DONE, END)
            case RegistrationRefused(_, problem):
                return self._refusal(problem)
        return replace(self._page("staff", "card-library"), leave=LEAVE if isinstance(flow, RegistrationFlow) else "")

    def _waiting(self) -> Message:
        if (trouble := self._hindrance()) is not None:
            return replace(self._refusal(trouble), leave="")
        return replace(self._page("waiting", "card-place"), private=self._say("private"))

    def _hindrance(self) -> Problem | None:
        if (reader := reader_problem(self._counter)) is not None:
            return reader
        if self._counter.doubt is not None:
            return Problem(Code.STORE_DOUBTED)
        # A patron need not know which part of the counter it is.
        return None if self._closed is None else Problem(Code.TRUST_MISSING)

    def _reading(self, step: int | None) -> Message:
        lead = self._say("reading.keep" if self._long > 1 else "reading.lead")
        return Message(self._say("reading.title"), lead, picture="card-on-reader", step=step)

    def _problem(self, problem: Problem) -> tuple[str, str]:
        problem = as_it_stands(self._counter, problem)
        params = dict(problem.params)
        cause = say(f"refusal.{problem.code}.patron", self._language, **params)
        return cause, say(f"refusal.{problem.code}.patron-next", self._language, **params)

    def _refusal(self, problem: Problem) -> Message:
        """One cause, one next step; where the library card is what it was, that is said too."""
        works = (("libcard", self._say("refused.works")),) if problem.code in STILL_USABLE else ()
        return Message(*self._problem(problem), points=works, picture="card-library", leave=END)

    def _record(self) -> Message:
        points = (
            *(("mycard", self._say("record.kept-1")), ("libcard", self._say("record.kept-2"))),
            ("eyeoff", self._say("record.not-pin")),
        )
        title, lead = self._say("record.title"), self._say("record.lead")
        return Message(title, lead, points, private=self._say("private"), leave=LEAVE)

    def _place(self, draft: Draft, problem: Problem | None) -> Message:
        if self._hindrance() is not None:
            # Nothing is to be laid now; the library card has been shown already.
            return self._page("away", "card-library", PLACE, LEAVE)
        page = self._page("place", "card-place", PLACE, LEAVE)
        if draft.by_guardian:
            page = replace(page, title=self._say("place-child.title"))
        if problem is not None:
            return replace(page, lead="", care=self._problem(problem))
        return replace(page, private=self._say("private"))

    def _again(self, interrupted: Interrupted | None, *, replaces: bool) -> tuple[str, str] | None:
        """Why what the patron did before is asked of them again; with what the page says else, as far as there is room."""
        if interrupted is None:
            return None
        next_step = self._say("again.next-pressed" if interrupted.pressed else "again.next")
        return why_again(interrupted, self._language), next_step if replaces else f"{next_step}\n{self._say('again.lead')}"

    def _confirm(self, flow: ConfirmingLink) -> Message:
        draft, replaces = flow.draft, flow.replaces is not None
        again = self._again(broken_off(self._counter, flow.reading.token), replaces=replaces)
        page = self._page("confirm-child" if draft.by_guardian else "confirm", "", CONFIRM, LEAVE)
        names = self._say("confirm.my-number-card"), self._say("confirm.certificate")
        return replace(
            page,
            lead=page.lead if again is None else "",
            points=(("info", self._say("confirm.replaces")),) if replaces else (),
            care=again,
            cards=(*names, self._say("confirm.library-card"), draft.number.grouped),
            act=(self._say("confirm.act"), LinkAgreed()),
        )
