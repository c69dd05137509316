"""No personal data is shown: the text of every screen of a day, including accessible names, and what the program still holds afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from kiosk.config import CardSettings, DisplaySettings, LendingSettings, RevocationSource, Settings
from kiosk.domain.events import (
    CardStopAnswered,
    HolderConfirmed,
    HolderDenied,
    LanguageChosen,
    LastTryChosen,
    LibraryCardEntered,
    LinkAgreed,
    ReplacementChosen,
    StatusChosen,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import Language, ReplaceReason, UnlinkReason
from kiosk.domain.states import (
    AskingPin,
    AwaitingMyNumberCard,
    ChoosingReplacement,
    ConfirmingHolder,
    ConfirmingLink,
    ConfirmingUnlink,
    LastTryWarning,
    LendingRefused,
    PatronShown,
    Registered,
    RegistrationRefused,
    Unlinked,
    When,
)
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, rsa_key
from kiosk.smartcard.virtual.card import VirtualCard
from kiosk.text import say
from tests.support.counter.headless import KEYS, judge_by
from tests.support.counter.windowed import OpenedCounter, words_on
from tests.support.privacy.drawn_pin import digits, drawn
from tests.support.privacy.personal_data import Person, needles_for
from tests.support.privacy.pin_in_memory import places_of

__all__ = ["digits", "drawn"]

SOON = (datetime.now(UTC) + timedelta(days=40)).date()
"""Within the 90 days in which month and year of a certificate's end are told; never its day, which is a birthday."""
PERSON = Person("0968", "0979", 0x6A1F9C04D7E2B85300F14B6D9E27A35C, "7Q3388W5KZCXEB13221014C", SOON)
NEEDLES = needles_for(PERSON)
FIRST, SECOND = "10000001", "10000002"


@pytest.fixture(scope="module")
def authority() -> VirtualAuthority:
    return VirtualAuthority.create(demo=False)


@pytest.fixture
def opened(authority: VirtualAuthority, tmp_path: Path, qapp: QApplication) -> Iterator[OpenedCounter]:
    settings = Settings(
        card=CardSettings(revocation=RevocationSource.NONE),
        display=DisplaySettings(sounds=0),
        lending=LendingSettings(lending_pin=When.ALWAYS),
    )
    with OpenedCounter(settings, judge_by(authority, KEYS.site), tmp_path / "kiosk.db") as counter:
        yield counter


class Reader:
    """Reads both windows and the clipboard, again and again, like somebody with a camera."""

    def __init__(self, opened: OpenedCounter) -> None:
        self._opened = opened
        self.read: set[str] = set()

    def look(self) -> None:
        for window in (self._opened.staff, self._opened.patron):
            self.read.update(words_on(window))
        self.read.add(QGuiApplication.clipboard().text())

    def found(self) -> set[str]:
        """The names of the needles among what was read."""
        texts = "\n".join(self.read).encode()
        return {needle.name for needle in NEEDLES if needle.pattern.search(texts)}


class WatchedDay:
    """What people do, with a look at both windows after each thing done."""

    def __init__(self, opened: OpenedCounter, authority: VirtualAuthority) -> None:
        self.opened, self._authority, self._key = opened, authority, rsa_key()
        self.reader = Reader(opened)
        opened.beat.timeout.connect(self.reader.look)

    def card(self, tries: int = 3, pin: bytes = PERSON.pin.encode(), serial: int = PERSON.serial) -> VirtualCard:
        end = datetime(PERSON.ends.year, PERSON.ends.month, PERSON.ends.day, 14, 59, 59, tzinfo=UTC)
        leaf = Leaf(serial, PERSON.holder, end - timedelta(days=1700), end, size=1429)
        return VirtualCard("a card", self._authority.issue(self._key, leaf), self._key, pin=pin, tries=tries)

    def enter_pin(self, digits: bytes | bytearray, confirm: str = "patron.pin.confirm") -> None:
        for digit in digits:
            self.opened.press(self.opened.patron, chr(digit))
            self.reader.look()
        self.opened.press(self.opened.patron, say(confirm))
        self.reader.look()

    def begin(self, number: str, card: VirtualCard) -> None:
        """By touch, from the home page to the card on the reader."""
        staff = self.opened.staff
        for name in ("staff.home.registration-start", "staff.applicant.self"):
            self.opened.press(staff, say(name))
        self.opened.press(staff, say("staff.action.next", step=say("staff.step.library-card")))
        self.opened.say(LibraryCardEntered(number))
        self.opened.until_at(AwaitingMyNumberCard)
        self.opened.lay(card)
        self.reader.look()

    def agree(self) -> None:
        self.opened.until_at(ConfirmingLink)
        for language in (Language.ENGLISH, Language.EASY_JAPANESE, Language.JAPANESE):
            self.opened.say(LanguageChosen(language))
            self.reader.look()
        self.opened.say(LinkAgreed())
        if isinstance(self.opened.until_at(AskingPin, LastTryWarning), LastTryWarning):
            self.reader.look()
            self.opened.say(LastTryChosen())
        self.opened.settle()

    def end(self) -> None:
        self.reader.look()
        self.opened.end()
        self.reader.look()

    def registrations(self) -> None:
        opened = self.opened
        self.begin(FIRST, self.card())
        self.agree()
        self.enter_pin(PERSON.wrong_pin.encode())
        opened.until(lambda counter: isinstance(counter.flow, AskingPin) and counter.flow.after_mistake)
        self.enter_pin(PERSON.pin.encode())
        opened.until_at(Registered)
        self.end()
        self.begin(SECOND, self.card(tries=1))
        opened.until_at(ChoosingReplacement)
        self.reader.look()
        opened.say(ReplacementChosen(ReplaceReason.LIBRARY_CARD_CHANGED))
        self.agree()
        self.enter_pin(PERSON.wrong_pin.encode())
        opened.until_at(RegistrationRefused)
        self.end()

    def lending(self) -> None:
        opened = self.opened
        for answer in (HolderConfirmed(), HolderDenied()):
            opened.lay(self.card())
            opened.until_at(AskingPin)
            opened.settle()
            self.enter_pin(PERSON.pin.encode(), "patron.pin.confirm-lend")
            opened.until_at(ConfirmingHolder)
            self.reader.look()
            opened.say(answer)
            opened.until_at(PatronShown, LendingRefused)
            self.end()

    def unlinking(self) -> None:
        opened = self.opened
        opened.say(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.LOST), CardStopAnswered(True), LibraryCardEntered(FIRST))
        opened.until_at(ConfirmingUnlink)
        self.reader.look()
        opened.say(UnlinkConfirmed())
        opened.until_at(Unlinked)
        self.end()
        opened.say(StatusChosen())
        self.end()


def test_nothing_personal_stands_on_any_screen(opened: OpenedCounter, authority: VirtualAuthority) -> None:
    day = WatchedDay(opened, authority)
    day.registrations()
    day.lending()
    day.unlinking()
    assert len(day.reader.read) > 300
    # The month is told, so the end was there to be told.
    assert any(f"{SOON.month}月" in text for text in day.reader.read)
    assert day.reader.found() == set()


TEXTS = [needle for needle in NEEDLES if b"\0" not in needle.sample and needle.sample.isascii()]


@pytest.mark.parametrize("place", ["text", "accessible name", "accessible description", "tool tip", "clipboard"])
@pytest.mark.parametrize("which", ["staff", "patron"])
def test_the_reader_finds_what_is_planted(place: str, which: str, opened: OpenedCounter) -> None:
    window = opened.staff if which == "staff" else opened.patron
    label = QLabel(window)
    for needle in TEXTS:
        text = f"before {needle.sample.decode()} after"
        reader = Reader(opened)
        match place:
            case "text":
                label.setText(text)
            case "accessible name":
                label.setAccessibleName(text)
            case "accessible description":
                label.setAccessibleDescription(text)
            case "tool tip":
                label.setToolTip(text)
            case _:
                QGuiApplication.clipboard().setText(text)
        reader.look()
        assert needle.name in reader.found(), needle
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("right", [True, False], ids=["right PIN", "wrong PIN"])
def test_no_object_holds_a_pin_after_the_session(
    right: bool, opened: OpenedCounter, authority: VirtualAuthority, digits: bytearray
) -> None:
    """Typed by touch on the pad of the real program, up to the end of the session."""
    day = WatchedDay(opened, authority)
    day.begin(FIRST, day.card(pin=bytes(digits) if right else b"1234", serial=PERSON.serial + 1))
    day.agree()
    day.enter_pin(digits)
    if right:
        opened.until_at(Registered)
    else:
        opened.until(lambda counter: isinstance(counter.flow, AskingPin) and counter.flow.after_mistake)
    day.end()
    assert places_of(digits) == []


def test_the_walk_finds_a_pin_that_the_pad_still_holds(opened: OpenedCounter, authority: VirtualAuthority, digits: bytearray) -> None:
    day = WatchedDay(opened, authority)
    day.begin(FIRST, day.card())
    day.agree()
    for digit in digits:
        opened.press(opened.patron, chr(digit))
    assert "bytearray" in places_of(digits)
    day.end()
    assert places_of(digits) == []
