"""Texts of the patron window for each state: a pure function of the counter, without Qt.

Nothing personal is shown before staff have confirmed the holder, and no number after that.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.codefacts import ToPatron
from kiosk.domain.errors import Code
from kiosk.domain.events import Event, LinkAgreed
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Language
from kiosk.domain.patron_view import PatronView
from kiosk.domain.reader_trouble import as_it_stands, broken_off
from kiosk.domain.session_end import is_told_to_patron
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AwaitingMyNumberCard,
    CheckingPin,
    ChoosingReplacement,
    ConfirmingLink,
    Counter,
    Ended,
    FindingLinks,
    Flow,
    Interrupted,
    LastTryWarning,
    LeftWork,
    LinkGoal,
    OutOfOrder,
    PageName,
    PatronShown,
    Problem,
    ReadingMyNumberCard,
    ReadingTries,
    Registered,
    RegistrationFlow,
    RegistrationRefused,
    SavingLink,
)
from kiosk.text import one_line, refusal_to_patron, say
from kiosk.ui.patron_illustrations import picture_of

STEPS = ("place", "confirm", "pin", "done")
PLACE, CONFIRM, PIN, DONE = range(len(STEPS))
LEAVE, END = "patron.leave", "patron.end"


@dataclass(frozen=True, slots=True)
class Message:
    """Content of a text page. Sentences include their markup (breaks, furigana)."""

    title: str
    lead: str = ""
    points: tuple[tuple[str, str], ...] = ()
    """Pairs of icon and sentence."""
    private: str = ""
    """What on the card is not used."""
    care: tuple[str, str] | None = None
    """Yellow notice: what happened and what to do."""
    cards: tuple[str, str, str, str] | None = None
    """The two cards to be linked: name and number of each."""
    picture: str = ""
    act: tuple[str, Event] | None = None
    """Label and event of the primary button."""


def message_for(counter: Counter, view: PatronView) -> Message:
    """Return the content of the page named by `view`, unless it has a class of its own (handover, PIN pad, last try, done)."""
    return _Speaker(counter, view).speak()


def step_of(flow: Flow) -> int | None:
    """Return the registration step of this flow, or None outside a registration."""
    match flow:
        case AwaitingMyNumberCard() | ReadingMyNumberCard() | FindingLinks() | ChoosingReplacement():
            return PLACE
        case ConfirmingLink():
            return CONFIRM
        case SavingLink():
            return PIN
        case ReadingTries(goal=goal) | LastTryWarning(goal=goal) | AskingPin(goal=goal) | CheckingPin(goal=goal):
            return PIN if isinstance(goal, LinkGoal) else None
        case Registered() | AlreadyLinked():
            return DONE
    return None


def leave_of(page: PageName, counter: Counter) -> str:
    """Return the text key of the exit button; "" if there is nothing to leave or the page has its own button."""
    flow = counter.flow
    match page:
        case PageName.REFUSED | PageName.ALREADY | PageName.DONE:
            return END
        case PageName.SLOW | PageName.BEHIND | PageName.PIN | PageName.LAST_TRY | PageName.READING_TRIES:
            return LEAVE
        case PageName.HANDOVER | PageName.RETURNING | PageName.SAVING | PageName.CHECKING_PIN:
            return ""
    is_quick = isinstance(flow, FindingLinks) or (isinstance(flow, ReadingMyNumberCard) and flow.insertion not in counter.strays)
    return LEAVE if isinstance(flow, RegistrationFlow) and not is_quick else ""


def timed_out_word(told: Ended, *, closed: bool) -> str:
    """Return the suffix of `patron.timed-out.…` for an ended session; work done by staff alone is not disclosed.

    `closed`: no card can be placed here, so none is asked for.
    """
    match told.work:
        case LeftWork.UNLINKING | LeftWork.UNLINKED:
            return "other"
        case LeftWork.SERVING_BY_LIBRARY_CARD:
            return "serving-closed"
        case LeftWork.LENDING | LeftWork.SERVING if closed:
            return f"{told.work}-closed"
        case LeftWork.REGISTRATION_REFUSED:
            return LeftWork.REGISTRATION.value
    return told.work.value


def step_labels(language: Language) -> list[str]:
    return [say(f"patron.steps.{step}", language) for step in STEPS]


def why_again(interrupted: Interrupted, language: Language) -> str:
    """Return why the previous PIN check was interrupted."""
    cause, _next = refusal_to_patron(interrupted.problem.code, language, **dict(interrupted.problem.params))
    return cause


def pin_care(counter: Counter, flow: AskingPin) -> tuple[str, str]:
    """The yellow notice on the page of the PIN pad: what happened and what to do; empty where nothing did."""
    language = counter.language
    if flow.barcode_cleared:
        return say("patron.pin.cleared", language), say("patron.pin.cleared-next", language)
    if flow.after_mistake:
        return refusal_to_patron(Code.PIN_WRONG, language, tries_left=flow.tries_left)
    if (again := broken_off(counter, flow.goal.reading.token)) is not None:
        return why_again(again, language), say("patron.again.tries", language)
    if flow.tries_left == 2:
        return say("patron.pin.two-left", language), say("patron.pin.two-left-next", language)
    return "", ""


def boxes_of(counter: Counter, view: PatronView) -> tuple[bool, bool]:
    """Whether the page has a yellow notice, and the box that says what is not used of the card."""
    match view.page:
        case PageName.HANDOVER | PageName.LAST_TRY | PageName.DONE:
            return False, False
        case PageName.RETURNING:
            return counter.wrong_staff_code, False
        case PageName.PIN:
            return isinstance(counter.flow, AskingPin) and any(pin_care(counter, counter.flow)), False
    message = message_for(counter, view)
    return message.care is not None, bool(message.private)


class _Speaker:
    def __init__(self, counter: Counter, view: PatronView) -> None:
        self._counter, self._language, self._view = counter, counter.language, view

    def _say(self, key: str, **params: str | int) -> str:
        return say(f"patron.{key}", self._language, **params)

    def _page(self, key: str = "") -> Message:
        """Return a page of title, lead and illustration."""
        key = key or self._view.page
        return Message(self._say(f"{key}.title"), self._say(f"{key}.lead"), picture=picture_of(self._view.page, self._counter))

    def speak(self) -> Message:
        flow, problem = self._counter.flow, self._view.problem
        match self._view.page:
            case PageName.CARD_LEFT:
                page = self._page()
                return replace(page, lead="", care=(page.lead, ""), points=self._why_ended())
            case PageName.TIMED_OUT if (told := self._counter.ended) is not None:
                words = self._say("timed-out.title"), self._say(f"timed-out.{timed_out_word(told, closed=problem is not None)}")
                return Message(*words, picture=picture_of(self._view.page, self._counter))
            case PageName.CLOSED | PageName.REFUSED if problem is not None:
                return self._refusal(problem)
            case PageName.WAITING:
                return replace(self._page(), private=self._say("private"))
            case PageName.READING:
                page = self._page("reading")
                return replace(page, lead=self._say("reading.keep")) if self._view.keep_lying else page
            case PageName.SERVED if isinstance(flow, PatronShown):
                ends = flow.reading is not None and flow.reading.ends is not None
                return replace(self._page(), points=(("calendar", self._say("served.ends")),) if ends else ())
            case PageName.BROKEN if isinstance(flow, OutOfOrder):
                return replace(self._page(), points=(("info", self._say("broken.incident", incident=flow.incident)),))
            case PageName.RECORD:
                return self._record()
            case PageName.PLACE | PageName.PLACE_AGAIN:
                return self._place(problem)
            case PageName.CONFIRM if isinstance(flow, ConfirmingLink):
                return self._confirm(flow)
        return self._page()

    def _why_ended(self) -> tuple[tuple[str, str], ...]:
        """Return the reason the session ended, shown below what has to be done first."""
        told = self._counter.ended
        if told is None or not is_told_to_patron(self._counter):
            return ()
        result = self._say(f"timed-out.{timed_out_word(told, closed=True)}")
        return ("clock", one_line(self._say("timed-out.title"))), ("info", result)

    def _problem(self, problem: Problem) -> tuple[str, str]:
        problem = as_it_stands(self._counter, problem)
        return refusal_to_patron(problem.code, self._language, **dict(problem.params))

    def _refusal(self, problem: Problem) -> Message:
        """Return a page of cause and next step; it also mentions the library card if that is still valid.

        If the patron has already read that the registration was received, the page begins with that it was not made.
        """
        flow, about = self._counter.flow, problem.code.about
        words = self._problem(problem)
        points = [("libcard", self._say("refused.works"))] if about.library_card_serves else []
        if isinstance(flow, RegistrationRefused) and flow.operation is not None and about.patron is ToPatron.OWN:
            cause, following = words
            words, points = (self._say("refused.undone"), cause), [("info", following), *points]
        return Message(*words, points=tuple(points), picture=picture_of(self._view.page, self._counter))

    def _record(self) -> Message:
        points = (
            *(("mycard", self._say("record.kept-1")), ("libcard", self._say("record.kept-2"))),
            ("eyeoff", self._say("record.not-pin")),
        )
        return replace(self._page(), points=points, private=self._say("private"))

    def _place(self, problem: Problem | None) -> Message:
        page = self._page("place")
        draft = getattr(self._counter.flow, "draft", None)
        if draft is not None and draft.by_guardian:
            page = replace(page, title=self._say("place-child.title"))
        if problem is not None:
            return replace(page, lead="", care=self._problem(problem))
        return replace(page, private=self._say("private"))

    def _again(self, interrupted: Interrupted | None, *, replaces: bool) -> tuple[str, str] | None:
        """Return why the patron has to repeat a step; the page's own lead is appended if there is room."""
        if interrupted is None:
            return None
        next_step = self._say("again.next-pressed" if interrupted.pressed else "again.next")
        return why_again(interrupted, self._language), next_step if replaces else f"{next_step}\n{self._say('again.lead')}"

    def _confirm(self, flow: ConfirmingLink) -> Message:
        draft, replaces = flow.draft, flow.replaces is not None
        again = self._again(broken_off(self._counter, flow.reading.token), replaces=replaces)
        page = self._page("confirm-child" if draft.by_guardian else "confirm")
        names = self._say("confirm.my-number-card"), self._say("confirm.certificate")
        return replace(
            page,
            lead=page.lead if again is None else "",
            points=(("info", self._say("confirm.replaces")),) if replaces else (),
            care=again,
            cards=(*names, self._say("confirm.library-card"), draft.number.grouped),
            act=(self._say("confirm.act"), LinkAgreed()),
        )
