"""Bad input at the counter, through its windows: a message with cause and next step, nothing lost, and the next patron is served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pytest
from _pytest.mark import ParameterSet
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.config import CardSettings, DisplaySettings, LibraryCardSettings, RevocationSource, Settings
from kiosk.domain.errors import Code
from kiosk.domain.model import Language
from kiosk.domain.rules import CheckDigit
from kiosk.domain.states import (
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    ConfirmingHolder,
    LendingRefused,
    Problem,
    RegistrationRefused,
    Waiting,
)
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, refusal_to_patron, say
from tests.support.counter.headless import WatchedCard, watched
from tests.support.counter.steps import OWN, Stage
from tests.support.counter.windowed import Key, OpenedCounter, words_on

SETTINGS = Settings(
    card=CardSettings(revocation=RevocationSource.NONE),
    display=DisplaySettings(sounds=0),
    library_card=LibraryCardSettings(length=10, prefix="21", check_digit=CheckDigit.LUHN),
)


@pytest.fixture(scope="module")
def opened(judge: CardJudge, qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedCounter]:
    """One counter for all: whatever was done to it, it goes on."""
    with OpenedCounter(SETTINGS, judge, tmp_path_factory.mktemp("store") / "kiosk.db") as counter:
        yield counter


@pytest.fixture
def stage(opened: OpenedCounter, deck: Deck, judge: CardJudge) -> Iterator[Stage]:
    """At the end a patron registers and is lent something, with what was linked before still there."""
    stage = Stage(opened, deck, judge)
    stage.unlink()
    stage.to_home()
    before = opened.repository.count_links()
    yield stage
    assert opened.repository.count_links() == before
    stage.to_registered()
    assert opened.repository.count_links() == before + 1
    stage.to_home()
    stage.lay()
    opened.until_at(ConfirmingHolder)
    opened.end()


def says(window: QWidget, sentence: str) -> bool:
    return plain(sentence).replace("\n", "") in "\n".join(text.replace("\n", "") for text in words_on(window))


def check_said(opened: OpenedCounter, problem: Problem | None, codes: set[Code]) -> None:
    """Cause and next step stand on both windows."""
    assert problem is not None
    assert problem.code in codes
    params = dict(problem.params)
    for part in ("staff", "staff-next"):
        assert says(opened.staff, say(f"refusal.{problem.code}.{part}", **params)), part
    for told in refusal_to_patron(problem.code, Language.JAPANESE, **params):
        assert says(opened.patron, told), told


# --- cards --------------------------------------------------------------------------------------------------------------

UNREADABLE = {Code.CERTIFICATE_UNREADABLE}


def _flipped(good: bytes) -> bytes:
    middle = len(good) // 3
    return good[:middle] + bytes(octet ^ 0xFF for octet in good[middle : middle + 40]) + good[middle + 40 :]


BAD: dict[str, tuple[Callable[[WatchedCard, bytes], WatchedCard], set[Code]]] = {
    "no certificate": (lambda card, good: replace(card, certificate=None), {Code.NO_CERTIFICATE}),
    "empty file": (lambda card, good: replace(card, certificate=b""), {Code.NO_CERTIFICATE}),
    "filler alone": (lambda card, good: replace(card, certificate=b"\xff" * len(good)), {Code.NO_CERTIFICATE}),
    "zeros alone": (lambda card, good: replace(card, certificate=bytes(len(good))), {Code.NO_CERTIFICATE}),
    "one byte": (lambda card, good: replace(card, certificate=b"\x30"), UNREADABLE),
    "cut short": (lambda card, good: replace(card, certificate=good[:700]), UNREADABLE),
    "cut by one": (lambda card, good: replace(card, certificate=good[:-1]), UNREADABLE),
    "longer than any card": (lambda card, good: replace(card, certificate=b"\x30\x84\x7f\xff\xff\xff" + good), UNREADABLE),
    "a length without end": (lambda card, good: replace(card, certificate=b"\x30\x80" + good), UNREADABLE),
    "flipped bytes": (lambda card, good: replace(card, certificate=_flipped(good)), {*UNREADABLE, Code.ISSUER_UNKNOWN}),
    "text": (lambda card, good: replace(card, certificate=b"-----BEGIN CERTIFICATE-----\n" + good), UNREADABLE),
    "another label": (lambda card, good: replace(card, label=b"JPKIAPXXXTOKEN9"), {Code.NOT_MY_NUMBER_CARD}),
    "no label": (lambda card, good: replace(card, label=b""), {Code.NOT_MY_NUMBER_CARD}),
    "a label that is no text": (lambda card, good: replace(card, label=b"\xff" * 32), {Code.NOT_MY_NUMBER_CARD}),
    "a phone": (lambda card, good: replace(card, label=b"JPKIAPGPSETOKEN"), {Code.PHONE_NOT_ACCEPTED}),
    "another kind of card": (lambda card, good: replace(card, applet=False), {Code.NOT_MY_NUMBER_CARD, Code.LIBRARY_CARD_ON_READER}),
}


def bad_card(deck: Deck, name: str) -> tuple[WatchedCard, set[Code]]:
    change, codes = BAD[name]
    card = watched(deck.card("fine"))
    return change(card, card.certificate or b""), codes


def by_turns(names: Iterable[str], first: int) -> list[ParameterSet]:
    """In the quick run every second, from this one on; the long run has them all."""
    return [pytest.param(name, marks=() if place % 2 == first else pytest.mark.trial) for place, name in enumerate(names)]


@pytest.mark.parametrize("name", by_turns(BAD, 0))
def test_a_bad_card_at_lending(name: str, opened: OpenedCounter, stage: Stage, deck: Deck) -> None:
    card, codes = bad_card(deck, name)
    opened.lay(card)
    check_said(opened, opened.until_at(LendingRefused).problem, codes)
    assert card.pins == []


@pytest.mark.parametrize("name", by_turns(BAD, 1))
def test_a_bad_card_at_a_registration(name: str, opened: OpenedCounter, stage: Stage, deck: Deck) -> None:
    card, codes = bad_card(deck, name)
    stage.to_card()
    opened.lay(card)
    opened.until(lambda counter: getattr(counter.flow, "problem", None) is not None)
    flow = opened.flow
    assert isinstance(flow, AwaitingMyNumberCard | RegistrationRefused)
    check_said(opened, flow.problem, codes)
    assert card.pins == []


def test_filler_behind_a_certificate_is_nothing_bad(opened: OpenedCounter, stage: Stage, deck: Deck) -> None:
    good = watched(deck.card("fine"))
    for filler in (b"\xff" * 300, bytes(1)):
        stage.unlink()
        stage.link()
        opened.lay(replace(good, certificate=(good.certificate or b"") + filler))
        opened.until_at(ConfirmingHolder)
        opened.end()
    stage.unlink()


# --- the library card ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    text: str
    code: Code | None
    """None: it is taken."""


ENTRIES = {
    "nothing": Entry("", Code.NUMBER_EMPTY),
    "wrong check digit": Entry("2104067853", Code.NUMBER_CHECK_DIGIT),
    "full-width digits": Entry("２１０４０６７８５１", None),
    "full-width with hyphens": Entry("２１０４－０６７８－５１", None),
    "start and stop": Entry("a2104067851b", None),
    "letters": Entry("図書館2104067851", Code.NUMBER_CHARACTERS),
    "too short": Entry("21040", Code.NUMBER_LENGTH),
    "too long": Entry("21040678512104067851", Code.NUMBER_LENGTH),
    "another library": Entry("9904067851", Code.NUMBER_PREFIX),
    "My Number": Entry("123456789018", Code.NUMBER_IS_MY_NUMBER),
    "lines": Entry("2104067851\n2104067851\n", Code.NUMBER_LENGTH),
    "one line": Entry("2104067851\r\n", None),
    "10,000 digits": Entry("21" * 5000, Code.NUMBER_LENGTH),
    "10,000 letters": Entry("あ" * 10_000, Code.NUMBER_CHARACTERS),
    "a page": Entry("氏名\t山田\n" * 1000, Code.NUMBER_CHARACTERS),
    "control characters": Entry("\x00\x1b[31m2104067851\x07", Code.NUMBER_CHARACTERS),
    "emoji": Entry("\U0001f4da\u200d\U0001f4da" * 20, Code.NUMBER_CHARACTERS),
}


def paste(opened: OpenedCounter, text: str) -> None:
    """Into the staff window by a hand, with Enter when it has looked at it."""
    window = opened.give_keyboard_to(opened.staff)
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    opened.timing.pass_(0.5)
    opened.type_keys([(Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r")], 0)


def check_number_refused(opened: OpenedCounter, problem: Problem | None, code: Code) -> None:
    assert problem is not None
    assert problem.code is code
    for part in ("staff", "staff-next"):
        assert says(opened.staff, say(f"refusal.{code}.{part}", **dict(problem.params)))


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.code is None])
def test_a_number_is_taken_however_it_is_pasted(name: str, opened: OpenedCounter, stage: Stage) -> None:
    stage.to_library_card()
    paste(opened, ENTRIES[name].text)
    assert opened.until_at(AwaitingMyNumberCard).draft.number == OWN


@pytest.mark.parametrize("name", by_turns([name for name, entry in ENTRIES.items() if entry.code is not None], 0))
def test_what_is_pasted_as_library_card(name: str, opened: OpenedCounter, stage: Stage) -> None:
    entry = ENTRIES[name]
    assert entry.code is not None
    stage.to_library_card()
    paste(opened, entry.text)
    opened.until(lambda counter: getattr(counter.flow, "problem", None) is not None)
    check_number_refused(opened, opened.until_at(AwaitingLibraryCard).problem, entry.code)


@pytest.mark.parametrize("name", by_turns([name for name, entry in ENTRIES.items() if entry.code is not None and entry.text], 0))
def test_what_is_pasted_at_home(name: str, opened: OpenedCounter, stage: Stage) -> None:
    entry = ENTRIES[name]
    assert entry.code is not None
    paste(opened, entry.text)
    opened.until(lambda counter: getattr(counter.flow, "problem", None) is not None)
    check_number_refused(opened, opened.until_at(Waiting).problem, entry.code)


def test_a_barcode_on_the_wrong_step_is_said(opened: OpenedCounter, stage: Stage) -> None:
    stage.to_card()
    opened.give_keyboard_to(opened.staff)
    digits: list[Key] = [(Qt.Key(ord(digit)), Qt.KeyboardModifier.NoModifier, digit) for digit in OWN.text]
    opened.type_keys([*digits, (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r")], 5)
    sentences = say(f"refusal.{Code.BARCODE_ON_WRONG_STEP}.staff"), say(f"refusal.{Code.BARCODE_ON_WRONG_STEP}.staff-next")
    opened.settle()
    assert all(says(opened.staff, sentence) for sentence in sentences)
