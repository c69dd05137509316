"""Notices above every page: what staff must act on or be aware of, whatever they are doing."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from kiosk.domain.consequences import Open, why_unfinished
from kiosk.domain.doubts_after_session import being_looked_at, next_unclear
from kiosk.domain.errors import LACKING
from kiosk.domain.events import (
    CardLeftSeen,
    CrashesSeen,
    DifferenceSeen,
    EndedSeen,
    Event,
    GoOnPressed,
    LateSeen,
    LeavingConfirmed,
    LeavingDenied,
    RefusalSeen,
    SlipRetryPressed,
    SlipTroubleSeen,
    StoreAccepted,
    StraySeen,
    UnclearSeen,
)
from kiosk.domain.idle_extension import may_have_more
from kiosk.domain.keyboard import Why
from kiosk.domain.registry_news import refusals_to_tell
from kiosk.domain.states import Counter, Paper, Problem, Reading, Stray
from kiosk.domain.transition import STAFF_ARE_TOLD
from kiosk.text import refusal, say
from kiosk.ui.countdown import Countdown
from kiosk.ui.staff.card_left import left_words
from kiosk.ui.staff.doubt_words import late_words, looked_at_words, unclear_words
from kiosk.ui.staff.notice_area import NoticeBand
from kiosk.ui.staff.page import Emit
from kiosk.ui.staff.refused_operation import differed_words, refused_words
from kiosk.ui.staff.times import to_the_minute, to_the_second
from kiosk.ui.theme import StaffSizes
from kiosk.ui.timing import PASSING_MS, Timing
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import Control, means, says, says_its_meaning
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import unmarked


class Banners(NoticeBand):
    def __init__(self, emit: Emit, sizes: StaffSizes, countdown: Countdown, timing: Timing) -> None:
        self._countdown = countdown
        self._may_have_more = False
        self._doubt, self._card_left, self._slip, self._late, self._idle = (_notice(sizes) for _ in range(5))
        self._barcode, self._two_cards, self._stray, self._unclear, self._refused, self._leaving = (_notice(sizes) for _ in range(6))
        self._differed, self._crashed = _notice(sizes), _notice(sizes)
        self._hint, self._ended, self._looked_at = (_notice(sizes, "info") for _ in range(3))
        serving = (self._card_left, self._two_cards, self._stray, self._slip, self._late, self._unclear)
        others = (self._doubt, *serving, self._refused, self._differed, self._crashed)
        urgent, tell = (self._hint, self._barcode, self._idle), (self._looked_at, self._ended)
        super().__init__(sizes, self._leaving, urgent, others, tell, timing)
        self._accept = Button(say("staff.banner.doubt-accept"), "secondary", chord="D")
        self._refusal_seen = Button(say("staff.banner.refused-seen"), "secondary")
        for notice, changing in ((self._doubt, self._accept), (self._refused, self._refusal_seen)):
            says_its_meaning(changing, emit)
            self.give(notice, changing)
        said: tuple[tuple[Notice, str, Event], ...] = (
            (self._idle, "idle-go-on", GoOnPressed()),
            (self._card_left, "card-left-seen", CardLeftSeen()),
            (self._ended, "ended-seen", EndedSeen()),
            (self._stray, "stray-seen", StraySeen()),
            (self._slip, "slip-again", SlipRetryPressed()),
            (self._slip, "slip-seen", SlipTroubleSeen()),
            (self._late, "late-seen", LateSeen()),
            (self._unclear, "unclear-seen", UnclearSeen()),
            (self._differed, "differed-seen", DifferenceSeen()),
            (self._crashed, "crashed-seen", CrashesSeen()),
        )
        for notice, key, event in said:
            seen = key.endswith("-seen")
            button = Button(say(f"staff.banner.{key}"), "secondary", icon="print" if key == "slip-again" else "", slim=seen)
            says(button, event, emit)
            (self.give_seen if seen else self.give)(notice, button)
        self._stay = Button(say("staff.leaving.stay"), "secondary", chord="S")
        self._leave = Button("", "secondary", chord="L")
        says(self._stay, LeavingDenied(), emit)
        says(self._leave, LeavingConfirmed(), emit)
        self.give(self._leaving, self._stay, self._leave)
        countdown.ticked.connect(self._count_down)
        self._passing = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._passing.timeout.connect(self._passed)

    def show_state(self, counter: Counter) -> None:
        self._ask_to_leave(counter)
        self._show_doubt(counter.doubt)
        self._card_left.say(*(left_words(counter) if counter.card_left >= STAFF_ARE_TOLD else ("",)))
        self._show_two_cards(counter)
        self._show_stray(counter.stray_notice)
        self._show_slip([paper for paper in counter.papers if paper.trouble is not None], counter.rules.slip_printer)
        self._late.say(*(late_words(counter.late) if counter.late else ("",)))
        self._show_refused(counter)
        self._differed.say(*(differed_words(counter) if _shows_what_was(counter) else ("",)))
        self._show_crashes(counter)
        unclear, looked_at = next_unclear(counter), being_looked_at(counter) if _shows_what_was(counter) else None
        self._unclear.say(*(unclear_words(unclear) if unclear else ("",)))
        self._looked_at.say(*(looked_at_words(looked_at) if looked_at else ("",)))
        self._show_ended(counter)
        self._show_idle(counter)
        self.fit()

    def _ask_to_leave(self, counter: Counter) -> None:
        """Ask for confirmation before the page chosen in the rail replaces unfinished work."""
        lost = why_unfinished(counter)
        if counter.leaving_for is None or lost is None:
            self._leaving.say("")
            return
        page = say(f"staff.rail.{counter.leaving_for}")
        self._leave.set_text(say("staff.leaving.leave", page=page))
        self._leaving.say(say(f"staff.leaving.{lost}", page=page), say(f"staff.leaving.{lost}-text"))

    def _show_doubt(self, doubt: Problem | None) -> None:
        """Show the store's doubtful state, what to do first, and the button that allows cards to be served again."""
        if doubt is None:
            self._doubt.say("")
            return
        means(self._accept, StoreAccepted(doubt.code))
        params = dict(doubt.params)
        told = [refusal(doubt.code, "staff", **params)]
        if LACKING in params:
            told.append(say("staff.banner.doubt-lacking", count=params[LACKING]))
        told.append(refusal(doubt.code, "staff-next", **params))
        self._doubt.say(refusal(doubt.code, "title"), "".join(told))

    def _show_two_cards(self, counter: Counter) -> None:
        served = getattr(counter.flow, "insertion", None)
        others = [card for card in counter.cards if card != served and card not in counter.spent | counter.strays]
        if served not in counter.cards or served in counter.strays or not others:
            self._two_cards.say("")
            return
        named = "".join(say("staff.banner.named", reader=unmarked(other.reader)) for other in others)
        text = say("staff.banner.two-cards-text", reader=unmarked(served.reader), others=named)
        self._two_cards.say(say("staff.banner.two-cards"), text)

    def _show_stray(self, stray: Stray | None) -> None:
        if stray is None:
            self._stray.say("")
            return
        cause = refusal(stray.problem.code, "staff", **dict(stray.problem.params))
        title = say("staff.banner.stray", reader=unmarked(stray.insertion.reader))
        self._stray.say(title, say("staff.banner.stray-text", cause=cause))

    def _show_slip(self, papers: list[Paper], printer: str) -> None:
        """Show slip failures. The next patron may be here already, so the slip's owner is named by the masked number."""
        code = papers[0].trouble if papers else None
        if code is None:
            self._slip.say("")
            return
        named = printer or say("staff.banner.slip-printer")
        numbers = "、".join(dict.fromkeys(paper.slip.number.masked for paper in papers))
        whose = say("staff.banner.slip-of", numbers=numbers)
        at = papers[-1].at
        when = "" if at is None else say("staff.tried.slip", time=to_the_second(at))
        self._slip.say(refusal(code, "staff", printer=named), when + whose + refusal(code, "staff-next", printer=named))

    def _show_refused(self, counter: Counter) -> None:
        """Show what the register has refused of this counter, once nobody is being served."""
        told = refusals_to_tell(counter) if _shows_what_was(counter) else ()
        self._refused.say(*(refused_words(told, counter.today) if told else ("",)))
        if told:
            means(self._refusal_seen, RefusalSeen(told[0].operation))

    def _show_crashes(self, counter: Counter) -> None:
        found = counter.facts.finding("crashes")
        if found.outcome == "crashes.noted" and _shows_what_was(counter):
            self._crashed.say(say("staff.banner.crashed"), say("staff.banner.crashed-text", **found.params))
        else:
            self._crashed.say("")

    def _show_ended(self, counter: Counter) -> None:
        """Show why the last session ended, on the pages that follow it."""
        told = counter.ended
        if told is None or not _shows_what_was(counter):
            self._ended.say("")
            return
        when = "" if told.at is None else say("staff.banner.ended-at", time=to_the_minute(told.at))
        why = "" if told.why is None else say("staff.banner.ended-why", why=refusal(told.why, "title"))
        typed = say("staff.banner.ended-typed") if told.typed else ""
        following = say(f"staff.banner.ended-{told.work}-next")
        self._ended.say(say(f"staff.banner.ended-{told.by}-{told.work}"), when + why + typed + following)

    def _show_idle(self, counter: Counter) -> None:
        self._may_have_more = may_have_more(counter)
        if not counter.idle_warning:
            self._idle.say("")
        else:
            self._say_seconds()

    def _count_down(self) -> None:
        self._say_seconds()
        self.fit()

    def _say_seconds(self) -> None:
        more = say("staff.banner.idle-more") if self._may_have_more and not self._sizes.narrow else ""
        self._idle.say(say("staff.banner.idle"), say("staff.banner.idle-text", seconds=self._countdown.seconds) + more)

    def tell_of_barcode(self, where: str) -> None:
        """Show a transient notice that a barcode had no effect. `where`: text key of what can be done with one here."""
        self._hint.say("")
        self._barcode.say(say("staff.barcode.title"), say(where))
        self._passing.start()
        self.fit()

    def tell_of_key(self, why: Why, control: Control | None, lost: Open | None = None) -> None:
        """Show why a key was ignored and what to do instead.

        `lost`: what is unfinished, if the key would have left the page and so has to be held.
        """
        name = control.name if control is not None else ""
        reason = "" if lost is None else say(f"staff.key.open-{lost}")
        if why is Why.HOLD and control is not None and control.chord:
            self._hint.say(say("staff.key.hold", name=unmarked(name)), say("staff.key.hold-chord", chord=f"Alt+{control.chord}"))
        elif why is Why.HOLD:
            title = say("staff.key.hold", name=unmarked(name)) if name else say("staff.key.hold-page")
            self._hint.say(title, reason + say("staff.key.hold-text"))
        else:
            self._hint.say(say(f"staff.key.{why}"), say(f"staff.key.{why}-text"))
        self._passing.start()
        self.fit()

    def tell_of_rail(self) -> None:
        """Show why the rail is disabled."""
        self._barcode.say("")
        self._hint.say(say("staff.rail.dead"), say("staff.rail.busy"))
        self._passing.start()
        self.fit()

    def forget_passing(self) -> None:
        self._passing.stop()
        self._passed()

    def _passed(self) -> None:
        self._barcode.say("")
        self._hint.say("")
        self.fit()


def _notice(sizes: StaffSizes, kind: str = "care") -> Notice:
    made = Notice(kind, icon_size=sizes.icon, line=1.25, small=True)
    layout = made.layout()
    if layout is not None:
        # The smallest windows have room for a button but not for padding.
        edge = 1 if sizes.narrow else 3
        layout.setContentsMargins(10, edge, 8, edge)
    return made


def _shows_what_was(counter: Counter) -> bool:
    """Whether the following page does not serve anybody yet."""
    return counter.flow.about.rests or isinstance(counter.flow, Reading)
