"""What the patron window says in each state: a pure function of the counter, without Qt."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.errors import Code
from kiosk.domain.events import Event, LinkAgreed
from kiosk.domain.model import Language, ReaderCondition, Shown
from kiosk.domain.states import (
    AlreadyLinked,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingPin,
    ConfirmingHolder,
    ConfirmingLink,
    Counter,
    Draft,
    ExplainingRecord,
    FindingLink,
    FindingLinks,
    LendingRefused,
    LookingUpPatron,
    OutOfOrder,
    PatronShown,
    Problem,
    Reading,
    ReadingMyNumberCard,
    ReadingTries,
    RegistrationRefused,
    SavingLink,
    ShowingHelp,
    ShowingStatus,
    Waiting,
)
from kiosk.text import say

STEPS = ("place", "confirm", "pin", "done")
PLACE, CONFIRM, PIN, DONE = range(len(STEPS))


@dataclass(frozen=True, slots=True)
class Message:
    """One page of words and a picture. Sentences carry their break marks and readings."""

    title: str
    lead: str = ""
    notes: tuple[str, ...] = ()
    care: tuple[str, str] | None = None
    """A yellow notice: what happened and what to do."""
    picture: str = ""
    step: int | None = None
    number: str = ""
    """A library card number, shown large."""
    act: tuple[str, Event] | None = None
    """The one primary button."""
    leave: str = ""
    """Key of the label of the button that leaves; empty: there is nothing to leave."""


def message_for(counter: Counter) -> Message:
    """The page for `counter.flow`, where it has none of its own (PIN pad, last try, done)."""
    return _Speaker(counter).speak()


class _Speaker:
    def __init__(self, counter: Counter) -> None:
        self._counter, self._language = counter, counter.language

    def _say(self, key: str, **params: str | int) -> str:
        return say(f"patron.{key}", self._language, **params)

    def _page(self, key: str, picture: str, step: int | None = None, leave: str = "") -> Message:
        return Message(self._say(f"{key}.title"), self._say(f"{key}.lead"), picture=picture, step=step, leave=leave)

    def speak(self) -> Message:
        flow = self._counter.flow
        match flow:
            case Waiting() | ShowingStatus() | ShowingHelp():
                return self._waiting()
            case Reading(slow=True) | ReadingMyNumberCard(slow=True) | ReadingTries(slow=True) | CheckingPin(slow=True):
                return self._page("slow", "card-take", PLACE, "patron.leave")
            case Reading():
                return self._page("reading", "card-on-reader")
            case FindingLink() | LookingUpPatron() | ConfirmingHolder():
                return self._page("checking", "card-on-reader")
            case PatronShown(shown=shown):
                return self._page("served" if shown is Shown.MY_NUMBER_CARD else "served-by-library-card", "card-library")
            case LendingRefused(problem):
                return self._refusal(problem, None)
            case OutOfOrder(incident):
                return Message(self._say("broken.title"), self._say("broken.lead", incident=incident), picture="card-library")
            case _:
                return self._registration()

    def _registration(self) -> Message:
        flow = self._counter.flow
        match flow:
            case ExplainingRecord():
                return self._record()
            case AwaitingMyNumberCard(draft, problem):
                return self._place(draft, problem)
            case ReadingMyNumberCard() | FindingLinks():
                return self._page("reading", "card-on-reader", PLACE)
            case ConfirmingLink(draft):
                return self._confirm(draft)
            case ReadingTries():
                return self._page("reading-tries", "card-on-reader", PIN)
            case CheckingPin():
                return self._page("checking-pin", "card-on-reader", PIN)
            case SavingLink():
                return self._page("saving", "card-on-reader", DONE)
            case AlreadyLinked():
                return self._page("already", "card-take", DONE, "patron.end")
            case RegistrationRefused(_, problem):
                return self._refusal(problem, None)
            case CheckingGuardian():
                return self._page("guardian", "document-conditions")
        return self._page("staff", "card-library")

    def _waiting(self) -> Message:
        if self._counter.reader in (ReaderCondition.READY, ReaderCondition.STARTING):
            return self._page("waiting", "card-place")
        return self._refusal(Problem(Code(self._counter.reader)), None, leave="")

    def _refusal(self, problem: Problem, step: int | None, leave: str = "patron.end") -> Message:
        """One cause, one next step; where the card itself is fine the library card is said to be usable."""
        params = dict(problem.params)
        cause = say(f"refusal.{problem.code}.patron", self._language, **params)
        following = say(f"refusal.{problem.code}.patron-next", self._language, **params)
        return Message(cause, following, picture="card-library", step=step, leave=leave)

    def _record(self) -> Message:
        kept = tuple(self._say(f"record.kept-{number}") for number in (1, 2))
        return Message(self._say("record.title"), notes=(*kept, self._say("record.not-kept")), picture="card-library", leave="patron.leave")

    def _place(self, draft: Draft, problem: Problem | None) -> Message:
        if self._counter.reader not in (ReaderCondition.READY, ReaderCondition.STARTING):
            problem = Problem(Code(self._counter.reader))
        care = None
        if problem is not None:
            params = dict(problem.params)
            care = (
                say(f"refusal.{problem.code}.patron", self._language, **params),
                say(f"refusal.{problem.code}.patron-next", self._language, **params),
            )
        key = "place-child" if draft.by_guardian else "place"
        return Message(
            self._say(f"{key}.title"), self._say("place.lead"), care=care, picture="card-place", step=PLACE, leave="patron.leave"
        )

    def _confirm(self, draft: Draft) -> Message:
        key = "confirm-child" if draft.by_guardian else "confirm"
        return Message(
            self._say(f"{key}.title"),
            self._say(f"{key}.lead"),
            number=draft.number.grouped,
            notes=(self._say("confirm.pin-next"),),
            picture="card-my-number",
            step=CONFIRM,
            act=(self._say("confirm.act"), LinkAgreed()),
            leave="patron.leave",
        )


def step_labels(language: Language) -> list[str]:
    return [say(f"patron.steps.{step}", language) for step in STEPS]
